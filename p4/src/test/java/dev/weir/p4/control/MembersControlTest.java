package dev.weir.p4.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members, groups, value sets and mirror sessions from outside, with two workers. */
class MembersControlTest {
    private static final String WAYS = "Main.ways", CHOSEN = "Main.chosen", MARKS = "Main.marks", REFUSED = "P.refused";

    private final ProgramRuntime program = new ProgramRuntime(Programs.ways(), Map.of());
    private final WorkerBench bench = new WorkerBench(program.config(), 2, 1);

    @AfterEach
    void close() {
        bench.close();
        program.close();
    }

    private Outcome write(Change change) {
        return program.write(List.of(change), Atomicity.CONTINUE_ON_ERROR, Origin.control("test", 1))
                .join()
                .getFirst();
    }

    private static Table.Call to(long port) {
        return new Table.Call("Main.to", List.of(BigInteger.valueOf(port)));
    }

    private static EntryKey key(long a) {
        return new EntryKey(List.of(new Match.Exactly(BigInteger.valueOf(a))), null);
    }

    private static List<Match> pair(long kind, long mask, long low, long high) {
        return List.of(
                new Match.Masked(BigInteger.valueOf(kind), BigInteger.valueOf(mask)),
                new Match.Range(BigInteger.valueOf(low), BigInteger.valueOf(high)));
    }

    private static Change member(Edit edit, long id, Table.@Nullable Call call) {
        return new Change.SetMember(edit, CHOSEN, id, call);
    }

