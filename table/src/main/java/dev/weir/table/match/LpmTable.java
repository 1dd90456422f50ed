package dev.weir.table.match;

import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Memory;
import dev.weir.table.parts.Secret;
import java.util.Arrays;

/**
 * A table of prefixes, of which the longest that a packet's key begins with is found: one field is matched so, all others,
 * which stand before it, are exact. {@link MatchTable} says what all tables have in common.
 *
 * <p>A {@link PrefixTrie} leads from keys to entries, a hash index from prefixes to entries. A lookup of a key of 32 bits
 * reads one to four lines of the trie. Adding and removing a prefix changes the trie in place, and all of it that lies below
 * the prefix: with a million prefixes a short one takes milliseconds. Memory: an entry is 24 octets, the key's words and the
 * payload, rounded up to a multiple of 32; the index takes 9 octets an entry, timers 8; the trie's root 256 KiB to 2 MiB, 64 MiB in a table
 * for 131,072 prefixes and more, and what is below it as much as the prefixes need.
 */
public final class LpmTable extends MatchTable {
    private static final int BESIDES = Long.BYTES;
    private static final long LENGTH_SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final KeyHash hasher;
    private final int words;
    /** How many prefixes there are of each length. */
    private final int[] counts;
    /** A prefix that is handled, and one that is searched around it. */
    private final long[] prefix, around;

    private HashIndex index;
    private PrefixTrie trie;

    private LpmTable(MatchTableConfig config, IdleListener listener) {
        super(config, listener, BESIDES);
        hasher = new KeyHash(config.hashSeed().orElseGet(Secret::draw));
        words = config.layout().words();
        counts = new int[config.layout().bits() + 1];
        prefix = new long[words];
        around = new long[words];
        index = new HashIndex(config.capacity(), entries.arena());
        trie = new PrefixTrie(config.layout().bits(), config.capacity(), entries.arena());
    }

    /** An empty one; fails when the layout has not one prefix among exact fields. */
    public static LpmTable create(MatchTableConfig config, IdleListener listener) {
        if (config.layout().kind() != TableKind.LPM) {
            throw new IllegalArgumentException(
                    "key: " + config.layout() + " has not one prefix among exact fields; make another kind of table");
        }
        return new LpmTable(config, listener);
    }

    @Override
    void touchIndex() {
        index.touch();
    }

    @Override
    public long bytes() {
        return entries.bytes() + index.bytes() + trie.bytes();
    }

    @Override
    public int match(long[] keys, int at, long now) {
        int entry = trie.find(keys, at) - 1;
        return entry == NONE || !isOver(entry, now) ? entry : matchAfter(entry, keys, at, now);
    }

    /** Ends an entry that is over; the next shorter prefix is found then. */
    private int matchAfter(int over, long[] keys, int at, long now) {
        int entry = over;
        while (entry != NONE && isOver(entry, now)) {
            end(entry);
            entry = trie.find(keys, at) - 1;
        }
        return entry;
    }

    @Override
    public void match(long[] keys, int n, long now, int[] found) {
        for (int from = 0; from < n; from += PrefixTrie.ROUND) {
            int to = Math.min(n, from + PrefixTrie.ROUND);
            trie.find(keys, words, from, to, found);
            for (int i = from; i < to; i++) {
                int entry = found[i] - 1;
                // One that was over may have been ended for a key before.
                boolean over = entry != NONE && mayEnd() && (!entries.isLive(entry) || isOver(entry, now));
                found[i] = over ? match(keys, i * words, now) : entry;
            }
        }
    }

    /**
     * Adds a prefix of the key at {@code keys[at]}; what follows it there is ignored. See
     * {@link MatchTable#add(MatchKey, int, long, long)}.
     *
     * @param length bits of the key, from its begin, with the exact fields and all paddings
     */
    public int add(long[] keys, int at, int length, long lifetime, long now) {
        int least = layout().bits() - lpmBits();
        if (length < least || length > layout().bits()) {
            throw new IllegalArgumentException(
                    "prefix: its length is " + length + " bits of the key; give " + least + " to " + layout().bits());
        }
        long stored = stored(lifetime);
        cut(keys, at, length, prefix);
        if (isInTheWay(search(prefix, length), now)) {
            return EXISTS;
        }
        if (!trie.hasRoom()) {
            return FULL;
        }
        int entry = entries.allocate(prefix, 0, stored, now);
        if (entry != FULL) {
            Memory.setInt(entries.besidesAt(entry), length);
            link(entry);
        }
        return entry;
    }

