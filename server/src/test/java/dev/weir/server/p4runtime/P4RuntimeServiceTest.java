package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.hex;
import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static dev.weir.server.p4runtime.P4RuntimeRig.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.v1.CapabilitiesRequest;
import dev.weir.api.p4.v1.CounterData;
import dev.weir.api.p4.v1.CounterEntry;
import dev.weir.api.p4.v1.DigestEntry;
import dev.weir.api.p4.v1.DigestListAck;
import dev.weir.api.p4.v1.DirectCounterEntry;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.Error;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.api.p4.v1.GetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.Index;
import dev.weir.api.p4.v1.MeterConfig;
import dev.weir.api.p4.v1.MeterEntry;
import dev.weir.api.p4.v1.P4Data;
import dev.weir.api.p4.v1.PacketMetadata;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.ReadRequest;
import dev.weir.api.p4.v1.RegisterEntry;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest.Action;
import dev.weir.api.p4.v1.StreamMessageRequest;
import dev.weir.api.p4.v1.StreamMessageResponse;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.WriteRequest;
import dev.weir.api.v1.EntryEvent;
import dev.weir.api.v1.EntryEvents;
import dev.weir.api.v1.WatchEntries;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P4Runtime over a real channel, to a program in a data plane through which frames go. */
final class P4RuntimeServiceTest {
    private static final String A = "0a0000000001", B = "0a0000000002", C = "0a0000000003";

    private final P4RuntimeRig rig = new P4RuntimeRig();

    @AfterEach
    void close() {
        rig.close();
        assertThat(rig.log()).doesNotContain("internal error");
    }

    private static Status.Code code(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        StatusRuntimeException why = catchThrowableOfType(StatusRuntimeException.class, call);
        return why == null ? Status.Code.OK : why.getStatus().getCode();
    }

