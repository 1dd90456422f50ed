package dev.weir.table.match;

import java.lang.foreign.MemorySegment;

/**
 * A match-action table: entries that are found by a packet's key, each with octets of the owner's (its payload: the action,
 * its parameters, counters) and a lifetime. The kinds differ in how they match; all else is the same.
 *
 * <p>An entry is a number from 0 to below {@link #end}, which it keeps until it is removed or the table is resized. A key is
 * {@code layout().words()} longs from {@code keys[at]} on, as {@link KeyLayout} says; bits that belong to no field are zero.
 * Times are nanoseconds of whatever clock the owner has, which does not go back; a time that is earlier than the last hit
 * does no harm.
 *
 * <p><b>Idle entries.</b> An entry's deadline is its last hit (or its add) plus its lifetime. A lookup is no hit: the owner
 * decides by {@link #touch} what refreshes, at no timer's cost. {@link #expire} tells the {@link IdleListener} of the
 * entries that are over, exactly, at most a tick (17 ms) late; with {@link IdleTimeout#DELETE} it removes them, and
 * {@link #match} does so from the deadline on even where no tick has passed. With {@link IdleTimeout#NOTIFY} they stay, and are
 * told again at each further lifetime without a hit; those that have passed since are told once; a hit after a deadline
 * that was not told yet counts as in time.
 *
 * <p>One thread makes every call. What packets need ({@code match}, {@code touch}, payload, {@link ExactTable#add(long[],
 * int, long, long)}) and {@code remove} and {@code expire} allocate nothing. Memory is off the heap, reserved when the table is
 * made or resized, taken from the kernel as it is touched. Entry numbers are checked where a call changes the table, but
 * not on a packet's way.
 */
public abstract sealed class MatchTable implements AutoCloseable permits ExactTable, LpmTable, TernaryTable {
    /** Of lookups: there is none. */
    public static final int NONE = -1;
    /** Of add: an entry with that key, and that priority where there are priorities, is there already; there is no room. */
    public static final int EXISTS = -2, FULL = -3;

    /** The longest lifetime that ends: 146 years. */
    public static final long MAX_LIFETIME = 1L << 62;

    private final IdleListener listener;
    private final int besides;
    private MatchTableConfig config;
    private final boolean deletes;
    Entries entries;

    /** {@code besides}: octets that the kind of table keeps in an entry. */
    MatchTable(MatchTableConfig config, IdleListener listener, int besides) {
        this.config = config;
        this.listener = listener;
        this.besides = besides;
        deletes = config.idleTimeout() == IdleTimeout.DELETE;
        entries = new Entries(config, besides);
    }

    /**
     * An empty table of the kind that the layout needs. {@link OutOfMemoryError} when the address space cannot be had.
     */
    public static MatchTable create(MatchTableConfig config, IdleListener listener) {
        return switch (config.layout().kind()) {
            case EXACT -> ExactTable.create(config, listener);
            case LPM -> LpmTable.create(config, listener);
            case TERNARY -> TernaryTable.create(config, listener);
        };
    }

    public final MatchTableConfig config() {
        return config;
    }

    public final KeyLayout layout() {
        return config.layout();
    }

    /** How many entries there are. */
    public final int size() {
        return entries.live();
    }

    /** How many entries there can be. */
    public final int capacity() {
        return entries.capacity;
    }

    /**
     * Has the kernel give now the memory by which entries are found and ended. It gives it else as entries are added anywhere in it, a huge page at a time,
     * each of which can take a millisecond. That of the entries themselves, which lies in their order, is taken as it is used.
     */
    public final void touch() {
        entries.timers.touch();
        touchIndex();
    }

    abstract void touchIndex();

    /** Octets that the table takes when it is full. */
    public abstract long bytes();

    /**
     * The entry for a packet with the key at {@code keys[at]}, or {@link #NONE}. In a table that deletes idle entries, one
     * whose deadline is not after {@code now} is told and removed instead.
     */
    public abstract int match(long[] keys, int at, long now);

    /**
     * The same for the first {@code n} keys of {@code keys}, one after the other, to {@code found}: faster than one by one
     * where the table is larger than the caches, since what the keys need of it is read at once.
     */
    public abstract void match(long[] keys, int n, long now, int[] found);

    /**
     * Adds an entry, hit at {@code now}, its payload all zeros. One with the same key that {@link #match} would not find any
     * more is told and removed before.
     *
     * @param priority the larger wins; only in a {@link TableKind#TERNARY} table does it have a meaning
     * @param lifetime in nanoseconds of idleness, up to {@link #MAX_LIFETIME}; 0 for ever
     * @return its number, {@link #EXISTS} or {@link #FULL}
     */
    public abstract int add(MatchKey key, int priority, long lifetime, long now);

    /** The entry that was added with that key and priority, idle or not, or {@link #NONE}. */
    public abstract int find(MatchKey key, int priority);

    /** What an entry matches. */
    public abstract MatchKey key(int entry);

    /** How many words {@link #copyKey} writes. */
    public final int keyCopyWords() {
        return 2 * layout().words() + 2 * MatchKey.ranges(layout());
    }

