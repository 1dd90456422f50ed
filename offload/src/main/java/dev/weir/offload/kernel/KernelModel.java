package dev.weir.offload.kernel;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel's program can, told as a model: a table for each family, whose flows are one direction of TCP, UDP or echo each, all of it asked for
 * exactly. Headers, fields and actions have the names and uids that a data plane's model has.
 */
public final class KernelModel {
    public static final long IPV4 = 1, IPV6 = 2;
    /** Columns of {@link #IPV4}. An echo's identifier stands as both ports. */
    public static final FieldRef V4_SOURCE = exact(3, 12),
            V4_DESTINATION = exact(3, 13),
            V4_PROTOCOL = exact(3, 10),
            V4_SOURCE_PORT = exact(10, 1),
            V4_DESTINATION_PORT = exact(10, 2);
    /** Columns of {@link #IPV6}. */
    public static final FieldRef V6_SOURCE = exact(5, 4),
            V6_DESTINATION = exact(5, 5),
            V6_PROTOCOL = exact(5, 3),
            V6_SOURCE_PORT = exact(11, 1),
            V6_DESTINATION_PORT = exact(11, 2);

    private static final Jump END = new Jump(Jump.END, FieldRef.ALWAYS);
    private static final long ETHERNET = 1, VLAN = 2, INNER_VLAN = 12;
    private static final List<FieldRef> V4_COLUMNS =
            List.of(V4_SOURCE, V4_DESTINATION, V4_PROTOCOL, V4_SOURCE_PORT, V4_DESTINATION_PORT);
    private static final List<FieldRef> V6_COLUMNS =
            List.of(V6_SOURCE, V6_DESTINATION, V6_PROTOCOL, V6_SOURCE_PORT, V6_DESTINATION_PORT);

    private KernelModel() {}

    /** The model, with tables for so many flows. */
    public static Model of(int ipv4, int ipv6) {
        return new Model(headers(), actions(), tables(ipv4, ipv6), headerGraph(), tableGraph());
    }

    private static FieldRef exact(long instance, long field) {
        return FieldRef.column(instance, instance == 11 ? 10 : instance, field, MaskType.EXACT);
    }

    private static List<Header> headers() {
        return List.of(
                new Header("ethernet", ETHERNET, List.of(new Field("ethertype", 3, 16))),
                new Header("vlan", VLAN, List.of(new Field("vid", 3, 12), new Field("ethertype", 4, 16))),
                new Header(
                        "ipv4",
                        3,
                        List.of(
                                new Field("protocol", 10, 8),
                                new Field("src_ip", 12, 32),
                                new Field("dst_ip", 13, 32))),
                new Header(
                        "ipv6",
                        5,
                        List.of(
                                new Field("next_header", 3, 8),
                                new Field("src_ip", 4, 128),
                                new Field("dst_ip", 5, 128))),
                new Header("ports", 10, List.of(new Field("src_port", 1, 16), new Field("dst_port", 2, 16))));
    }

    private static List<Action> actions() {
        return Arrays.stream(KernelAction.values())
                .map(action -> new Action(action.title, action.uid, action.arguments()))
                .toList();
    }

    private static List<Table> tables(int ipv4, int ipv6) {
        return List.of(
                new Table("ipv4", IPV4, IPV4, 0, ipv4, V4_COLUMNS, actionsOf(4)),
                new Table("ipv6", IPV6, IPV6, 0, ipv6, V6_COLUMNS, actionsOf(6)));
    }

    private static List<Long> actionsOf(int family) {
        return Arrays.stream(KernelAction.values())
                .filter(action -> action.isOf(family))
                .map(action -> action.uid)
                .toList();
    }

    private static List<HeaderNode> headerGraph() {
        return List.of(
                tagged("ethernet", ETHERNET, ETHERNET, 3, VLAN),
                tagged("vlan", VLAN, VLAN, 4, INNER_VLAN),
                tagged("inner_vlan", INNER_VLAN, VLAN, 4, 0),
                new HeaderNode("ipv4", 3, List.of(3L), protocols(V4_PROTOCOL, 10, 1)),
                new HeaderNode("ipv6", 5, List.of(5L), protocols(V6_PROTOCOL, 11, 58)),
                new HeaderNode("ipv4_ports", 10, List.of(10L), List.of(END)),
                new HeaderNode("ipv6_ports", 11, List.of(10L), List.of(END)));
    }

    /** A node whose header says by an EtherType what is next; a tag where {@code tag} is not 0. */
    private static HeaderNode tagged(String name, long instance, long header, long field, long tag) {
        FieldRef type = FieldRef.column(instance, header, field, MaskType.EXACT);
        Stream<Jump> tags = tag == 0
                ? Stream.of()
                : Stream.of(0x8100, 0x88A8).map(number -> new Jump(tag, type.exactly(u16(number))));
        Stream<Jump> families =
                Stream.of(new Jump(3, type.exactly(u16(0x0800))), new Jump(5, type.exactly(u16(0x86DD))), END);
        return new HeaderNode(
                name, instance, List.of(header), Stream.concat(tags, families).toList());
    }

    private static List<Jump> protocols(FieldRef protocol, long ports, int echo) {
        Stream<Jump> known =
                Stream.of(6, 17, echo).map(number -> new Jump(ports, protocol.exactly(Value.of(ValueType.U8, number))));
        return Stream.concat(known, Stream.of(END)).toList();
    }

    private static Value u16(int number) {
        return Value.of(ValueType.U16, number);
    }

    private static List<TableNode> tableGraph() {
        long root = TableNode.INGRESS_ROOT | TableNode.EGRESS_ROOT;
        return List.of(new TableNode(IPV4, root, List.of(END)), new TableNode(IPV6, root, List.of(END)));
    }
}
