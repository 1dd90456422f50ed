package dev.weir.wire.linux;

/**
 * How the memory of an AF_XDP socket (its UMEM) is divided, all of it mapped in one piece.
 *
 * <pre>
 * | receive chunks: entries | transmit chunks: entries | assembly: packets out of several chunks, only with parts |
 * |&lt;-------------- registered with the kernel ------------&gt;|
 * </pre>
 *
 * The kernel leaves 256 octets free at the beginning of a receive chunk, where headers can grow. Chunks are 2 KiB where a
 * frame fits so, else 4 KiB; and where it does not fit these either, packets come and go in several chunks (multi-buffer,
 * Linux 6.6).
 *
 * @param entries of every ring, a power of two
 * @param mtu of the interface
 * @param chunk octets
 * @param parts whether packets may take several chunks
 */
record XdpLayout(int entries, int mtu, int chunk, boolean parts) {
    /** What an Ethernet header and two VLAN tags add to the MTU. */
    static final int LINK_OCTETS = 14, TAG_OCTETS = 8;

    private static final int HEADROOM = 256, SMALL = 2048, LARGE = 4096, ASSEMBLY = 4 << 20;

    /** The largest MTU whose frames lie in one chunk. */
    static final int MAX_MTU_IN_ONE = LARGE - HEADROOM - LINK_OCTETS - TAG_OCTETS;

    /** The layout for an interface of this MTU. */
    static XdpLayout of(int entries, int mtu) {
        int maxFrame = mtu + LINK_OCTETS + TAG_OCTETS;
        boolean large = maxFrame > SMALL - HEADROOM;
        return new XdpLayout(entries, mtu, large ? LARGE : SMALL, maxFrame > LARGE - HEADROOM);
    }

    /** The longest frame that is received or sent, tags included. */
    int maxFrame() {
        return mtu + LINK_OCTETS + TAG_OCTETS;
    }

    /** Octets that are registered with the kernel. */
    long registered() {
        return 2L * entries * chunk;
    }

    /** Where the assembly begins and the number of its octets. */
    long assemblyAt() {
        return registered();
    }

    int assemblyOctets() {
        return parts ? Math.max(ASSEMBLY, maxFrame()) : 0;
    }

    long total() {
        return registered() + assemblyOctets();
    }

    /** Where the {@code i}th transmit chunk begins. */
    long transmitAt(int i) {
        return (long) (entries + i) * chunk;
    }

    /** The beginning of the chunk that an address lies in. */
    long chunkOf(long address) {
        return address & -chunk;
    }
}
