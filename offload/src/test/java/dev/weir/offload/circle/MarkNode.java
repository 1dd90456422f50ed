package dev.weir.offload.circle;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.concurrent.atomic.AtomicBoolean;

/** A node that marks flows packet by packet, as it is told meanwhile. */
final class MarkNode implements Node {
    /** What is said of a direction's packets. */
    enum Say {
        NOTHING,
        OFFLOADED,
        NOT_OFFLOADED
    }

    /** What the nodes of a configuration say from now on; for any thread. */
    static final class Orders {
        volatile Say forward = Say.NOTHING, reverse = Say.NOTHING;
        final AtomicBoolean decidesAnew = new AtomicBoolean();
    }

    record Config(Orders orders) implements NodeConfig {
        @Override
        public String type() {
            return "mark";
        }

        @Override
        public boolean decidesByPacket() {
            return true;
        }

        @Override
        public boolean wantsTurns() {
            return true;
        }

        @Override
        public Node create(NodeContext context) {
            return new MarkNode(orders, context);
        }
    }

    private final Orders orders;
    private final NodeContext context;

    private MarkNode(Orders orders, NodeContext context) {
        this.orders = orders;
        this.context = context;
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            Say say = batch.isReverse(i) ? orders.reverse : orders.forward;
            if (say != Say.NOTHING) {
                context.markOffloaded(batch, i, say == Say.OFFLOADED);
                batch.decidedByFlow(i, say == Say.OFFLOADED);
            }
            batch.next(i);
        }
    }

    @Override
    public void turn(long now) {
        if (orders.decidesAnew.getAndSet(false)) {
            context.decidesAnew();
        }
    }
}
