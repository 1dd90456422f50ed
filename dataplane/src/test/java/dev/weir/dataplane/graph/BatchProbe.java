package dev.weir.dataplane.graph;

/** What a node said of the packets of a batch, for tests of nodes outside a graph. */
public final class BatchProbe {
    private static final int UNSAID = -1;

    private BatchProbe() {}

    /** Forgets what was said of the packets. */
    public static void forget(Batch batch) {
        for (int i = 0; i < batch.packets.size; i++) {
            batch.arc[i] = UNSAID;
        }
    }

    /** {@code next}, {@code drop:REASON}, {@code arc:NAME}; {@code unsaid} where the node broke its contract. */
    public static String verdict(Batch batch, int i, NodeConfig config) {
        int arc = batch.arc[i];
        return switch (arc) {
            case UNSAID -> "unsaid";
            case Batch.NEXT -> "next";
            case Batch.DROP -> "drop:" + config.dropReasons().get(batch.reason[i]);
            default -> "arc:" + config.arcs().get(arc - Batch.FIRST_ARC);
        };
    }
}
