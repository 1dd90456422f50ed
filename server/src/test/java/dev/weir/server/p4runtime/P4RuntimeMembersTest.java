package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.hex;
import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static dev.weir.server.p4runtime.P4RuntimeRig.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.Action;
import dev.weir.api.p4.v1.ActionProfileAction;
import dev.weir.api.p4.v1.ActionProfileActionSet;
import dev.weir.api.p4.v1.ActionProfileGroup;
import dev.weir.api.p4.v1.ActionProfileMember;
import dev.weir.api.p4.v1.CloneSessionEntry;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.ExternEntry;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.MulticastGroupEntry;
import dev.weir.api.p4.v1.PacketReplicationEngineEntry;
import dev.weir.api.p4.v1.Replica;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.TableAction;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.ValueSetEntry;
import dev.weir.api.p4.v1.ValueSetMember;
import dev.weir.api.p4.v1.WriteRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Members, groups, one-shots, value sets and clone sessions, as controllers write and read them. */
final class P4RuntimeMembersTest extends P4RuntimeCalls {
    P4RuntimeMembersTest() {
        super(SelectorProgram.SOURCE);
    }

    private Action send(String port) {
        return rig.call("send", port).getAction();
    }

    private ActionProfileMember.Builder member(int id, String port) {
        return ActionProfileMember.newBuilder()
                .setActionProfileId(rig.profile("chosen"))
                .setMemberId(id)
                .setAction(send(port));
    }

    private static Entity entity(ActionProfileMember.Builder member) {
        return Entity.newBuilder().setActionProfileMember(member).build();
    }

    /** @param members numbers and weights, one after the other */
    private ActionProfileGroup.Builder group(int id, int... members) {
        ActionProfileGroup.Builder group = ActionProfileGroup.newBuilder()
                .setActionProfileId(rig.profile("chosen"))
                .setGroupId(id);
        for (int i = 0; i < members.length; i += 2) {
            group.addMembers(ActionProfileGroup.Member.newBuilder()
                    .setMemberId(members[i])
                    .setWeight(members[i + 1]));
        }
        return group;
    }

    private static Entity entity(ActionProfileGroup.Builder group) {
        return Entity.newBuilder().setActionProfileGroup(group).build();
    }

    private static Update of(Update.Type type, Entity entity) {
        return Update.newBuilder().setType(type).setEntity(entity).build();
    }

    /** An entry of {@code ways}, without an action. */
    private TableEntry.Builder way(String dst) {
        return rig.exact("ways", dst);
    }

    private static TableAction toMember(int id) {
        return TableAction.newBuilder().setActionProfileMemberId(id).build();
    }

    private static TableAction toGroup(int id) {
        return TableAction.newBuilder().setActionProfileGroupId(id).build();
    }

    private TableAction set(int... portsAndWeights) {
        ActionProfileActionSet.Builder set = ActionProfileActionSet.newBuilder();
        for (int i = 0; i < portsAndWeights.length; i += 2) {
            set.addActionProfileActions(ActionProfileAction.newBuilder()
                    .setAction(send(String.format("%02x", portsAndWeights[i])))
                    .setWeight(portsAndWeights[i + 1]));
        }
        return TableAction.newBuilder().setActionProfileActionSet(set).build();
    }

