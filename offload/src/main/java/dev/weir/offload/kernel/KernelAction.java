package dev.weir.offload.kernel;

import static dev.weir.offload.model.ValueType.U128;
import static dev.weir.offload.model.ValueType.U16;
import static dev.weir.offload.model.ValueType.U32;
import static dev.weir.offload.model.ValueType.U64;

import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the kernel's program can do with packets: what the model calls it. */
enum KernelAction {
    SET_SOURCE_MAC("set_eth_src", 3),
    SET_DESTINATION_MAC("set_eth_dst", 4),
    /** The port is an interface's index; nothing follows it. */
    OUTPUT("set_out_port", 5),
    DROP("drop", 7),
    DECREMENT_TTL("dec_ttl", 8),
    PUSH_VLAN("push_vlan", 9),
    POP_VLAN("pop_vlan", 10),
    SET_V4_SOURCE("set_ipv4_src", 11),
    SET_V4_DESTINATION("set_ipv4_dst", 12),
    SET_V6_SOURCE("set_ipv6_src", 13),
    SET_V6_DESTINATION("set_ipv6_dst", 14),
    SET_SOURCE_PORT("set_src_port", 15),
    SET_DESTINATION_PORT("set_dst_port", 16),
    /** To the kernel's stack, as if there were no program. */
    PASS("pass", 32),
    VXLAN_OVER_V4("encap_vxlan_ipv4", 33),
    VXLAN_OVER_V6("encap_vxlan_ipv6", 34);

    private static final KernelAction[] ALL = values();

    final String title;
    final long uid;

    KernelAction(String title, long uid) {
        this.title = title;
        this.uid = uid;
    }

    /** In order, without values. */
    List<ActionArg> arguments() {
        return switch (this) {
            case SET_SOURCE_MAC, SET_DESTINATION_MAC -> List.of(argument("mac", U64));
            case OUTPUT -> List.of(argument("port", U32));
            case PUSH_VLAN -> List.of(argument("vlan_id", U16));
            case SET_V4_SOURCE, SET_V4_DESTINATION -> List.of(argument("address", U32));
            case SET_V6_SOURCE, SET_V6_DESTINATION -> List.of(argument("address", U128));
            case SET_SOURCE_PORT, SET_DESTINATION_PORT -> List.of(argument("port", U16));
            case VXLAN_OVER_V4 -> tunnel(U32);
            case VXLAN_OVER_V6 -> tunnel(U128);
            case DROP, DECREMENT_TTL, POP_VLAN, PASS -> List.of();
        };
    }

    private static List<ActionArg> tunnel(ValueType address) {
        return List.of(
                argument("src_ip", address),
                argument("dst_ip", address),
                argument("vni", U32),
                argument("dst_port", U16),
                argument("src_mac", U64),
                argument("dst_mac", U64));
    }

    private static ActionArg argument(String name, ValueType type) {
        return new ActionArg(name, type, null);
    }

    /** Whether packets of that family can have it done. */
    boolean isOf(int family) {
        return switch (this) {
            case SET_V4_SOURCE, SET_V4_DESTINATION -> family == 4;
            case SET_V6_SOURCE, SET_V6_DESTINATION -> family == 6;
            default -> true;
        };
    }

    /** Whether what becomes of a packet is settled by it. */
    boolean ends() {
        return this == OUTPUT || this == DROP || this == PASS;
    }

    /** The action with that uid; null where there is none. */
    static @Nullable KernelAction of(long uid) {
        for (KernelAction action : ALL) {
            if (action.uid == uid) return action;
        }
        return null;
    }
}
