package dev.weir.dataplane.nodes.crossconnect;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import java.util.Arrays;

/** See {@link CrossConnectConfig}. A column of the other ends, by port of entry. */
final class CrossConnectNode implements Node {
    private final int[] otherEnd;
    private final String[] names;

    CrossConnectNode(CrossConnectConfig config, NodeContext context) {
        otherEnd = new int[context.ports()];
        names = new String[context.ports()];
        Arrays.fill(otherEnd, Batch.NO_PORT);
        for (CrossConnectConfig.Pair pair : config.pairs()) {
            int one = context.port(pair.one()), other = context.port(pair.other());
            otherEnd[one] = other;
            otherEnd[other] = one;
            names[one] = pair.one();
            names[other] = pair.other();
        }
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            if (batch.egress[i] == Batch.NO_PORT) {
                batch.egress[i] = otherEnd(batch.packets.port[i]);
            }
            batch.next(i);
        }
    }

    private int otherEnd(int port) {
        return port < otherEnd.length ? otherEnd[port] : Batch.NO_PORT;
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        int from = batch.packets.port[i];
        int to = otherEnd(from);
        if (to == Batch.NO_PORT) {
            out.append("port in no pair");
        } else if (batch.egress[i] != to) {
            out.append("egress was chosen before");
        } else {
            out.append(names[from]).append(" to ").append(names[to]);
        }
    }
}
