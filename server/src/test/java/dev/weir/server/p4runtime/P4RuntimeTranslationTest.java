package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.hex;
import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static dev.weir.server.p4runtime.P4RuntimeRig.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.Action;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.Index;
import dev.weir.api.p4.v1.P4Data;
import dev.weir.api.p4.v1.PacketMetadata;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.RegisterEntry;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.StreamMessageResponse;
import dev.weir.api.p4.v1.TableAction;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Types that controllers write as texts: those that they make up, and the names of ports. */
class P4RuntimeTranslationTest extends P4RuntimeCalls {
    static final String SOURCE = """
        #include <core.p4>
        #include <bmv2/pna.p4>
        @p4runtime_translation("", string) type bit<10> network_t;
        @p4runtime_translation("p4.org/pna/v1/PortId_t", string) type bit<32> port_name_t;
        header ethernet_t { bit<48> dst; bit<48> src; bit<16> type; }
        @controller_header("packet_in") header in_t { network_t network; bit<6> spare; port_name_t port; }
        @controller_header("packet_out") header out_t { port_name_t port; bit<6> spare; network_t network; }
        struct headers_t { in_t to; out_t from; ethernet_t e; }
        struct meta_t { network_t network; port_name_t came; }
        parser P(packet_in p, out headers_t h, inout meta_t m, in pna_main_parser_input_metadata_t i) {
            state start { transition select(i.input_port) { (PortId_t) 32w0xfffffffd: controller; default: frame; } }
            state controller { p.extract(h.from); transition frame; }
            state frame { p.extract(h.e); transition accept; }
        }
        control C(inout headers_t h, inout meta_t m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {
            Register<network_t, bit<8>>(2) seen;
            action assign(network_t network) { m.network = network; seen.write(0, network); }
            action send(port_name_t port) { send_to_port((PortId_t)(bit<32>) port); }
            table hosts {
                key = { h.e.dst: exact; }
                actions = { assign; NoAction; }
                default_action = NoAction();
            }
            table ways {
                key = { m.network: exact @name("network"); m.came: optional @name("came"); }
                actions = { send; NoAction; }
                default_action = NoAction();
            }
            table rules {
                key = { m.network: ternary @name("network"); }
                actions = { send; NoAction; }
                default_action = NoAction();
            }
            apply {
                if (h.from.isValid()) {
                    seen.write(1, h.from.network);
                    send_to_port((PortId_t)(bit<32>) h.from.port);
                    h.from.setInvalid();
                } else {
                    m.came = (port_name_t)(bit<32>) i.input_port;
                    hosts.apply();
                    if (h.e.type == 0x9003) {
                        h.to.setValid();
                        h.to.network = m.network;
                        h.to.port = m.came;
                        send_to_port((PortId_t) 32w0xfffffffd);
                    } else {
                        ways.apply();
                        rules.apply();
                    }
                }
            }
        }
        control D(packet_out p, inout headers_t h, in meta_t m, in pna_main_output_metadata_t o) {
            apply { p.emit(h.to); p.emit(h.e); }
        }
        PNA_NIC(P(), C(), D()) main;
        """;

    P4RuntimeTranslationTest() {
        super(SOURCE);
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private TableAction call(String action, String text) {
        return TableAction.newBuilder()
                .setAction(Action.newBuilder()
                        .setActionId(rig.action(action))
                        .addParams(Action.Param.newBuilder().setParamId(1).setValue(text(text))))
                .build();
    }

    private TableEntry.Builder host(String mac, String network) {
        return rig.host(mac).setAction(call("assign", network));
    }

    /** @param came empty for any */
    private TableEntry.Builder way(String network, String came, String port) {
        TableEntry.Builder entry = TableEntry.newBuilder()
                .setTableId(rig.table("ways"))
                .setPriority(1)
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(1)
                        .setExact(FieldMatch.Exact.newBuilder().setValue(text(network))));
        if (!came.isEmpty()) {
            entry.addMatch(FieldMatch.newBuilder()
                    .setFieldId(2)
                    .setOptional(FieldMatch.Optional.newBuilder().setValue(text(came))));
        }
        return entry.setAction(call("send", port));
    }

    private ByteString seen(int index) {
        Entity entity = Entity.newBuilder()
                .setRegisterEntry(RegisterEntry.newBuilder()
                        .setRegisterId(rig.info.getRegisters(0).getPreamble().getId())
                        .setIndex(Index.newBuilder().setIndex(index)))
                .build();
        return rig.read(entity).getFirst().getRegisterEntry().getData().getBitstring();
    }

    private static TableEntry.Builder all(int table) {
        return TableEntry.newBuilder().setTableId(table);
    }

