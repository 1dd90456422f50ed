package dev.weir.dataplane.graph;

/**
 * The graph's own octets at the beginning of each flow's annex. Native byte order.
 *
 * <pre>
 * 0 chain forward u16 | 2 chain reverse u16        numbers of chains, from 1; 0: none chosen
 * 4 egress forward u16 | 6 egress reverse u16      index of a port, plus 1; 0: none cached
 * 8 port of the first packet u16, plus 1 | 10 unused (2) | 12 slot of the first alias, plus 1; 0: none
 * 16 nodes' sections
 * </pre>
 */
final class FlowLayout {
    /** Both directions' chains, and what they have cached, as one word, forward lowest. */
    static final int DECISION = 0;

    static final int CHAINS = 0, EGRESS = 4, FIRST_PORT = 8, ALIASES = 12;
    /** Octets of all this. */
    static final int BYTES = 16;

    private static final int SIXTEEN = 16, EGRESS_SHIFT = 32, MASK = 0xFFFF;

    private FlowLayout() {}

    /** The number of the chain of a direction, 0 or 1. */
    static int chain(long decision, int direction) {
        return (int) (decision >>> (SIXTEEN * direction)) & MASK;
    }

    /** The port that a direction leaves by, {@link Batch#NO_PORT} where not known. */
    static int egress(long decision, int direction) {
        return ((int) (decision >>> (EGRESS_SHIFT + (SIXTEEN * direction))) & MASK) - 1;
    }

    /** The same for a direction that leaves by {@code port}. */
    static long withEgress(long decision, int direction, int port) {
        int shift = EGRESS_SHIFT + (SIXTEEN * direction);
        return (decision & ~((long) MASK << shift)) | ((long) ((port + 1) & MASK) << shift);
    }

    /** The same with other chains. */
    static long withChains(long decision, int forward, int reverse) {
        return (decision & 0xFFFF_FFFF_0000_0000L) | ((long) reverse << SIXTEEN) | forward;
    }
}
