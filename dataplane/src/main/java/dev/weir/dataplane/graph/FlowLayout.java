package dev.weir.dataplane.graph;

/**
 * The graph's own octets at the beginning of each flow's annex. Native byte order.
 *
 * <pre>
 * 0 chain forward u16 | 2 chain reverse u16        numbers of chains, from 1; 0: none chosen
 * 4 egress forward u16 | 6 egress reverse u16      index of a port, plus 1; 0: none cached
 * 8 port of the first packet u16, plus 1 | 10 offload u16 | 12 slot of the first alias, plus 1; 0: none
 * 16 nodes' sections
 * </pre>
 *
 * Offload, from the lowest bit: state of forward 2, of reverse 2, dropped 1, unused 3, generation of refusals 8.
 */
final class FlowLayout {
    /** Both directions' chains, and what they have cached, as one word, forward lowest. */
    static final int DECISION = 0;

    static final int CHAINS = 0, EGRESS = 4, ALIASES = 12;
    /** The port of the first packet, and in the upper half what is offloaded, as one word. */
    static final int ENTRY = 8;
    /**
     * What became of a direction of an offloaded flow: nothing yet; something below carries it, or was asked to; it stays up
     * in this generation of the graph; what carried it was asked to let go of it.
     */
    static final int NOT_ASKED = 0, HELD = 1, REFUSED = 2, RELEASING = 3;

    /** Octets of all this. */
    static final int BYTES = 16;

    private static final int SIXTEEN = 16, EGRESS_SHIFT = 32, MASK = 0xFFFF;
    private static final int STATE_MASK = 3, DROPPED = 1 << 20, GENERATION_SHIFT = 24;

    private FlowLayout() {}

    /** Index of the port of the first packet; {@link Batch#NO_PORT} where not known. */
    static int entryPort(int entry) {
        return (entry & MASK) - 1;
    }

    /** {@link #HELD} and others of a direction, in that generation. */
    static int offload(int entry, int direction, int generation) {
        int state = entry >>> (SIXTEEN + 2 * direction) & STATE_MASK;
        return state == REFUSED && entry >>> GENERATION_SHIFT != generation ? NOT_ASKED : state;
    }

    static int withOffload(int entry, int direction, int state, int generation) {
        int other = offload(entry, 1 - direction, generation);
        int states = state << (2 * direction) | other << (2 * (1 - direction));
        return (entry & (MASK | DROPPED)) | states << SIXTEEN | generation << GENERATION_SHIFT;
    }

    /** Whether something below carries the flow, or may, in either direction. */
    static boolean isHeld(int entry) {
        // Of the four states those two are odd.
        return (entry & 0b0101 << SIXTEEN) != 0;
    }

    /** Whether what is known of the flow is that its packets are dropped. */
    static boolean isDropped(int entry) {
        return (entry & DROPPED) != 0;
    }

    static int withDropped(int entry, boolean dropped) {
        return dropped ? entry | DROPPED : entry & ~DROPPED;
    }

    /** The same of a flow that nothing carries. */
    static int withoutOffload(int entry) {
        return entry & MASK;
    }

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