    @Test
    void texts_areKeysAndArguments_andReadAsTheyWereWritten() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder red = host(A, "red"), blue = host(B, "blue");
            TableEntry.Builder right = way("red", "", "right"), left = way("blue", "left", "left");
            rig.write(
                    5,
                    update(Update.Type.INSERT, red),
                    update(Update.Type.INSERT, blue),
                    update(Update.Type.INSERT, right),
                    update(Update.Type.INSERT, left));
            assertThat(rig.entries(all(rig.table("hosts")))).containsExactlyInAnyOrder(red.build(), blue.build());
            assertThat(rig.entries(all(rig.table("ways")))).containsExactlyInAnyOrder(right.build(), left.build());
            rig.frame(A, C, 0x9001);
            assertThat(rig.sent(1, 1)).hasSize(1);
            assertThat(seen(0)).isEqualTo(text("red"));
            rig.frame(B, C, 0x9001);
            assertThat(rig.sent(0, 1)).hasSize(1);
            assertThat(seen(0)).isEqualTo(text("blue"));
            assertThat(seen(1)).as("a number that nobody wrote").isEqualTo(text("0"));
        }
    }

    @Test
    void texts_stayOverReconciling() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(5, update(Update.Type.INSERT, host(A, "red")), update(Update.Type.INSERT, host(B, "blue")));
            var _ = rig.calls.setForwardingPipelineConfig(
                    rig.pipeline(5, SetForwardingPipelineConfigRequest.Action.RECONCILE_AND_COMMIT)
                            .setConfig(rig.config())
                            .build());
            rig.write(5, update(Update.Type.INSERT, host(C, "green")));
            assertThat(rig.entries(all(rig.table("hosts"))))
                    .containsExactlyInAnyOrder(
                            host(A, "red").build(),
                            host(B, "blue").build(),
                            host(C, "green").build());
        }
    }

    @Test
    void packets_haveTextsInTheirMetadata() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            rig.write(5, update(Update.Type.INSERT, host(A, "red")));
            rig.frame(A, B, 0x9003);
            StreamMessageResponse told = controller.await(StreamMessageResponse::hasPacket);
            assertThat(told.getPacket().getMetadataList())
                    .extracting(PacketMetadata::getValue)
                    .containsExactly(text("red"), hex("00"), text("left"));
            assertThat(told.getPacket().getPayload().substring(0, 6)).isEqualTo(hex(A));
            List<ByteString> fields = List.of(text("right"), hex("00"), text("red"));
            PacketOut.Builder out = PacketOut.newBuilder().setPayload(hex(A + B + "9001"));
            for (int i = 0; i < fields.size(); i++) {
                out.addMetadata(PacketMetadata.newBuilder().setMetadataId(i + 1).setValue(fields.get(i)));
            }
            controller.send(out.build());
            assertThat(rig.sent(1, 1)).containsExactly(A + B + "9001");
            assertThat(seen(1)).isEqualTo(text("red"));
        }
    }

    @Test
    void textsThatAreNone_areRefused() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            TableEntry.Builder masked = all(rig.table("rules"))
                    .setPriority(1)
                    .setAction(call("send", "right"))
                    .addMatch(FieldMatch.newBuilder()
                            .setFieldId(1)
                            .setTernary(FieldMatch.Ternary.newBuilder()
                                    .setValue(text("r"))
                                    .setMask(text("r"))));
            TableEntry.Builder notUtf8 = rig.host(A)
                    .setAction(TableAction.newBuilder()
                            .setAction(Action.newBuilder()
                                    .setActionId(rig.action("assign"))
                                    .addParams(Action.Param.newBuilder()
                                            .setParamId(1)
                                            .setValue(hex("c3")))));
            assertThat(codes(request(
                            5,
                            update(Update.Type.INSERT, host(A, "")),
                            update(Update.Type.INSERT, host(A, "r".repeat(1025))),
                            update(Update.Type.INSERT, notUtf8),
                            update(Update.Type.INSERT, way("red", "middle", "right")),
                            update(Update.Type.INSERT, way("red", "", "middle")),
                            update(Update.Type.INSERT, masked))))
                    .containsExactly(
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.INVALID_ARGUMENT,
                            Code.UNIMPLEMENTED);
        }
    }

    /** A network has ten bits: there are 1024 texts, of which those that are numbers keep theirs. */
    @Test
    void texts_areAsManyAsNumbers() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            Entity.Builder seen = Entity.newBuilder();
            Update[] updates = new Update[1026];
            for (int i = 0; i < updates.length; i++) {
                String text = i == 0 ? "1000" : "n" + i;
                seen.setRegisterEntry(RegisterEntry.newBuilder()
                        .setRegisterId(rig.info.getRegisters(0).getPreamble().getId())
                        .setIndex(Index.newBuilder().setIndex(0))
                        .setData(P4Data.newBuilder().setBitstring(text(text))));
                updates[i] = Update.newBuilder()
                        .setType(Update.Type.MODIFY)
                        .setEntity(seen)
                        .build();
            }
            rig.write(5, Arrays.copyOf(updates, 1024));
            assertThat(codes(request(5, updates[1024], updates[0], updates[1025])))
                    .containsExactly(Code.RESOURCE_EXHAUSTED, Code.OK, Code.RESOURCE_EXHAUSTED);
            assertThat(seen(0)).isEqualTo(text("1000"));
            rig.write(5, updates[1023]);
            assertThat(seen(0)).isEqualTo(text("n1023"));
        }
    }
}
