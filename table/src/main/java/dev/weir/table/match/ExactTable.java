package dev.weir.table.match;

import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Secret;

/**
 * A table whose keys match bit by bit: a keyed hash, an index of cache-line buckets (see {@link HashIndex}), and entries
 * that refer to nothing else, so that a hit reads two lines. {@link MatchTable} says what all tables have in common.
 *
 * <p>Memory: an entry is 16 octets, the key's words and the payload, rounded up to a multiple of 32; the index takes 9 octets
 * an entry of the capacity, timers 8.
 */
public final class ExactTable extends MatchTable {
    /** How many keys are looked up side by side. */
    private static final int ROUND = 256;

    private final KeyHash hasher;
    private final int words;
    private final long[] hashes = new long[ROUND];
    private final long[] key, mask;
    private HashIndex index;

    /** Never read: it keeps reading ahead from being optimized away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    private ExactTable(MatchTableConfig config, IdleListener listener) {
        super(config, listener, 0);
        hasher = new KeyHash(config.hashSeed().orElseGet(Secret::draw));
        words = config.layout().words();
        key = new long[words];
        mask = key(config.layout(), key).mask;
        index = new HashIndex(config.capacity(), entries.arena());
    }

    /** An empty one; fails when the layout has other fields than exact ones. */
    public static ExactTable create(MatchTableConfig config, IdleListener listener) {
        if (config.layout().kind() != TableKind.EXACT) {
            throw new IllegalArgumentException("key: " + config.layout() + " is not exact; make another kind of table");
        }
        return new ExactTable(config, listener);
    }

    @Override
    void touchIndex() {
        index.touch();
    }

    @Override
    public long bytes() {
        return entries.bytes() + index.bytes();
    }

    @Override
    public int match(long[] keys, int at, long now) {
        long hash = hasher.hash(keys, at, words);
        int entry = index.candidate(hash);
        return entry != NONE && entries.hasKey(entry, keys, at) && !isOver(entry, now)
                ? entry
                : matchAfter(hash, keys, at, now);
    }

    private int matchAfter(long hash, long[] keys, int at, long now) {
        int entry = search(hash, keys, at);
        return entry == NONE || !isOver(entry, now) ? entry : ended(entry);
    }

    private int ended(int entry) {
        end(entry);
        return NONE;
    }

    @Override
    public void match(long[] keys, int n, long now, int[] found) {
        for (int from = 0; from < n; from += ROUND) {
            int to = Math.min(n, from + ROUND);
            hash(keys, from, to);
            guess(from, to, found);
            read(from, to, found);
            verify(keys, from, to, now, found);
        }
    }

    private void hash(long[] keys, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            long hash = hasher.hash(keys, i * words, words);
            hashes[i - from] = hash;
            sum += index.touch(hash);
        }
        touched += sum;
    }

    private void guess(int from, int to, int[] found) {
        for (int i = from; i < to; i++) {
            found[i] = index.candidate(hashes[i - from]);
        }
    }

    private void read(int from, int to, int[] found) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += entries.touch(Math.max(0, found[i]));
        }
        touched += sum;
    }

    private void verify(long[] keys, int from, int to, long now, int[] found) {
        for (int i = from; i < to; i++) {
            int entry = found[i];
            if (entry == NONE || !entries.hasKey(entry, keys, i * words) || isOver(entry, now)) {
                found[i] = matchAfter(hashes[i - from], keys, i * words, now);
            }
        }
    }

    private int search(long hash, long[] keys, int at) {
        for (long cursor = index.first(hash); cursor != HashIndex.NONE; cursor = index.next(hash, cursor)) {
            int entry = index.slotAt(cursor);
            if (entries.hasKey(entry, keys, at)) {
                return entry;
            }
        }
        return NONE;
    }

    /**
     * Adds an entry for the key at {@code keys[at]}: what a packet that matched nothing does. See
     * {@link MatchTable#add(MatchKey, int, long, long)}.
     */
    public int add(long[] keys, int at, long lifetime, long now) {
        long hash = hasher.hash(keys, at, words);
        if (isInTheWay(search(hash, keys, at), now)) {
            return EXISTS;
        }
        int entry = entries.allocate(keys, at, stored(lifetime), now);
        if (entry != FULL) {
            index.insert(hash, entry);
        }
        return entry;
    }

    /** Whether an entry with the key at {@code keys[at]} is there, so that another cannot be added; one that is over is told and removed instead. */
    public boolean has(long[] keys, int at, long now) {
        return isInTheWay(search(hasher.hash(keys, at, words), keys, at), now);
    }

    @Override
    public int add(MatchKey key, int priority, long lifetime, long now) {
        return add(key.value, 0, lifetime, now);
    }

    @Override
    public int find(MatchKey key, int priority) {
        return search(hasher.hash(key.value, 0, words), key.value, 0);
    }

    @Override
    public MatchKey key(int entry) {
        entries.checkLive(entry);
        long[] value = new long[words];
        entries.loadKey(entry, value, 0);
        return key(layout(), value);
    }

    @Override
    public void copyKey(int entry, long[] to, int at) {
        entries.checkLive(entry);
        entries.loadKey(entry, to, at);
        System.arraycopy(mask, 0, to, at + words, words);
    }

    /** Copies the key of an entry to {@code keys[at]} and behind, as {@link #match} takes it. Allocates nothing. */
    public void loadKey(int entry, long[] keys, int at) {
        entries.loadKey(entry, keys, at);
    }

    /** A key as {@link #loadKey} gives it; takes the array. */
    public static MatchKey key(KeyLayout layout, long[] value) {
        long[] mask = new long[layout.words()];
        for (int end = layout.bits(); end > 0; end -= Long.SIZE) {
            KeyLayout.insert(mask, 0, end, Math.min(end, Long.SIZE), -1L);
        }
        return new MatchKey(layout, value, mask, new long[0]);
    }

    @Override
    public int priority(int entry) {
        return 0;
    }

    @Override
    void unlink(int entry) {
        index.remove(hashOf(entry), entry);
    }

    @Override
    void renew() {
        index = new HashIndex(entries.capacity, entries.arena());
    }

    @Override
    void link(int entry) {
        index.insert(hashOf(entry), entry);
    }

    private long hashOf(int entry) {
        entries.loadKey(entry, key, 0);
        return hasher.hash(key, 0, words);
    }

    @Override
    void assertLinked() {
        int found = 0;
        for (int entry = next(0, end()); entry != NONE; entry = next(entry + 1, end())) {
            long hash = hashOf(entry);
            Entries.check(search(hash, key, 0) == entry, "does not find", entry);
            found++;
        }
        Entries.check(found == index.size(), "index: found=" + found + ", indexed=" + index.size(), NONE);
    }
}
