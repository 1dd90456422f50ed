package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.weir.packet.PacketVector;
import dev.weir.table.feature.FeatureTally;
import dev.weir.table.parts.KeyHash;
import java.lang.foreign.MemorySegment;

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

    /**
     * Where each packet's headers are; empty when not wanted.
     * <pre>
     * unused 16 | quoted 16 | network 16 | transport 16
     * </pre>
     */
    private final long[] place;

    /** What the transport header says of each packet, as {@link FeatureTally#facts} has it; empty when not wanted. */
    private final long[] facts;

    /** The number of each packet in its stream; empty where packets are numbered without a gap. */
    final long[] numbers;

    /** What {@link FlowTable#track} found for each packet, as {@link #flow} and others show; empty when not wanted. */
    final int[] found;

    /** The bits of {@link #found}: the slot, then flags. All bits of the slot set: no flow. */
    static final int SLOT_MASK = (1 << 28) - 1, REVERSE = 1 << 28, CREATED = 1 << 29, V6 = 1 << 30, OFFLOADED = 1 << 31;

    /** Octets of {@link #save}. */
    public static final int SAVED = 64;

    /** Of {@link #flow}: there is no flow, as of what is not IP, or it has ended already. */
    public static final int NO_FLOW = SLOT_MASK;

    /** Of {@link #fragmentKind}: a first one; a later one that has the ports of its first; one whose first has not come. */
    public static final int FIRST_FRAGMENT = 0, JOINED_FRAGMENT = 1, ORPHAN_FRAGMENT = 2;

    /** How many of the packets are fragments, and columns about each. */
    private int fragments;

    private final int[] fragment;
    private final long[] datagram;
    private static final int FRAGMENT_WORDS = 4, KIND = 3;

    /** Room for the keys of {@code packets}. */
    public FlowVector(PacketVector packets) {
        this(packets, false);
    }

    /** The same; {@code live} says whether it tells of the flows that packets were tracked to ({@link #flow}). */
    public FlowVector(PacketVector packets, boolean live) {
        this(packets, live, false);
    }

    /** The same; {@code measured} says whether its packets go to a table that has features. */
    public FlowVector(PacketVector packets, boolean live, boolean measured) {
        this(packets, live, measured, false);
    }

    /** One whose packets come from {@link PacketDigests#read}, each with a number of its own. */
    static FlowVector ofDigests(PacketVector packets) {
        return new FlowVector(packets, false, false, true);
    }

    private FlowVector(PacketVector packets, boolean live, boolean measured, boolean numbered) {
        int capacity = packets.capacity();
        this.packets = packets;
        words = new long[capacity << SHIFT];
        rest = new long[capacity * REST_WORDS];
        fragment = new int[capacity * FRAGMENT_WORDS];
        datagram = new long[capacity];
        found = new int[live ? capacity : 0];
        place = new long[live ? capacity : 0];
        facts = new long[measured ? capacity : 0];
        numbers = new long[numbered ? capacity : 0];
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

    /**
     * The flow of packet {@code i}, which {@link FlowContext#at} takes, or {@link #NO_FLOW}. Valid until the table's
     * next {@link FlowTable#track} or control call.
     */
    public int flow(int i) {
        return found[i] & (SLOT_MASK | V6);
    }

    /** Whether packet {@code i} has a flow. */
    public boolean hasFlow(int i) {
        return (found[i] & SLOT_MASK) != SLOT_MASK;
    }

    /** Whether packet {@code i} began its flow. */
    public boolean isFirst(int i) {
        return (found[i] & CREATED) != 0;
    }

    /** Whether packet {@code i} goes from the responder to the initiator. */
    public boolean isReverse(int i) {
        return (found[i] & REVERSE) != 0;
    }

    /** Whether the flow of packet {@code i} was offloaded when the packet was tracked. */
    public boolean isOffloaded(int i) {
        return (found[i] & OFFLOADED) != 0;
    }

    /** Says that packet {@code i} has no flow. */
    public void setNoFlow(int i) {
        found[i] = NO_FLOW;
    }

    /** Where in packet {@code i} its IP header begins, in octets from the first of the frame. */
    public int network(int i) {
        return (int) place[i] >>> 16;
    }

    /** Where in packet {@code i} its transport header begins; 0 where it shows none, as a later fragment. */
    public int transport(int i) {
        return (int) place[i] & 0xFFFF;
    }

    /** Where in packet {@code i}, an ICMP error, the IP header that it quotes begins; 0 where it quotes none. */
    public int quoted(int i) {
        return (int) (place[i] >>> 32) & 0xFFFF;
    }

    /** IP protocol number of packet {@code i}'s flow. */
    public int protocol(int i) {
        return tenantAndProtocol(at(i)) & 0xFF;
    }

    /** The address space of packet {@code i}, 24 bits. */
    public int tenant(int i) {
        return tenantAndProtocol(at(i)) >>> 8;
    }

    /** The source port as the packet carries it, or as its first fragment did; the identifier of an echo. */
    public int sourcePort(int i) {
        return ports(at(i)) >>> 16;
    }

    /** The destination port as the packet carries it, or as its first fragment did; the identifier of an echo. */
    public int destinationPort(int i) {
        return ports(at(i)) & 0xFFFF;
    }

    /** The TCP flags octet of packet {@code i}, -1 where it shows no TCP header. */
    public int tcpFlags(int i) {
        return tcpFlagsAt(at(i));
    }

    /** IP octets of packet {@code i}, header included. */
    public int ipLength(int i) {
        return (int) ipBytes(at(i));
    }

    /** Which of {@code shards} owns the flow of packet {@code i}. */
    public int shard(int i, int shards) {
        return (int) (((words[at(i) + HASH] >>> 8 & 0xFF_FFFF) * shards) >>> 24);
    }

    /** The two addresses of packet {@code i}'s key folded to one number, the same for both directions. */
    public int foldedAddresses(int i) {
        int p = at(i);
        if (family(i) == 4) {
            return (int) (words[p + K0] >>> 16) ^ (int) words[p + K1];
        }
        int r = restAt(p);
        long folded = words[p + K0] ^ words[p + K1] ^ rest[r] ^ rest[r + 1];
        return (int) (folded >>> 32) ^ (int) folded;
    }

    /** The two ports of packet {@code i}'s key folded to one number, the same for both directions. */
    public int foldedPorts(int i) {
        int ports = ports(at(i));
        return ports >>> 16 ^ (ports & 0xFFFF);
    }

    /**
     * Writes the key of packet {@code i} and what was found in its headers to {@code to}: {@link #SAVED} octets from
     * {@code offset}, for {@link #restore}. Of a live vector. Native byte order.
     */
    public void save(int i, MemorySegment to, long offset) {
        int p = at(i);
        int r = restAt(p);
        to.set(JAVA_LONG_UNALIGNED, offset, words[p + K0]);
        to.set(JAVA_LONG_UNALIGNED, offset + 8, words[p + K1]);
        to.set(JAVA_LONG_UNALIGNED, offset + 16, words[p + HASH]);
        to.set(JAVA_LONG_UNALIGNED, offset + 24, words[p + META]);
        to.set(JAVA_LONG_UNALIGNED, offset + 32, place[i]);
        to.set(JAVA_LONG_UNALIGNED, offset + 40, rest[r]);
        to.set(JAVA_LONG_UNALIGNED, offset + 48, rest[r + 1]);
        to.set(JAVA_LONG_UNALIGNED, offset + 56, rest[r + 2]);
    }

    /**
     * Makes packet {@code i}, whose time, length and number its vector says, the packet that {@link #save} wrote of.
     * Both vectors are live ones, and their tables share one secret.
     */
    public void restore(int i, MemorySegment from, long offset) {
        int p = at(i);
        int r = restAt(p);
        words[p + K0] = from.get(JAVA_LONG_UNALIGNED, offset);
        words[p + K1] = from.get(JAVA_LONG_UNALIGNED, offset + 8);
        words[p + HASH] = from.get(JAVA_LONG_UNALIGNED, offset + 16);
        words[p + META] = from.get(JAVA_LONG_UNALIGNED, offset + 24);
        place[i] = from.get(JAVA_LONG_UNALIGNED, offset + 32);
        rest[r] = from.get(JAVA_LONG_UNALIGNED, offset + 40);
        rest[r + 1] = from.get(JAVA_LONG_UNALIGNED, offset + 48);
        rest[r + 2] = from.get(JAVA_LONG_UNALIGNED, offset + 56);
        found[i] = NO_FLOW;
    }

    /** Writes all but the key of packet {@code i}; returns where it begins. */
    int account(int i, int family, int ipBytes, int meta) {
        int p = at(i);
        words[p + META] = (long) (family << (FAMILY_SHIFT - 32) | meta) << 32 | (ipBytes & 0xFFFF_FFFFL);
        return p;
    }

    /** Says where in packet {@code i} its headers are, if that is wanted. */
    void place(int i, int network, int transport, int quoted) {
        if (i < place.length) {
            place[i] = (long) quoted << 32 | (long) network << 16 | transport;
        }
    }

    /** Whether {@link #facts(int, int, int, int)} is wanted. */
    boolean isMeasured() {
        return facts.length != 0;
    }

    /** Says what the transport header of packet {@code i} says, as {@link FeatureTally#facts} takes it. */
    void facts(int i, int payloadOctets, int headerOctets, int window) {
        facts[i] = FeatureTally.facts(payloadOctets, headerOctets, window);
    }

    /** The same of the packet at {@code p}, in one word. */
    long facts(int p) {
        return facts[p >>> SHIFT];
    }

    /** The TCP flags octet of the packet at {@code p}, -1 where it shows no TCP header. */
    int tcpFlagsAt(int p) {
        int meta = meta(p);
        return (meta & HAS_FLAGS) == 0 ? -1 : meta & 0xFF;
    }

    /** Says that packet {@code i} is unhandled. */
    void unhandled(int i) {
        words[at(i) + META] = 0;
        if (found.length != 0) {
            found[i] = NO_FLOW;
        }
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
        return numbers.length == 0 ? packets.first + (p >>> SHIFT) : numbers[p >>> SHIFT];
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
        key4(p, source, destination, swap4(source, destination), tenantAndProtocol, hasher);
    }

    /** The same, where {@code swap} is {@link #swap4} of the two. */
    void key4(int p, long source, long destination, long swap, int tenantAndProtocol, KeyHash hasher) {
        long difference = (destination - source) & swap;
        long lower = source + difference, upper = destination - difference;
        long k0 = upper << 48 | lower;
        long k1 = (long) tenantAndProtocol << 32 | upper >>> 16;
        words[p + K0] = k0;
        words[p + K1] = k1;
        words[p + HASH] = hasher.hash(k0, k1);
    }

    /** All bits set where the source is the upper of two endpoints, else none: no branch, since none could be predicted. */
    static long swap4(long source, long destination) {
        return (destination - source) >> 63;
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

    /** How many of the packets are fragments; the calls below take a number under that. */
    public int fragments() {
        return fragments;
    }

    /** Which packet fragment {@code f} is; they ascend. */
    public int fragmentPacket(int f) {
        return fragment[f * FRAGMENT_WORDS];
    }

    /** What fragment {@code f} is, after {@link KeyExtractor#joinFragments}: {@link #FIRST_FRAGMENT} and others. */
    public int fragmentKind(int f) {
        return fragment[f * FRAGMENT_WORDS + KIND];
    }

    /**
     * A keyed hash of what the fragments of one packet share, after {@link KeyExtractor#joinFragments}: equal for those
     * of one packet, and hardly ever for others.
     */
    public long fragmentDatagram(int f) {
        return datagram[f];
    }

    void clearFragments() {
        fragments = 0;
    }

    void addFragment(int packet, int network, int id, boolean first) {
        int at = fragments++ * FRAGMENT_WORDS;
        fragment[at] = packet;
        fragment[at + 1] = network;
        fragment[at + 2] = id;
        fragment[at + KIND] = first ? FIRST_FRAGMENT : ORPHAN_FRAGMENT;
    }

    int fragmentNetwork(int f) {
        return fragment[f * FRAGMENT_WORDS + 1];
    }

    int fragmentId(int f) {
        return fragment[f * FRAGMENT_WORDS + 2];
    }

    /** Says what joining found. */
    void joined(int f, long hash, int kind) {
        datagram[f] = hash;
        fragment[f * FRAGMENT_WORDS + KIND] = kind;
    }
}
