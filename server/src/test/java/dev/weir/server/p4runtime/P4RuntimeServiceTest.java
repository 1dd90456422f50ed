package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.hex;
import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static dev.weir.server.p4runtime.P4RuntimeRig.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.CounterData;
import dev.weir.api.p4.v1.CounterEntry;
import dev.weir.api.p4.v1.DirectCounterEntry;
import dev.weir.api.p4.v1.DirectMeterEntry;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.Index;
import dev.weir.api.p4.v1.MeterConfig;
import dev.weir.api.p4.v1.MeterCounterData;
import dev.weir.api.p4.v1.MeterEntry;
import dev.weir.api.p4.v1.P4Data;
import dev.weir.api.p4.v1.ReadRequest;
import dev.weir.api.p4.v1.RegisterEntry;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.WriteRequest;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entities that are written and read. */
final class P4RuntimeServiceTest extends P4RuntimeCalls {
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

    private static MeterCounterData colored(long green, long yellow, long red) {
        return MeterCounterData.newBuilder()
                .setGreen(counted(green))
                .setYellow(counted(yellow))
                .setRed(counted(red))
                .build();
    }

    /** Frames of sixty octets. */
    private static CounterData counted(long packets) {
        return CounterData.newBuilder()
                .setPacketCount(packets)
                .setByteCount(60 * packets)
                .build();
    }

    private static Entity meter(int id, int index) {
        return Entity.newBuilder()
                .setMeterEntry(MeterEntry.newBuilder()
                        .setMeterId(id)
                        .setIndex(Index.newBuilder().setIndex(index))
                        .setCounterData(MeterCounterData.getDefaultInstance()))
                .build();
    }

    @Test
    void meters_countTheirColors() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            int id = rig.info.getMeters(0).getPreamble().getId();
            for (int i = 0; i < 3; i++) rig.frame(A, B, 0x9005);
            MeterEntry read = Waiting.until(
                    () -> rig.read(meter(id, 1)).getFirst().getMeterEntry(),
                    each -> each.getCounterData().getGreen().getPacketCount() == 3);
            assertThat(read.getCounterData()).isEqualTo(colored(3, 0, 0));
            assertThat(rig.read(Entity.newBuilder()
                            .setMeterEntry(MeterEntry.newBuilder().setMeterId(id))
                            .build()))
                    .as("nobody asked for them")
                    .noneMatch(each -> each.getMeterEntry().hasCounterData());
            MeterEntry set = read.toBuilder()
                    .setCounterData(colored(7, 8, 9))
                    .clearConfig()
                    .build();
            rig.write(5, modify(Entity.newBuilder().setMeterEntry(set).build()));
            assertThat(rig.read(meter(id, 1)).getFirst().getMeterEntry()).isEqualTo(set);
            assertThat(rig.read(meter(id, 0)).getFirst().getMeterEntry().getCounterData())
                    .isEqualTo(colored(0, 0, 0));
            assertThat(codes(request(
                            5,
                            modify(Entity.newBuilder()
                                    .setMeterEntry(set.toBuilder()
                                            .setCounterData(MeterCounterData.newBuilder()
                                                    .setRed(CounterData.newBuilder()
                                                            .setByteCount(-1))))
                                    .build()))))
                    .containsExactly(Code.INVALID_ARGUMENT);
            rig.run(5);
            assertThat(rig.read(meter(id, 1)).getFirst().getMeterEntry().getCounterData())
                    .as("a program begins anew")
                    .isEqualTo(colored(0, 0, 0));
        }
    }

    /** A burst of two frames, and rates of next to nothing: two are green, two yellow, the rest red. */
    @Test
    void metersOfEntries_countTheirColors() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder route = TableEntry.newBuilder()
                    .setTableId(rig.table("routes"))
                    .addMatch(FieldMatch.newBuilder()
                            .setFieldId(1)
                            .setLpm(FieldMatch.LPM
                                    .newBuilder()
                                    .setValue(hex("0a0000000000"))
                                    .setPrefixLen(8)));
            MeterConfig rates = MeterConfig.newBuilder()
                    .setCir(1)
                    .setCburst(150)
                    .setPir(1)
                    .setPburst(270)
                    .build();
            rig.write(
                    5,
                    update(
                            Update.Type.INSERT,
                            route.clone()
                                    .setAction(rig.call("send_metered", "01"))
                                    .setMeterConfig(rates)));
            for (int i = 0; i < 5; i++) rig.frame(A, B, 0x9006);
            assertThat(rig.sent(1, 5)).hasSize(5);
            TableEntry.Builder asked = route.clone().setMeterCounterData(MeterCounterData.getDefaultInstance());
            assertThat(rig.entries(asked).getFirst().getMeterCounterData()).isEqualTo(colored(2, 2, 1));
            DirectMeterEntry.Builder direct = DirectMeterEntry.newBuilder()
                    .setTableEntry(route)
                    .setConfig(rates)
                    .setCounterData(colored(1, 1, 1));
            rig.write(5, modify(Entity.newBuilder().setDirectMeterEntry(direct).build()));
            assertThat(rig.entries(asked).getFirst().getMeterCounterData()).isEqualTo(colored(1, 1, 1));
            rig.write(5, update(Update.Type.MODIFY, route.clone()));
            assertThat(rig.entries(asked).getFirst().getMeterCounterData())
                    .as("rates come and go")
                    .isEqualTo(colored(1, 1, 1));
            assertThat(codes(request(
                            5,
                            update(
                                    Update.Type.INSERT,
                                    rig.host(A)
                                            .setAction(rig.call("send", "01"))
                                            .setMeterCounterData(colored(1, 1, 1))))))
                    .containsExactly(Code.INVALID_ARGUMENT);
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
}
