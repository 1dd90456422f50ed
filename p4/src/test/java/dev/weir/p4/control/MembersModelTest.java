package dev.weir.p4.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches of members, groups and entries that refer to them, from seeds, against plain maps. */
class MembersModelTest {
    private static final String TABLE = "Main.ways", PROFILE = "Main.chosen", TO = "Main.to";
    private static final List<Atomicity> ATOMICITIES = List.of(Atomicity.values());
    private static final List<Edit> EDITS = List.of(Edit.values());
    private static final int ENTRIES = 6, MEMBERS = 8, STEPS = 500;

    /** What an entry refers to: a number, or actions of its own. */
    private record Refers(Table.@Nullable Call to, @Nullable List<WeightedCall> set) {}

    /** What the program has. */
    private record Model(Map<Long, Table.Call> members, Map<Long, Group> groups, Map<Integer, Refers> entries) {
        static Model empty() {
            return new Model(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }

        Model copy() {
            return new Model(new TreeMap<>(members), new TreeMap<>(groups), new TreeMap<>(entries));
        }

        Status change(Change change) {
            return switch (change) {
                case Change.SetMember c -> member(c);
                case Change.SetGroup c -> group(c);
                case Change.Insert c -> insert(key(c.key()), new Refers(c.call(), null));
                case Change.InsertSet c -> insert(key(c.key()), new Refers(null, c.set()));
                case Change.Modify c -> modify(key(c.key()), new Refers(c.call(), null));
                case Change.ModifySet c -> modify(key(c.key()), new Refers(null, c.set()));
                case Change.Delete c -> entries.remove(key(c.key())) == null ? Status.MISSING : Status.DONE;
                default -> throw new IllegalArgumentException(change.toString());
            };
        }

        private int membersOfSets() {
            return entries.values().stream()
                    .mapToInt(each -> each.set == null ? 0 : each.set.size())
                    .sum();
        }

        private long sets() {
            return entries.values().stream().filter(each -> each.set != null).count();
        }

        private boolean isReferredTo(Table.Call call) {
            return entries.values().stream().anyMatch(each -> call.equals(each.to));
        }

        private Status member(Change.SetMember c) {
            long id = c.id();
            if (c.edit() == Edit.INSERT) {
                if (members.containsKey(id)) return Status.EXISTS;
                if (members.size() + membersOfSets() == MEMBERS) return Status.FULL;
            } else if (!members.containsKey(id)) {
                return Status.MISSING;
            }
            if (c.call() != null) {
                members.put(id, c.call());
                return Status.DONE;
            }
            boolean used = isReferredTo(Table.Call.member(id))
                    || groups.values().stream()
                            .flatMap(group -> group.members().stream())
                            .anyMatch(each -> each.member() == id);
            if (used) return Status.PRECONDITION;
            members.remove(id);
            return Status.DONE;
        }

        private Status group(Change.SetGroup c) {
            long id = c.id();
            Group before = groups.get(id);
            if (c.edit() == Edit.INSERT ? before != null : before == null) {
                return before == null ? Status.MISSING : Status.EXISTS;
            }
            if (c.group() == null) {
                if (isReferredTo(Table.Call.group(id))) return Status.PRECONDITION;
                groups.remove(id);
                return Status.DONE;
            }
            boolean complete = c.group().members().stream().allMatch(each -> members.containsKey(each.member()));
            if (!complete) return Status.MISSING;
            if (before == null && groups.size() + sets() == MEMBERS) return Status.FULL;
            if (before != null && before.maxSize() != c.group().maxSize()) return Status.INVALID;
            groups.put(id, c.group());
            return Status.DONE;
        }

        private Status insert(int key, Refers refers) {
            if (entries.containsKey(key)) return Status.EXISTS;
            Status may = may(refers);
            if (may != Status.DONE) return may;
            if (entries.size() == ENTRIES) return Status.FULL;
            entries.put(key, refers);
            return Status.DONE;
        }

        private Status modify(int key, Refers refers) {
            Refers before = entries.remove(key);
            if (before == null) return Status.MISSING;
            Status may = may(refers);
            entries.put(key, may == Status.DONE ? refers : before);
            return may;
        }

        /** Whether one more entry can refer so. */
        private Status may(Refers refers) {
            boolean mixed = entries.values().stream().anyMatch(each -> (each.set == null) != (refers.set == null));
            if (mixed) return Status.INVALID;
            if (refers.set != null) {
                boolean room = members.size() + membersOfSets() + refers.set.size() <= MEMBERS
                        && groups.size() + sets() < MEMBERS;
                return room ? Status.DONE : Status.FULL;
            }
            boolean there = members.keySet().stream()
                            .anyMatch(id -> Table.Call.member(id).equals(refers.to))
                    || groups.keySet().stream()
                            .anyMatch(id -> Table.Call.group(id).equals(refers.to));
            return there ? Status.DONE : Status.MISSING;
        }
    }

