package dev.weir.server.events;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The last events of some source, with sequence numbers from 1. The source tells nothing as long as nobody has been interested for {@link #KEEP_NANOS}, so that
 * who was cut finds them complete when it comes again. Any thread; nobody waits for a reader: one who is overtaken is told how much it missed.
 */
public abstract class KeptEvents<E extends KeptEvents.Numbered> implements AutoCloseable {
    /** Events that are kept. */
    public static final int CAPACITY = 1 << 14;

    /** How long the source tells after the last one who was interested. */
    public static final long KEEP_NANOS = 120_000_000_000L;

    /** An event, or how many are missing in its place. */
    public interface Numbered {
        /** The last number that it covers. */
        long sequence();

        /** How many events are missing here; 0 of one that is not. */
        long lost();
    }

    /**
     * What a reader gets.
     *
     * @param missed how many events are missing before these; -1 where that is not known
     * @param sequence the last number that was looked at
     */
    public record Piece<E>(long missed, List<E> events, long sequence) {
        public Piece {
            events = List.copyOf(events);
        }
    }

    private final Runnable added;
    /** By the number of the entry, modulo the capacity. */
    private final @Nullable Object[] ring = new @Nullable Object[CAPACITY];

    private long end;
    private long sequence;
    /** Before this number there may have been more events than were told. */
    private long completeAfter;

    private int interested;
    private long lastInterest;
    private boolean listening;
    private boolean closed;

    /** @param added is called after each event, by the source's thread; it does not wait */
    protected KeptEvents(Runnable added) {
        this.added = added;
    }

    /** Has the source tell from now on, what it tells already not twice. Holds the lock. */
    protected abstract void listen();

    /** Has the source tell no more. Holds the lock. */
    protected abstract void unlisten();

    /** Somebody wants events from now on. @return the number of the last one so far */
    public final synchronized long join() {
        interested++;
        if (!closed && !listening) {
            completeAfter = sequence;
            listening = true;
            listen();
        }
        return sequence;
    }

    /** It does not any more. */
    public final synchronized void leave(long now) {
        interested--;
        lastInterest = now;
    }

    /** Has the source tell nothing more where nobody has asked for long. */
    public final synchronized void age(long now) {
        if (interested == 0 && listening && now - lastInterest > KEEP_NANOS) stop();
    }

    /** There is another source: it is listened to as well, where the others are. */
    protected final synchronized void follow() {
        if (listening) listen();
    }

    private void stop() {
        listening = false;
        unlisten();
    }

    /** @param numbers how many it covers */
    protected final void add(long numbers, LongFunction<E> event) {
        synchronized (this) {
            sequence += numbers;
            ring[(int) (end++ % CAPACITY)] = event.apply(sequence);
        }
        added.run();
    }

    /** The number of the last event. */
    public final synchronized long sequence() {
        return sequence;
    }

    /**
     * Events after a number.
     *
     * @param most how many at the most
     */
    public final synchronized Piece<E> after(long number, int most) {
        long missed = 0, from = number;
        long first = Math.max(0, end - CAPACITY);
        long before = end == 0 ? sequence : before(at(first));
        if (number < completeAfter) {
            missed = -1;
            from = completeAfter;
        } else if (number < before) {
            missed = before - number;
            from = before;
        }
        List<E> events = new ArrayList<>();
        long reached = from;
        for (long entry = firstAfter(from, first); entry < end && events.size() < most; entry++) {
            events.add(at(entry));
            reached = at(entry).sequence();
        }
        return new Piece<>(missed, events, reached);
    }

    /** The number before those that an event covers. */
    private static long before(Numbered event) {
        return event.sequence() - Math.max(1, event.lost());
    }

    @SuppressWarnings("unchecked") // only such are put in
    private E at(long entry) {
        return (E) Objects.requireNonNull(ring[(int) (entry % CAPACITY)]);
    }

    /** The first entry beyond a number; entries are in the order of their numbers. */
    private long firstAfter(long number, long first) {
        long low = first, high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (at(middle).sequence() <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The source tells nothing more. */
    @Override
    public final synchronized void close() {
        closed = true;
        stop();
    }
}