    /** The code of each update of a Write. */
    private List<Code> codes(WriteRequest.Builder request) {
        StatusRuntimeException why =
                catchThrowableOfType(StatusRuntimeException.class, () -> rig.calls.write(request.build()));
        if (why == null) return List.of();
        assertThat(why.getStatus().getCode())
                .as(String.valueOf(why.getMessage()))
                .isEqualTo(Status.Code.UNKNOWN);
        List<Code> codes = new ArrayList<>();
        com.google.rpc.Status status = StatusProto.fromThrowable(why);
        try {
            for (var detail : status.getDetailsList()) {
                codes.add(Code.forNumber(detail.unpack(Error.class).getCanonicalCode()));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return codes;
    }

    private Update insert(String mac, String port) {
        return update(Update.Type.INSERT, rig.host(mac).setAction(rig.call("send", port)));
    }

    @Test
    void stream_ofAnUnknownDevice_ends() {
        try (TestController controller = new TestController(rig, "")) {
            assertThat(controller.arbitrate(9, 1)).isEqualTo(Code.NOT_FOUND);
        }
    }

    @Test
    void stream_withAnIdThatIsTaken_ends() {
        try (TestController one = rig.controller(5);
                TestController other = new TestController(rig, "")) {
            assertThat(other.arbitrate(5)).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(one.arbitrate(5)).isEqualTo(Code.OK);
        }
    }

    @Test
    void stream_thatChangesItsDevice_ends() {
        try (TestController controller = rig.controller(5)) {
            assertThat(controller.arbitrate(2, 5)).isEqualTo(Code.FAILED_PRECONDITION);
        }
    }

    @Test
    void primary_thatGoes_isToldOfToTheOthers() {
        TestController one = rig.controller(5);
        try (TestController other = new TestController(rig, "")) {
            assertThat(other.arbitrate(3)).isEqualTo(Code.ALREADY_EXISTS);
            one.close();
            other.await(told -> told.getArbitration().getStatus().getCode() == Code.NOT_FOUND_VALUE);
            assertThat(code(() -> rig.write(5, insert(A, "01")))).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(other.arbitrate(6)).isEqualTo(Code.OK);
        }
    }

    @Test
    void roles_haveAPrimaryEach() {
        try (TestController _ = rig.controller(5);
                TestController other = new TestController(rig, "other")) {
            assertThat(other.arbitrate(1)).isEqualTo(Code.OK);
            rig.run(5);
            WriteRequest.Builder mine = request(1, insert(A, "01")).setRole("other");
            assertThat(codes(mine)).isEmpty();
            assertThat(code(() -> rig.calls.write(request(1).setRole("third").build())))
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void calls_areCheckedInTheOrderOfTheStandard() {
        assertThat(code(() -> rig.calls.write(request(5).setDeviceId(9).build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> rig.write(5))).isEqualTo(Status.Code.PERMISSION_DENIED);
        try (TestController _ = rig.controller(5)) {
            assertThat(code(() -> rig.write(4))).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(code(() -> rig.write(5))).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(code(() -> rig.read(Entity.newBuilder()
                            .setTableEntry(TableEntry.newBuilder())
                            .build())))
                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
        }
    }

    @Test
    void capabilities_nameTheVersion() {
        assertThat(rig.calls
                        .capabilities(CapabilitiesRequest.getDefaultInstance())
                        .getP4RuntimeApiVersion())
                .isEqualTo("1.5.0");
        assertThat(code(() -> rig.calls.capabilities(
                        CapabilitiesRequest.newBuilder().setDeviceId(9).build())))
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void pipeline_isVerifiedSavedCommittedAndRead() {
        var get = GetForwardingPipelineConfigRequest.newBuilder().setDeviceId(1).build();
        try (TestController _ = rig.controller(5)) {
            assertThat(rig.calls.getForwardingPipelineConfig(get).hasConfig()).isFalse();
            assertThat(set(Action.VERIFY, rig.config())).isEqualTo(Status.Code.OK);
            assertThat(set(Action.COMMIT, null)).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(set(Action.VERIFY_AND_SAVE, rig.config())).isEqualTo(Status.Code.OK);
            rig.write(5, insert(A, "01"));
            assertThat(set(Action.COMMIT, rig.config())).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(set(Action.COMMIT, null)).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(TableEntry.newBuilder())).hasSize(2); // and the constant one
            assertThat(rig.calls.getForwardingPipelineConfig(get).getConfig()).isEqualTo(rig.config());
            assertThat(rig.calls
                            .getForwardingPipelineConfig(get.toBuilder()
                                    .setResponseType(GetForwardingPipelineConfigRequest.ResponseType.COOKIE_ONLY)
                                    .build())
                            .getConfig())
                    .isEqualTo(ForwardingPipelineConfig.newBuilder()
                            .setCookie(rig.config().getCookie())
                            .build());
            assertThat(set(Action.VERIFY_AND_COMMIT, rig.config())).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(TableEntry.newBuilder())).hasSize(1);
        }
    }

    @Test
    void pipeline_thatIsReconciled_keepsItsEntries() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(5, insert(A, "01"));
            var other = rig.config().toBuilder()
                    .setP4DeviceConfig(ByteString.copyFromUtf8(
                            TestProgram.SOURCE.replace("h.to.reason = 7;", "h.to.reason = 8;")));
            assertThat(set(Action.RECONCILE_AND_COMMIT, other.build())).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(rig.host(A))).hasSize(1);
            assertThat(set(Action.VERIFY_AND_COMMIT, other.build())).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(rig.host(A))).isEmpty();
        }
    }

    private Status.Code set(Action action, @org.jspecify.annotations.Nullable ForwardingPipelineConfig config) {
        var request = rig.pipeline(5, action);
        if (config != null) request.setConfig(config);
        return code(() -> rig.calls.setForwardingPipelineConfig(request.build()));
    }

    @Test
    void pipeline_thatIsNoProgram_saysWhere() {
        try (TestController _ = rig.controller(5)) {
            var config = rig.config().toBuilder()
                    .setP4DeviceConfig(
                            ByteString.copyFromUtf8(TestProgram.SOURCE.replace("h.e.dst: exact", "h.e.dts: exact")));
            StatusRuntimeException why = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> rig.calls.setForwardingPipelineConfig(
                            rig.pipeline(5, Action.VERIFY).setConfig(config).build()));
            assertThat(why.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(why.getStatus().getDescription()).contains("unknown-member", "dts", "^^^");
        }
    }

