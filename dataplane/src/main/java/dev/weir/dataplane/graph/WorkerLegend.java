package dev.weir.dataplane.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a worker gives for a {@link FlowsLegend}, taken between two vectors: references and numbers. Digests and words are for whoever asked, since those of a long
 * configuration take longer than packets should wait.
 */
record WorkerLegend(long now, long nextNumber, List<Kept> nodes) {
    /** A node that keeps something with flows. */
    private record Kept(NodeSlot slot, Supplier<List<String>> words) {}

    /** For the worker's thread, or after its end. */
    static WorkerLegend of(Worker worker) {
        var nodes = new ArrayList<Kept>();
        for (NodeSlot slot : worker.graph().slots()) {
            if (slot.config.annexBytes() != 0) nodes.add(new Kept(slot, slot.node.legend()));
        }
        return new WorkerLegend(worker.table().now(), worker.nextNumber(), nodes);
    }

    /** With names; any thread. */
    FlowsLegend.OfWorker named() {
        return new FlowsLegend.OfWorker(
                now,
                nextNumber,
                nodes.stream()
                        .map(node -> FlowsLegend.OfNode.of(node.slot, node.words.get()))
                        .toList());
    }
}
