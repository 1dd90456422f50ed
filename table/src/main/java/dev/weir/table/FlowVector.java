package dev.weir.table;

import dev.weir.packet.PacketVector;

/**
 * The keys of a vector's packets and what else their headers say of them, four words a packet, beside {@link #packets}.
 * Filled by {@link KeyExtractor}; one thread at a time, though many may read. Allocates nothing after it was made.
 *
 * <p>A key is canonical, the same for both directions: of its two endpoints the lower (address, then port, unsigned)
 * comes first. The words of addresses are as the network has them.
 *
 * <pre>
 * word 0 k0   1 k1   2 hash   3 family 8 | meta 24 | IP octets 32                  (from the upper bits down)
 *
 * IPv4  k0: upper port 16 | lower address 32 | lower port 16
 *       k1: tenant 24 | protocol 8 | upper address 32
 * IPv6  k0, k1: lower address    k2, k3: upper address    k4: lower port 16 | upper port 16 | tenant 24 | protocol 8
 * hash  bucket 32 | shard 24 | tag 8
 * </pre>
 */
public final class FlowVector {
    static final int K0 = 0, K1 = 1, HASH = 2, META = 3;
    private static final int SHIFT = 2, REST_WORDS = 3;
    private static final int FAMILY_SHIFT = 56;

    /** In {@link #meta}, above eight TCP flags: the source is the key's upper endpoint. */
    static final int FROM_UPPER = 1 << 8;
    /** The low bits are flags: a TCP header was there. */
    static final int HAS_FLAGS = 1 << 9;
    /** The TCP segment carries data. */
    static final int HAS_PAYLOAD = 1 << 10;

    /** The packets that this is about. */
    public final PacketVector packets;

    /** Four words a packet; a packet is named by the index of its first, {@link #at}. */
    final long[] words;
    /** The words k2, k3, k4 of IPv6 packets, at {@link #restAt}. */
    final long[] rest;

    /** How many of the packets are fragments, and four columns about each. */
    private int fragments;

    private final int[] fragment;
    private static final int FRAGMENT_WORDS = 4;

    /** Room for the keys of {@code packets}. */
    public FlowVector(PacketVector packets) {
        int capacity = packets.capacity();
        this.packets = packets;
        words = new long[capacity << SHIFT];
        rest = new long[capacity * REST_WORDS];
        fragment = new int[capacity * FRAGMENT_WORDS];
    }

    /** Where packet {@code i} begins in {@link #words}. */
    static int at(int i) {
        return i << SHIFT;
    }

    /** Where the packet at {@code p} begins in {@link #rest}. */
    static int restAt(int p) {
        return (p >>> SHIFT) * REST_WORDS;
    }

    /** 4, 6, or 0 for a packet that is unhandled. */
    public int family(int i) {
        return (int) (words[at(i) + META] >>> FAMILY_SHIFT);
    }

    /** Which of {@code shards} owns the flow of packet {@code i}. */
    public int shard(int i, int shards) {
        return (int) (((words[at(i) + HASH] >>> 8 & 0xFF_FFFF) * shards) >>> 24);
    }

    /** Writes all but the key of packet {@code i}; returns where it begins. */
    int account(int i, int family, int ipBytes, int meta) {
        int p = at(i);
        words[p + META] = (long) family << FAMILY_SHIFT | (long) meta << 32 | (ipBytes & 0xFFFF_FFFFL);
        return p;
    }

    /** Says that packet {@code i} is unhandled. */
    void unhandled(int i) {
        words[at(i) + META] = 0;
    }

    /** What the transport header says, in the low bits, with the family above. */
    int meta(int p) {
        return (int) (words[p + META] >>> 32);
    }

    /** Octets of the IP packet, its header counted. */
    long ipBytes(int p) {
        return words[p + META] & 0xFFFF_FFFFL;
    }

    /** Octets of the frame. */
    int frameBytes(int p) {
        return packets.length[p >>> SHIFT];
    }

    /** The packet's number in its stream. */
    long number(int p) {
        return packets.first + (p >>> SHIFT);
    }

    boolean isV4(int p) {
        return words[p + META] >>> FAMILY_SHIFT == 4;
    }

    /** Says from which endpoint of its key the packet comes. */
    void fromUpper(int p, boolean fromUpper) {
        long bit = (long) FROM_UPPER << 32;
        words[p + META] = (words[p + META] & ~bit) | (fromUpper ? bit : 0);
    }

    /** Makes the packet at {@code p} one of the IPv4 flow that these endpoints (address {@code << 16 |} port) name. */
    void key4(int p, long source, long destination, int tenantAndProtocol, KeyHash hasher) {
        long lower = Math.min(source, destination), upper = Math.max(source, destination);
        long k0 = upper << 48 | lower;
        long k1 = (long) tenantAndProtocol << 32 | upper >>> 16;
        words[p + K0] = k0;
        words[p + K1] = k1;
        words[p + HASH] = hasher.hash(k0, k1);
    }

    /** Makes the packet at {@code p} one of the IPv6 flow that these endpoints name. */
    void key6(
            int p,
            long s0,
            long s1,
            int sourcePort,
            long d0,
            long d1,
            int destinationPort,
            int tenantAndProtocol,
            KeyHash hasher) {
        boolean swap = fromUpper(s0, s1, sourcePort, d0, d1, destinationPort);
        long k0 = swap ? d0 : s0, k1 = swap ? d1 : s1;
        long k2 = swap ? s0 : d0, k3 = swap ? s1 : d1;
        long ports = swap ? (long) destinationPort << 16 | sourcePort : (long) sourcePort << 16 | destinationPort;
        long k4 = ports << 32 | (tenantAndProtocol & 0xFFFF_FFFFL);
        int r = restAt(p);
        words[p + K0] = k0;
        words[p + K1] = k1;
        rest[r] = k2;
        rest[r + 1] = k3;
        rest[r + 2] = k4;
        words[p + HASH] = hasher.hash(k0, k1, k2, k3, k4);
    }

    static boolean fromUpper(long s0, long s1, int sourcePort, long d0, long d1, int destinationPort) {
        int order = Long.compareUnsigned(s0, d0);
        if (order == 0) {
            order = Long.compareUnsigned(s1, d1);
        }
        return order == 0 ? sourcePort > destinationPort : order > 0;
    }

    /** Tenant {@code << 8 |} protocol of the key. */
    int tenantAndProtocol(int p) {
        return isV4(p) ? (int) (words[p + K1] >>> 32) : (int) rest[restAt(p) + 2];
    }

    /** The ports as the packet carries them: source {@code << 16 |} destination. */
    int ports(int p) {
        int lower, upper;
        if (isV4(p)) {
            lower = (int) words[p + K0] & 0xFFFF;
            upper = (int) (words[p + K0] >>> 48);
        } else {
            long k4 = rest[restAt(p) + 2];
            lower = (int) (k4 >>> 48);
            upper = (int) (k4 >>> 32) & 0xFFFF;
        }
        return (meta(p) & FROM_UPPER) != 0 ? upper << 16 | lower : lower << 16 | upper;
    }

    /** Whether {@link KeyExtractor#joinFragments} has something to do. */
    public boolean hasFragments() {
        return fragments != 0;
    }

    int fragments() {
        return fragments;
    }

    void clearFragments() {
        fragments = 0;
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
}
