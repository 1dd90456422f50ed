package dev.weir.dataplane.nodes.drop;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;

/** See {@link DropConfig}. */
final class DropNode implements Node {
    private final String reason;

    DropNode(String reason) {
        this.reason = reason;
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            batch.drop(picks[k], 0);
        }
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        out.append(reason);
    }
}
