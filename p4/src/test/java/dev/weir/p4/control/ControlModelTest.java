package dev.weir.p4.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Origin;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches and packets from seeds, against a model: a map a worker from key to action. */
class ControlModelTest {
    private static final String TABLE = "Main.flows", SEEN = "Main.seen", LONGER = "Main.longer";
    private static final List<Atomicity> ATOMICITIES = List.of(Atomicity.values());
    private static final int SIZE = 16, KEYS = 24, STEPS = 400;

    /** What the workers have. */
    private record Model(List<Map<Integer, String>> workers) {
        static Model of(int workers) {
            List<Map<Integer, String>> maps = new ArrayList<>();
            for (int i = 0; i < workers; i++) maps.add(new HashMap<>());
            return new Model(maps);
        }

        Model copy() {
            List<Map<Integer, String>> maps = new ArrayList<>();
            for (Map<Integer, String> worker : workers) maps.add(new HashMap<>(worker));
            return new Model(maps);
        }

        void packet(int worker, int key) {
            Map<Integer, String> its = workers.get(worker);
            if (its.size() < SIZE) its.putIfAbsent(key, SEEN);
        }

        Status change(Change change) {
            return switch (change) {
                case Change.Insert c -> insert(key(c.key()), action(c.call()));
                case Change.Modify c -> modify(key(c.key()), action(c.call()));
                case Change.Delete c -> {
                    boolean gone = false;
                    for (Map<Integer, String> worker : workers) gone |= worker.remove(key(c.key())) != null;
                    yield gone ? Status.DONE : Status.MISSING;
                }
                default -> throw new IllegalArgumentException(change.toString());
            };
        }

        /** The first worker that cannot says why. */
        private Status insert(int key, String action) {
            for (Map<Integer, String> worker : workers) {
                if (worker.containsKey(key)) return Status.EXISTS;
                if (worker.size() == SIZE) return Status.FULL;
            }
            for (Map<Integer, String> worker : workers) worker.put(key, action);
            return Status.DONE;
        }

        private Status modify(int key, String action) {
            boolean has = false;
            for (Map<Integer, String> worker : workers) has |= worker.replace(key, action) != null;
            return has ? Status.DONE : Status.MISSING;
        }

        Map<Integer, String> merged() {
            Map<Integer, String> merged = new TreeMap<>();
            for (Map<Integer, String> worker : workers) worker.forEach(merged::putIfAbsent);
            return merged;
        }
    }

    private static int key(EntryKey key) {
        return ((Match.Exactly) key.matches().get(0)).number().intValue();
    }

    private static String action(Table.@Nullable Call call) {
        return Objects.requireNonNull(call).action();
    }

    private static Change change(SplittableRandom random) {
        int octet = random.nextInt(KEYS);
        EntryKey key = new EntryKey(
                List.of(new Match.Exactly(BigInteger.valueOf(octet)), new Match.Exactly(BigInteger.ZERO)), null);
        Table.Call call = new Table.Call(random.nextBoolean() ? SEEN : LONGER, List.of());
        return switch (random.nextInt(3)) {
            case 0 -> new Change.Insert(TABLE, key, call, EntryOptions.NONE);
            case 1 -> new Change.Modify(TABLE, key, call, EntryOptions.NONE);
            default -> new Change.Delete(TABLE, key);
        };
    }

    @ParameterizedTest
    @CsvSource({"42, 1", "1, 2", "2, 2", "3, 3", "4, 3", "5, 1"})
    void batches_doWhatTheModelDoes(long seed, int workers) {
        SplittableRandom random = new SplittableRandom(seed);
        Model model = Model.of(workers);
        ProgramRuntime program = new ProgramRuntime(Programs.octets(), Map.of());
        try (program;
                WorkerBench bench = new WorkerBench(program.config(), workers, 1)) {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(3) == 0) {
                    int worker = random.nextInt(workers);
                    int octet = random.nextInt(KEYS);
                    bench.packet(worker, 1, octet, 0);
                    model.packet(worker, octet);
                }
                List<Change> changes = new ArrayList<>();
                for (int n = random.nextInt(1, 6); n > 0; n--) changes.add(change(random));
                Atomicity atomicity = ATOMICITIES.get(random.nextInt(ATOMICITIES.size()));
                List<Status> outcomes = program.write(changes, atomicity, Origin.control("test", 1)).join().stream()
                        .map(Outcome::status)
                        .toList();
                model = expect(model, changes, atomicity, outcomes, "seed " + seed + ", step " + step);
                assertThat(entries(program))
                        .as("seed %d, step %d: %s", seed, step, changes)
                        .isEqualTo(model.merged());
            }
        }
    }

    /** What the model is after a batch with those outcomes. */
    private static Model expect(
            Model model, List<Change> changes, Atomicity atomicity, List<Status> outcomes, String where) {
        Model after = model.copy();
        List<Status> expected = new ArrayList<>();
        for (Change change : changes) {
            Status status = after.change(change);
            expected.add(status);
            if (atomicity != Atomicity.CONTINUE_ON_ERROR && status != Status.DONE) {
                List<Status> undone = new ArrayList<>();
                for (Change _ : changes) undone.add(Status.ABORTED);
                undone.set(expected.size() - 1, status);
                assertThat(outcomes).as("%s: %s", where, changes).isEqualTo(undone);
                return model;
            }
        }
        assertThat(outcomes).as("%s: %s", where, changes).isEqualTo(expected);
        return after;
    }

    private static Map<Integer, String> entries(ProgramRuntime program) {
        Map<Integer, String> entries = new TreeMap<>();
        EntryPage page = program.entries(TABLE, _ -> true, EntryPage.Position.START, 1000)
                .join();
        for (EntryState state : page.entries()) {
            entries.put(key(state.key()), state.call().action());
        }
        return entries;
    }
}