    @Test
    void group_sendsSourcesByItsMembers_andIsReadAsItWasWritten() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            ActionProfileGroup.Builder group = group(5, 1, 1, 0xFFFFFFFF, 3).setMaxSize(9);
            rig.write(
                    5,
                    of(Update.Type.INSERT, entity(member(1, "00"))),
                    of(Update.Type.INSERT, entity(member(0xFFFFFFFF, "01"))),
                    of(Update.Type.INSERT, entity(group)),
                    update(Update.Type.INSERT, way(A).setAction(toGroup(5))));
            assertThat(rig.read(entity(ActionProfileMember.newBuilder())))
                    .containsExactly(entity(member(1, "00")), entity(member(0xFFFFFFFF, "01")));
            assertThat(rig.read(entity(member(1, "00").clearAction()))).containsExactly(entity(member(1, "00")));
            assertThat(rig.read(entity(ActionProfileGroup.newBuilder()))).containsExactly(entity(group));
            assertThat(rig.entries(way(A)))
                    .containsExactly(way(A).setAction(toGroup(5)).build());
            for (int source = 1; source <= 40; source++) rig.frame(A, String.format("0b00000000%02x", source), 0x9001);
            int all = Waiting.until(() -> rig.sent(0, 0).size() + rig.sent(1, 0).size(), sent -> sent == 40);
            assertThat(all).isEqualTo(40);
            int left = rig.sent(0, 0).size();
            assertThat(left).isBetween(1, 25);
            rig.write(
                    5,
                    of(Update.Type.MODIFY, entity(group(5).setMaxSize(9))),
                    update(Update.Type.INSERT, way(B).setAction(toMember(0xFFFFFFFF))));
            rig.frame(A, B, 0x9001);
            rig.frame(B, A, 0x9001);
            assertThat(rig.sent(1, 41 - left)).hasSize(41 - left);
            rig.write(5, of(Update.Type.MODIFY, entity(group(5, 1, 1).setMaxSize(9))));
            rig.frame(A, B, 0x9001);
            assertThat(rig.sent(0, left + 1)).hasSize(left + 1);
        }
    }

    @Test
    void member_isInUse_untilNothingRefersToIt() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(
                    5,
                    of(Update.Type.INSERT, entity(member(1, "01"))),
                    of(Update.Type.INSERT, entity(member(2, "01"))),
                    of(Update.Type.INSERT, entity(group(5, 2, 1))),
                    update(Update.Type.INSERT, way(A).setAction(toMember(1))),
                    update(Update.Type.INSERT, way(B).setAction(toGroup(5))));
            assertThat(codes(request(
                            5,
                            of(Update.Type.DELETE, entity(member(1, "01"))),
                            of(Update.Type.DELETE, entity(member(2, "01"))),
                            of(Update.Type.DELETE, entity(group(5))),
                            of(Update.Type.DELETE, entity(member(3, "01"))),
                            of(Update.Type.INSERT, entity(member(2, "01"))),
                            of(Update.Type.INSERT, entity(group(5, 1, 1))),
                            of(Update.Type.INSERT, entity(group(6, 3, 1))),
                            of(Update.Type.MODIFY, entity(group(5, 2, 1).setMaxSize(4))),
                            update(Update.Type.INSERT, way(C).setAction(toMember(3))),
                            update(Update.Type.INSERT, way(A).setAction(toMember(2))))))
                    .containsExactly(
                            Code.FAILED_PRECONDITION,
                            Code.FAILED_PRECONDITION,
                            Code.FAILED_PRECONDITION,
                            Code.NOT_FOUND,
                            Code.ALREADY_EXISTS,
                            Code.ALREADY_EXISTS,
                            Code.NOT_FOUND,
                            Code.INVALID_ARGUMENT,
                            Code.NOT_FOUND,
                            Code.ALREADY_EXISTS);
            rig.write(5, of(Update.Type.MODIFY, entity(member(1, "00"))));
            rig.frame(A, B, 0x9001);
            assertThat(rig.sent(0, 1)).hasSize(1);
            rig.write(
                    5,
                    update(Update.Type.DELETE, way(A)),
                    update(Update.Type.DELETE, way(B)),
                    of(Update.Type.DELETE, entity(group(5))),
                    of(Update.Type.DELETE, entity(member(2, "01"))),
                    of(Update.Type.DELETE, entity(member(1, "01"))));
            assertThat(rig.read(entity(ActionProfileMember.newBuilder()))).isEmpty();
        }
    }

    @Test
    void whatIsWrong_hasTheStandardsCode() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            ActionProfileMember.Builder missing = member(1, "01");
            missing.setAction(rig.call("miss").getAction());
            ActionProfileGroup.Builder limited = group(1).setActionProfileId(rig.profile("limited"));
            rig.write(5, of(Update.Type.INSERT, entity(member(1, "01"))));
            assertThat(codes(request(
                            5,
                            of(Update.Type.INSERT, entity(member(0, "01"))),
                            of(Update.Type.INSERT, entity(member(2, "01").clearAction())),
                            of(Update.Type.INSERT, entity(missing)),
                            of(Update.Type.INSERT, entity(member(2, "01").setActionProfileId(7))),
                            of(Update.Type.INSERT, entity(group(2, 1, 0))),
                            of(Update.Type.INSERT, entity(group(2, 1, 1, 1, 1))),
                            of(Update.Type.INSERT, entity(group(2, 1, 3).setMaxSize(2))),
                            of(Update.Type.INSERT, entity(group(2, 1, 1 << 17))),
                            of(Update.Type.INSERT, entity(group(2).setActionProfileId(rig.profile("marks")))),
                            of(Update.Type.INSERT, entity(limited.clone())),
                            of(Update.Type.INSERT, entity(limited.clone().setMaxSize(5))),
                            of(Update.Type.INSERT, entity(limited.clone().setMaxSize(4))),
                            update(Update.Type.INSERT, way(A).setAction(rig.call("send", "01"))),
                            update(
                                    Update.Type.INSERT,
                                    rig.exact("plain", "9001").setAction(toMember(1))),
                            update(
                                    Update.Type.INSERT,
                                    rig.exact("marked", "9001").setAction(toGroup(1))),
                            update(Update.Type.INSERT, rig.exact("few", A).setAction(set(1, 5))),
                            of(Update.Type.INSERT, entity(group(2).addMembers(watching(1, 9)))))))
                    .containsExactly(
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.PERMISSION_DENIED,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.RESOURCE_EXHAUSTED,
                            Code.RESOURCE_EXHAUSTED,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.OK,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT);
        }
    }

    private static ActionProfileGroup.Member.Builder watching(int member, int port) {
        return ActionProfileGroup.Member.newBuilder()
                .setMemberId(member)
                .setWeight(1)
                .setWatchPort(ByteString.copyFrom(new byte[] {(byte) port}));
    }

    /** How many frames to B were sent behind others, to know when those have gone. */
    private int asked;

    /** How many frames of twenty sources have left by each port. */
    private List<Integer> shared() {
        int left = rig.sent(0, 0).size(), right = rig.sent(1, 0).size();
        for (int source = 1; source <= 20; source++) rig.frame(A, String.format("0b00000000%02x", source), 0x9001);
        rig.frame(B, A, 0x9001);
        long wanted = ++asked;
        var _ = Waiting.until(
                () -> rig.sent(0, 0).stream()
                        .filter(frame -> frame.startsWith(B))
                        .count(),
                all -> all == wanted);
        return List.of(rig.sent(0, 0).size() - left - 1, rig.sent(1, 0).size() - right);
    }

    @Test
    void member_whosePortIsDown_isNotChosen() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            ActionProfileGroup.Builder group =
                    group(5).addMembers(watching(1, 0)).addMembers(watching(2, 1));
            rig.write(
                    5,
                    of(Update.Type.INSERT, entity(member(1, "00"))),
                    of(Update.Type.INSERT, entity(member(2, "01"))),
                    of(Update.Type.INSERT, entity(member(3, "00"))),
                    of(Update.Type.INSERT, entity(group)),
                    update(Update.Type.INSERT, way(B).setAction(toMember(3))),
                    update(Update.Type.INSERT, way(A).setAction(toGroup(5))));
            assertThat(rig.read(entity(ActionProfileGroup.newBuilder()))).containsExactly(entity(group));
            List<Integer> both = shared();
            assertThat(both).doesNotContain(0, 20);
            rig.setUp(1, false);
            assertThat(shared()).containsExactly(20, 0);
            rig.write(5, of(Update.Type.MODIFY, entity(group(5).addMembers(watching(2, 1)))));
            assertThat(shared()).as("all are down: an empty group's action").containsExactly(0, 0);
            rig.setUp(1, true);
            assertThat(shared()).containsExactly(0, 20);
            rig.write(5, of(Update.Type.MODIFY, entity(group)));
            assertThat(shared()).isEqualTo(both);
        }
    }

    @Test
    void oneShot_watchesPorts() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableAction set = TableAction.newBuilder()
                    .setActionProfileActionSet(ActionProfileActionSet.newBuilder()
                            .addActionProfileActions(ActionProfileAction.newBuilder()
                                    .setAction(send("00"))
                                    .setWeight(1)
                                    .setWatchPort(hex("00")))
                            .addActionProfileActions(ActionProfileAction.newBuilder()
                                    .setAction(send("01"))
                                    .setWeight(1)))
                    .build();
            rig.write(
                    5,
                    update(Update.Type.INSERT, way(A).setAction(set)),
                    update(Update.Type.INSERT, way(B).setAction(set(0, 1))));
            assertThat(rig.entries(way(A))).extracting(TableEntry::getAction).containsExactly(set);
            assertThat(shared()).doesNotContain(0, 20);
            rig.setUp(0, false);
            assertThat(shared()).containsExactly(0, 20);
        }
    }

    @Test
    void profileThatIsFull_saysSo_andUndoesABatch() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            Update[] updates = new Update[9];
            for (int i = 0; i < updates.length; i++) updates[i] = of(Update.Type.INSERT, entity(member(i + 1, "01")));
            assertThat(codes(request(5, updates).setAtomicity(WriteRequest.Atomicity.ROLLBACK_ON_ERROR)))
                    .containsOnlyOnce(Code.RESOURCE_EXHAUSTED)
                    .contains(Code.ABORTED)
                    .doesNotContain(Code.OK);
            assertThat(rig.read(entity(ActionProfileMember.newBuilder()))).isEmpty();
            assertThat(codes(request(5, updates))).containsOnlyOnce(Code.RESOURCE_EXHAUSTED);
            assertThat(rig.read(entity(ActionProfileMember.newBuilder()))).hasSize(8);
        }
    }

    @Test
    void oneShot_sendsByItsActions_isReadAsItWasWritten_andNotMixed() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder entry = way(A).setAction(set(1, 1, 1, 2));
            rig.write(5, update(Update.Type.INSERT, entry), of(Update.Type.INSERT, entity(member(1, "00"))));
            assertThat(rig.entries(way(A))).containsExactly(entry.build());
            assertThat(rig.read(entity(ActionProfileMember.newBuilder()))).hasSize(1);
            assertThat(rig.read(entity(ActionProfileGroup.newBuilder()))).isEmpty();
            rig.frame(A, B, 0x9001);
            assertThat(rig.sent(1, 1)).hasSize(1);
            assertThat(codes(request(
                            5,
                            update(Update.Type.INSERT, way(B).setAction(toMember(1))),
                            update(Update.Type.INSERT, way(B).setAction(set(0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1))),
                            update(Update.Type.INSERT, way(B).setAction(set(1, 0))))))
                    .containsExactly(Code.INVALID_ARGUMENT, Code.RESOURCE_EXHAUSTED, Code.INVALID_ARGUMENT);
            rig.write(5, update(Update.Type.MODIFY, way(A).setAction(set(0, 1))));
            rig.frame(A, B, 0x9001);
            assertThat(rig.sent(0, 1)).hasSize(1);
            assertThat(codes(request(
                                    5,
                                    update(Update.Type.MODIFY, way(A).setAction(set(1, 1))),
                                    update(Update.Type.DELETE, way(A)),
                                    update(Update.Type.DELETE, way(C)))
                            .setAtomicity(WriteRequest.Atomicity.DATAPLANE_ATOMIC)))
                    .containsExactly(Code.ABORTED, Code.ABORTED, Code.NOT_FOUND);
            assertThat(rig.entries(way(A)))
                    .containsExactly(way(A).setAction(set(0, 1)).build());
            rig.write(5, update(Update.Type.DELETE, way(A)), update(Update.Type.INSERT, way(A).setAction(toMember(1))));
            assertThat(rig.entries(way(A))).extracting(TableEntry::getAction).containsExactly(toMember(1));
        }
    }

    @Test
    void valueSet_isWrittenWhole() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(
                    5,
                    of(Update.Type.INSERT, entity(member(1, "01"))),
                    update(Update.Type.INSERT, way(A).setAction(toMember(1))));
            Entity both = values("refused", type("9001"), type("9002"));
            rig.write(5, of(Update.Type.MODIFY, both));
            assertThat(membersOf(rig.read(values("refused")))).containsExactlyInAnyOrder(type("9001"), type("9002"));
            assertThat(rig.read(Entity.newBuilder()
                            .setValueSetEntry(ValueSetEntry.getDefaultInstance())
                            .build()))
                    .hasSize(2);
            rig.frame(A, B, 0x9001);
            rig.frame(A, B, 0x9003);
            assertThat(rig.sent(1, 1))
                    .singleElement()
                    .satisfies(frame -> assertThat(frame).startsWith(A + B + "9003"));
            assertThat(codes(request(
                            5,
                            of(Update.Type.INSERT, both),
                            of(Update.Type.MODIFY, values("refused", type("9001"), type("9001"))),
                            of(Update.Type.MODIFY, values("refused", type("9001"), type("9002"), type("9003"))),
                            of(Update.Type.MODIFY, values("refused", ValueSetMember.getDefaultInstance())),
                            of(Update.Type.MODIFY, values("refused", type("019001"))),
                            of(Update.Type.MODIFY, values("kinds", kind())))))
                    .containsExactly(
                            Code.INVALID_ARGUMENT,
                            Code.ALREADY_EXISTS,
                            Code.RESOURCE_EXHAUSTED,
                            Code.INVALID_ARGUMENT,
                            Code.OUT_OF_RANGE,
                            Code.OK);
            assertThat(membersOf(rig.read(values("refused")))).hasSize(2);
            assertThat(membersOf(rig.read(values("kinds")))).containsExactly(kind());
            rig.write(5, of(Update.Type.MODIFY, values("refused")), of(Update.Type.MODIFY, values("kinds")));
            rig.frame(A, B, 0x9001);
            assertThat(rig.sent(1, 2)).hasSize(2);
        }
    }

    private Entity values(String set, ValueSetMember... members) {
        return Entity.newBuilder()
                .setValueSetEntry(ValueSetEntry.newBuilder()
                        .setValueSetId(rig.valueSet(set))
                        .addAllMembers(List.of(members)))
                .build();
    }

    private static List<ValueSetMember> membersOf(List<Entity> read) {
        assertThat(read).hasSize(1);
        return read.getFirst().getValueSetEntry().getMembersList();
    }

    private static ValueSetMember type(String type) {
        return ValueSetMember.newBuilder()
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(1)
                        .setExact(FieldMatch.Exact.newBuilder().setValue(hex(type))))
                .build();
    }

    private static ValueSetMember kind() {
        return ValueSetMember.newBuilder()
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(1)
                        .setTernary(FieldMatch.Ternary.newBuilder()
                                .setValue(hex("9000"))
                                .setMask(hex("f000"))))
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(2)
                        .setExact(FieldMatch.Exact.newBuilder().setValue(hex(C))))
                .build();
    }

    @Test
    void cloneSession_sendsCopies() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            CloneSessionEntry.Builder session = session(7)
                    .addReplicas(replica("00", 1))
                    .addReplicas(replica("01", 2))
                    .setPacketLengthBytes(14);
            rig.write(5, of(Update.Type.INSERT, clone(session)));
            assertThat(rig.read(clone(session(0)))).containsExactly(clone(session));
            assertThat(rig.read(clone(session(7)))).containsExactly(clone(session));
            assertThat(rig.read(clone(session(8)))).isEmpty();
            rig.frame(A, B, 0x9007);
            assertThat(rig.sent(0, 1)).containsExactly(A + B + "9007");
            assertThat(rig.sent(1, 1)).containsExactly(A + B + "9007");
            rig.write(5, of(Update.Type.MODIFY, clone(session(7).addReplicas(replica("01", 0)))));
            rig.frame(A, C, 0x9007);
            assertThat(rig.sent(1, 2).getLast()).startsWith(A + C + "9007").hasSizeGreaterThan(28);
            assertThat(rig.sent(0, 1)).hasSize(1);
            rig.write(5, of(Update.Type.DELETE, clone(session(7))));
            assertThat(rig.read(clone(session(0)))).isEmpty();
        }
    }

    private static CloneSessionEntry.Builder session(int id) {
        return CloneSessionEntry.newBuilder().setSessionId(id);
    }

    private static Replica.Builder replica(String port, int instance) {
        return Replica.newBuilder().setPort(hex(port)).setInstance(instance);
    }

    private static Entity clone(CloneSessionEntry.Builder session) {
        return Entity.newBuilder()
                .setPacketReplicationEngineEntry(
                        PacketReplicationEngineEntry.newBuilder().setCloneSessionEntry(session))
                .build();
    }

    @Test
    void cloneSession_thatCannotBe_hasTheStandardsCode() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            Entity multicast = Entity.newBuilder()
                    .setPacketReplicationEngineEntry(PacketReplicationEngineEntry.newBuilder()
                            .setMulticastGroupEntry(
                                    MulticastGroupEntry.newBuilder().setMulticastGroupId(1)))
                    .build();
            assertThat(codes(request(
                            5,
                            of(Update.Type.INSERT, clone(session(0))),
                            of(Update.Type.MODIFY, clone(session(7))),
                            of(Update.Type.INSERT, clone(session(7).addReplicas(replica("02", 0)))),
                            of(Update.Type.INSERT, clone(session(7).addReplicas(replica("fffffffd", 0)))),
                            of(Update.Type.INSERT, clone(session(7).addReplicas(replica("01", 1 << 16)))),
                            of(Update.Type.INSERT, clone(session(7).setClassOfService(1))),
                            of(Update.Type.INSERT, clone(session(7).setPacketLengthBytes(-1))),
                            of(Update.Type.INSERT, clone(session(1 << 16))),
                            of(
                                    Update.Type.INSERT,
                                    clone(session(7)
                                            .addReplicas(replica("01", 1))
                                            .addReplicas(replica("01", 1)))),
                            of(Update.Type.INSERT, multicast),
                            of(
                                    Update.Type.INSERT,
                                    Entity.newBuilder()
                                            .setExternEntry(ExternEntry.getDefaultInstance())
                                            .build()))))
                    .containsExactly(
                            Code.INVALID_ARGUMENT,
                            Code.NOT_FOUND,
                            Code.INVALID_ARGUMENT,
                            Code.UNIMPLEMENTED,
                            Code.INVALID_ARGUMENT,
                            Code.UNIMPLEMENTED,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.UNIMPLEMENTED,
                            Code.UNIMPLEMENTED);
            assertThat(code(() -> rig.read(multicast))).isEqualTo(Status.Code.UNIMPLEMENTED);
        }
    }

    @Test
    void programThatReplaces_keepsWhatMeansTheSame_whereItIsAsked() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            Entity refused = values("refused", type("9001"));
            CloneSessionEntry.Builder session = session(7).addReplicas(replica("01", 0));
            rig.write(
                    5,
                    of(Update.Type.INSERT, entity(member(1, "01"))),
                    of(Update.Type.INSERT, entity(group(5, 1, 2))),
                    update(Update.Type.INSERT, way(A).setAction(toGroup(5))),
                    update(Update.Type.INSERT, rig.exact("few", B).setAction(set(0, 1))),
                    of(Update.Type.MODIFY, refused),
                    of(Update.Type.INSERT, clone(session)));
            List<Entity> before = everything();
            set(SetForwardingPipelineConfigRequest.Action.RECONCILE_AND_COMMIT, "size = 16;", "size = 20;");
            assertThat(everything()).isEqualTo(before);
            rig.frame(A, C, 0x9003);
            assertThat(rig.sent(1, 1)).hasSize(1);
            set(SetForwardingPipelineConfigRequest.Action.VERIFY_AND_COMMIT, "size = 16;", "size = 30;");
            assertThat(everything())
                    .allSatisfy(each ->
                            assertThat(each.getValueSetEntry().getMembersList()).isEmpty());
            assertThat(everything()).hasSize(2);
        }
    }

    private List<Entity> everything() {
        List<Entity> all = new ArrayList<>(rig.read(
                entity(ActionProfileMember.newBuilder()),
                entity(ActionProfileGroup.newBuilder()),
                Entity.newBuilder()
                        .setValueSetEntry(ValueSetEntry.getDefaultInstance())
                        .build(),
                clone(session(0))));
        Set<Integer> tables = new TreeSet<>(Set.of(rig.table("ways"), rig.table("few")));
        for (int table : tables) {
            all.addAll(rig.read(Entity.newBuilder()
                    .setTableEntry(TableEntry.newBuilder().setTableId(table))
                    .build()));
        }
        return all;
    }

    private void set(SetForwardingPipelineConfigRequest.Action action, String what, String by) {
        String source = SelectorProgram.SOURCE.replace(what, by);
        var _ = rig.calls.setForwardingPipelineConfig(rig.pipeline(5, action)
                .setConfig(rig.config().toBuilder()
                        .setP4Info(TestProgram.info(source))
                        .setP4DeviceConfig(ByteString.copyFromUtf8(source)))
                .build());
    }
}
