package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.ValueSetRun;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.PacketVector;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the control plane does with members, groups and value sets, in a program that looks at a packet's two octets. */
class MembersTest {
    private static final int NOBODY = -1;

    private final PacketVector packets = new PacketVector(1);
    private final RunningProgram program =
            ProgramCompiler.compile(Samples.pipeline("members")).start(RunOptions.of(Rules.PNA), 1);
    private final ProfileRun profile = program.state().profile("chosen");
    private final TableControl ways = program.state().control("ways");

    @AfterEach
    void close() {
        program.close();
    }

    private static Table.Call to(long port) {
        return new Table.Call("to", List.of(BigInteger.valueOf(port)));
    }

    private static List<Match> octet(long value) {
        return List.of(new Match.Exactly(BigInteger.valueOf(value)));
    }

    private Result insert(long key, Table.Call call) {
        return ways.insert(new Table.Entry(octet(key), null, call, false), 0);
    }

    /** The port that a packet leaves by. */
    private int port(int key, int by) {
        packets.room(8, 0);
        packets.data.set(ValueLayout.JAVA_BYTE, 0, (byte) key);
        packets.data.set(ValueLayout.JAVA_BYTE, 1, (byte) by);
        packets.offset[0] = 0;
        packets.captured[0] = 2;
        packets.length[0] = 2;
        program.process(packets, new int[] {0}, 1, 0);
        return program.state().verdict[0] == Verdict.FORWARD.code ? program.state().egress[0] : NOBODY;
    }

    @Test
    void member_changed_changesAllEntriesThatReferToIt() {
        assertThat(profile.addMember(7, to(1))).isEqualTo(Result.DONE);
        assertThat(insert(1, Table.Call.member(7))).isEqualTo(Result.DONE);
        assertThat(insert(2, Table.Call.member(7))).isEqualTo(Result.DONE);
        assertThat(List.of(port(1, 0), port(2, 0), port(3, 0))).containsExactly(1, 1, 99);
        assertThat(profile.modifyMember(
                        7,
                        new Table.Call(
                                "wide", List.of(BigInteger.ONE.shiftLeft(100).or(BigInteger.TWO)))))
                .isEqualTo(Result.DONE);
        assertThat(List.of(port(1, 0), port(2, 0))).containsExactly(2, 2);
    }

    @Test
    void group_givesEachMemberItsWeight_andNothingWhenEmpty() {
        profile.addMember(1, to(1));
        profile.addMember(2, to(2));
        assertThat(profile.addGroup(5, Group.of(List.of(new Weighted(1, 3), new Weighted(2, 1)))))
                .isEqualTo(Result.DONE);
        insert(1, Table.Call.group(5));
        assertThat(List.of(port(1, 0), port(1, 1), port(1, 2), port(1, 3), port(1, 255)))
                .containsExactly(1, 1, 1, 2, 2);
        assertThat(profile.modifyGroup(5, Group.of(List.of()))).isEqualTo(Result.DONE);
        assertThat(port(1, 0)).isEqualTo(NOBODY);
    }

    @Test
    void whatIsReferredTo_stays() {
        profile.addMember(1, to(1));
        profile.addGroup(5, Group.of(List.of(new Weighted(1, 1))));
        insert(1, Table.Call.group(5));
        assertThat(profile.deleteMember(1)).isEqualTo(Result.IN_USE);
        assertThat(profile.deleteGroup(5)).isEqualTo(Result.IN_USE);
        assertThat(ways.delete(octet(1), null)).isEqualTo(Result.DONE);
        assertThat(profile.deleteGroup(5)).isEqualTo(Result.DONE);
        assertThat(profile.deleteMember(1)).isEqualTo(Result.DONE);
        assertThat(profile.members()).isEmpty();
        assertThat(profile.groups()).isEmpty();
    }

    @Test
    void whatIsNotThere_isMissing() {
        assertThat(insert(1, Table.Call.member(1))).isEqualTo(Result.MISSING);
        assertThat(profile.addGroup(1, Group.of(List.of(new Weighted(1, 1))))).isEqualTo(Result.MISSING);
        assertThat(profile.modifyMember(1, to(1))).isEqualTo(Result.MISSING);
        assertThat(profile.deleteGroup(1)).isEqualTo(Result.MISSING);
    }

