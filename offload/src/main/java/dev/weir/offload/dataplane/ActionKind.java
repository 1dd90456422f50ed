package dev.weir.offload.dataplane;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be done with packets: what models call it, and its arguments. Uids and names are the Flow Table API's where it has such an action. */
enum ActionKind {
    SET_VLAN_ID("set_vlan_id", 1, ValueType.U16, "vlan_id"),
    SET_ETH_SRC("set_eth_src", 3, ValueType.U64, "mac"),
    SET_ETH_DST("set_eth_dst", 4, ValueType.U64, "mac"),
    OUTPUT("set_out_port", 5, ValueType.U32, "port"),
    DROP("drop", 7, ValueType.NONE, ""),
    DECREMENT_TTL("dec_ttl", 8, ValueType.NONE, ""),
    PUSH_VLAN("push_vlan", 9, ValueType.U16, "vlan_id"),
    POP_VLAN("pop_vlan", 10, ValueType.NONE, ""),
    SET_V4_SRC("set_ipv4_src", 11, ValueType.U32, "address"),
    SET_V4_DST("set_ipv4_dst", 12, ValueType.U32, "address"),
    SET_V6_SRC("set_ipv6_src", 13, ValueType.U128, "address"),
    SET_V6_DST("set_ipv6_dst", 14, ValueType.U128, "address"),
    SET_SRC_PORT("set_src_port", 15, ValueType.U16, "port"),
    SET_DST_PORT("set_dst_port", 16, ValueType.U16, "port");

    final String title;
    final long uid;
    /** Of its one argument; {@link ValueType#NONE} where it has none. */
    final ValueType argument;

    private final String argumentTitle;

    ActionKind(String title, long uid, ValueType argument, String argumentTitle) {
        this.title = title;
        this.uid = uid;
        this.argument = argument;
        this.argumentTitle = argumentTitle;
    }

    /** Its entry in the catalogue. */
    Action catalogued() {
        return argument == ValueType.NONE
                ? Action.of(title, uid)
                : Action.of(title, uid, new ActionArg(argumentTitle, argument, null));
    }

    /** What the action of a catalogue is here; null where it is nothing that can be done. */
    static @Nullable ActionKind of(Action action) {
        List<ActionArg> arguments = action.arguments();
        for (ActionKind kind : values()) {
            if (!kind.title.equals(action.name())) continue;
            boolean fits = kind.argument == ValueType.NONE
                    ? arguments.isEmpty()
                    : arguments.size() == 1 && arguments.getFirst().type() == kind.argument;
            if (fits) return kind;
        }
        return null;
    }

    /** What it is called, with its argument: for messages. */
    @Override
    public String toString() {
        return argument == ValueType.NONE ? title : title + "(" + argument + ")";
    }
}
