package dev.weir.server.state;

import static dev.weir.server.state.SelectorRig.A;
import static dev.weir.server.state.SelectorRig.B;
import static dev.weir.server.state.SelectorRig.C;
import static dev.weir.server.state.SelectorRig.CHOSEN;
import static dev.weir.server.state.SelectorRig.FEW;
import static dev.weir.server.state.SelectorRig.WAYS;
import static dev.weir.server.state.SelectorRig.member;
import static dev.weir.server.state.SelectorRig.own;
import static dev.weir.server.state.SelectorRig.send;
import static dev.weir.server.state.SelectorRig.way;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.ir.Table;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members, groups, value sets and mirror sessions come back, and entries refer to what they did. */
@Timeout(120)
class ReferringStateTest {
    @TempDir
    Path folder = Path.of("");

    private SelectorRig rig(int workers) throws IOException {
        return new SelectorRig(folder.resolve("state"), workers);
    }

    private static List<Outcome.Status> write(SelectorRig rig, Change... changes) {
        return rig.write(changes).stream().map(Outcome::status).toList();
    }

    @ParameterizedTest(name = "{0} workers, then {1}, clean stop: {2}")
    @CsvSource({"1, 1, false", "2, 2, true", "1, 3, false", "3, 2, true"})
    void whatEntriesReferTo_isBack_andTheyDoWhatTheyDid(int before, int after, boolean clean) throws IOException {
        SortedMap<String, String> told;
        try (var rig = rig(before)) {
            rig.fill();
            told = rig.told();
            if (clean) {
                rig.rig.end();
            } else {
                rig.rig.keeper.save();
            }
        }
        try (var rig = rig(after)) {
            StateStatus.Restored back = rig.rig.keeper.status().restored();
            assertThat(back.leftOut()).isEmpty();
            assertThat(back.entries()).isEqualTo(5L * after);
            assertThat(rig.told()).isEqualTo(told);
            assertThat(rig.frame(A, B, 0x9004)).as("by a member").containsExactly(0, 1);
            assertThat(rig.frame(C, A, 0x9003)).as("a refused type").containsExactly(0, 1);
            assertThat(rig.frame(C, A, 0x9007)).as("mirrored").containsExactly(0, 2);
            assertThat(rig.rig.ports.get(1).sent())
                    .as("cut")
                    .anySatisfy(frame -> assertThat(frame).hasSize(20));
            assertThat(write(
                            rig,
                            member(Edit.DELETE, 2, 0),
                            new Change.SetGroup(Edit.DELETE, CHOSEN, 5, null),
                            member(Edit.INSERT, 2, 0),
                            own(FEW, 0x0b0000000002L, new WeightedCall(send(1), 1)),
                            own(FEW, 0x0b0000000003L, new WeightedCall(send(1), 1)),
                            new Change.Delete(FEW, SelectorRig.key(0x0b0000000001L)),
                            new Change.Delete(WAYS, SelectorRig.key(B)),
                            new Change.SetGroup(Edit.DELETE, CHOSEN, 5, null),
                            member(Edit.DELETE, 0x1_0000_0001L, 0)))
                    .containsExactly(
                            Outcome.Status.PRECONDITION,
                            Outcome.Status.PRECONDITION,
                            Outcome.Status.EXISTS,
                            Outcome.Status.DONE,
                            Outcome.Status.DONE,
                            Outcome.Status.DONE,
                            Outcome.Status.DONE,
                            Outcome.Status.DONE,
                            Outcome.Status.DONE);
        }
    }

    @Test
    void group_hasItsWeightsAgain() throws IOException {
        try (var rig = rig(1)) {
            rig.fill();
            rig.rig.keeper.save();
        }
        try (var rig = rig(1)) {
            List<Integer> sent = List.of();
            for (int source = 1; source <= 60; source++) {
                sent = rig.frame(B, 0x0b0000000100L + source, 0x9004);
            }
            assertThat(sent.get(0) + sent.get(1)).isEqualTo(60);
            assertThat(sent.get(0)).as("weight 2 of 3").isBetween(25, 55);
        }
    }

    @Test
    void sessions_ofAnotherConfiguration_stayAsThatHasThem() throws IOException {
        try (var rig = rig(1)) {
            rig.fill();
            rig.rig.keeper.save();
        }
        try (var rig = new SelectorRig(folder.resolve("state"), 1, Map.of(9, MirrorSession.to("outside")))) {
            assertThat(rig.rig.keeper.status().restored().leftOut())
                    .containsExactly(Map.entry("session-configured-anew", 1L));
            assertThat(rig.told().get("sessions")).startsWith("{9=");
            assertThat(write(rig, new Change.SetSession(Edit.DELETE, 9, null))).containsExactly(Outcome.Status.DONE);
            rig.rig.keeper.save();
        }
        try (var rig = new SelectorRig(folder.resolve("state"), 1, Map.of(9, MirrorSession.to("outside")))) {
            assertThat(rig.told().get("sessions")).as("deleted before").isEqualTo("{}");
        }
    }

    @Test
    void manyMembers_inPieces_areAllBack() throws IOException {
        SortedMap<String, String> told;
        try (var rig = rig(2)) {
            for (int id = 0; id < 8; id++) {
                assertThat(write(rig, member(Edit.INSERT, id, id % 2))).containsExactly(Outcome.Status.DONE);
            }
            assertThat(write(rig, member(Edit.DELETE, 3, 0), member(Edit.INSERT, 30, 1)))
                    .containsOnly(Outcome.Status.DONE);
            for (int n = 0; n < 16; n++) {
                assertThat(write(rig, way(WAYS, 100 + n, Table.Call.member(n % 3))))
                        .containsExactly(Outcome.Status.DONE);
            }
            told = rig.told();
            rig.rig.keeper.save();
        }
        try (var rig = rig(2)) {
            assertThat(rig.told()).isEqualTo(told).hasSize(16 + 4 + 3 + 2 + 1);
        }
    }

    /** Nothing but what a damaged end would leave: each chunk is right, and what entries refer to is missing. */
    @Test
    void entries_thatReferToNothing_areLeftOut_andTold() throws IOException {
        Path file = folder.resolve("state");
        try (var rig = rig(1)) {
            rig.fill();
            rig.rig.keeper.save();
        }
        Snapshots.without(file, payload -> Snapshots.part(payload) == 3);
        try (var rig = rig(1)) {
            StateStatus.Restored back = rig.rig.keeper.status().restored();
            assertThat(back.outcome()).isEqualTo("restored");
            assertThat(back.leftOut())
                    .containsEntry("entry-refers-to-nothing", 3L)
                    .containsEntry("group-unsound", 1L);
            assertThat(back.entries()).as("one has its own, one an action").isEqualTo(2);
            assertThat(rig.told()).containsKey(FEW + " " + SelectorRig.key(0x0b0000000001L));
        }
    }

    @Test
    void snapshot_withAPartThatNobodyKnows_isRefused_beforeAnythingIsBack() throws IOException {
        Path file = folder.resolve("state");
        try (var rig = rig(1)) {
            rig.fill();
            rig.rig.keeper.save();
        }
        Snapshots.change(file, payload -> {
            if (Snapshots.part(payload) == 6) {
                Snapshots.setPart(payload, 77);
            }
        });
        try (var rig = rig(1)) {
            assertThat(rig.rig.keeper.status().restored().outcome()).isEqualTo("refused");
            assertThat(rig.rig.told()).contains("a program's chunk is of part 77, which this Weir does not know");
            assertThat(rig.told().keySet()).as("no entries").allMatch(key -> !key.contains(" "));
        }
    }
}
