package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.WorkerCalls.Answering;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mail that follows packets until it has what it wants, or the time is over, or the graph is another. */
final class Tracing extends Answering<List<String>> {
    private final String node;
    private final int packets;
    private final long end;
    private @Nullable Trace trace;
    private @Nullable Graph traced;

    /** @param end by {@link System#nanoTime} */
    Tracing(String node, int packets, long end) {
        this.node = node;
        this.packets = packets;
        this.end = end;
    }

    @Override
    boolean proceed(Worker worker) {
        Graph graph = worker.graph();
        Trace following = trace;
        if (following == null) {
            boolean first = node.equals(GraphConfig.FLOW_TABLE);
            following = new Trace(graph.plan, first ? Trace.FLOW_TABLE : graph.plan.index(node), packets);
            trace = following;
            traced = graph;
            worker.trace(following);
            return false;
        }
        if (!following.isDone() && System.nanoTime() - end < 0 && graph.equals(traced)) {
            return false;
        }
        worker.trace(null);
        give(following.texts());
        return true;
    }

    @Override
    public boolean isWaiting() {
        return true;
    }
}
