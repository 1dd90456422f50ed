package dev.weir.table.match;

import dev.weir.table.parts.TimingWheel;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * When the entries of a table are over. A {@link TimingWheel} holds each at or before its deadline; the deadline itself is
 * never stored, so a hit is no work here. In a table whose entries stay, a deadline comes again with each lifetime, and those
 * before {@link #done} were told. The owner calls; allocates nothing after construction.
 */
final class EntryTimers {
    private static final int NONE = MatchTable.NONE;

    private final Entries entries;
    private final int capacity;
    /** Null in a table where nothing is ever over. */
    private final @Nullable TimingWheel wheel;
    /** Whether an entry that stays is due again and again. */
    private final boolean repeats;

    /** All deadlines before {@code done} were polled; those before {@code round} are being polled. */
    private long done, round;

    EntryTimers(Entries entries, MatchTableConfig config, Arena arena) {
        this.entries = entries;
        capacity = config.capacity();
        repeats = config.idleTimeout() == IdleTimeout.NOTIFY;
        wheel = config.idleTimeout() == IdleTimeout.NONE ? null : new TimingWheel(capacity, 0, arena);
    }

    long bytes() {
        return wheel == null ? 0 : (long) capacity * TimingWheel.LINK_BYTES;
    }

    void touch() {
        if (wheel != null) {
            wheel.touch();
        }
    }

    /** Goes on where others have got to; before any entry is here. */
    void resume(EntryTimers other) {
        done = other.done;
        round = other.done;
        if (wheel != null) {
            wheel.startAt(done);
        }
    }

    /**
     * When the entry's time runs out: its lifetime after the last hit, or, where it stays and was told before, the first
     * whole number of lifetimes that was not.
     */
    long deadline(int entry) {
        long last = entries.last(entry), lifetime = entries.lifetime(entry);
        if (lifetime == Entries.FOREVER) {
            return Entries.FOREVER;
        }
        long told = repeats ? Math.max(0, done - last - 1) : 0;
        return last + (told / lifetime + 1) * lifetime;
    }

    /** Starts the timer of a new entry; the first may move the wheel to {@code now}. */
    void begin(int entry, long now) {
        if (wheel != null) {
            wheel.release(entry);
            if (wheel.armed() == 0 && TimingWheel.tick(now) > wheel.current()) {
                wheel.startAt(now);
            }
            arm(wheel, entry);
        }
    }

    /** After the lifetime was changed. */
    void rearm(int entry) {
        disarm(entry);
        if (wheel != null) {
            arm(wheel, entry);
        }
    }

    void disarm(int entry) {
        if (wheel != null && wheel.isArmed(entry)) {
            wheel.disarm(entry);
        }
    }

    /** One that is never over is in no list. */
    private void arm(TimingWheel wheel, int entry) {
        long deadline = deadline(entry);
        if (deadline != Entries.FOREVER) {
            wheel.arm(entry, deadline);
        }
    }

    /**
     * Takes the next entry whose deadline is in a tick before that of {@code now}; {@link MatchTable#NONE} when there is
     * none. It is to be freed, or kept with {@link #keep}. Who does not go on until there is none goes on the next time with
     * the instant that this time was asked for, before a later one is begun.
     */
    int poll(long now) {
        if (wheel == null) {
            return NONE;
        }
        long target = TimingWheel.tick(now) << TimingWheel.TICK_SHIFT;
        do {
            round = round > done ? round : Math.max(target, done);
            int entry = pollRound(wheel);
            if (entry != NONE) {
                return entry;
            }
            finishRound(wheel);
        } while (done < target);
        return NONE;
    }

    private int pollRound(TimingWheel wheel) {
        long tick = TimingWheel.tick(round);
        for (int entry = wheel.poll(tick); entry != NONE; entry = wheel.poll(tick)) {
            long deadline = deadline(entry);
            if (deadline < round) {
                return entry;
            }
            wheel.arm(entry, deadline);
        }
        return NONE;
    }

    /**
     * Keeps an entry that was polled. What was told in this round waits for its end in the wheel's list of those that never
     * come due, where no other entry is, since only then its next deadline is known.
     */
    void keep(int entry) {
        if (wheel != null) {
            wheel.arm(entry, Long.MAX_VALUE);
        }
    }

    private void finishRound(TimingWheel wheel) {
        done = round;
        for (int entry = wheel.oldestNever(); entry != NONE; entry = wheel.oldestNever()) {
            wheel.disarm(entry);
            arm(wheel, entry);
        }
    }

    /** Checks what must hold between calls, unless a round is not finished; for tests. */
    void assertValid() {
        if (wheel == null || round > done) {
            return;
        }
        int timed = 0;
        for (int entry = 0; entry < entries.fresh(); entry++) {
            if (entries.isLive(entry)) {
                boolean ends = entries.lifetime(entry) != Entries.FOREVER;
                Entries.check(wheel.isArmed(entry) == ends, "timer", entry);
                timed += ends ? 1 : 0;
            }
        }
        wheel.assertValid(this::deadline);
        Entries.check(wheel.armed() == timed, "timers: armed=" + wheel.armed() + ", timed=" + timed, NONE);
    }
}
