package dev.weir.table.match;

import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Memory;
import dev.weir.table.parts.Secret;

/**
 * A table of values with masks and bounds, of which the one with the largest priority wins; among equal ones any.
 * {@link MatchTable} says what all tables have in common.
 *
 * <p>Tuple space search (Srinivasan, Suri, Varghese, "Packet Classification using Tuple Space Search", SIGCOMM 1999): the
 * entries of one mask are found by the hash of the masked key, so a lookup costs as many probes as there are masks, not
 * entries. Masks are searched in the order of their largest priority, and the search ends when no mask that is left can win
 * (Pfaff and others, "The Design and Implementation of Open vSwitch", NSDI 2015, section 5.2). Fields that lie between
 * bounds are left out of the mask: entries that differ in nothing else hang in a chain, the largest priority first, and
 * are compared one by one.
 *
 * <pre>
 * an entry has besides its key:
 * byte 0          4               8           12             16
 *      | priority | place in the  | number of | next of the  | of each range field: least and greatest |
 *      | i32      | heap i32      | mask i32  | chain i32    | value, unsigned i64                     |
 * </pre>
 *
 * <p>Memory: an entry is 32 octets, the key's words, 16 for each range field, and the payload, rounded up to a multiple of 32; the
 * index takes 9 octets an entry, timers 8, and on the heap 4 to 8 an entry. A mask that was not there before allocates.
 */
public final class TernaryTable extends MatchTable {
    private static final int MASK = 8, NEXT = 12, BOUNDS = 16;
    private static final long MASK_SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final KeyHash hasher;
    private final int words;
    /** Of each range field: the bit of the key that it ends before, and its width. */
    private final int[] rangeEnds, rangeWidths;
    /** The value of an entry that comes or goes. */
    private final long[] value;

    private final Masks masks = new Masks();
    private HashIndex index;

    private TernaryTable(MatchTableConfig config, IdleListener listener) {
        super(config, listener, BOUNDS + 2 * Long.BYTES * MatchKey.ranges(config.layout()));
        hasher = new KeyHash(config.hashSeed().orElseGet(Secret::draw));
        KeyLayout layout = config.layout();
        words = layout.words();
        value = new long[words];
        rangeEnds = new int[MatchKey.ranges(layout)];
        rangeWidths = new int[rangeEnds.length];
        int range = 0;
        for (int field = 0; field < layout.fields().size(); field++) {
            KeyField of = layout.fields().get(field);
            if (of.kind() == MatchKind.RANGE) {
                rangeWidths[range] = of.bits();
                rangeEnds[range++] = layout.bitOffset(field) + of.bits();
            }
        }
        index = new HashIndex(config.capacity(), entries.arena());
    }

    /** An empty one, for keys of any fields. */
    public static TernaryTable create(MatchTableConfig config, IdleListener listener) {
        return new TernaryTable(config, listener);
    }

    @Override
    void touchIndex() {
        index.touch();
    }

    @Override
    public long bytes() {
        return entries.bytes() + index.bytes();
    }

    /** How many different masks the entries have: what a lookup costs at most. */
    public int masks() {
        return masks.size();
    }

    @Override
    public int match(long[] keys, int at, long now) {
        int entry = search(keys, at);
        while (entry != NONE && isOver(entry, now)) {
            end(entry);
            entry = search(keys, at);
        }
        return entry;
    }

    @Override
    public void match(long[] keys, int n, long now, int[] found) {
        for (int i = 0; i < n; i++) {
            found[i] = match(keys, i * words, now);
        }
    }

    private int search(long[] keys, int at) {
        int best = NONE;
        int priority = Integer.MIN_VALUE;
        int n = masks.size();
        for (int i = 0; i < n; i++) {
            MaskGroup group = masks.at(i);
            if (best != NONE && group.best() <= priority) {
                break;
            }
            int entry = inBounds(head(group, keys, at), keys, at);
            if (entry != NONE && (best == NONE || MaskGroup.priority(entries, entry) > priority)) {
                best = entry;
                priority = MaskGroup.priority(entries, entry);
            }
        }
        return best;
    }

    /** The first of the chain of entries with that mask whose bits are the key's. */
    private int head(MaskGroup group, long[] keys, int at) {
        long hash = hash(group, keys, at);
        int entry = index.candidate(hash);
        if (entry == NONE ? index.endsAtHome(hash) : isHead(entry, group, keys, at)) {
            return entry;
        }
        return searchHead(hash, group, keys, at);
    }

    private boolean isHead(int entry, MaskGroup group, long[] keys, int at) {
        return maskNumber(entry) == group.number && entries.hasKey(entry, keys, at, group.mask);
    }

    private int searchHead(long hash, MaskGroup group, long[] keys, int at) {
        for (long cursor = index.first(hash); cursor != HashIndex.NONE; cursor = index.next(hash, cursor)) {
            if (isHead(index.slotAt(cursor), group, keys, at)) {
                return index.slotAt(cursor);
            }
        }
        return NONE;
    }

    /** The same bits are values of several masks. */
    private long hash(MaskGroup group, long[] keys, int at) {
        return hasher.hash(keys, at, group.mask, words) + group.number * MASK_SPREAD;
    }

