package dev.weir.table;

import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;

/**
 * The keys of a vector's packets and what accounting needs of them, a cache line a packet, beside {@link #packets}. Filled by {@link KeyExtractor}; one
 * thread at a time, though many may read. Allocates nothing after it was made; its memory lives as long as the arena that it was given.
 *
 * <p>A key is canonical, the same for both directions: of its two endpoints the lower (address, then port, unsigned) comes first. Native byte order; the words of addresses are as
 * the network has them.
 *
 * <pre>
 * byte  0 k0   8 k1   16 hash   24 time (ns)   32 packet number   40 IP octets u32   44 frame octets u32   48 meta u32   52 family u32
 *      56 address of k2, k3, k4
 *
 * IPv4  k0: upper port 16 | lower address 32 | lower port 16            (from the upper bits down)
 *       k1: tenant 24 | protocol 8 | upper address 32
 * IPv6  k0, k1: lower address    k2, k3: upper address    k4: lower port 16 | upper port 16 | tenant 24 | protocol 8
 * hash  bucket 32 | shard 24 | tag 8
 * </pre>
 */
public final class FlowVector {
    static final int K0 = 0,
            K1 = 8,
            HASH = 16,
            TIME = 24,
            NUMBER = 32,
            IP_BYTES = 40,
            FRAME_BYTES = 44,
            META = 48,
            FAMILY = 52;
    static final int REST = 56, K2 = 0, K3 = 8, K4 = 16;
    private static final int PACKET_BYTES = 64, REST_BYTES = 24;

    /** In {@link #META}, above eight TCP flags: the source is the key's upper endpoint. */
    static final int FROM_UPPER = 1 << 8;
    /** The low bits are flags: a TCP header was there. */
    static final int HAS_FLAGS = 1 << 9;
    /** The TCP segment carries data. */
    static final int HAS_PAYLOAD = 1 << 10;

    /** The packets that this is about. */
    public final PacketVector packets;

    private final long base;

    /** How many of the packets are fragments, and four columns about each. */
    private int fragments;

    private final int[] fragment;
    private static final int FRAGMENT_WORDS = 4;

    /** Room for the keys of {@code packets}. */
    public FlowVector(PacketVector packets, Arena arena) {
        int capacity = packets.capacity();
        this.packets = packets;
        base = OffHeap.allocate((long) capacity * PACKET_BYTES, arena).address();
        long rest = OffHeap.allocate((long) capacity * REST_BYTES, arena).address();
        for (int i = 0; i < capacity; i++) {
            Memory.setLong(at(i) + REST, rest + (long) i * REST_BYTES);
        }
        fragment = new int[capacity * FRAGMENT_WORDS];
    }

    /** Address of what is known of packet {@code i}. */
    long at(int i) {
        Memory.check(i, packets.capacity());
        return base + (long) i * PACKET_BYTES;
    }

    /** 4, 6, or 0 for a packet that is unhandled. */
    public int family(int i) {
        return Memory.getInt(at(i) + FAMILY);
    }

    /** Which of {@code shards} owns the flow of packet {@code i}. */
    public int shard(int i, int shards) {
        return (int) (((Memory.getLong(at(i) + HASH) >>> 8 & 0xFF_FFFF) * shards) >>> 24);
    }

    /** Makes the packet at {@code p} one of the IPv4 flow that these endpoints (address {@code << 16 |} port) name. */
    static void key4(long p, long source, long destination, int protocol, int tenant, KeyHash hasher) {
        long lower = Math.min(source, destination), upper = Math.max(source, destination);
        long k0 = upper << 48 | lower;
        long k1 = (long) (tenant << 8 | protocol) << 32 | upper >>> 16;
        Memory.setLong(p + K0, k0);
        Memory.setLong(p + K1, k1);
        Memory.setLong(p + HASH, hasher.hash(k0, k1));
        Memory.setInt(p + FAMILY, 4);
    }

    /** Makes the packet at {@code p} one of the IPv6 flow that these endpoints name. */
    static void key6(
            long p,
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
        long k0 = swap ? d0 : s0, k1 = swap ? d1 : s1;
        long k2 = swap ? s0 : d0, k3 = swap ? s1 : d1;
        long ports = swap ? (long) destinationPort << 16 | sourcePort : (long) sourcePort << 16 | destinationPort;
        long k4 = ports << 32 | ((tenant << 8 | protocol) & 0xFFFF_FFFFL);
        long rest = Memory.getLong(p + REST);
        Memory.setLong(p + K0, k0);
        Memory.setLong(p + K1, k1);
        Memory.setLong(rest + K2, k2);
        Memory.setLong(rest + K3, k3);
        Memory.setLong(rest + K4, k4);
        Memory.setLong(p + HASH, hasher.hash(k0, k1, k2, k3, k4));
        Memory.setInt(p + FAMILY, 6);
    }

    static boolean fromUpper(long s0, long s1, int sourcePort, long d0, long d1, int destinationPort) {
        int order = Long.compareUnsigned(s0, d0);
        if (order == 0) {
            order = Long.compareUnsigned(s1, d1);
        }
        return order == 0 ? sourcePort > destinationPort : order > 0;
    }

    /** Tenant {@code << 8 |} protocol of the key. */
    static int tenantAndProtocol(long p) {
        return Memory.getInt(p + FAMILY) == 4
                ? (int) (Memory.getLong(p + K1) >>> 32)
                : (int) Memory.getLong(Memory.getLong(p + REST) + K4);
    }

    /** The ports as the packet carries them: source {@code << 16 |} destination. */
    static int ports(long p) {
        int lower, upper;
        if (Memory.getInt(p + FAMILY) == 4) {
            long k0 = Memory.getLong(p + K0);
            lower = (int) k0 & 0xFFFF;
            upper = (int) (k0 >>> 48);
        } else {
            long k4 = Memory.getLong(Memory.getLong(p + REST) + K4);
            lower = (int) (k4 >>> 48);
            upper = (int) (k4 >>> 32) & 0xFFFF;
        }
        return (Memory.getInt(p + META) & FROM_UPPER) != 0 ? upper << 16 | lower : lower << 16 | upper;
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
