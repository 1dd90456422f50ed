package dev.weir.cli.boxes;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.table.match.ExactTable;
import dev.weir.table.match.IdleListener;
import dev.weir.table.match.IdleTimeout;
import dev.weir.table.match.KeyField;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.MatchKind;
import dev.weir.table.match.MatchTable;
import dev.weir.table.match.MatchTableConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The very large table: by which tunnel an address is reached from a VLAN. Off the heap, reserved when it is made and taken from the kernel as it fills; ends of
 * tunnels, of which there are few, are objects, which stay. An association that was learnt has a lifetime, and is gone when it was not learnt again for so long;
 * others stay. One thread; {@link #find} and what it finds allocate nothing, and neither does {@link #learn} of what is known.
 *
 * <pre>
 * key   128 bits address (IPv4 as ::ffff:a.b.c.d) | 16 bits VLAN
 * entry byte 0      8         16
 *            | vni, vtep | inner MAC |              native order: i64 of two times 32 bits, i64
 * </pre>
 */
final class Associations implements AutoCloseable {
    /** There is no such association. */
    static final int NONE = MatchTable.NONE;

    /** What {@link #learn} did: it was new; the association is another now; it was known; somebody has said otherwise for ever; there is no room. */
    static final int LEARNT = 0, MOVED = 1, KNOWN = 2, SAID = 3, FULL = 4;

    /** The most ends of tunnels. */
    static final int MOST_VTEPS = 1 << 16;

    private static final int PAYLOAD = 16;
    private static final long MAPPED = 0xFFFFL << 32;
    private static final KeyLayout LAYOUT =
            KeyLayout.of(new KeyField("address", 128, MatchKind.EXACT), new KeyField("vlan", 16, MatchKind.EXACT));

    private final ExactTable table;
    private final Map<Vtep, Integer> numbers = new HashMap<>();
    private final List<Vtep> vteps = new ArrayList<>();
    private final long[] key = new long[LAYOUT.words()];

    /** @param most how many there can be, none of which is learnt */
    Associations(int most) {
        this(most, false);
    }

    /** @param learns whether some are learnt, for which there are timers: 8 octets an entry */
    Associations(int most, boolean learns) {
        MatchTableConfig config = MatchTableConfig.of(LAYOUT, most)
                .withPayloadBytes(PAYLOAD)
                .withIdleTimeout(learns ? IdleTimeout.DELETE : IdleTimeout.NONE);
        table = ExactTable.create(config, IdleListener.NONE);
    }

    int size() {
        return table.size();
    }

    int capacity() {
        return table.capacity();
    }

    /** Octets that it takes when it is full. */
    long bytes() {
        return table.bytes();
    }

    /** The number of an association, or {@link #NONE}. The time is in nanoseconds, and does not go back. */
    int find(int family, long high, long low, int vlan, long now) {
        key(family, high, low, vlan);
        return table.match(key, 0, now);
    }

    private void key(int family, long high, long low, int vlan) {
        key[0] = high;
        key[1] = family == 4 ? MAPPED | low : low;
        key[2] = (long) vlan << 48;
    }

    /** Makes an association for ever, or changes the one that is there; false, and nothing was done, when there is no room. */
    boolean put(int family, long high, long low, int vlan, int vni, Vtep to, long innerMac) {
        int number = number(to);
        int entry = find(family, high, low, vlan, 0);
        if (entry == NONE) entry = table.add(key, 0, 0, 0);
        if (entry < 0 || number < 0) return false;
        if (table.lifetime(entry) != 0) table.setLifetime(entry, 0);
        set(entry, vni, number, innerMac);
        return true;
    }

    private void set(int entry, int vni, int number, long innerMac) {
        long at = table.payloadAt(entry);
        table.payload().set(JAVA_LONG, at, (long) vni << 32 | number);
        table.payload().set(JAVA_LONG, at + 8, innerMac);
    }

    /** Makes an association, or changes or keeps one that was learnt, that lives so long from now on. @return what it did */
    int learn(int family, long high, long low, int vlan, int vni, Vtep from, long innerMac, long lifetime, long now) {
        int entry = find(family, high, low, vlan, now);
        boolean isThere = entry != NONE;
        if (isThere && table.lifetime(entry) == 0) return SAID;
        if (isThere
                && vni(entry) == vni
                && innerMac(entry) == innerMac
                && vtep(entry).equals(from)) {
            table.touch(entry, now);
            return KNOWN;
        }
        int number = number(from);
        if (!isThere && number >= 0) entry = table.add(key, 0, lifetime, now);
        if (entry < 0 || number < 0) return FULL;
        set(entry, vni, number, innerMac);
        table.touch(entry, now);
        return isThere ? MOVED : LEARNT;
    }

    /** Ends what was not learnt again in time. @return how many, {@code most} at the most */
    int expire(long now, int most) {
        return table.expire(now, most);
    }

    /** Of an end of tunnels; -1 when there are too many. */
    private int number(Vtep vtep) {
        Integer known = numbers.get(vtep);
        if (known != null) return known;
        if (vteps.size() == MOST_VTEPS) return -1;
        numbers.put(vtep, vteps.size());
        vteps.add(vtep);
        return vteps.size() - 1;
    }

    int vni(int entry) {
        return (int) (table.payload().get(JAVA_LONG, table.payloadAt(entry)) >>> 32);
    }

    Vtep vtep(int entry) {
        return vteps.get((int) table.payload().get(JAVA_LONG, table.payloadAt(entry)));
    }

    /** The Ethernet address of the packet's destination. */
    long innerMac(int entry) {
        return table.payload().get(JAVA_LONG, table.payloadAt(entry) + 8);
    }

    @Override
    public void close() {
        table.close();
    }
}
