package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.Inheritance;
import dev.weir.p4.run.Inheritance.OfTable;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.Succession;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.PacketVector;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of members, groups, entries that refer to them, and sessions, when another program takes over. */
class MemberSuccessionTest {
    private static final String PROGRAM = Samples.text("members").replace("chosen[4]", "chosen[8]");
    private static final int NOBODY = -1;

    private final PacketVector packets = new PacketVector(1);

    private static RunningProgram start(String text) {
        return ProgramCompiler.compile(IrVerifier.requireValid(IrReader.read(text)))
                .start(RunOptions.of(Rules.PNA), 1);
    }

    private static Table.Call to(long port) {
        return new Table.Call("to", List.of(BigInteger.valueOf(port)));
    }

    private static Match key(long value) {
        return new Match.Exactly(BigInteger.valueOf(value));
    }

    private static void insert(RunningProgram program, long key, Table.Call call) {
        TableControl ways = program.state().control("ways");
        assertThat(ways.insert(new Table.Entry(List.of(key(key)), null, call, false), 0))
                .isEqualTo(Result.DONE);
    }

    /** The port that a packet leaves by. */
    private int port(RunningProgram program, int key, int by) {
        packets.room(8, 0);
        packets.data.set(ValueLayout.JAVA_BYTE, 0, (byte) key);
        packets.data.set(ValueLayout.JAVA_BYTE, 1, (byte) by);
        packets.offset[0] = 0;
        packets.captured[0] = 2;
        packets.length[0] = 2;
        program.process(packets, new int[] {0}, 1, 0);
        return program.state().verdict[0] == Verdict.FORWARD.code ? program.state().egress[0] : NOBODY;
    }

    private List<Integer> ports(RunningProgram program) {
        List<Integer> ports = new ArrayList<>();
        for (int key = 1; key < 5; key++) {
            for (int by = 0; by < 4; by++) ports.add(port(program, key, by));
        }
        return ports;
    }

    private static Inheritance replace(RunningProgram before, RunningProgram after) {
        Succession succession = new Succession(before.state(), after.state());
        while (!succession.advance()) {}
        return succession.finish();
    }

    /** Entries 1 to 3, of a member, a group of two, an empty group. */
    private static ProfileRun filled(RunningProgram program) {
        ProfileRun profile = program.state().profile("chosen");
        profile.addMember(1, to(11));
        profile.addMember(7, to(12));
        profile.addGroup(5, new Group(List.of(new Weighted(7, 1), new Weighted(1, 2)), 6));
        profile.addGroup(6, Group.of(List.of()));
        insert(program, 1, Table.Call.member(7));
        insert(program, 2, Table.Call.group(5));
        insert(program, 3, Table.Call.group(6));
        return profile;
    }

    @Test
    void membersGroupsAndEntries_goOn_whereActionsMeanTheSame() {
        String next = PROGRAM.replace("selector chosen[8]", "selector chosen[16]")
                .replace("program members", "program other")
                .replace("    action none\n    action wide", "    action wide\n    action none");
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(next)) {
            ProfileRun before = filled(one);
            one.state().sessions().add(3, new Session(List.of(new Replica(1, 2)), MirrorCopy.AS_IT_CAME));
            List<Integer> expected = ports(one);
            Inheritance inheritance = replace(one, other);
            ProfileRun after = other.state().profile("chosen");
            assertThat(inheritance.tables()).containsExactly(new OfTable("ways", 3, 0, ""));
            assertThat(inheritance.kept()).contains("chosen");
            assertThat(after.members()).isEqualTo(before.members());
            assertThat(after.groups()).isEqualTo(before.groups());
            assertThat(ports(other)).isEqualTo(expected);
            assertThat(other.state().sessions().all())
                    .isEqualTo(one.state().sessions().all());
            assertThat(after.deleteMember(7)).isEqualTo(Result.IN_USE);
            assertThat(after.deleteGroup(5)).isEqualTo(Result.IN_USE);
            for (int key = 1; key < 4; key++) {
                assertThat(other.state().control("ways").delete(List.of(key(key)), null))
                        .isEqualTo(Result.DONE);
            }
            assertThat(after.deleteGroup(5)).isEqualTo(Result.DONE);
            assertThat(after.deleteMember(7)).isEqualTo(Result.DONE);
        }
    }

    @Test
    void groupsOfEntries_goWithThem_andOnlyThese() {
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(PROGRAM)) {
            ProfileRun before = one.state().profile("chosen");
            List<WeightedCall> set = List.of(new WeightedCall(to(1), 2), new WeightedCall(to(2), 1));
            for (int n = 1; n < 3; n++) {
                before.addSet(-n, set);
                insert(one, n, Table.Call.group(-n));
            }
            List<Integer> expected = ports(one);
            assertThat(replace(one, other).entriesKept()).isEqualTo(2);
            ProfileRun after = other.state().profile("chosen");
            assertThat(ports(other)).isEqualTo(expected);
            TableControl ways = other.state().control("ways");
            EntryCopy copy = ways.copy(ways.codec().key(List.of(key(2))), 0);
            assertThat(copy).isNotNull().extracting(EntryCopy::set).isEqualTo(set);
            assertThat(ways.clear()).isEqualTo(2);
            assertThat(after.addSet(-1, set)).isEqualTo(Result.DONE);
        }
    }

    @Test
    void membersWhoseActionIsAnother_areLeft_withWhatRefersToThem() {
        String next = PROGRAM.replace("action wide(data 128)", "action wide(data 127)");
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(next)) {
            filled(one).modifyMember(7, new Table.Call("wide", List.of(BigInteger.TWO)));
            Inheritance inheritance = replace(one, other);
            ProfileRun after = other.state().profile("chosen");
            assertThat(after.members()).containsOnlyKeys(1L);
            assertThat(after.groups()).containsOnlyKeys(6L);
            assertThat(inheritance.left()).contains("chosen");
            assertThat(inheritance.tables())
                    .containsExactly(new OfTable("ways", 1, 2, "members that they refer to do not go on"));
            assertThat(List.of(port(other, 1, 0), port(other, 2, 0), port(other, 3, 0)))
                    .containsExactly(99, 99, NOBODY);
        }
    }

    @Test
    void tableThatHasActionsNow_leavesItsEntries() {
        String next = PROGRAM.replace("    implementation chosen select pair.by else none()\n", "");
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(next)) {
            filled(one);
            assertThat(replace(one, other).tables())
                    .containsExactly(new OfTable("ways", 0, 3, "its entries refer to members of another kind now"));
        }
    }
}
