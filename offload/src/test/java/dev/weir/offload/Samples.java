package dev.weir.offload;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.List;

/** A small switch with three tables, each matched in another way, and flows for it. */
public final class Samples {
    public static final long ACL = 1;
    public static final long BRIDGE = 2;
    public static final long ROUTE = 3;

    public static final Action DROP = Action.of("drop", 7);

    public static final FieldRef DST_MAC = FieldRef.column(1, 1, 2, MaskType.EXACT);
    public static final FieldRef VLAN = FieldRef.column(2, 2, 3, MaskType.EXACT);
    public static final FieldRef SRC_IP = FieldRef.column(3, 3, 12, MaskType.MASK);
    public static final FieldRef PROTOCOL = FieldRef.column(3, 3, 10, MaskType.MASK);
    public static final FieldRef DST_IP = FieldRef.column(3, 3, 13, MaskType.LPM);
    public static final FieldRef SRC_IP6 = FieldRef.column(4, 4, 1, MaskType.MASK);

    private Samples() {}

    public static Model model() {
        return new Model(headers(), actions(), tables(64), headerGraph(), tableGraph());
    }

    public static Model model(long size) {
        return new Model(headers(), actions(), tables(size), headerGraph(), tableGraph());
    }

    public static List<Header> headers() {
        return List.of(
                new Header(
                        "ethernet",
                        1,
                        List.of(
                                new Field("src_mac", 1, 48),
                                new Field("dst_mac", 2, 48),
                                new Field("ethertype", 3, 16))),
                new Header("vlan", 2, List.of(new Field("vid", 3, 12), new Field("ethertype", 4, 16))),
                new Header(
                        "ipv4",
                        3,
                        List.of(
                                new Field("protocol", 10, 8),
                                new Field("src_ip", 12, 32),
                                new Field("dst_ip", 13, 32),
                                new Field("options", 14, Field.VARIABLE))),
                new Header("ipv6", 4, List.of(new Field("src_ip", 1, 128))));
    }

    public static List<Action> actions() {
        return List.of(
                Action.of("set_vlan_id", 1, new ActionArg("vlan_id", ValueType.U16, u16(0))),
                Action.of("set_out_port", 5, new ActionArg("port", ValueType.U32, null)),
                DROP);
    }

    public static List<Table> tables(long size) {
        return List.of(
                new Table("acl", ACL, 1, 0, size, List.of(SRC_IP, PROTOCOL, SRC_IP6), List.of(5L, 7L)),
                new Table("bridge", BRIDGE, 1, 1, size, List.of(DST_MAC, VLAN), List.of(1L, 5L)),
                new Table("route", ROUTE, 1, 1, size, List.of(DST_IP), List.of(5L, 7L)));
    }

    public static List<HeaderNode> headerGraph() {
        FieldRef ethertype = FieldRef.column(1, 1, 3, MaskType.EXACT);
        return List.of(
                new HeaderNode(
                        "ethernet",
                        1,
                        List.of(1L),
                        List.of(
                                new Jump(2, ethertype.exactly(u16(0x8100))),
                                new Jump(3, ethertype.exactly(u16(0x0800))))),
                new HeaderNode("vlan", 2, List.of(2L), List.of(new Jump(3, FieldRef.ALWAYS))),
                new HeaderNode("ipv4", 3, List.of(3L), List.of(new Jump(Jump.END, FieldRef.ALWAYS))),
                new HeaderNode("ipv6", 4, List.of(4L), List.of()));
    }

    public static List<TableNode> tableGraph() {
        return List.of(
                new TableNode(ACL, TableNode.INGRESS_ROOT, List.of(new Jump(BRIDGE, FieldRef.ALWAYS))),
                new TableNode(BRIDGE, 0, List.of(new Jump(ROUTE, FieldRef.ALWAYS))),
                new TableNode(ROUTE, TableNode.EGRESS_ROOT, List.of()));
    }

    /** What sends to a port. */
    public static Action output(long port) {
        return Action.of("set_out_port", 5, ActionArg.of("port", u32(port)));
    }

    /** A flow of the bridge, whose uid is its VLAN and MAC address as well. */
    public static Flow bridged(long uid) {
        return Flow.of(
                BRIDGE,
                uid,
                0,
                List.of(DST_MAC.exactly(u64(0x0200_0000_0000L + uid)), VLAN.exactly(u16((int) uid & 0xfff))),
                List.of(output(1)));
    }

    /** A flow of the access list for a source prefix. */
    public static Flow listed(long uid, long priority, long address, int prefix) {
        long mask = (Value.ones(32) << (32 - prefix)) & Value.ones(32);
        return Flow.of(ACL, uid, priority, List.of(SRC_IP.masked(u32(address), u32(mask))), List.of(DROP));
    }

    /** A flow of the route table. */
    public static Flow routed(long uid, long address, int prefix) {
        return Flow.of(ROUTE, uid, prefix, List.of(DST_IP.prefixed(u32(address), prefix, 32)), List.of(output(uid)));
    }

    public static Value u8(int number) {
        return Value.of(ValueType.U8, number);
    }

    public static Value u16(int number) {
        return Value.of(ValueType.U16, number);
    }

    public static Value u32(long number) {
        return Value.of(ValueType.U32, number);
    }

    public static Value u64(long number) {
        return Value.of(ValueType.U64, number);
    }

    public static Value u128(long high, long low) {
        return new Value(ValueType.U128, high, low);
    }
}
