package dev.weir.server.programs;

import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramRuntime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last events of all programs, those of programs that are loaded later too, with sequence numbers from 1. Programs tell nothing as long as nobody has been
 * interested for {@link #KEEP_NANOS}, so that who was cut finds the log complete when it comes again. Any thread; nobody waits for a reader: one who is overtaken
 * is told how much it missed.
 */
public final class ProgramEventLog implements AutoCloseable {
    /** Events that are kept. */
    public static final int CAPACITY = 1 << 14;

    /** How long programs tell after the last one who was interested. */
    public static final long KEEP_NANOS = 120_000_000_000L;

    private final Programs programs;
    private final Runnable added;
    /** By the number of the entry, modulo the capacity. */
    private final @Nullable Logged[] ring = new Logged[CAPACITY];

    private long end;
    private final Map<ProgramRuntime, ProgramRuntime.Watch> watches = new HashMap<>();
    private long sequence;
    /** Before this number there may have been more events than were told. */
    private long completeAfter;

    private int interested;
    private long lastInterest;
    private boolean listening;
    private boolean closed;

    /**
     * An event.
     *
     * @param sequence the last number that it covers; of lost events as many as there are
     */
    public record Logged(long sequence, RunningNode program, ProgramEvent event) {
        /** How many numbers it covers. */
        public long covers() {
            return event instanceof ProgramEvent.Lost lost ? lost.events() : 1;
        }
    }

    /**
     * What a reader gets.
     *
     * @param missed how many events are missing before these; -1 where that is not known
     * @param sequence the last number that was looked at
     */
    public record Piece(long missed, List<Logged> events, long sequence) {
        public Piece {
            events = List.copyOf(events);
        }
    }

    /** @param added is called after each event, by the program's thread; it does not wait */
    public ProgramEventLog(Programs programs, Runnable added) {
        this.programs = programs;
        this.added = added;
        programs.onChange(this::follow);
    }

    /** Somebody wants events from now on. @return the number of the last one so far */
    public synchronized long join() {
        interested++;
        listen();
        return sequence;
    }

    /** It does not any more. */
    public synchronized void leave(long now) {
        interested--;
        lastInterest = now;
    }

    /** Has programs tell nothing more where nobody has asked for long. */
    public synchronized void age(long now) {
        if (interested == 0 && listening && now - lastInterest > KEEP_NANOS) unlisten();
    }

    private synchronized void follow() {
        if (listening) listen();
    }

    /** To those that run now, and to no others. */
    private void listen() {
        if (closed) return;
        if (!listening) completeAfter = sequence;
        listening = true;
        Set<ProgramRuntime> running = new HashSet<>();
        for (RunningNode program : programs.all()) {
            running.add(program.runtime());
            watches.computeIfAbsent(program.runtime(), runtime -> runtime.watch(event -> add(program, event)));
        }
        watches.entrySet().removeIf(watch -> {
            boolean gone = !running.contains(watch.getKey());
            if (gone) watch.getValue().close();
            return gone;
        });
    }

    private void unlisten() {
        listening = false;
        watches.values().forEach(ProgramRuntime.Watch::close);
        watches.clear();
    }

    private void add(RunningNode program, ProgramEvent event) {
        synchronized (this) {
            sequence += event instanceof ProgramEvent.Lost lost ? lost.events() : 1;
            ring[(int) (end++ % CAPACITY)] = new Logged(sequence, program, event);
        }
        added.run();
    }

    /** The number of the last event. */
    public synchronized long sequence() {
        return sequence;
    }

    /**
     * Events after a number.
     *
     * @param most how many at the most
     */
    public synchronized Piece after(long number, int most) {
        long missed = 0, from = number;
        long first = Math.max(0, end - CAPACITY);
        long before = end == 0 ? sequence : at(first).sequence() - at(first).covers();
        if (number < completeAfter) {
            missed = -1;
            from = completeAfter;
        } else if (number < before) {
            missed = before - number;
            from = before;
        }
        List<Logged> events = new ArrayList<>();
        long reached = from;
        for (long entry = firstAfter(from, first); entry < end && events.size() < most; entry++) {
            events.add(at(entry));
            reached = at(entry).sequence();
        }
        return new Piece(missed, events, reached);
    }

    private Logged at(long entry) {
        return Objects.requireNonNull(ring[(int) (entry % CAPACITY)]);
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

    /** Programs tell nothing more. */
    @Override
    public synchronized void close() {
        closed = true;
        unlisten();
    }
}