    @Test
    void pipeline_whoseInfoIsOfAnother_saysWhere() {
        try (TestController _ = rig.controller(5)) {
            P4Info.Builder other = rig.info.toBuilder();
            other.getTablesBuilder(0).getMatchFieldsBuilder(0).setBitwidth(32);
            StatusRuntimeException why = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> rig.calls.setForwardingPipelineConfig(rig.pipeline(5, Action.VERIFY)
                            .setConfig(rig.config().toBuilder().setP4Info(other))
                            .build()));
            assertThat(why.getStatus().getDescription())
                    .contains("p4info.tables[C.hosts].match_fields[id 1].bitwidth: is 32, in the program 48");
        }
    }

    @Test
    void entry_thatIsWritten_isReadAsItWasAndSendsFrames() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder entry = rig.host(A)
                    .setAction(rig.call("send", "01"))
                    .setMetadata(ByteString.copyFrom(new byte[] {1, -1}))
                    .setIdleTimeoutNs(3_000_000_000_000L);
            rig.write(5, update(Update.Type.INSERT, entry));

            assertThat(rig.entries(rig.host(A))).containsExactly(entry.build());
            rig.frame(A, B, 0x9001);
            assertThat(rig.sent(1, 1)).hasSize(1);

            TableEntry counted = rig.entries(rig.host(A)
                            .setCounterData(CounterData.getDefaultInstance())
                            .setTimeSinceLastHit(TableEntry.IdleTimeout.getDefaultInstance()))
                    .getFirst();
            assertThat(counted.getCounterData().getPacketCount()).isEqualTo(1);
            assertThat(counted.hasTimeSinceLastHit()).isTrue();
        }
    }

    @Test
    void updates_haveACodeEach() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(5, insert(A, "01"));
            assertThat(codes(request(
                            5,
                            insert(A, "00"),
                            insert(B, "01"),
                            update(Update.Type.DELETE, rig.host(C)),
                            update(Update.Type.INSERT, rig.host(C).setAction(rig.call("miss"))),
                            update(Update.Type.INSERT, rig.host(C).setAction(rig.call("mark", "01"))),
                            update(Update.Type.INSERT, rig.host("01" + C).setAction(rig.call("drop"))),
                            update(
                                    Update.Type.INSERT,
                                    rig.host(C).setPriority(1).setAction(rig.call("drop"))),
                            update(Update.Type.INSERT, TableEntry.newBuilder().setTableId(7)),
                            update(Update.Type.DELETE, rig.host(A)))))
                    .containsExactly(
                            Code.ALREADY_EXISTS,
                            Code.OK,
                            Code.NOT_FOUND,
                            Code.PERMISSION_DENIED,
                            Code.INVALID_ARGUMENT,
                            Code.OUT_OF_RANGE,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.OK);
            assertThat(rig.entries(TableEntry.newBuilder().setTableId(rig.table("hosts"))))
                    .hasSize(1);
        }
    }

    @Test
    void batch_thatIsRolledBack_leavesNothing() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(5, insert(A, "01"));
            for (var atomicity :
                    List.of(WriteRequest.Atomicity.ROLLBACK_ON_ERROR, WriteRequest.Atomicity.DATAPLANE_ATOMIC)) {
                assertThat(codes(request(5, insert(B, "01"), insert(A, "01"), insert(C, "01"))
                                .setAtomicity(atomicity)))
                        .containsExactly(Code.ABORTED, Code.ALREADY_EXISTS, Code.ABORTED);
                assertThat(rig.entries(TableEntry.newBuilder().setTableId(rig.table("hosts"))))
                        .hasSize(1);
            }
            assertThat(codes(request(5, insert(B, "01"), insert(C, "01"))
                            .setAtomicity(WriteRequest.Atomicity.DATAPLANE_ATOMIC)))
                    .isEmpty();
            assertThat(rig.entries(TableEntry.newBuilder().setTableId(rig.table("hosts"))))
                    .hasSize(3);
        }
    }

    @Test
    void table_thatIsFull_saysSo() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            Update[] updates = new Update[17];
            for (int i = 0; i < updates.length; i++) updates[i] = insert(String.format("%02x", i + 1), "01");
            assertThat(codes(request(5, updates))).containsOnlyOnce(Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void defaultEntry_isModifiedReadAndSetBack() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder miss =
                    TableEntry.newBuilder().setTableId(rig.table("hosts")).setIsDefaultAction(true);
            TableEntry before = rig.entries(miss).getFirst();
            rig.write(5, update(Update.Type.MODIFY, miss.clone().setAction(rig.call("send", "01"))));
            assertThat(rig.entries(miss).getFirst().getAction()).isEqualTo(rig.call("send", "01"));
            rig.frame(C, A, 0x9001);
            assertThat(rig.sent(1, 1)).hasSize(1);
            rig.write(5, update(Update.Type.MODIFY, miss.clone()));
            assertThat(rig.entries(miss).getFirst()).isEqualTo(before);
            assertThat(codes(request(
                            5,
                            update(Update.Type.INSERT, miss.clone()),
                            update(
                                    Update.Type.MODIFY,
                                    miss.clone().setTableId(rig.table("routes")).setAction(rig.call("drop"))))))
                    .containsExactly(Code.INVALID_ARGUMENT, Code.PERMISSION_DENIED);
        }
    }

    private TableEntry.Builder rule(int priority) {
        return TableEntry.newBuilder()
                .setTableId(rig.table("rules"))
                .setPriority(priority)
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(2)
                        .setRange(FieldMatch.Range.newBuilder()
                                .setLow(hex("9000"))
                                .setHigh(hex("9002"))));
    }

    @Test
    void entries_withPriorities_winByTheLargest() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder masked = rule(20).addMatch(FieldMatch.newBuilder()
                            .setFieldId(1)
                            .setTernary(FieldMatch.Ternary.newBuilder()
                                    .setValue(hex("0a0000000000"))
                                    .setMask(hex("ff0000000000"))))
                    .setAction(rig.call("mark", "1234"));
            rig.write(
                    5,
                    update(Update.Type.INSERT, rule(10).setAction(rig.call("mark", "0001"))),
                    update(Update.Type.INSERT, masked),
                    update(Update.Type.INSERT, rule(Integer.MAX_VALUE / 4096).setAction(rig.call("NoAction"))),
                    update(Update.Type.DELETE, rule(Integer.MAX_VALUE / 4096)));
            rig.frame(C, A, 0x9002);
            assertThat(rig.sent(1, 1).getFirst()).startsWith(C + A + "1234");
            assertThat(rig.entries(TableEntry.newBuilder()
                            .setTableId(rig.table("rules"))
                            .setPriority(20)))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.getMatchList()).hasSize(2));
            assertThat(codes(request(
                            5,
                            update(Update.Type.INSERT, rule(0).setAction(rig.call("drop"))),
                            update(
                                    Update.Type.INSERT,
                                    rule(1).addMatch(FieldMatch.newBuilder()
                                                    .setFieldId(1)
                                                    .setTernary(FieldMatch.Ternary.newBuilder()
                                                            .setValue(hex("01"))
                                                            .setMask(hex("02"))))
                                            .setAction(rig.call("drop"))))))
                    .containsExactly(Code.INVALID_ARGUMENT, Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void prefixes_haveMetersOfTheirOwn() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            MeterConfig rates = MeterConfig.newBuilder()
                    .setCir(1000)
                    .setCburst(2000)
                    .setPir(3000)
                    .setPburst(4000)
                    .build();
            TableEntry.Builder route = TableEntry.newBuilder()
                    .setTableId(rig.table("routes"))
                    .addMatch(FieldMatch.newBuilder()
                            .setFieldId(1)
                            .setLpm(FieldMatch.LPM
                                    .newBuilder()
                                    .setValue(hex("0a0000000000"))
                                    .setPrefixLen(8)));
            rig.write(
                    5,
                    update(
                            Update.Type.INSERT,
                            route.clone()
                                    .setAction(rig.call("send_metered", "01"))
                                    .setMeterConfig(rates)));
            assertThat(rig.entries(route.clone().setMeterConfig(MeterConfig.getDefaultInstance()))
                            .getFirst()
                            .getMeterConfig())
                    .isEqualTo(rates);
            rig.write(5, update(Update.Type.MODIFY, route.clone()));
            assertThat(rig.entries(route.clone().setMeterConfig(MeterConfig.getDefaultInstance()))
                            .getFirst()
                            .hasMeterConfig())
                    .isFalse();
        }
    }

    @Test
    void constantEntries_stay() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            List<TableEntry> fixed = rig.entries(TableEntry.newBuilder().setTableId(rig.table("fixed")));
            assertThat(fixed)
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.getIsConst()).isTrue());
            assertThat(codes(request(
                            5,
                            update(
                                    Update.Type.DELETE,
                                    fixed.getFirst().toBuilder().setIsConst(false)))))
                    .containsExactly(Code.PERMISSION_DENIED);
        }
    }

    @Test
    void cells_areReadAndWritten() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            int counter = rig.info.getCounters(0).getPreamble().getId();
            int register = rig.info.getRegisters(0).getPreamble().getId();
            int meter = rig.info.getMeters(0).getPreamble().getId();
            rig.frame(A, B, 0x9005);
            Entity third = Entity.newBuilder()
                    .setCounterEntry(CounterEntry.newBuilder()
                            .setCounterId(counter)
                            .setIndex(Index.newBuilder().setIndex(3)))
                    .build();
            assertThat(Waiting.until(
                            () -> rig.read(third)
                                    .getFirst()
                                    .getCounterEntry()
                                    .getData()
                                    .getPacketCount(),
                            n -> n == 1))
                    .isEqualTo(1);
            assertThat(rig.read(Entity.newBuilder()
                            .setRegisterEntry(RegisterEntry.newBuilder().setRegisterId(register))
                            .build()))
                    .extracting(each -> each.getRegisterEntry().getData().getBitstring())
                    .containsExactly(hex("00"), hex("00"), hex(B), hex("00"));
            Entity set = Entity.newBuilder()
                    .setRegisterEntry(RegisterEntry.newBuilder()
                            .setRegisterId(register)
                            .setIndex(Index.newBuilder().setIndex(1))
                            .setData(P4Data.newBuilder().setBitstring(hex("0102"))))
                    .build();
            rig.write(
                    5,
                    modify(set),
                    modify(Entity.newBuilder()
                            .setMeterEntry(MeterEntry.newBuilder()
                                    .setMeterId(meter)
                                    .setIndex(Index.newBuilder().setIndex(2))
                                    .setConfig(MeterConfig.newBuilder()
                                            .setCir(1)
                                            .setCburst(2)
                                            .setPir(3)
                                            .setPburst(4)))
                            .build()));
            assertThat(rig.read(set)).containsExactly(set);
            assertThat(rig.read(Entity.newBuilder()
                            .setMeterEntry(MeterEntry.newBuilder())
                            .build()))
                    .extracting(each -> each.getMeterEntry().hasConfig())
                    .containsExactly(false, false, true, false);
            assertThat(codes(request(
                            5,
                            modify(Entity.newBuilder()
                                    .setCounterEntry(CounterEntry.newBuilder()
                                            .setCounterId(counter)
                                            .setIndex(Index.newBuilder().setIndex(8)))
                                    .build()))))
                    .containsExactly(Code.OUT_OF_RANGE);
        }
    }

    private static Update modify(Entity entity) {
        return Update.newBuilder().setType(Update.Type.MODIFY).setEntity(entity).build();
    }

    @Test
    void directCounters_areReadByTheirEntries() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(
                    5,
                    update(
                            Update.Type.INSERT,
                            rig.host(A)
                                    .setAction(rig.call("send", "01"))
                                    .setCounterData(CounterData.newBuilder()
                                            .setPacketCount(7)
                                            .setByteCount(8))));
            Entity wanted = Entity.newBuilder()
                    .setDirectCounterEntry(DirectCounterEntry.newBuilder().setTableEntry(rig.host(A)))
                    .build();
            assertThat(rig.read(wanted)
                            .getFirst()
                            .getDirectCounterEntry()
                            .getData()
                            .getPacketCount())
                    .isEqualTo(7);
            assertThat(code(() -> rig.read(Entity.newBuilder()
                            .setDirectCounterEntry(
                                    DirectCounterEntry.newBuilder().setTableEntry(rig.host(B)))
                            .build())))
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void read_ofNothing_isRefused() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            assertThat(code(() -> rig.read(Entity.getDefaultInstance()))).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(code(() -> rig.calls
                            .read(ReadRequest.newBuilder().setDeviceId(2).build())
                            .forEachRemaining(_ -> {})))
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void digests_comeInListsOnceUntilAcknowledged() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            int digest = rig.info.getDigests(0).getPreamble().getId();
            rig.write(
                    5,
                    Update.newBuilder()
                            .setType(Update.Type.INSERT)
                            .setEntity(Entity.newBuilder()
                                    .setDigestEntry(DigestEntry.newBuilder()
                                            .setDigestId(digest)
                                            .setConfig(DigestEntry.Config.newBuilder()
                                                    .setMaxListSize(1)
                                                    .setAckTimeoutNs(60_000_000_000L))))
                            .build());
            rig.frame(A, B, 0x9004);
            rig.frame(A, B, 0x9004);
            rig.frame(A, C, 0x9004);
            var first = controller.await(StreamMessageResponse::hasDigest).getDigest();
            controller.await(told -> told.hasDigest() && told.getDigest().getListId() != first.getListId());
            assertThat(controller.told().stream().filter(StreamMessageResponse::hasDigest))
                    .extracting(told -> told.getDigest()
                            .getData(0)
                            .getStruct()
                            .getMembers(0)
                            .getBitstring())
                    .containsExactly(hex(B), hex(C));
            controller.send(StreamMessageRequest.newBuilder()
                    .setDigestAck(DigestListAck.newBuilder().setDigestId(digest).setListId(first.getListId()))
                    .build());
            controller.send(StreamMessageRequest.newBuilder()
                    .setDigestAck(DigestListAck.newBuilder().setDigestId(1))
                    .build());
            controller.await(StreamMessageResponse::hasError);
            rig.frame(A, B, 0x9004);
            controller.await(told -> told.hasDigest() && told.getDigest().getListId() == first.getListId() + 2);
        }
    }

    @Test
    void frames_forTheController_comeWithTheirHeader() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            rig.frame(A, B, 0x9003);
            var in = controller.await(StreamMessageResponse::hasPacket).getPacket();
            assertThat(in.getPayload()).isEqualTo(hex(A + B + "9003" + "00".repeat(46)));
            assertThat(in.getMetadataList())
                    .containsExactly(
                            PacketMetadata.newBuilder()
                                    .setMetadataId(1)
                                    .setValue(hex("00"))
                                    .build(),
                            PacketMetadata.newBuilder()
                                    .setMetadataId(2)
                                    .setValue(hex("07"))
                                    .build());
        }
    }

    @Test
    void packets_ofTheController_leaveByThePortOfTheirHeader() {
        try (TestController controller = rig.controller(5);
                TestController backup = new TestController(rig, "")) {
            rig.run(5);
            backup.arbitrate(4);
            PacketOut.Builder out = PacketOut.newBuilder()
                    .setPayload(hex(A + B + "0800" + "00".repeat(46)))
                    .addMetadata(PacketMetadata.newBuilder().setMetadataId(1).setValue(hex("01")))
                    .addMetadata(PacketMetadata.newBuilder().setMetadataId(2).setValue(hex("00")))
                    .addMetadata(PacketMetadata.newBuilder().setMetadataId(3).setValue(hex("01")));
            controller.send(out.build());
            assertThat(rig.sent(1, 1)).containsExactly(A + B + "0800" + "00".repeat(46));
            controller.send(out.removeMetadata(0).build());
            assertThat(controller
                            .await(StreamMessageResponse::hasError)
                            .getError()
                            .getCanonicalCode())
                    .isEqualTo(Code.INVALID_ARGUMENT_VALUE);
            backup.send(out.build());
            assertThat(backup.await(StreamMessageResponse::hasError).getError().getCanonicalCode())
                    .isEqualTo(Code.PERMISSION_DENIED_VALUE);
        }
    }

    @Test
    void idleEntry_isToldToThePrimaryAndStays() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            rig.write(
                    5,
                    update(
                            Update.Type.INSERT,
                            rig.host(A).setAction(rig.call("drop")).setIdleTimeoutNs(50_000_000)));
            for (int i = 0; i < 20; i++) rig.flow();
            var told = controller
                    .await(StreamMessageResponse::hasIdleTimeoutNotification)
                    .getIdleTimeoutNotification();
            assertThat(told.getTableEntry(0).getMatchList())
                    .isEqualTo(rig.host(A).getMatchList());
            assertThat(told.getTableEntry(0).getIdleTimeoutNs()).isEqualTo(50_000_000);
            assertThat(rig.entries(rig.host(A))).hasSize(1);
            assertThat(codes(request(
                            5,
                            update(
                                    Update.Type.INSERT,
                                    TableEntry.newBuilder()
                                            .setTableId(rig.table("fixed"))
                                            .setIdleTimeoutNs(1)))))
                    .containsExactly(Code.PERMISSION_DENIED);
            assertThat(codes(request(
                            5,
                            update(
                                    Update.Type.INSERT,
                                    rule(1).setAction(rig.call("drop")).setIdleTimeoutNs(1)))))
                    .containsExactly(Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void entries_areToldOf_toThoseWhoWatch() throws InvalidProtocolBufferException {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            controller.other(WatchEntries.newBuilder().setAllAuthors(true).build());
            controller.other(com.google.protobuf.Empty.getDefaultInstance());
            controller.await(StreamMessageResponse::hasError); // what was sent before it is in force
            rig.write(5, insert(A, "01"));
            EntryEvents events =
                    controller.await(StreamMessageResponse::hasOther).getOther().unpack(EntryEvents.class);
            assertThat(events.getEvents(0).getKind()).isEqualTo(EntryEvent.Kind.CREATED);
            assertThat(events.getEvents(0).getAuthor()).isEqualTo(EntryEvent.Author.CONTROLLER);
            assertThat(events.getEvents(0).getEntry().getMatchList())
                    .isEqualTo(rig.host(A).getMatchList());
        }
    }
}
