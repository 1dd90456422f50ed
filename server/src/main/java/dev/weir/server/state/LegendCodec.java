package dev.weir.server.state;

import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.FlowsLegend.Counted;
import dev.weir.dataplane.graph.FlowsLegend.OfNode;
import dev.weir.dataplane.graph.FlowsLegend.OfWorker;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;

/** What flows' numbers mean, and what was counted, as fields of a chunk. */
public final class LegendCodec {
    private LegendCodec() {}

    static void write(FlowsLegend legend, Counted counted, FieldWriter out) {
        write(legend, out);
        out.put(counted.table()).put(counted.malformed()).put(counted.nodes(), LegendCodec::write);
    }

    public static void write(FlowsLegend legend, FieldWriter out) {
        out.put(legend.tenantMode().name())
                .put(legend.tunnels().name())
                .put(legend.annexBytes())
                .texts(legend.ports())
                .texts(legend.chains())
                .put(
                        legend.workers(),
                        (o, worker) ->
                                o.put(worker.now()).put(worker.nextNumber()).put(worker.nodes(), LegendCodec::write));
    }

    private static void write(FieldWriter out, OfNode node) {
        out.put(node.name())
                .put(node.type())
                .put(node.at())
                .put(node.octets())
                .put(node.config())
                .texts(node.words());
    }

    private static void write(FieldWriter out, NodeCounters node) {
        out.put(node.name())
                .put(node.type())
                .put(node.calls())
                .put(node.packets())
                .put(node.nanos())
                .put(node.drops())
                .put(node.own());
    }

    public static FlowsLegend legend(FieldReader in) throws SnapshotException {
        TenantMode tenants = constant(TenantMode.class, in.text());
        TunnelMode tunnels = constant(TunnelMode.class, in.text());
        int annexBytes = in.getInt();
        if (annexBytes < 0 || annexBytes > FlowTableConfig.MAX_ANNEX_BYTES || annexBytes % Long.BYTES != 0) {
            throw new SnapshotException("flows have annexes of " + annexBytes + " octets, which cannot be");
        }
        return new FlowsLegend(tenants, tunnels, annexBytes, in.texts(), in.texts(), in.list(LegendCodec::worker));
    }

    private static OfWorker worker(FieldReader in) throws SnapshotException {
        return new OfWorker(in.getLong(), in.getLong(), in.list(LegendCodec::node));
    }

    private static OfNode node(FieldReader in) throws SnapshotException {
        return new OfNode(in.text(), in.text(), in.getInt(), in.getInt(), in.text(), in.texts());
    }

    static Counted counted(FieldReader in) throws SnapshotException {
        return new Counted(in.counts(), in.counts(), in.list(LegendCodec::counters));
    }

    private static NodeCounters counters(FieldReader in) throws SnapshotException {
        return new NodeCounters(
                in.text(), in.text(), in.getLong(), in.getLong(), in.getLong(), in.counts(), in.counts());
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) throws SnapshotException {
        for (E each : type.getEnumConstants()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw new SnapshotException("it says '" + name + "' where this Weir knows no such thing");
    }
}
