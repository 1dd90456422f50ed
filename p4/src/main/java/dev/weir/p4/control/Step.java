package dev.weir.p4.control;

import dev.weir.p4.ir.Resource;
import dev.weir.p4.run.Cells;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryUpdate;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.table.match.MatchKey;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A change as a worker does it, and undoes it. It fits the program. All workers are given the same one, each calls it in its own thread.
 */
interface Step {
    /** Octets that undoing puts back. */
    final class Kept {
        static final Kept NOTHING = new Kept(new long[0]);
        final long[] words;

        Kept(long[] words) {
            this.words = words;
        }
    }

    /**
     * What a worker did.
     *
     * @param before the entry before, where there was one
     * @param after the entry behind it, where there is one
     * @param kept what undoing needs of others than entries
     * @param undoing what undoes it, where that is a step itself
     */
    record Did(
            Result result,
            @Nullable EntryCopy before,
            @Nullable EntryCopy after,
            Kept kept,
            @Nullable Step undoing) {
        Did(Result result, @Nullable EntryCopy before, @Nullable EntryCopy after, Kept kept) {
            this(result, before, after, kept, null);
        }

        static Did of(Result result) {
            return new Did(result, null, null, Kept.NOTHING);
        }

        static Did of(Result result, Step undoing) {
            return new Did(result, null, null, Kept.NOTHING, undoing);
        }
    }

    Did apply(ProgramState state);

    /** Of one that was done. */
    void undo(ProgramState state, Did did);

    /** Whether a worker that does not have the entry is no fault as long as another has it. */
    default boolean isOfSome() {
        return false;
    }

    record Insert(String table, EntryCopy entry) implements Step {
        @Override
        public Did apply(ProgramState state) {
            TableControl control = state.control(table);
            Result result = control.insert(entry);
            return result != Result.DONE
                    ? Did.of(result)
                    : new Did(result, null, control.copy(entry.key(), entry.priority()), Kept.NOTHING);
        }

        @Override
        public void undo(ProgramState state, Did did) {
            state.control(table).erase(entry.key(), entry.priority());
        }
    }

    /** What happens to an entry that is there. */
    sealed interface OfEntry extends Step {
        String table();

        MatchKey key();

        int priority();

        Result change(TableControl control);

        @Override
        default Did apply(ProgramState state) {
            TableControl control = state.control(table());
            EntryCopy before = control.copy(key(), priority());
            Result result = change(control);
            return new Did(result, before, control.copy(key(), priority()), Kept.NOTHING);
        }

        @Override
        default void undo(ProgramState state, Did did) {
            if (did.before != null) state.control(table()).restore(did.before);
        }

        @Override
        default boolean isOfSome() {
            return true;
        }
    }

    record Modify(String table, MatchKey key, int priority, EntryUpdate update) implements OfEntry {
        @Override
        public Result change(TableControl control) {
            return control.modify(key, priority, update);
        }
    }

    record Delete(String table, MatchKey key, int priority) implements OfEntry {
        @Override
        public Result change(TableControl control) {
            return control.delete(key, priority);
        }
    }

    /** The first worker that has the entry counts on from that, all others from nothing. */
    record EntryCounter(
            String table, MatchKey key, int priority, String counter, long packets, long bytes, AtomicBoolean taken)
            implements OfEntry {
        @Override
        public Result change(TableControl control) {
            if (control.copy(key, priority) == null) return Result.MISSING;
            boolean first = taken.compareAndSet(false, true);
            return control.setCounter(counter, key, priority, first ? packets : 0, first ? bytes : 0);
        }
    }

    record EntryMeter(
            String table,
            MatchKey key,
            int priority,
            String meter,
            @Nullable MeterRates rates) implements OfEntry {
        @Override
        public Result change(TableControl control) {
            return control.setRates(meter, key, priority, rates);
        }
    }

    /** The first worker that has the entry counts colours on from that, all others from nothing. */
    record EntryColors(String table, MatchKey key, int priority, String meter, MeterCounts counts, AtomicBoolean taken)
            implements OfEntry {
        @Override
        public Result change(TableControl control) {
            if (control.copy(key, priority) == null) return Result.MISSING;
            boolean first = taken.compareAndSet(false, true);
            return control.setColored(meter, key, priority, first ? counts : MeterCounts.NONE);
        }
    }

    record EntryRegister(String table, MatchKey key, int priority, Resource.Register register, BigInteger value)
            implements OfEntry {
        @Override
        public Result change(TableControl control) {
            return control.setRegister(register, key, priority, value);
        }
    }

    record Miss(String table, Kept words) implements Step {
        @Override
        public Did apply(ProgramState state) {
            long[] before = state.control(table).defaults();
            return new Did(state.control(table).setDefault(words.words), null, null, new Kept(before));
        }

        @Override
        public void undo(ProgramState state, Did did) {
            state.control(table).putDefaults(did.kept.words);
        }
    }

    /** @param permissions -1 leaves them */
    record Attributes(String table, int permissions, Map<Integer, Long> profiles) implements Step {
        @Override
        public Did apply(ProgramState state) {
            TableControl control = state.control(table);
            long[] before = control.profiles();
            int allowed = control.permissions();
            if (permissions >= 0) {
                Result result = control.setPermissions(permissions);
                if (result != Result.DONE) return Did.of(result);
            }
            profiles.forEach(control::setProfile);
            long[] kept = Arrays.copyOf(before, before.length + 1);
            kept[before.length] = allowed;
            return new Did(Result.DONE, null, null, new Kept(kept));
        }

        @Override
        public void undo(ProgramState state, Did did) {
            TableControl control = state.control(table);
            int last = did.kept.words.length - 1;
            for (int profile = 0; profile < last; profile++) control.setProfile(profile, did.kept.words[profile]);
            control.restorePermissions((int) did.kept.words[last]);
        }
    }

    /** What happens to cells of an indexed resource. */
    sealed interface OfCells extends Step {
        String resource();

        int from();

        int count();

        void change(Cells cells);

        @Override
        default Did apply(ProgramState state) {
            Cells cells = state.cells(resource());
            long[] before = cells.copy(from(), count());
            change(cells);
            return new Did(Result.DONE, null, null, new Kept(before));
        }

        @Override
        default void undo(ProgramState state, Did did) {
            state.cells(resource()).restore(from(), did.kept.words);
        }
    }

    record Counters(String resource, int from, int count, long packets, long bytes, AtomicBoolean taken)
            implements OfCells {
        @Override
        public void change(Cells cells) {
            boolean first = taken.compareAndSet(false, true);
            for (int i = from; i < from + count; i++) cells.setCounter(i, first ? packets : 0, first ? bytes : 0);
        }
    }

    record Meters(
            String resource, int from, int count, @Nullable MeterRates rates) implements OfCells {
        @Override
        public void change(Cells cells) {
            for (int i = from; i < from + count; i++) cells.setRates(i, rates);
        }
    }

    record Colors(String resource, int from, int count, MeterCounts counts, AtomicBoolean taken) implements OfCells {
        @Override
        public void change(Cells cells) {
            MeterCounts its = taken.compareAndSet(false, true) ? counts : MeterCounts.NONE;
            for (int i = from; i < from + count; i++) cells.setColored(i, its);
        }
    }

    record Registers(String resource, int from, int count, BigInteger value) implements OfCells {
        @Override
        public void change(Cells cells) {
            for (int i = from; i < from + count; i++) cells.setRegister(i, value);
        }
    }
}
