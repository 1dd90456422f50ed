package dev.weir.p4.control;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.node.EventRing;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.Origin;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells watchers what happens: what workers put into their rings, and what the control plane did, after what workers told before it. Listeners come and go in any
 * thread; the rest is for the control plane's own.
 */
final class Teller implements EventRing.Sink {
    private final ProgramControl control;
    private final Pipeline pipeline;
    private final ProgramSchema schema;
    private final StateReader states;
    private final List<Consumer<? super ProgramEvent>> listeners = new CopyOnWriteArrayList<>();
    /** What was taken from workers and not told yet. */
    private final List<ProgramEvent> taken = new ArrayList<>();

    private long lost;
    private long last;

    Teller(ProgramControl control, Pipeline pipeline, ProgramSchema schema, StateReader states) {
        this.control = control;
        this.pipeline = pipeline;
        this.schema = schema;
        this.states = states;
    }

    synchronized void add(Consumer<? super ProgramEvent> listener) {
        listeners.add(listener);
        if (listeners.size() == 1) control.watch(true);
    }

    synchronized void remove(Consumer<? super ProgramEvent> listener) {
        if (listeners.remove(listener) && listeners.isEmpty()) control.watch(false);
    }

    boolean isHeard() {
        return !listeners.isEmpty();
    }

    /** Tells what workers have told. */
    void pump() {
        if (!isHeard()) return;
        long all = control.drainTo(this);
        List.copyOf(taken).forEach(this::tell);
        taken.clear();
        if (all > lost) tell(new ProgramEvent.Lost(all - lost, last));
        lost = all;
    }

    private void tell(ProgramEvent event) {
        last = event.at();
        for (Consumer<? super ProgramEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) { // it is the listener's; the others go on without it
                remove(listener);
            }
        }
    }

    @Override
    public void entry(EventRing.Kind kind, int table, Author author, EntryCopy entry, long now) {
        Origin by = author == Author.DATA_PATH ? Origin.PACKETS : Origin.TIMER;
        EntryState state = states.state(table, entry, now);
        taken.add(new ProgramEvent.OfEntry(ProgramEvent.Kind.valueOf(kind.name()), state, by, now));
    }

    @Override
    public void digest(int digest, long[] words, long now) {
        List<BigInteger> values = new ArrayList<>();
        int at = 0;
        for (Pipeline.Parameter field : pipeline.digests().get(digest).fields()) {
            BigInteger value = BigInteger.ZERO;
            int limbs = (field.width() + Long.SIZE - 1) / Long.SIZE;
            for (int i = limbs - 1; i >= 0; i--) {
                value = value.shiftLeft(Long.SIZE).or(new BigInteger(Long.toUnsignedString(words[at + i])));
            }
            at += limbs;
            values.add(value);
        }
        taken.add(new ProgramEvent.OfDigest(pipeline.digests().get(digest).name(), values, now));
    }

    /** @param done by the workers that did it */
    void changed(Change change, List<Step.Did> done, long now, Origin by) {
        if (!isHeard() || done.isEmpty()) return;
        switch (change) {
            case Change.Insert c -> changed(ProgramEvent.Kind.CREATED, c.table(), after(done), now, by);
            case Change.Modify c -> changed(ProgramEvent.Kind.UPDATED, c.table(), after(done), now, by);
            case Change.InsertSet c -> changed(ProgramEvent.Kind.CREATED, c.table(), after(done), now, by);
            case Change.ModifySet c -> changed(ProgramEvent.Kind.UPDATED, c.table(), after(done), now, by);
            case Change.Delete c -> changed(ProgramEvent.Kind.DELETED, c.table(), before(done), now, by);
            default -> {}
        }
    }

    private static List<EntryCopy> after(List<Step.Did> done) {
        return entries(done.stream().map(Step.Did::after).toList());
    }

    private static List<EntryCopy> before(List<Step.Did> done) {
        return entries(done.stream().map(Step.Did::before).toList());
    }

    private static List<EntryCopy> entries(List<@Nullable EntryCopy> copies) {
        List<EntryCopy> entries = new ArrayList<>();
        for (EntryCopy copy : copies) {
            if (copy != null) entries.add(copy);
        }
        return entries;
    }

    private void changed(ProgramEvent.Kind kind, String name, List<EntryCopy> copies, long now, Origin by) {
        TableSchema table = schema.table(name);
        if (table == null || copies.isEmpty() || !Planner.isPublished(copies.getFirst())) return;
        pump();
        EntryState state = states.state(table, states.codec(table), copies, now);
        tell(new ProgramEvent.OfEntry(kind, state, by, now));
    }

    void flushed(TableSchema table, int entries, long now, Origin by) {
        if (!isHeard() || entries == 0) return;
        pump();
        tell(new ProgramEvent.Flushed(table, entries, by, now));
    }
}
