package dev.weir.offload.dataplane;

import dev.weir.offload.dataplane.KeyField.Layer;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a data plane can do, told as a model: all headers, fields and actions that it knows, and two tables. In {@value #FILTER} any field may be asked for under any
 * mask; in {@value #FORWARD}, to which all packets go on that are not dropped, ports, hardware addresses, tags, and prefixes of destinations.
 */
public final class StandardModel {
    public static final long FILTER = 1, FORWARD = 2;

    private static final long SIZE = 1 << 20;
    private static final Jump END = new Jump(Jump.END, FieldRef.ALWAYS);

    private StandardModel() {}

    public static Model model() {
        return new Model(headers(), actions(), tables(), headerGraph(), tableGraph());
    }

    private static List<Header> headers() {
        return Arrays.stream(Layer.values())
                .map(layer -> new Header(layer.title, layer.uid, fields(layer)))
                .toList();
    }

    private static List<Field> fields(Layer layer) {
        return Arrays.stream(KeyField.values())
                .filter(field -> field.layer == layer)
                .map(field -> new Field(field.title, field.uid, field.width))
                .toList();
    }

    private static List<Action> actions() {
        return Arrays.stream(ActionKind.values()).map(ActionKind::catalogued).toList();
    }

    private static List<Table> tables() {
        List<Long> all =
                Arrays.stream(ActionKind.values()).map(kind -> kind.uid).toList();
        List<FieldRef> any = Arrays.stream(KeyField.values())
                .map(field -> column(field, MaskType.MASK))
                .toList();
        List<FieldRef> ways = new ArrayList<>();
        for (KeyField field : List.of(KeyField.IN_PORT, KeyField.DST_MAC, KeyField.ETHERTYPE, KeyField.VLAN_ID)) {
            ways.add(column(field, MaskType.MASK));
        }
        ways.add(column(KeyField.V4_DST, MaskType.LPM));
        ways.add(column(KeyField.V6_DST, MaskType.LPM));
        return List.of(
                new Table("filter", FILTER, FILTER, 0, SIZE, any, all),
                new Table("forward", FORWARD, FORWARD, 1, SIZE, ways, all));
    }

    private static FieldRef column(KeyField field, MaskType type) {
        return FieldRef.column(field.layer.uid, field.layer.uid, field.uid, type);
    }

    private static List<HeaderNode> headerGraph() {
        return List.of(
                node(Layer.METADATA, new Jump(Layer.ETHERNET.uid, FieldRef.ALWAYS)),
                node(
                        Layer.ETHERNET,
                        on(KeyField.ETHERTYPE, 0x8100, Layer.VLAN),
                        on(KeyField.ETHERTYPE, 0x0800, Layer.IPV4),
                        on(KeyField.ETHERTYPE, 0x86DD, Layer.IPV6)),
                node(
                        Layer.VLAN,
                        on(KeyField.VLAN_ETHERTYPE, 0x0800, Layer.IPV4),
                        on(KeyField.VLAN_ETHERTYPE, 0x86DD, Layer.IPV6)),
                node(
                        Layer.IPV4,
                        on(KeyField.V4_PROTOCOL, 6, Layer.TCP),
                        on(KeyField.V4_PROTOCOL, 17, Layer.UDP),
                        on(KeyField.V4_PROTOCOL, 1, Layer.ICMP)),
                node(
                        Layer.IPV6,
                        on(KeyField.V6_NEXT_HEADER, 6, Layer.TCP),
                        on(KeyField.V6_NEXT_HEADER, 17, Layer.UDP),
                        on(KeyField.V6_NEXT_HEADER, 58, Layer.ICMPV6)),
                node(Layer.TCP),
                node(Layer.UDP),
                node(Layer.ICMP),
                node(Layer.ICMPV6));
    }

    private static HeaderNode node(Layer layer, Jump... jumps) {
        List<Jump> all = new ArrayList<>(List.of(jumps));
        if (all.isEmpty() || !all.getLast().always()) all.add(END);
        return new HeaderNode(layer.title, layer.uid, List.of(layer.uid), all);
    }

    private static Jump on(KeyField field, long number, Layer next) {
        Value value = Value.of(ValueType.ofBits(field.width), number);
        return new Jump(next.uid, column(field, MaskType.EXACT).exactly(value));
    }

    private static List<TableNode> tableGraph() {
        return List.of(
                new TableNode(FILTER, TableNode.INGRESS_ROOT, List.of(new Jump(FORWARD, FieldRef.ALWAYS))),
                new TableNode(FORWARD, TableNode.EGRESS_ROOT, List.of(END)));
    }
}
