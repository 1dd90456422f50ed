package dev.weir.table;

import dev.weir.packet.PacketVector;

/**
 * The keys of a vector's packets and what accounting needs of them, one array a column, packet by packet beside
 * {@link #packets}. Filled by {@link KeyExtractor}; one thread at a time, though many may read. Allocates nothing after it was made.
 *
 * <p>A key is canonical, the same for both directions: of its two endpoints the lower (address, then port, unsigned) comes first.
 *
 * <pre>
 * IPv4  k0: upper port low 16 bits.. | lower address 32 | lower port 16      bits 63..48 | 47..16 | 15..0
 *       k1: protocol and tenant 32 | upper address 32                        with the upper endpoint's 48 bits split over both words
 * IPv6  k0, k1: lower address   k2, k3: upper address   k4: lower port 16 | upper port 16 | tenant 24 | protocol 8
 * </pre>
 */
public final class FlowVector {
    /** The packets that this is about. */
    public final PacketVector packets;

    /** 4, 6, or 0 for a packet that is unhandled. */
    final byte[] family;
    /** Words of the key; IPv4 has the first two. */
    final long[] k0, k1, k2, k3, k4;
    /** {@link KeyHash} of the key: bits 0..7 tag, 8..31 shard, 32..63 bucket. */
    final long[] hash;
    /** IP octets, as IPFIX counts. */
    final int[] ipBytes;
    /** TCP flags in the low 8 bits, then the bits below. */
    final int[] meta;

    /** The source is the key's upper endpoint. */
    static final int FROM_UPPER = 1 << 8;
    /** The low bits are flags: a TCP header was there. */
    static final int HAS_FLAGS = 1 << 9;
    /** The TCP segment carries data. */
    static final int HAS_PAYLOAD = 1 << 10;

    /** How many of the packets are fragments, and four columns about each. */
    int fragments;

    private final int[] fragment;
    private static final int FRAGMENT_WORDS = 4;

    /** Room for the keys of {@code packets}. */
    public FlowVector(PacketVector packets) {
        int capacity = packets.capacity();
        this.packets = packets;
        family = new byte[capacity];
        k0 = new long[capacity];
        k1 = new long[capacity];
        k2 = new long[capacity];
        k3 = new long[capacity];
        k4 = new long[capacity];
        hash = new long[capacity];
        ipBytes = new int[capacity];
        meta = new int[capacity];
        fragment = new int[capacity * FRAGMENT_WORDS];
    }

    /** Whether {@link KeyExtractor#joinFragments} has something to do. */
    public boolean hasFragments() {
        return fragments != 0;
    }

    void addFragment(int packet, int network, int id, boolean first) {
        int at = fragments++ * FRAGMENT_WORDS;
        fragment[at] = packet;
        fragment[at + 1] = network;
        fragment[at + 2] = id;
        fragment[at + 3] = first ? 1 : 0;
    }

    int fragmentPacket(int f) {
        return fragment[f * FRAGMENT_WORDS];
    }

    int fragmentNetwork(int f) {
        return fragment[f * FRAGMENT_WORDS + 1];
    }

    int fragmentId(int f) {
        return fragment[f * FRAGMENT_WORDS + 2];
    }

    boolean fragmentIsFirst(int f) {
        return fragment[f * FRAGMENT_WORDS + 3] != 0;
    }

    /** The ports of packet {@code i} as it carries them: source {@code << 16 |} destination. */
    int ports(int i) {
        int lower = family[i] == 4 ? (int) k0[i] & 0xFFFF : (int) (k4[i] >>> 48);
        int upper = family[i] == 4 ? (int) (k0[i] >>> 48) : (int) (k4[i] >>> 32) & 0xFFFF;
        return (meta[i] & FROM_UPPER) != 0 ? upper << 16 | lower : lower << 16 | upper;
    }

    /** 4, 6, or 0 for a packet that is unhandled. */
    public int family(int i) {
        return family[i];
    }

    /** Which of {@code shards} owns the flow of packet {@code i}. */
    public int shard(int i, int shards) {
        return (int) (((hash[i] >>> 8 & 0xFF_FFFF) * shards) >>> 24);
    }

    /** Makes packet {@code i} one of the IPv4 flow that these endpoints (address {@code << 16 |} port) name. */
    void key4(int i, long source, long destination, int protocol, int tenant, KeyHash hasher) {
        long lower = Math.min(source, destination), upper = Math.max(source, destination);
        long w0 = upper << 48 | lower;
        long w1 = (long) (tenant << 8 | protocol) << 32 | upper >>> 16;
        k0[i] = w0;
        k1[i] = w1;
        hash[i] = hasher.hash(w0, w1);
        family[i] = 4;
    }

    /** Makes packet {@code i} one of the IPv6 flow that these endpoints name; the address words are as the network has them. */
    void key6(
            int i,
            long s0,
            long s1,
            int sourcePort,
            long d0,
            long d1,
            int destinationPort,
            int protocol,
            int tenant,
            KeyHash hasher) {
        boolean swap = fromUpper(s0, s1, sourcePort, d0, d1, destinationPort);
        k0[i] = swap ? d0 : s0;
        k1[i] = swap ? d1 : s1;
        k2[i] = swap ? s0 : d0;
        k3[i] = swap ? s1 : d1;
        long ports = swap ? (long) destinationPort << 16 | sourcePort : (long) sourcePort << 16 | destinationPort;
        k4[i] = ports << 32 | ((tenant << 8 | protocol) & 0xFFFF_FFFFL);
        hash[i] = hasher.hash(k0[i], k1[i], k2[i], k3[i], k4[i]);
        family[i] = 6;
    }

    static boolean fromUpper(long s0, long s1, int sourcePort, long d0, long d1, int destinationPort) {
        int order = Long.compareUnsigned(s0, d0);
        if (order == 0) {
            order = Long.compareUnsigned(s1, d1);
        }
        return order == 0 ? sourcePort > destinationPort : order > 0;
    }
}