    @Test
    void schema_namesProfilesAndValueSets() {
        ProgramSchema schema = program.image().schema();
        assertThat(schema.profiles())
                .extracting(ProfileSchema::path, ProfileSchema::selects, ProfileSchema::size)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Main/chosen", true, 8),
                        org.assertj.core.groups.Tuple.tuple("Main/marks", false, 4));
        assertThat(schema.profiles().getFirst().actions())
                .extracting(TableSchema.Action::name)
                .containsExactly("Main.to", "Main.refuse");
        assertThat(schema.valueSets())
                .singleElement()
                .satisfies(set -> assertThat(set.fields())
                        .extracting(TableSchema.Key::name, TableSchema.Key::match)
                        .containsExactly(
                                org.assertj.core.groups.Tuple.tuple("kind", "ternary"),
                                org.assertj.core.groups.Tuple.tuple("b", "range")));
    }

    @Test
    void entry_ofAMember_keepsTheMember() {
        assertThat(write(member(Edit.INSERT, 3, to(1))).isDone()).isTrue();
        assertThat(write(new Change.SetGroup(Edit.INSERT, CHOSEN, 4, Group.of(List.of(new Weighted(3, 2)))))
                        .isDone())
                .isTrue();
        assertThat(write(new Change.Insert(WAYS, key(1), Table.Call.group(4), EntryOptions.NONE))
                        .isDone())
                .isTrue();
        assertThat(write(member(Edit.DELETE, 3, null)).message())
                .isEqualTo("Main.chosen: the member 3 is in use; take it out of its groups and entries first");
        assertThat(write(new Change.SetGroup(Edit.DELETE, CHOSEN, 4, null)).status())
                .isEqualTo(Status.PRECONDITION);
        EntryState state = program.entry(WAYS, key(1)).join().orElseThrow();
        assertThat(state.call()).isEqualTo(Table.Call.group(4));
        assertThat(state.set()).isNull();
    }

    @Test
    void events_tellSets() {
        List<EntryState> told = new ArrayList<>();
        List<WeightedCall> set = List.of(new WeightedCall(to(1), 2), new WeightedCall(to(2), 1));
        try (ProgramRuntime.Watch _ = program.watch(event -> {
            if (event instanceof ProgramEvent.OfEntry of) told.add(of.entry());
        })) {
            write(new Change.InsertSet(WAYS, key(1), set, EntryOptions.NONE));
            write(new Change.Delete(WAYS, key(1)));
        }
        assertThat(told).extracting(EntryState::set).containsExactly(set, set);
    }

    @Test
    void valueSet_isAllThatIsSaid_orStays() {
        List<List<Match>> two = List.of(pair(1, 255, 0, 9), pair(0x80, 0x80, 3, 3));
        assertThat(write(new Change.SetValues(REFUSED, two)).isDone()).isTrue();
        assertThat(program.values(REFUSED).join()).containsExactlyInAnyOrderElementsOf(two);
        long before = program.table(WAYS).join().missed();
        bench.packet(0, 1, 1, 5);
        bench.packet(1, 0x81, 1, 3);
        assertThat(program.table(WAYS).join().missed()).isEqualTo(before);
        bench.packet(1, 2, 1, 3);
        assertThat(program.table(WAYS).join().missed()).isEqualTo(before + 1);
        assertThat(write(new Change.SetValues(REFUSED, List.of(two.getFirst(), two.getFirst()))))
                .extracting(Outcome::status, Outcome::message)
                .containsExactly(Status.EXISTS, "P.refused has a member twice; give it once");
        assertThat(write(new Change.SetValues(
                                REFUSED,
                                List.of(pair(1, 1, 1, 1), pair(1, 1, 2, 2), pair(1, 1, 3, 3), pair(1, 1, 4, 4))))
                        .status())
                .isEqualTo(Status.FULL);
        assertThat(program.values(REFUSED).join()).containsExactlyInAnyOrderElementsOf(two);
        assertThat(write(new Change.SetValues(REFUSED, List.of())).isDone()).isTrue();
        assertThat(program.values(REFUSED).join()).isEmpty();
    }

    @Test
    void sessions_areMadeChangedAndUndone() {
        Session one = new Session(List.of(new Replica(1, 0), new Replica(2, 7)), MirrorCopy.AS_IT_CAME);
        Session other = new Session(List.of(), MirrorCopy.AS_IT_CAME);
        assertThat(write(new Change.SetSession(Edit.INSERT, 5, one)).isDone()).isTrue();
        assertThat(write(new Change.SetSession(Edit.INSERT, 5, other)).status()).isEqualTo(Status.EXISTS);
        assertThat(write(new Change.SetSession(Edit.MODIFY, 6, other)).status()).isEqualTo(Status.MISSING);
        List<Outcome> outcomes = program.write(
                        List.of(
                                new Change.SetSession(Edit.MODIFY, 5, other),
                                new Change.SetSession(Edit.DELETE, 5, null),
                                new Change.SetSession(Edit.DELETE, 6, null)),
                        Atomicity.DATAPLANE_ATOMIC,
                        Origin.control("test", 1))
                .join();
        assertThat(outcomes)
                .extracting(Outcome::status)
                .containsExactly(Status.ABORTED, Status.ABORTED, Status.MISSING);
        assertThat(program.sessions().join()).containsExactly(Map.entry(5, one));
        bench.packet(0, 1, 1, 1);
        assertThat(write(new Change.SetSession(Edit.DELETE, 5, null)).isDone()).isTrue();
        assertThat(program.sessions().join()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        member without action     | Main.chosen: a member needs an action; give one
        member of another action  | Main.chosen: Main.missed cannot be a member; its tables have Main.to, Main.refuse
        argument too large        | Main.to: the arguments [4294967296] do not fit its parameters
        number below 0            | Main.chosen: number -1; count from 0
        weight 0                  | Main.chosen: weight 0; give 1 or more
        member twice              | Main.chosen: the member 1 is there twice; give it once, with the weight of both
        group of a profile        | Main.marks: it has no groups; declare an ActionSelector for them
        entry of an action        | Main.ways: an entry refers to a member or a group here
        entry of a set's number   | Main/ways: number -1; count from 0
        member that is not there  | Main/ways: the entry 1 refers to a member or a group that is not there; make that first
        port that is not there    | mirror session 1: there is no port 9; give 0 to 3
        session out of range      | mirror session 65536: is out of range; give 0 to 65535
        no such profile           | action profile 'x': ways has none of that name; it has [Main.chosen, Main.marks]
        no such set               | value set 'x': ways has none of that name; it has [P.refused]
        values that do not fit    | P.refused: 1 matches for 2 keys
        """)
    void whatDoesNotFit_isToldWithWhatDoes(String what, String why) {
        Group twice = Group.of(List.of(new Weighted(1, 1), new Weighted(1, 1)));
        Session far = new Session(List.of(new Replica(9, 0)), MirrorCopy.AS_IT_CAME);
        Change change = switch (what) {
            case "member without action" -> member(Edit.INSERT, 1, null);
            case "member of another action" -> member(Edit.INSERT, 1, new Table.Call("Main.missed", List.of()));
            case "argument too large" -> member(Edit.MODIFY, 1, to(1L << 32));
            case "number below 0" -> member(Edit.INSERT, -1, to(1));
            case "weight 0" -> new Change.SetGroup(Edit.INSERT, CHOSEN, 1, Group.of(List.of(new Weighted(1, 0))));
            case "member twice" -> new Change.SetGroup(Edit.INSERT, CHOSEN, 1, twice);
            case "group of a profile" -> new Change.SetGroup(Edit.INSERT, MARKS, 1, twice);
            case "entry of an action" -> new Change.Insert(WAYS, key(1), to(1), EntryOptions.NONE);
            case "entry of a set's number" -> new Change.Insert(WAYS, key(1), Table.Call.group(-1), EntryOptions.NONE);
            case "member that is not there" -> new Change.Insert(WAYS, key(1), Table.Call.member(1), EntryOptions.NONE);
            case "port that is not there" -> new Change.SetSession(Edit.INSERT, 1, far);
            case "session out of range" -> new Change.SetSession(Edit.INSERT, 1 << 16, far);
            case "no such profile" -> new Change.SetMember(Edit.INSERT, "x", 1, to(1));
            case "no such set" -> new Change.SetValues("x", List.of());
            default -> new Change.SetValues(REFUSED, List.of(key(1).matches()));
        };
        assertThat(write(change).message()).startsWith(why);
    }
}
