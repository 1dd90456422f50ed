package dev.weir.table;

import dev.weir.packet.PacketVector;
import dev.weir.table.parts.KeyHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What tracking needs to know of a packet, in few octets: to be kept, or sent to where its flow is kept. A digest has
 * nothing of its sender's secret in it, so tables of others can read it.
 *
 * <p>Little-endian but for the addresses, whose octets are in network order within the key's words; time in nanoseconds
 * since 1970. An IPv4 packet takes {@link #SIZE_V4} octets, an IPv6 packet {@link #SIZE_V6}.
 *
 * <pre>
 *  0 time i64                 8 number in its stream u64
 * 16 IP octets u32           20 frame octets u32
 * 24 about u16: TCP flags in the low 8 bits; 1 &lt;&lt; 8 the source is the upper endpoint; 1 &lt;&lt; 9 it shows TCP flags; 1 &lt;&lt; 10
 *    its TCP segment has data; 1 &lt;&lt; 11 a first fragment; 1 &lt;&lt; 12 a later fragment
 * 26 family u8, 4 or 6       27 0                         28 identification of the fragmented IP packet u32, else 0
 * 32 key: two words of IPv4, five of IPv6, see {@link FlowVector}
 * </pre>
 *
 * One thread; allocates nothing. Octets that were no digest, but have a size, become packets of some flow and never fail.
 */
public final class PacketDigests {
    /** Octets of the digest of an IPv4 packet and of an IPv6 packet. */
    public static final int SIZE_V4 = 48, SIZE_V6 = 72;

    private static final int NUMBER = 8, IP_OCTETS = 16, FRAME_OCTETS = 20, ABOUT = 24, FAMILY = 26, ID = 28, KEY = 32;
    private static final int META_BITS = (1 << 11) - 1, FIRST = 1 << 11, LATER = 1 << 12;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final KeyHash hasher;
    private final boolean byNetworkIdentifier;
    /** The next fragment of the vector that is written from. */
    private int nextFragment;

    /** Digests of packets of {@code table}; {@code tenants} is how its address spaces are told apart. */
    public PacketDigests(FlowTable table, TenantMode tenants) {
        this.hasher = table.hasher();
        this.byNetworkIdentifier = tenants == TenantMode.VNI;
    }

    /** A vector that {@link #read} fills, of {@link FlowTable#VECTOR} packets at most. */
    public static FlowVector vector() {
        return FlowVector.ofDigests(new PacketVector(FlowTable.VECTOR));
    }

    /** Before the packets of a vector are written, which then come in their order. */
    public void begin() {
        nextFragment = 0;
    }

    /**
     * Writes the digest of packet {@code i}, which has a family; its fragments are not yet joined.
     *
     * @param number its number in its stream
     * @return the octets written
     */
    public int write(FlowVector v, int i, long number, byte[] out, int at) {
        int p = FlowVector.at(i);
        boolean v4 = v.isV4(p);
        LONG.set(out, at, v.packets.time[i]);
        LONG.set(out, at + NUMBER, number);
        INT.set(out, at + IP_OCTETS, (int) v.ipBytes(p));
        INT.set(out, at + FRAME_OCTETS, v.packets.length[i]);
        int about = v.meta(p) & META_BITS;
        int id = 0;
        if (v.hasFragments()) {
            while (nextFragment < v.fragments() && v.fragmentPacket(nextFragment) < i) {
                nextFragment++;
            }
            if (nextFragment < v.fragments() && v.fragmentPacket(nextFragment) == i) {
                about |= v.fragmentKind(nextFragment) == FlowVector.FIRST_FRAGMENT ? FIRST : LATER;
                id = v.fragmentId(nextFragment);
            }
        }
        INT.set(out, at + ABOUT, about | (v4 ? 4 : 6) << 16);
        INT.set(out, at + ID, id);
        LONG.set(out, at + KEY, v.words[p + FlowVector.K0]);
        LONG.set(out, at + KEY + 8, v.words[p + FlowVector.K1]);
        if (v4) {
            return SIZE_V4;
        }
        int r = FlowVector.restAt(p);
        LONG.set(out, at + KEY + 16, v.rest[r]);
        LONG.set(out, at + KEY + 24, v.rest[r + 1]);
        LONG.set(out, at + KEY + 32, v.rest[r + 2]);
        return SIZE_V6;
    }

    /** Octets of the digest at {@code at}; 0 where none begins, because it is of no family or not all there. */
    public static int size(byte[] in, int at) {
        int left = in.length - at;
        int size = left < SIZE_V4 ? 0 : in[at + FAMILY] == 4 ? SIZE_V4 : in[at + FAMILY] == 6 ? SIZE_V6 : 0;
        return size <= left ? size : 0;
    }

    /** When the packet was seen. */
    public static long time(byte[] in, int at) {
        return (long) LONG.get(in, at);
    }

    /** Gives the packet another time. */
    public static void time(byte[] in, int at, long time) {
        LONG.set(in, at, time);
    }

    /** The packet's number in its stream. */
    public static long number(byte[] in, int at) {
        return (long) LONG.get(in, at + NUMBER);
    }

    /** Gives the packet another number. */
    public static void number(byte[] in, int at, long number) {
        LONG.set(in, at + NUMBER, number);
    }

    /**
     * Appends the packet to the vector, which has room. A later fragment takes the ports of its first one, which
     * {@code fragments} remembers; so digests are read in the order of their streams.
     */
    public void read(byte[] in, int at, FlowVector v, FragmentTable fragments) {
        int i = v.packets.size++;
        v.packets.time[i] = (long) LONG.get(in, at);
        v.packets.length[i] = (int) INT.get(in, at + FRAME_OCTETS);
        v.numbers[i] = (long) LONG.get(in, at + NUMBER);
        int about = (int) INT.get(in, at + ABOUT);
        boolean v4 = in[at + FAMILY] == 4;
        int p = v.account(i, v4 ? 4 : 6, (int) INT.get(in, at + IP_OCTETS), about & META_BITS);
        long k0 = (long) LONG.get(in, at + KEY), k1 = (long) LONG.get(in, at + KEY + 8);
        v.words[p + FlowVector.K0] = k0;
        v.words[p + FlowVector.K1] = k1;
        if (v4) {
            v.words[p + FlowVector.HASH] = hasher.hash(k0, k1);
        } else {
            int r = FlowVector.restAt(p);
            long k2 = (long) LONG.get(in, at + KEY + 16);
            long k3 = (long) LONG.get(in, at + KEY + 24);
            long k4 = (long) LONG.get(in, at + KEY + 32);
            v.rest[r] = k2;
            v.rest[r + 1] = k3;
            v.rest[r + 2] = k4;
            v.words[p + FlowVector.HASH] = hasher.hash(k0, k1, k2, k3, k4);
        }
        if ((about & (FIRST | LATER)) != 0) {
            join(v, i, p, (about & FIRST) != 0, (int) INT.get(in, at + ID), fragments);
        }
    }

    /** The same as {@link KeyExtractor#joinFragments} does, with the addresses of the key in place of the packet's. */
    private void join(FlowVector v, int i, int p, boolean first, int id, FragmentTable fragments) {
        boolean v4 = v.isV4(p);
        boolean swap = (v.meta(p) & FlowVector.FROM_UPPER) != 0;
        int tenantAndProtocol = v.tenantAndProtocol(p);
        int space = byNetworkIdentifier ? tenantAndProtocol & 0xFF : tenantAndProtocol;
        long rest = FragmentTable.rest(v4 ? 4 : 6, id, space);
        long l0 = lower0(v, p, v4), l1 = lower1(v, p, v4), u0 = upper0(v, p, v4), u1 = upper1(v, p, v4);
        long s0 = swap ? u0 : l0, s1 = swap ? u1 : l1, d0 = swap ? l0 : u0, d1 = swap ? l1 : u1;
        long time = v.packets.time[i];
        if (first) {
            fragments.put(s0, s1, d0, d1, rest, FragmentTable.value(tenantAndProtocol, v.ports(p)), time);
            return;
        }
        long found = fragments.find(s0, s1, d0, d1, rest, time);
        if (found == FragmentTable.NONE) {
            return;
        }
        int ports = (int) found;
        int source = ports >>> 16, destination = ports & 0xFFFF;
        boolean fromUpper;
        if (v4) {
            long from = (s0 & 0xFFFF_FFFFL) << 16 | source, to = (d0 & 0xFFFF_FFFFL) << 16 | destination;
            fromUpper = from > to;
            v.key4(p, from, to, (int) (found >>> 32), hasher);
        } else {
            fromUpper = FlowVector.fromUpper(s0, s1, source, d0, d1, destination);
            v.key6(p, s0, s1, source, d0, d1, destination, (int) (found >>> 32), hasher);
        }
        v.fromUpper(p, fromUpper);
    }

    /** An IPv4 address as a {@link FragmentTable} has it: a signed number. */
    static long address(long word) {
        int octets = (int) word;
        return octets;
    }

    private static long lower0(FlowVector v, int p, boolean v4) {
        return v4 ? address(v.words[p + FlowVector.K0] >>> 16) : v.words[p + FlowVector.K0];
    }

    private static long lower1(FlowVector v, int p, boolean v4) {
        return v4 ? 4 : v.words[p + FlowVector.K1];
    }

    private static long upper0(FlowVector v, int p, boolean v4) {
        return v4 ? address(v.words[p + FlowVector.K1]) : v.rest[FlowVector.restAt(p)];
    }

    private static long upper1(FlowVector v, int p, boolean v4) {
        return v4 ? 4 : v.rest[FlowVector.restAt(p) + 1];
    }

    /**
     * Which of {@code places} the flow of packet {@code i} is kept at, by the two addresses of its key: the same for both
     * directions, and for all fragments of an IP packet. Keyed with the table's secret.
     */
    public int place(FlowVector v, int i, int places) {
        int p = FlowVector.at(i);
        boolean v4 = v.isV4(p);
        return place(lower0(v, p, v4), lower1(v, p, v4), upper0(v, p, v4), upper1(v, p, v4), places);
    }

    /** The same of a digest. */
    public int place(byte[] in, int at, int places) {
        long k0 = (long) LONG.get(in, at + KEY), k1 = (long) LONG.get(in, at + KEY + 8);
        return in[at + FAMILY] == 4
                ? place(address(k0 >>> 16), 4, address(k1), 4, places)
                : place(k0, k1, (long) LONG.get(in, at + KEY + 16), (long) LONG.get(in, at + KEY + 24), places);
    }

    /** The same of two addresses as a {@link FragmentTable} has them, in either order. */
    int place(long a0, long a1, long b0, long b1, int places) {
        int order = Long.compareUnsigned(a0, b0);
        boolean swap = order > 0 || (order == 0 && Long.compareUnsigned(a1, b1) > 0);
        long hash = swap ? hasher.hash(b0, b1, a0, a1, 0) : hasher.hash(a0, a1, b0, b1, 0);
        return (int) (((hash >>> 32) * places) >>> 32);
    }
}