    /** Bits of the field that is matched by prefix. */
    private int lpmBits() {
        for (KeyField field : layout().fields()) {
            if (field.kind() == MatchKind.LPM) {
                return field.bits();
            }
        }
        return 0;
    }

    @Override
    public int add(MatchKey key, int priority, long lifetime, long now) {
        return add(key.value, 0, key.maskBits(), lifetime, now);
    }

    @Override
    public int find(MatchKey key, int priority) {
        return search(key.value, key.maskBits());
    }

    /** The entry of a prefix, {@link #NONE} where there is none. */
    private int search(long[] value, int length) {
        long hash = hash(value, length);
        for (long cursor = index.first(hash); cursor != HashIndex.NONE; cursor = index.next(hash, cursor)) {
            int entry = index.slotAt(cursor);
            if (length(entry) == length && entries.hasKey(entry, value, 0)) {
                return entry;
            }
        }
        return NONE;
    }

    /** The same words are prefixes of several lengths. */
    private long hash(long[] value, int length) {
        return hasher.hash(value, 0, words) + length * LENGTH_SPREAD;
    }

    private int length(int entry) {
        return Memory.getInt(entries.besidesAt(entry));
    }

    /** The entry of the longest prefix around that of {@link #prefix}, {@link #NONE} where there is none. */
    private int around(int length) {
        for (int shorter = length - 1; shorter >= 0; shorter--) {
            if (counts[shorter] != 0) {
                cut(prefix, 0, shorter, around);
                int entry = search(around, shorter);
                if (entry != NONE) {
                    return entry;
                }
            }
        }
        return NONE;
    }

    /** Copies the first {@code length} bits of a key, zeros behind them. */
    private void cut(long[] keys, int at, int length, long[] out) {
        for (int word = 0; word < words; word++) {
            out[word] = keys[at + word] & ones(length - word * Long.SIZE);
        }
    }

    /** So many ones from the top of a word. */
    private static long ones(int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1L : -1L << -bits;
    }

    @Override
    public MatchKey key(int entry) {
        entries.checkLive(entry);
        long[] value = new long[words], mask = new long[words];
        entries.loadKey(entry, value, 0);
        for (int word = 0; word < words; word++) {
            mask[word] = ones(length(entry) - word * Long.SIZE);
        }
        return new MatchKey(layout(), value, mask, new long[0]);
    }

    @Override
    public int priority(int entry) {
        return 0;
    }

    @Override
    void link(int entry) {
        entries.loadKey(entry, prefix, 0);
        int length = length(entry);
        trie.replace(prefix, length, around(length) + 1, entry + 1);
        index.insert(hash(prefix, length), entry);
        counts[length]++;
    }

    @Override
    void unlink(int entry) {
        entries.loadKey(entry, prefix, 0);
        int length = length(entry);
        counts[length]--;
        index.remove(hash(prefix, length), entry);
        trie.replace(prefix, length, entry + 1, around(length) + 1);
    }

    @Override
    void renew() {
        var wider = new HashIndex(entries.capacity, entries.arena());
        trie = new PrefixTrie(layout().bits(), entries.capacity, entries.arena());
        index = wider;
        Arrays.fill(counts, 0);
    }

    @Override
    void assertLinked() {
        int found = 0;
        for (int entry = next(0, end()); entry != NONE; entry = next(entry + 1, end())) {
            entries.loadKey(entry, around, 0);
            Entries.check(search(around, length(entry)) == entry, "does not find", entry);
            found++;
        }
        Entries.check(found == index.size(), "index: found=" + found + ", indexed=" + index.size(), NONE);
        trie.assertValid();
    }
}