    /** The first entry of a chain between whose bounds the key lies. */
    private int inBounds(int head, long[] keys, int at) {
        int entry = head;
        while (entry != NONE && !isInBounds(entry, keys, at)) {
            entry = nextOfChain(entry);
        }
        return entry;
    }

    private boolean isInBounds(int entry, long[] keys, int at) {
        long bounds = entries.besidesAt(entry) + BOUNDS;
        for (int range = 0; range < rangeEnds.length; range++) {
            long value = KeyLayout.extract(keys, at, rangeEnds[range], rangeWidths[range]);
            if (Long.compareUnsigned(value, Memory.getLong(bounds)) < 0
                    || Long.compareUnsigned(value, Memory.getLong(bounds + 8)) > 0) {
                return false;
            }
            bounds += 2 * Long.BYTES;
        }
        return true;
    }

    private int maskNumber(int entry) {
        return Memory.getInt(entries.besidesAt(entry) + MASK);
    }

    private int nextOfChain(int entry) {
        return Memory.getInt(entries.besidesAt(entry) + NEXT);
    }

    private void setNextOfChain(int entry, int next) {
        Memory.setInt(entries.besidesAt(entry) + NEXT, next);
    }

    @Override
    public int add(MatchKey key, int priority, long lifetime, long now) {
        long stored = stored(lifetime);
        if (isInTheWay(find(key, priority), now)) {
            return EXISTS;
        }
        if (entries.live() == entries.capacity) {
            return FULL;
        }
        int entry = entries.allocate(key.value, 0, stored, now);
        long besides = entries.besidesAt(entry);
        Memory.setInt(besides + MaskGroup.PRIORITY, priority);
        Memory.setInt(besides + MASK, masks.of(key.mask).number);
        for (int i = 0; i < key.bounds.length; i++) {
            Memory.setLong(besides + BOUNDS + 8L * i, key.bounds[i]);
        }
        link(entry);
        return entry;
    }

    @Override
    public int find(MatchKey key, int priority) {
        MaskGroup group = masks.find(key.mask);
        if (group == null) {
            return NONE;
        }
        int entry = head(group, key.value, 0);
        while (entry != NONE && !(MaskGroup.priority(entries, entry) == priority && hasBounds(entry, key.bounds))) {
            entry = nextOfChain(entry);
        }
        return entry;
    }

    private boolean hasBounds(int entry, long[] bounds) {
        for (int i = 0; i < bounds.length; i++) {
            if (Memory.getLong(entries.besidesAt(entry) + BOUNDS + 8L * i) != bounds[i]) {
                return false;
            }
        }
        return true;
    }

    private MaskGroup group(int entry) {
        return masks.numbered(maskNumber(entry));
    }

    @Override
    public MatchKey key(int entry) {
        entries.checkLive(entry);
        long[] bits = new long[words];
        entries.loadKey(entry, bits, 0);
        long[] bounds = new long[2 * rangeEnds.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = Memory.getLong(entries.besidesAt(entry) + BOUNDS + 8L * i);
        }
        return new MatchKey(layout(), bits, group(entry).mask.clone(), bounds);
    }

    @Override
    public int priority(int entry) {
        return MaskGroup.priority(entries, entry);
    }

    @Override
    void link(int entry) {
        MaskGroup group = group(entry);
        entries.loadKey(entry, value, 0);
        int head = head(group, value, 0);
        int priority = MaskGroup.priority(entries, entry);
        if (head == NONE || priority >= MaskGroup.priority(entries, head)) {
            long hash = hash(group, value, 0);
            if (head != NONE) {
                index.remove(hash, head);
            }
            setNextOfChain(entry, head);
            index.insert(hash, entry);
        } else {
            int before = head;
            while (nextOfChain(before) != NONE && MaskGroup.priority(entries, nextOfChain(before)) > priority) {
                before = nextOfChain(before);
            }
            setNextOfChain(entry, nextOfChain(before));
            setNextOfChain(before, entry);
        }
        masks.add(group, entries, entry);
    }

    @Override
    void unlink(int entry) {
        MaskGroup group = group(entry);
        entries.loadKey(entry, value, 0);
        int head = head(group, value, 0);
        int next = nextOfChain(entry);
        if (head == entry) {
            long hash = hash(group, value, 0);
            index.remove(hash, entry);
            if (next != NONE) {
                index.insert(hash, next);
            }
        } else {
            int before = head;
            while (nextOfChain(before) != entry) {
                before = nextOfChain(before);
            }
            setNextOfChain(before, next);
        }
        masks.remove(group, entries, entry);
    }

    /** Masks keep their numbers, which entries have. */
    @Override
    void renew() {
        index = new HashIndex(entries.capacity, entries.arena());
        masks.clear();
    }

    @Override
    void assertLinked() {
        int found = 0, heads = 0;
        for (int entry = next(0, end()); entry != NONE; entry = next(entry + 1, end())) {
            Entries.check(find(key(entry), priority(entry)) == entry, "does not find", entry);
            entries.loadKey(entry, value, 0);
            heads += head(group(entry), value, 0) == entry ? 1 : 0;
            int next = nextOfChain(entry);
            Entries.check(next == NONE || priority(next) <= priority(entry), "chain", entry);
            found++;
        }
        int grouped = masks.assertValid(entries);
        Entries.check(found == grouped && heads == index.size(), "masks: found=" + found + " " + grouped, NONE);
    }
}
