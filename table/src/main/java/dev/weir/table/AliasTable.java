package dev.weir.table;

import dev.weir.packet.PacketVector;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Second keys of flows. A flow whose packets are translated is known by the key that they came with; what answers them
 * carries another. An alias leads from that one to the first: {@link #resolve} gives a packet that has it the flow's own
 * key, so all is looked up, accounted and timed as one flow.
 *
 * <p>Exact, by the keyed hash of the flow table. Memory is off the heap, for {@code capacity} aliases of each family, of
 * which pages are taken as they are touched. An alias is a number, its slot, that stays until it is removed. One thread
 * makes every call; nothing allocates after construction. Aliases do not age: who added one removes it.
 */
public final class AliasTable implements AutoCloseable {
    /** Of {@link #find} and {@link #add}: there is none; of {@link #next}: the last one. */
    public static final int NONE = -1;
    /** Of {@link #add}: the second key is another flow's already; there is no room; the alias was there before. */
    public static final int TAKEN = -2, FULL = -3, THERE = -4;

    /** Octets of {@link #write}. */
    public static final int MAIL_BYTES = 88;

    private static final int V6 = 1 << 30;

    private final KeyHash hasher;
    private final Arena arena = Arena.ofShared();
    private final AliasStore v4, v6;
    private final FlowVector probe = new FlowVector(new PacketVector(2));
    private final FlowVector ends = new FlowVector(new PacketVector(1));

    /** An empty one for packets of the extractors of {@code table}. */
    public AliasTable(FlowTable table, int capacity) {
        hasher = table.hasher();
        v4 = new AliasStore(false, capacity, arena);
        v6 = new AliasStore(true, capacity, arena);
    }

    /** How many there are. */
    public int size() {
        return v4.live() + v6.live();
    }

    /** The key of these ends as packet 0 of a vector that is valid until the next call: to find who owns it. */
    public FlowVector key(FlowTuple tuple) {
        tuple.writeKey(probe, 0, hasher);
        return probe;
    }

    /**
     * Adds one: packets that go from {@code second}'s source to its destination are packets from {@code first}'s source
     * to its destination, and the other way.
     *
     * @return its slot, {@link #TAKEN}, {@link #FULL} or {@link #THERE}
     */
    public int add(FlowTuple second, FlowTuple first) {
        second.writeKey(probe, 0, hasher);
        first.writeKey(probe, 1, hasher);
        boolean flip = ((probe.meta(0) ^ probe.meta(FlowVector.at(1))) & FlowVector.FROM_UPPER) != 0;
        return add(flip);
    }

    /** Adds what the two places of {@link #probe} have. */
    private int add(boolean flip) {
        AliasStore entries = ofFamily(probe.family(0));
        int there = entries.find(probe, 0);
        if (there != NONE) {
            boolean same = entries.matches(entries.at(there) + entries.keyBytes, probe, FlowVector.at(1));
            return same ? THERE : TAKEN;
        }
        int slot = entries.allocate();
        if (slot == FULL) {
            return FULL;
        }
        long at = entries.at(slot);
        entries.store(at, probe, 0);
        entries.store(at + entries.keyBytes, probe, FlowVector.at(1));
        entries.setLinks(slot, flip);
        entries.index.insert(probe.words[FlowVector.HASH], slot);
        return name(entries, slot);
    }

    /** The alias whose second key these ends have, in either direction, or {@link #NONE}. */
    public int find(FlowTuple second) {
        if (size() == 0) {
            return NONE;
        }
        second.writeKey(probe, 0, hasher);
        AliasStore entries = ofFamily(second.family);
        int slot = entries.find(probe, 0);
        return slot == NONE ? NONE : name(entries, slot);
    }

    /** Removes the alias in a slot. */
    public void remove(int slot) {
        AliasStore entries = of(slot);
        entries.load(entries.at(number(slot)), probe, 0, hasher);
        entries.index.remove(probe.words[FlowVector.HASH], number(slot));
        entries.free(number(slot));
    }

    /** The alias that a caller has put after this one, or {@link #NONE}. */
    public int next(int slot) {
        return of(slot).next(number(slot));
    }

    public void setNext(int slot, int next) {
        of(slot).setNext(number(slot), next);
    }

    /** A number that the caller keeps with an alias, 0 at first. */
    public long tag(int slot) {
        return of(slot).tag(number(slot));
    }

    public void setTag(int slot, long tag) {
        of(slot).setTag(number(slot), tag);
    }

    /** Writes an alias for another table of the same secret: {@link #MAIL_BYTES} octets from {@code offset}. */
    public void write(int slot, MemorySegment to, long offset) {
        AliasStore entries = of(slot);
        long at = entries.at(number(slot));
        for (int word = 0; word < 2 * entries.keyWords; word++) {
            to.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + 8L * word, Memory.getLong(at + 8L * word));
        }
        long flip = entries.flips(number(slot)) ? 1 : 0;
        to.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + 80, flip << 8 | (entries == v6 ? 6 : 4));
    }

    /** Adds what another table wrote; returns as {@link #add} does. */
    public int read(MemorySegment from, long offset) {
        int flip = fill(from, offset);
        return add(flip != 0);
    }

    /**
     * Removes the alias that another table wrote, and only that: of the same two keys. Whether it was there.
     */
    public boolean removeWritten(MemorySegment from, long offset) {
        fill(from, offset);
        AliasStore entries = ofFamily(probe.family(0));
        int slot = entries.find(probe, 0);
        if (slot == NONE || !entries.matches(entries.at(slot) + entries.keyBytes, probe, FlowVector.at(1))) {
            return false;
        }
        remove(name(entries, slot));
        return true;
    }

    /**
     * Both keys that another table wrote, as packets 0 and 1 of a vector that is valid until the next call; null where the octets cannot be an alias.
     */
    public @Nullable FlowVector written(MemorySegment from, long offset) {
        int family = (int) (from.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + 80) & 0xFF);
        if (family != 4 && family != 6) {
            return null;
        }
        fill(from, offset);
        return probe;
    }

    /** Whether the alias that another table wrote is one of the flow of these ends. */
    public boolean isWrittenFor(FlowTuple first, MemorySegment from, long offset) {
        FlowVector keys = written(from, offset);
        first.writeKey(ends, 0, hasher);
        return keys != null && isSameKey(keys, 1, ends, 0);
    }

    private static boolean isSameKey(FlowVector a, int i, FlowVector b, int j) {
        int p = FlowVector.at(i), q = FlowVector.at(j);
        boolean same = a.family(i) == b.family(j)
                && a.words[p + FlowVector.K0] == b.words[q + FlowVector.K0]
                && a.words[p + FlowVector.K1] == b.words[q + FlowVector.K1];
        if (!same || a.family(i) == 4) {
            return same;
        }
        int r = FlowVector.restAt(p), s = FlowVector.restAt(q);
        return a.rest[r] == b.rest[s] && a.rest[r + 1] == b.rest[s + 1] && a.rest[r + 2] == b.rest[s + 2];
    }

    /** Reads both keys to {@link #probe}; returns the flip. */
    private int fill(MemorySegment from, long offset) {
        long end = from.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + 80);
        int words = (end & 0xFF) == 6 ? 5 : 2;
        for (int key = 0; key < 2; key++) {
            int p = FlowVector.at(key);
            for (int word = 0; word < words; word++) {
                long value = from.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + 8L * (key * words + word));
                AliasStore.put(probe, p, word, value);
            }
            probe.account(key, (int) end & 0xFF, 0, 0);
            AliasStore.hash(probe, p, words == 5, hasher);
        }
        return (int) (end >>> 8);
    }

    /**
     * Gives every packet of the vector that carries a second key the flow's first one, direction and all.
     *
     * @return how many there were
     */
    public int resolve(FlowVector v) {
        if (size() == 0) {
            return 0;
        }
        int found = 0;
        for (int i = 0; i < v.packets.size; i++) {
            found += resolve(v, i) ? 1 : 0;
        }
        return found;
    }

    /** The same for one packet; whether its key was a second one. */
    public boolean resolve(FlowVector v, int i) {
        int family = v.family(i);
        if (family == 0 || size() == 0) {
            return false;
        }
        int p = FlowVector.at(i);
        AliasStore entries = ofFamily(family);
        int slot = entries.find(v, p);
        if (slot == NONE) {
            return false;
        }
        entries.load(entries.at(slot) + entries.keyBytes, v, p, hasher);
        if (entries.flips(slot)) {
            v.words[p + FlowVector.META] ^= (long) FlowVector.FROM_UPPER << 32;
        }
        return true;
    }

    private AliasStore of(int slot) {
        return (slot & V6) != 0 ? v6 : v4;
    }

    private AliasStore ofFamily(int family) {
        return family == 6 ? v6 : v4;
    }

    private static int number(int slot) {
        return slot & ~V6;
    }

    private int name(AliasStore entries, int number) {
        return entries == v6 ? number | V6 : number;
    }

    @Override
    public void close() {
        arena.close();
    }
}
