package dev.weir.wire.linux;

/**
 * Which queue of a port gets a packet: a function of the addresses and ports that does not change when they swap sides,
 * so that both directions of a flow meet. The kernel computes it with {@link FanoutProgram}; here it is in Java, so that
 * the owner of a flow is who receives its packets, and none has to be handed over.
 *
 * <p>All arithmetic is of 32 bits, unsigned, because that is what classic BPF has. Any thread; nothing allocates.
 *
 * <p>What the kernel's half leaves out, and who owns such a packet may therefore be another than who receives it:
 * fragments of IPv4 (no ports, also of the first), IPv6 with extension headers (no ports), tunnels (the outer header),
 * ICMP errors (no ports, the outer header). What is not IP is queue 0's.
 */
public final class Fanout {
    static final int FIRST = 0x9E37_79B1, SECOND = 0x85EB_CA6B, THIRD = 0xC2B2_AE35;
    static final int SHIFT = 15, LAST_SHIFT = 13;

    private Fanout() {}

    /** Addresses of IPv4 folded to one number. */
    public static int foldAddresses(int source, int destination) {
        return source ^ destination;
    }

    /** Addresses of IPv6, given in halves, folded to one number. */
    public static int foldAddresses(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        long folded = sourceHigh ^ sourceLow ^ destinationHigh ^ destinationLow;
        return (int) (folded >>> 32) ^ (int) folded;
    }

    /** Ports folded to one number; 0 for a protocol without. */
    public static int foldPorts(int source, int destination) {
        return source ^ destination;
    }

    /**
     * The queue.
     *
     * @param foldedAddresses of {@link #foldAddresses}
     * @param foldedPorts of {@link #foldPorts}: 0 to 65535
     * @param queues how many there are
     * @return 0 to {@code queues} - 1
     */
    public static int queue(int foldedAddresses, int foldedPorts, int queues) {
        int x = (foldedAddresses ^ foldedPorts * FIRST) * SECOND;
        x ^= x >>> SHIFT;
        x *= THIRD;
        x ^= x >>> LAST_SHIFT;
        return Integer.remainderUnsigned(x, queues);
    }
}