    /** Copies what {@link #key} says to {@code to[at]} and behind, as the words of {@link MatchKey#toWords}. Of exact keys it allocates nothing. */
    public void copyKey(int entry, long[] to, int at) {
        long[] all = key(entry).toWords();
        System.arraycopy(all, 0, to, at, all.length);
    }

    /** The priority that an entry was added with, 0 where there are none. */
    public abstract int priority(int entry);

    /** Takes an entry out of what lookups search. */
    abstract void unlink(int entry);

    /** An empty search structure for {@link #entries}, which were exchanged. */
    abstract void renew();

    /** Puts an entry that is complete into what lookups search. */
    abstract void link(int entry);

    abstract void assertLinked();

    /** Removes an entry; nobody is told. */
    public final void remove(int entry) {
        entries.checkLive(entry);
        unlink(entry);
        entries.free(entry);
    }

    /** Whether lookups may end entries. */
    final boolean mayEnd() {
        return deletes;
    }

    /** Whether an entry that was found is to be ended instead. */
    final boolean isOver(int entry, long now) {
        return deletes && entries.isOver(entry, now);
    }

    /** Whether there is an entry, which another cannot be added beside; one that is over is ended instead. */
    final boolean isInTheWay(int entry, long now) {
        if (entry != NONE && isOver(entry, now)) {
            end(entry);
            return false;
        }
        return entry != NONE;
    }

    /** Ends an entry that is over. */
    final void end(int entry) {
        listener.idle(this, entry, entries.timers.deadline(entry));
        unlink(entry);
        entries.free(entry);
    }

    /**
     * Tells of the entries whose deadline is in a tick before that of {@code now}, and removes them where the table does so;
     * of no more than {@code limit}.
     *
     * @return how many were told; {@code limit} when there may be more
     */
    public final int expire(long now, int limit) {
        int told = 0;
        while (told < limit) {
            int entry = entries.timers.poll(now);
            if (entry == NONE) {
                break;
            }
            told++;
            if (deletes) {
                end(entry);
            } else {
                listener.idle(this, entry, entries.timers.deadline(entry));
                entries.timers.keep(entry);
            }
        }
        return told;
    }

    /** Counts a hit: the entry's lifetime begins again at {@code now}. */
    public final void touch(int entry, long now) {
        entries.last(entry, now);
    }

    /** When the entry was hit last, or added. */
    public final long lastHit(int entry) {
        return entries.last(entry);
    }

    /** The entry's lifetime; 0 for ever. */
    public final long lifetime(int entry) {
        long lifetime = entries.lifetime(entry);
        return lifetime == Entries.FOREVER ? 0 : lifetime;
    }

    /** Gives an entry another lifetime, which counts from its last hit; 0 for ever. */
    public final void setLifetime(int entry, long lifetime) {
        entries.checkLive(entry);
        entries.lifetime(entry, stored(lifetime));
    }

    /** As it is stored; fails when it is out of range. */
    static long stored(long lifetime) {
        if (lifetime < 0 || lifetime > MAX_LIFETIME) {
            throw new IllegalArgumentException(
                    "lifetime: " + lifetime + " ns is out of range; give 0 to " + MAX_LIFETIME);
        }
        return lifetime == 0 ? Entries.FOREVER : lifetime;
    }

    /** The memory that payloads are in, until the table is resized. */
    public final MemorySegment payload() {
        return entries.memory();
    }

    /** Where the payload of an entry begins in {@link #payload}: {@code payloadBytes} octets, a multiple of 8 from its begin. */
    public final long payloadAt(int entry) {
        return entries.payloadAt(entry);
    }

    /** All entries are below this number. */
    public final int end() {
        return entries.fresh();
    }

    /**
     * The first entry of {@code from} to before {@code to}, or {@link #NONE}. To see all of a table in bounded steps: a range
     * of numbers a step, up to {@link #end}; what is added or removed in between may be seen or not, all else is seen once.
     */
    public final int next(int from, int to) {
        return entries.next(from, to);
    }

    /**
     * Moves the table to memory for another number of entries. Entries get other numbers, in the same order, and
     * {@link #payload} is another segment; all else stays.
     *
     * @return false, and nothing was done, when there are more entries than that
     */
    public final boolean resize(int capacity) {
        if (entries.live() > capacity) {
            return false;
        }
        MatchTableConfig wanted = config.withCapacity(capacity);
        Entries old = entries;
        entries = new Entries(wanted, besides);
        try {
            renew();
        } catch (Throwable e) {
            entries.close();
            entries = old;
            throw e;
        }
        config = wanted;
        entries.timers.resume(old.timers);
        for (int entry = old.next(0, old.fresh()); entry != NONE; entry = old.next(entry + 1, old.fresh())) {
            link(entries.adopt(old, entry));
        }
        old.close();
        return true;
    }

    /** Has timers go on where another table's have got to; for one that has had no entries yet. */
    public final void resumeAfter(MatchTable other) {
        entries.timers.resume(other.entries.timers);
    }

    /** Checks what must hold between calls; for tests. */
    final void assertValid() {
        entries.assertValid();
        assertLinked();
    }

    /** Gives the memory back; nothing may be called afterwards. */
    @Override
    public final void close() {
        entries.close();
    }
}