    @Test
    void members_areAsManyAsThereIsRoomFor() {
        for (int i = 0; i < 4; i++) assertThat(profile.addMember(i, to(i))).isEqualTo(Result.DONE);
        assertThat(profile.addMember(4, to(4))).isEqualTo(Result.FULL);
        assertThat(profile.addMember(3, to(4))).isEqualTo(Result.EXISTS);
        assertThat(profile.deleteMember(0)).isEqualTo(Result.DONE);
        assertThat(profile.addMember(4, to(4))).isEqualTo(Result.DONE);
        assertThat(profile.members()).containsOnlyKeys(1L, 2L, 3L, 4L);
    }

    @Test
    void setOfOneEntry_goesWithIt() {
        List<WeightedCall> both = List.of(new WeightedCall(to(1), 1), new WeightedCall(to(2), 1));
        for (int turn = 0; turn < 10; turn++) {
            Table.Call set = Table.Call.group(-1);
            assertThat(profile.addSet(-1, both)).isEqualTo(Result.DONE);
            assertThat(insert(1, set)).isEqualTo(Result.DONE);
            assertThat(List.of(port(1, 0), port(1, 1))).containsExactly(1, 2);
            assertThat(profile.set(-1)).isEqualTo(both);
            assertThat(ways.modify(octet(1), null, set)).isEqualTo(Result.DONE);
            assertThat(port(1, 1)).isEqualTo(2);
            assertThat(ways.clear()).isEqualTo(1);
        }
        assertThat(profile.members()).isEmpty();
    }

    @Test
    void setThatNoEntryTook_isDropped() {
        List<WeightedCall> four = List.of(
                new WeightedCall(to(1), 1),
                new WeightedCall(to(2), 1),
                new WeightedCall(to(3), 1),
                new WeightedCall(to(4), 1));
        assertThat(profile.addSet(-1, four)).isEqualTo(Result.DONE);
        assertThat(profile.addSet(-1, four)).isEqualTo(Result.EXISTS);
        assertThat(profile.addSet(-2, four)).isEqualTo(Result.FULL);
        profile.drop(-1);
        assertThat(profile.addSet(-2, four)).isEqualTo(Result.DONE);
    }

    @Test
    void whatDoesNotFit_isToldWithWhatDoes() {
        assertThatThrownBy(() -> profile.addMember(1, new Table.Call("missed", List.of())))
                .hasMessage("chosen: missed cannot be a member; its tables have [to, wide, none]");
        assertThatThrownBy(() -> profile.addMember(-1, to(1))).hasMessage("chosen: number -1; count from 0");
        assertThatThrownBy(() -> profile.addGroup(1, Group.of(List.of(new Weighted(1, 0)))))
                .hasMessage("chosen: weight 0; give 1 or more");
        assertThatThrownBy(() -> profile.addGroup(1, Group.of(List.of(new Weighted(1, 1 << 17)))))
                .hasMessage("chosen: the weights of a group are 131072; 65536 are the most");
        assertThatThrownBy(() -> insert(1, to(1))).hasMessage("ways: an entry refers to a member or a group here");
    }

    @Test
    void valueSet_decidesForTheNextPacket() {
        ValueSetRun set = program.state().valueSet("specials");
        List<Match> high = List.of(new Match.Masked(BigInteger.valueOf(0xf0), BigInteger.valueOf(0xf0)));
        assertThat(port(1, 0xf7)).isEqualTo(99);
        assertThat(set.add(high)).isEqualTo(Result.DONE);
        assertThat(List.of(port(1, 0xf7), port(1, 0xe7))).containsExactly(NOBODY, 99);
        assertThat(set.add(high)).isEqualTo(Result.EXISTS);
        assertThat(set.add(octet(1))).isEqualTo(Result.DONE);
        assertThat(set.add(octet(2))).isEqualTo(Result.FULL);
        assertThat(set.members())
                .containsExactlyInAnyOrder(high, List.of(new Match.Masked(BigInteger.ONE, BigInteger.valueOf(255))));
        assertThat(set.remove(high)).isEqualTo(Result.DONE);
        assertThat(set.remove(high)).isEqualTo(Result.MISSING);
        assertThat(port(1, 0xf7)).isEqualTo(99);
        set.clear();
        assertThat(set.size()).isZero();
    }
}
