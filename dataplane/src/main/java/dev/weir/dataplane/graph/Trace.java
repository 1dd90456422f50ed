package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the next packets that enter a node, from there to where they leave the graph, and writes down what happens to
 * them. Lines: when and where a packet came in, then stage by stage. The worker's own; allocates.
 */
final class Trace {
    /** As the node where it begins: {@link GraphConfig#FLOW_TABLE}, before all nodes. */
    static final int FLOW_TABLE = -1;

    private final Plan plan;
    private final int from;
    private final @Nullable StringBuilder[] texts = new StringBuilder[Batch.CAPACITY];
    private final List<String> done = new ArrayList<>();
    private int left;

    Trace(Plan plan, int from, int packets) {
        this.plan = plan;
        this.from = from;
        this.left = packets;
    }

    /** Packets come to a node, or to the flow table. */
    void entering(Batch batch, int node, int[] picks, int n) {
        if (node != from) {
            return;
        }
        PacketVector p = batch.packets;
        for (int j = 0; j < n && left > 0; j++) {
            int i = picks[j];
            if (texts[i] == null) {
                left--;
                texts[i] = new StringBuilder()
                        .append(instant(p.time[i]))
                        .append(" port ")
                        .append(plan.portName[p.port[i]])
                        .append(", ")
                        .append(p.length[i])
                        .append(" octets\n");
            }
        }
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
    }

    /** The flow table has found each packet's flow. */
    void tracked(Batch batch, int[] picks, int n) {
        for (int j = 0; j < n; j++) {
            int i = picks[j];
            StringBuilder text = texts[i];
            if (text != null) {
                text.append("  ").append(GraphConfig.FLOW_TABLE).append(": ");
                flow(batch, i, text);
                text.append('\n');
            }
        }
    }

    private static void flow(Batch batch, int i, StringBuilder text) {
        if (!batch.hasFlow(i)) {
            text.append("no flow");
            return;
        }
        text.append("protocol ")
                .append(batch.flows.protocol(i))
                .append(", ports ")
                .append(batch.flows.sourcePort(i))
                .append(" > ")
                .append(batch.flows.destinationPort(i))
                .append(", tenant ")
                .append(batch.flows.tenant(i))
                .append(batch.isReverse(i) ? ", reverse" : ", forward")
                .append(batch.isFirst(i) ? ", first" : "")
                .append(batch.isOffloaded(i) ? ", offloaded" : "")
                .append(batch.isRelated(i) ? ", related" : "");
    }

    /** A stage has taken a packet out of the graph. */
    void left(int i, String stage, String why) {
        StringBuilder text = texts[i];
        if (text != null) {
            line(text, stage, why);
            finish(i, text);
        }
    }

    /** A node has said where its packets go. */
    void visited(Batch batch, NodeSlot slot, int[] picks, int n) {
        for (int j = 0; j < n; j++) {
            int i = picks[j];
            StringBuilder text = texts[i];
            if (text != null) {
                visited(batch, slot, i, text);
            }
        }
    }

    private void visited(Batch batch, NodeSlot slot, int i, StringBuilder text) {
        text.append("  ").append(slot.name).append(": ");
        int before = text.length();
        slot.node.trace(batch, i, text);
        text.append(text.length() == before ? "" : "; ");
        int arc = batch.arc[i];
        if (arc == Batch.NEXT) {
            text.append("next\n");
            return;
        }
        if (arc == Batch.DROP) {
            text.append("drop: ")
                    .append(slot.config.dropReasons().get(batch.reason[i]))
                    .append('\n');
            finish(i, text);
            return;
        }
        String name = slot.config.arcs().get(arc - Batch.FIRST_ARC);
        text.append(name).append('\n');
        int index = plan.index(slot.name);
        if (plan.arcs[index][arc - Batch.FIRST_ARC] == Plan.DROP) {
            finish(i, text);
        }
    }

    /** The packets have left, or could not. */
    void output(Batch batch, int[] picks, int n) {
        for (int j = 0; j < n; j++) {
            int port = batch.egress[picks[j]];
            left(
                    picks[j],
                    GraphConfig.OUTPUT,
                    port == Batch.NO_PORT ? "drop: no-egress" : "port " + plan.portName[port]);
        }
    }

    private static void line(StringBuilder text, String stage, String what) {
        text.append("  ").append(stage).append(": ").append(what).append('\n');
    }

    private void finish(int i, StringBuilder text) {
        done.add(text.toString());
        texts[i] = null;
    }

    /** Whether all packets that were asked for have been followed to their end. */
    boolean isDone() {
        if (left > 0) {
            return false;
        }
        for (StringBuilder text : texts) {
            if (text != null) {
                return false;
            }
        }
        return true;
    }

    /** One text a packet, in the order in which they left. */
    List<String> texts() {
        return List.copyOf(done);
    }
}