    private static int key(EntryKey key) {
        return ((Match.Exactly) key.matches().getFirst()).number().intValue();
    }

    private static Table.Call to(SplittableRandom random) {
        return new Table.Call(TO, List.of(BigInteger.valueOf(random.nextInt(4))));
    }

    private static Change change(SplittableRandom random) {
        Edit edit = EDITS.get(random.nextInt(3));
        boolean deletes = edit == Edit.DELETE;
        EntryKey key = new EntryKey(List.of(new Match.Exactly(BigInteger.valueOf(random.nextInt(8)))), null);
        return switch (random.nextInt(7)) {
            case 0, 1 -> new Change.SetMember(edit, PROFILE, random.nextInt(10), deletes ? null : to(random));
            case 2 -> new Change.SetGroup(edit, PROFILE, random.nextInt(10), deletes ? null : group(random));
            case 3 -> new Change.InsertSet(TABLE, key, set(random), EntryOptions.NONE);
            case 4 -> new Change.ModifySet(TABLE, key, set(random), EntryOptions.NONE);
            case 5 -> new Change.Delete(TABLE, key);
            default -> {
                Table.Call call = random.nextBoolean()
                        ? Table.Call.member(random.nextInt(10))
                        : Table.Call.group(random.nextInt(10));
                yield random.nextBoolean()
                        ? new Change.Insert(TABLE, key, call, EntryOptions.NONE)
                        : new Change.Modify(TABLE, key, call, EntryOptions.NONE);
            }
        };
    }

    private static Group group(SplittableRandom random) {
        List<Weighted> members = new ArrayList<>();
        List<Long> ids = new ArrayList<>(LongStream.range(0, 10).boxed().toList());
        Collections.shuffle(ids, new java.util.Random(random.nextLong()));
        for (int n = random.nextInt(3); n > 0; n--) members.add(new Weighted(ids.removeLast(), random.nextInt(1, 4)));
        return new Group(members, random.nextInt(8) == 0 ? 9 : 0);
    }

    private static List<WeightedCall> set(SplittableRandom random) {
        List<WeightedCall> set = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) set.add(new WeightedCall(to(random), random.nextInt(1, 4)));
        return set;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "42, 2", "5, 1"})
    void batches_doWhatTheModelDoes(long seed, int workers) {
        SplittableRandom random = new SplittableRandom(seed);
        Model model = Model.empty();
        ProgramRuntime program = new ProgramRuntime(Programs.ways(), Map.of());
        try (program;
                WorkerBench _ = new WorkerBench(program.config(), workers, 1)) {
            for (int step = 0; step < STEPS; step++) {
                List<Change> changes = new ArrayList<>();
                for (int n = random.nextInt(1, 6); n > 0; n--) changes.add(change(random));
                Atomicity atomicity = ATOMICITIES.get(random.nextInt(ATOMICITIES.size()));
                List<Status> outcomes = program.write(changes, atomicity, Origin.control("test", 1)).join().stream()
                        .map(Outcome::status)
                        .toList();
                String where = "seed " + seed + ", step " + step + ": " + atomicity + " " + changes;
                model = expect(model, changes, atomicity, outcomes, where);
                assertThat(read(program)).as(where).isEqualTo(model);
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
            if (atomicity != Atomicity.CONTINUE_ON_ERROR && status != Status.DONE) {
                List<Status> undone = new ArrayList<>(Collections.nCopies(changes.size(), Status.ABORTED));
                undone.set(expected.size(), status);
                assertThat(outcomes).as(where).isEqualTo(undone);
                return model;
            }
            expected.add(status);
        }
        assertThat(outcomes).as(where).isEqualTo(expected);
        return after;
    }

    private static Model read(ProgramRuntime program) {
        Model read = Model.empty();
        ProfileState profile = program.profile(PROFILE).join();
        read.members.putAll(profile.members());
        read.groups.putAll(profile.groups());
        for (EntryState state : program.entries(TABLE, _ -> true, EntryPage.Position.START, 100)
                .join()
                .entries()) {
            Table.Call call = state.set() == null ? state.call() : null;
            read.entries.put(key(state.key()), new Refers(call, state.set()));
        }
        return read;
    }
}
