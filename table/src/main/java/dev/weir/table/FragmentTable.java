package dev.weir.table;

import static java.nio.ByteOrder.BIG_ENDIAN;

import dev.weir.table.parts.KeyHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Remembers the ports that first fragments had, so that later fragments of the same IP packet find their flow without
 * reassembly. Bounded: sets of four, whose oldest gives way; an entry is good for 60 s, the reassembly time of RFC 8200
 * section 4.5. One thread at a time. Takes its 4 MiB at the first fragment, and allocates nothing after.
 *
 * <p>Fragments of one packet share source, destination, identification, and in IPv4 the protocol (RFC 791 section 3.2,
 * RFC 8200 section 4.5).
 */
public final class FragmentTable {
    static final long NONE = -1;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private static final int SETS = 1 << 14, WAYS = 4;
    private static final long LIFETIME_NANOS = 60_000_000_000L;
    /**
     * Columns of an entry: four words of addresses, one of identification and the rest, the ports and protocol, the
     * time.
     */
    static final int REST = 4, VALUE = 5, TIME = 6, WORDS = 7;

    private static final long FREE = Long.MIN_VALUE;

    private final KeyHash hasher;
    private long[] entries = {};

    /** An empty table for the extractors of {@code table}. */
    public FragmentTable(FlowTable table) {
        this.hasher = table.hasher();
    }

    /**
     * Remembers a first fragment's tenant, protocol and ports.
     *
     * @param space tenant {@code << 8 |} protocol as its later fragments show them
     * @param ports source {@code << 16 |} destination
     */
    void put(
            MemorySegment data,
            long network,
            int family,
            int id,
            int space,
            int tenantAndProtocol,
            int ports,
            long time) {
        put(
                source0(data, network, family),
                source1(data, network, family),
                destination0(data, network, family),
                destination1(data, network, family),
                rest(family, id, space),
                value(tenantAndProtocol, ports),
                time);
    }

    /** The same, of the words that an entry has. */
    void put(long s0, long s1, long d0, long d1, long rest, long value, long time) {
        if (entries.length == 0) {
            entries = new long[SETS * WAYS * WORDS];
            for (int at = TIME; at < entries.length; at += WORDS) {
                entries[at] = FREE;
            }
        }
        int at = search(s0, s1, d0, d1, rest, true);
        entries[at] = s0;
        entries[at + 1] = s1;
        entries[at + 2] = d0;
        entries[at + 3] = d1;
        entries[at + REST] = rest;
        entries[at + VALUE] = value;
        entries[at + TIME] = time;
    }

    static long value(int tenantAndProtocol, int ports) {
        return (long) tenantAndProtocol << 32 | (ports & 0xFFFF_FFFFL);
    }

    /** A keyed hash of what the fragments of one packet share. */
    long datagram(MemorySegment data, long network, int family, int id, int space) {
        return hasher.hash(
                source0(data, network, family),
                source1(data, network, family),
                destination0(data, network, family),
                destination1(data, network, family),
                rest(family, id, space));
    }

    /**
     * Tenant {@code << 40 |} protocol {@code << 32 |} source port {@code << 16 |} destination port of the first
     * fragment, or {@link #NONE}.
     */
    long find(MemorySegment data, long network, int family, int id, int space, long time) {
        return find(
                source0(data, network, family),
                source1(data, network, family),
                destination0(data, network, family),
                destination1(data, network, family),
                rest(family, id, space),
                time);
    }

    /** The same, of the words that an entry has. */
    long find(long s0, long s1, long d0, long d1, long rest, long time) {
        if (entries.length == 0) {
            return NONE;
        }
        int at = search(s0, s1, d0, d1, rest, false);
        return at < 0 || time - entries[at + TIME] > LIFETIME_NANOS ? NONE : entries[at + VALUE];
    }

    /** Takes the words of an entry: addresses, rest, value, time. */
    interface EntryVisitor {
        void visit(long[] entries, int at);
    }

    /** Shows every entry that is still good at {@code time}. */
    void forEach(long time, EntryVisitor visitor) {
        for (int at = 0; at < entries.length; at += WORDS) {
            if (entries[at + TIME] != FREE && time - entries[at + TIME] <= LIFETIME_NANOS) {
                visitor.visit(entries, at);
            }
        }
    }

    /** Where the entry is; else, {@code orOldest}, the one of its set to be replaced, or -1. */
    private int search(long s0, long s1, long d0, long d1, long rest, boolean orOldest) {
        int set = (int) (hasher.hash(s0, s1, d0, d1, rest) >>> 32) & (SETS - 1);
        int first = set * WAYS * WORDS;
        int oldest = first;
        for (int at = first; at < first + WAYS * WORDS; at += WORDS) {
            if (entries[at + TIME] != FREE
                    && entries[at] == s0
                    && entries[at + 1] == s1
                    && entries[at + 2] == d0
                    && entries[at + 3] == d1
                    && entries[at + REST] == rest) {
                return at;
            }
            if (entries[at + TIME] < entries[oldest + TIME]) {
                oldest = at;
            }
        }
        return orOldest ? oldest : -1;
    }

    /** 24 bits of tenant, 8 of the protocol in IPv4, whose identifications are 16 bits. */
    static long rest(int family, int id, int space) {
        long tenant = (long) (space >>> 8) << 40;
        return family == 4 ? tenant | (space & 0xFFL) << 32 | (id & 0xFFFFL) : tenant | (id & 0xFFFF_FFFFL);
    }

    private static long source0(MemorySegment data, long network, int family) {
        return family == 4 ? data.get(INT, network + 12) : data.get(LONG, network + 8);
    }

    private static long source1(MemorySegment data, long network, int family) {
        return family == 4 ? 4 : data.get(LONG, network + 16);
    }

    private static long destination0(MemorySegment data, long network, int family) {
        return family == 4 ? data.get(INT, network + 16) : data.get(LONG, network + 24);
    }

    private static long destination1(MemorySegment data, long network, int family) {
        return family == 4 ? 4 : data.get(LONG, network + 32);
    }
}
