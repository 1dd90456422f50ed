package dev.weir.offload.circle;

import dev.weir.dataplane.graph.OffloadLink;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.offload.xdp.XdpCounters;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowTraffic;

/** A direction of a flow that the driver carries, and what of its counters the worker knows. The circle's thread. */
final class Carried {
    private static final XdpCounters NOTHING = new XdpCounters(0, 0, 0, 0, 0);

    final OffloadedFlow flow;
    final boolean reverse;
    /** As its packets have it. */
    final FlowKey key;

    private XdpCounters now = NOTHING, told = NOTHING;

    Carried(OffloadedFlow flow, boolean reverse, FlowKey key) {
        this.flow = flow;
        this.reverse = reverse;
        this.key = key;
    }

    /** What the driver counted so far. */
    void counted(XdpCounters counters) {
        now = counters;
    }

    /** What was counted since this was last asked. */
    FlowTraffic news(OffloadLink link) {
        FlowTraffic news = new FlowTraffic(
                now.packets() - told.packets(),
                now.ipOctets() - told.ipOctets(),
                now.frameOctets() - told.frameOctets(),
                now.tcpFlags(),
                link.time(now.lastSeenNanos()));
        told = now;
        return news;
    }
}
