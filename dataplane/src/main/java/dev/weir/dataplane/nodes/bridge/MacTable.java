package dev.weir.dataplane.nodes.bridge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which station is behind which port: an open-addressing table that all workers of a bridge read and write without locks.
 * So what one worker learnt all know, and replies that come to another worker than their requests are not flooded. A
 * worker that knew only what it saw itself would flood them for ever.
 *
 * <p>An entry is two longs:
 *
 * <pre>
 * key    known 1 | unused 3 | VLAN 12 | address 48        0: never used; {@link #BUSY}: being replaced; {@link #GONE}
 * value  port 16 | last seen 48 (ms since 1970)           (from the upper bits down)
 * </pre>
 *
 * A slot never becomes empty again. An entry whose time has passed is taken over by the next station that needs a slot near
 * its home: the key is set to busy by compare-and-set, then the value is written, then the new key is released. A reader
 * takes the key, the value and the key again, so it never pairs the one station's address with another's port; a refresh
 * is a compare-and-set of the value that it read under the key, and is lost when the slot was taken over meanwhile. Two
 * workers that learn a new station at once may give it two slots; the first one in probing order is used, and the
 * other's time passes.
 *
 * <p>A hit costs no write while the entry is younger than a second, so lines are shared, not passed around. Bounded by
 * {@code maxAddresses} and by {@value #PROBES} slots from a key's home, which a secret says, so nobody can aim at one
 * place. When so many stations are known, each new one looks through {@value #SWEEP} slots for stations to forget. Allocates nothing after it was made; any number of workers may call.
 */
final class MacTable {
    /** Answers of {@link #find} and {@link #learn}. */
    static final int UNKNOWN = -1;

    static final int KNOWN = 0, LEARNED = 1, MOVED = 2, NOT_LEARNED = 3;
    private static final int PROBES = 32, SWEEP = 64;
    private static final long KNOWN_BIT = 1L << 63, EMPTY = 0, BUSY = 1L << 62, GONE = 1L << 61;
    private static final long TIME_MASK = (1L << 48) - 1, REFRESH_MILLIS = 1000;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] entries;
    private final int mask;
    private final int maxAddresses;
    private final long secret = new SecureRandom().nextLong();
    private final AtomicInteger used = new AtomicInteger(), swept = new AtomicInteger();

    /** Room for so many stations, at half load. */
    MacTable(int maxAddresses) {
        int slots = Math.max(PROBES, Integer.highestOneBit(2 * maxAddresses - 1) << 1);
        this.maxAddresses = maxAddresses;
        mask = slots - 1;
        entries = new long[2 * slots];
    }

    int maxAddresses() {
        return maxAddresses;
    }

    /** What a station is known by: its address in a VLAN. */
    static long key(long address, int vlan) {
        return KNOWN_BIT | (long) vlan << 48 | address;
    }

    /** The port of a station that was seen since {@code oldest}, or {@link #UNKNOWN}. Milliseconds. */
    int find(long key, long oldest) {
        int at = slot(key);
        if (at < 0) {
            return UNKNOWN;
        }
        long value = (long) LONGS.getAcquire(entries, at + 1);
        boolean same = (long) LONGS.getAcquire(entries, at) == key;
        return same && (value & TIME_MASK) >= oldest ? (int) (value >>> 48) : UNKNOWN;
    }

    /**
     * Remembers that a station was seen behind a port.
     *
     * @param oldest entries that were last seen before this may be taken over
     * @return {@link #KNOWN}, {@link #LEARNED}, {@link #MOVED}, {@link #NOT_LEARNED} where there is no room
     */
    int learn(long key, int port, long now, long oldest) {
        int at = slot(key);
        if (at < 0) {
            return add(key, port, now, oldest);
        }
        long value = (long) LONGS.getAcquire(entries, at + 1);
        long seen = value & TIME_MASK;
        int known = (int) (value >>> 48);
        if (known == port && now - seen < REFRESH_MILLIS) {
            return KNOWN;
        }
        if ((long) LONGS.getAcquire(entries, at) == key) {
            LONGS.compareAndSet(entries, at + 1, value, value(port, Math.max(now, seen)));
        }
        if (seen < oldest) {
            return LEARNED;
        }
        return known == port ? KNOWN : MOVED;
    }

    private int add(long key, int port, long now, long oldest) {
        boolean room = claimRoom(oldest);
        int home = home(key);
        for (int probe = 0; probe < PROBES; probe++) {
            int at = (home + probe & mask) << 1;
            long found = (long) LONGS.getAcquire(entries, at);
            boolean free = found == EMPTY || found == GONE;
            if (free ? room : found < 0 && isAged(at, oldest)) {
                if (LONGS.compareAndSet(entries, at, found, BUSY)) {
                    LONGS.setRelease(entries, at + 1, value(port, now));
                    LONGS.setRelease(entries, at, key);
                    if (room && !free) {
                        used.decrementAndGet();
                    }
                    return LEARNED;
                }
            } else if (found == EMPTY) {
                break;
            }
        }
        if (room) {
            used.decrementAndGet();
        }
        return NOT_LEARNED;
    }

    private boolean isAged(int at, long oldest) {
        return ((long) LONGS.getAcquire(entries, at + 1) & TIME_MASK) < oldest;
    }

    /** Counts one more station, if need be after looking for some whose time has passed. */
    private boolean claimRoom(long oldest) {
        if (used.get() >= maxAddresses) {
            sweep(oldest);
        }
        if (used.incrementAndGet() <= maxAddresses) {
            return true;
        }
        used.decrementAndGet();
        return false;
    }

    private void sweep(long oldest) {
        int from = swept.getAndAdd(SWEEP);
        for (int step = 0; step < SWEEP; step++) {
            int at = (from + step & mask) << 1;
            long found = (long) LONGS.getAcquire(entries, at);
            if (found < 0 && isAged(at, oldest) && LONGS.compareAndSet(entries, at, found, GONE)) {
                used.decrementAndGet();
            }
        }
    }

    private static long value(int port, long time) {
        return (long) port << 48 | (time & TIME_MASK);
    }

    /** Where the key's entry is, or -1. */
    private int slot(long key) {
        int home = home(key);
        for (int probe = 0; probe < PROBES; probe++) {
            int at = (home + probe & mask) << 1;
            long found = (long) LONGS.getAcquire(entries, at);
            if (found == key) {
                return at;
            }
            if (found == EMPTY) {
                return -1;
            }
        }
        return -1;
    }

    private int home(long key) {
        long mixed = (key ^ secret) * 0x9E37_79B9_7F4A_7C15L;
        mixed ^= mixed >>> 32;
        mixed *= 0xD6E8_FEB8_6659_FD93L;
        return (int) (mixed >>> 32) & mask;
    }
}
