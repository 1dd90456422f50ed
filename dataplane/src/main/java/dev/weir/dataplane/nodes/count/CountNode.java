package dev.weir.dataplane.nodes.count;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;

/** See {@link CountConfig}. Sums in locals, counts once a batch. */
final class CountNode implements Node {
    private final NodeContext context;

    CountNode(NodeContext context) {
        this.context = context;
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        long reversePackets = 0, reverseBytes = 0, unhandledPackets = 0, unhandledBytes = 0, bytes = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            int length = batch.packets.length[i];
            bytes += length;
            if (!batch.hasFlow(i)) {
                unhandledPackets++;
                unhandledBytes += length;
            } else if (batch.isReverse(i)) {
                reversePackets++;
                reverseBytes += length;
            }
            batch.next(i);
        }
        context.count(CountConfig.FORWARD_PACKETS, n - reversePackets - unhandledPackets);
        context.count(CountConfig.FORWARD_BYTES, bytes - reverseBytes - unhandledBytes);
        context.count(CountConfig.REVERSE_PACKETS, reversePackets);
        context.count(CountConfig.REVERSE_BYTES, reverseBytes);
        context.count(CountConfig.UNHANDLED_PACKETS, unhandledPackets);
        context.count(CountConfig.UNHANDLED_BYTES, unhandledBytes);
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        out.append(!batch.hasFlow(i) ? "unhandled" : batch.isReverse(i) ? "reverse" : "forward")
                .append(", ")
                .append(batch.packets.length[i])
                .append(" octets");
    }
}
