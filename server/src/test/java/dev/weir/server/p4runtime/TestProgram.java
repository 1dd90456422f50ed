package dev.weir.server.p4runtime;

import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.server.p4info.P4InfoMaker;
import java.util.List;
import java.util.Map;

/**
 * A program with something of each kind. A frame's type says what it does: 0x9001 looks its destination up, 0x9002 its type and source in the other tables, 0x9003 goes
 * to the controller with a header, 0x9004 is digested, 0x9005 counts and writes the register; from the controller it goes where its header says.
 */
final class TestProgram {
    static final String SOURCE = """
        #include <core.p4>
        #include <bmv2/pna.p4>

        header ethernet_t { bit<48> dst; bit<48> src; bit<16> type; }
        @controller_header("packet_in") header in_t { PortId_t port; bit<8> reason; }
        @controller_header("packet_out") header out_t { PortId_t port; bit<7> spare; bit<1> mark; }
        struct learned_t { bit<48> src; PortId_t port; }
        struct headers_t { in_t to; out_t from; ethernet_t e; }
        struct meta_t { bit<1> learn; learned_t learned; }

        parser P(packet_in p, out headers_t h, inout meta_t m, in pna_main_parser_input_metadata_t i) {
            state start { transition select(i.input_port) { (PortId_t) 32w0xfffffffd: controller; default: frame; } }
            state controller { p.extract(h.from); transition frame; }
            state frame { p.extract(h.e); transition accept; }
        }

        control C(inout headers_t h, inout meta_t m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {
            DirectCounter<bit<64>>(PNA_CounterType_t.PACKETS_AND_BYTES) hits;
            DirectMeter(PNA_MeterType_t.BYTES) rate;
            Counter<bit<64>, bit<8>>(8, PNA_CounterType_t.PACKETS) frames;
            Meter<bit<8>>(4, PNA_MeterType_t.BYTES) shared_rate;
            Register<bit<48>, bit<8>>(4) last;

            action send(PortId_t port) { hits.count(); send_to_port(port); }
            action drop() { drop_packet(); }
            action mark(bit<16> type) { h.e.type = type; send_to_port((PortId_t) 1); }
            action send_metered(PortId_t port) { PNA_MeterColor_t colour = rate.execute(); send_to_port(port); }
            @defaultonly action miss() {}

            table hosts {
                key = { h.e.dst: exact; }
                actions = { send; drop; @defaultonly miss; }
                default_action = miss();
                size = 16;
                pna_idle_timeout = PNA_IdleTimeout_t.NOTIFY_CONTROL;
                pna_direct_counter = hits;
            }
            table rules {
                key = { h.e.src: ternary; h.e.type: range; h.e.dst: optional; }
                actions = { mark; drop; NoAction; }
                default_action = NoAction();
            }
            table routes {
                key = { h.e.dst: lpm; }
                actions = { send_metered; drop; }
                const default_action = drop();
                pna_direct_meter = rate;
            }
            table fixed {
                key = { h.e.type: exact; }
                actions = { NoAction; drop; }
                const entries = { 0x9999: drop(); }
            }

            apply {
                if (h.from.isValid()) {
                    PortId_t port = h.from.port;
                    h.from.setInvalid();
                    send_to_port(port);
                } else if (h.e.type == 0x9001) {
                    hosts.apply();
                } else if (h.e.type == 0x9002) {
                    rules.apply();
                } else if (h.e.type == 0x9003) {
                    h.to.setValid();
                    h.to.port = i.input_port;
                    h.to.reason = 7;
                    send_to_port((PortId_t) 32w0xfffffffd);
                } else if (h.e.type == 0x9004) {
                    m.learn = 1;
                    m.learned.src = h.e.src;
                    m.learned.port = i.input_port;
                } else if (h.e.type == 0x9005) {
                    frames.count(3);
                    last.write(2, h.e.src);
                    PNA_MeterColor_t colour = shared_rate.execute(1);
                } else {
                    routes.apply();
                    fixed.apply();
                }
            }
        }

        control D(packet_out p, inout headers_t h, in meta_t m, in pna_main_output_metadata_t o) {
            Digest<learned_t>() learn;
            apply {
                if (m.learn == 1) learn.pack(m.learned);
                p.emit(h.to);
                p.emit(h.e);
            }
        }

        PNA_NIC(P(), C(), D()) main;
        """;

    private TestProgram() {}

    static P4Info info(String source) {
        Diagnostics diagnostics = new Diagnostics();
        var typed =
                P4Compiler.check(SourceFile.of("test.p4", source), new IncludePath(List.of()), Map.of(), diagnostics);
        if (typed == null) throw new IllegalArgumentException(diagnostics.render());
        return P4InfoMaker.of(typed);
    }
}
