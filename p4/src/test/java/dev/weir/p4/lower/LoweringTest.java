package dev.weir.p4.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.interpret.Interpreter;
import dev.weir.p4.interpret.Outcome;
import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.Verdict;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoweringTest {
    /** Eight bytes of the packet are {@code hdr.h}, behind them are up to three of one byte. */
    private static final String BEFORE = """
            #include <bmv2/pna.p4>
            header h_t { bit<8> a; bit<8> b; bit<16> c; int<8> i; bit<3> x; bit<5> y; bit<16> n; }
            header e_t { bit<8> v; }
            header f_t { bit<8> w; }
            header_union u_t { e_t e; f_t f; }
            struct p_t { bit<8> l; bit<8> r; }
            struct H { h_t h; e_t[3] s; u_t u; }
            struct M { bit<8> m; bool t; }
            bit<8> twice(in bit<8> v) { return v + v; }
            void swap(inout bit<8> v, inout bit<8> w) { bit<8> t = v; v = w; w = t; }
            void both(inout bit<8> v, inout bit<8> w) { w = w + 1; v = v + 2; }
            bit<8> least(in bit<8> v, in bit<8> w) { if (v < w) { return v; } return w; }
            T pick<T>(in bool first, in T v, in T w) { if (first) return v; else return w; }
            parser Inner(packet_in p, inout H hdr) {
                state start { p.extract(hdr.s.next); transition select(hdr.s.last.v) { 1: start; default: accept; } }
            }
            parser P(packet_in p, out H hdr, inout M m, in pna_main_parser_input_metadata_t i) {
                Inner() inner;
                state start { p.extract(hdr.h); inner.apply(p, hdr); m.m = 7; transition accept; }
            }
            control Sub(inout bit<8> v, in bit<8> by)(bit<8> more) {
                bit<8> local = 1;
                apply { if (by == 0) return; v = v + by + more + local; local = 9; }
            }
            """;

    private static final String AFTER = """
            control D(packet_out p, inout H hdr, in M m, in pna_main_output_metadata_t o) {
                apply { p.emit(hdr.h); p.emit(hdr.s); p.emit(hdr.u); }
            }
            PNA_NIC(P(), C(), D()) main;
            """;

    private final Diagnostics diagnostics = new Diagnostics();

    private Pipeline compile(String text) {
        P4Compiler.Compiled compiled = P4Compiler.compile(
                "test", SourceFile.of("test.p4", text), new IncludePath(List.of()), Map.of(), diagnostics);
        assertThat(diagnostics.sorted())
                .filteredOn(d -> d.severity() == Diagnostic.Severity.ERROR)
                .as(() -> diagnostics.render())
                .isEmpty();
        return Objects.requireNonNull(compiled).pipeline();
    }

    private static String control(String locals, String apply) {
        return BEFORE
                + "control C(inout H hdr, inout M m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {\n"
                + locals + "\napply { " + apply + " } }\n" + AFTER;
    }

    private Outcome run(String locals, String apply, String packet) {
        Interpreter interpreter = new Interpreter(compile(control(locals, apply)), Rules.PNA, 1);
        return interpreter.process(HexFormat.of().parseHex(packet.replace(" ", "")), 5, 0, false);
    }

    /** What becomes of the header {@code 0102 0304 85 6a 0708}, behind which is one of one byte, {@code 00}. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            ;                                                          => 0102 0304 85 6a 0708 00
            hdr.h.a = hdr.h.b + 255;                                   => 0102 0304 85 6a 0708 00
            hdr.h.a = hdr.h.b |+| 254;                                 => ff02 0304 85 6a 0708 00
            hdr.h.c[11:4] = 0xab;                                      => 0102 0ab4 85 6a 0708 00
            hdr.h.c[hdr.h.b+:4] = 0xf;                                 => 0102 033c 85 6a 0708 00
            hdr.h.a = hdr.h.c[hdr.h.b+:8];                             => c102 0304 85 6a 0708 00
            hdr.h.n = (bit<16>)(int<16>)hdr.h.i;                       => 0102 0304 85 6a ff85 00
            hdr.h.i = hdr.h.i >> 2;                                    => 0102 0304 e1 6a 0708 00
            if (hdr.h.i < 0 && hdr.h.i >= -123) hdr.h.a = 9;           => 0902 0304 85 6a 0708 00
            hdr.h.x = hdr.h.y[2:0]; hdr.h.y = 31;                      => 0102 0304 85 5f 0708 00
            hdr.h.n = hdr.h.a ++ hdr.h.b;                              => 0102 0304 85 6a 0102 00
            hdr.h.a = twice(twice(hdr.h.b));                           => 0802 0304 85 6a 0708 00
            swap(hdr.h.a, hdr.h.b);                                    => 0201 0304 85 6a 0708 00
            both(hdr.h.a, hdr.h.b);                                    => 0303 0304 85 6a 0708 00
            both(hdr.h.a, hdr.h.a);                                    => 0202 0304 85 6a 0708 00
            hdr.h.a = least(hdr.h.b, 1);                               => 0102 0304 85 6a 0708 00
            hdr.h.a = pick(hdr.h.a == 1, hdr.h.b, 8w9);                => 0202 0304 85 6a 0708 00
            hdr.h.c = pick<bit<16>>(false, 1, hdr.h.n);                => 0102 0708 85 6a 0708 00
            p_t p = { hdr.h.a, hdr.h.b }; p = { p.r, p.l }; hdr.h.a = p.l; hdr.h.b = p.r; => 0201 0304 85 6a 0708 00
            tuple<bit<8>, bool> t = { 5, true }; if (t[1]) hdr.h.a = t[0]; => 0502 0304 85 6a 0708 00
            h_t k = hdr.h; k.a = 9; if (k != hdr.h) hdr.h = k;         => 0902 0304 85 6a 0708 00
            hdr.h.setInvalid();                                        => 00
            hdr.h = (h_t){#};                                          => 00
            hdr.s.push_front(1); hdr.s[0] = { 9 };                     => 0102 0304 85 6a 0708 09 00
            hdr.s.pop_front(1);                                        => 0102 0304 85 6a 0708
            hdr.s[hdr.h.a] = { 4 };                                    => 0102 0304 85 6a 0708 00 04
            hdr.s[2] = hdr.s[0]; hdr.s[hdr.h.a - 1].v = 3;             => 0102 0304 85 6a 0708 03 00
            hdr.u.e = { 1 }; hdr.u.f = { 2 };                          => 0102 0304 85 6a 0708 00 02
            if (hdr.u.isValid()) hdr.h.a = 9;                          => 0102 0304 85 6a 0708 00
            for (bit<8> k = 0; k < 5; k = k + 1) { if (k == 1) continue; if (k == 4) break; hdr.h.a = hdr.h.a + k; } => 0602 0304 85 6a 0708 00
            for (bit<8> k in 2 .. 4) { hdr.h.a += k; }                 => 0a02 0304 85 6a 0708 00
            for (bit<8> k in hdr.h.b .. hdr.h.a) { hdr.h.a = 0; }      => 0102 0304 85 6a 0708 00
            for (e_t k in hdr.s) { if (k.isValid()) hdr.h.a = 8; }     => 0802 0304 85 6a 0708 00
            switch (hdr.h.b) { 1: 2: { hdr.h.a = 3; } default: { hdr.h.a = 4; } } => 0302 0304 85 6a 0708 00
            switch (hdr.h.b) { 1: 3: { hdr.h.a = 3; } default: { hdr.h.a = 4; } } => 0402 0304 85 6a 0708 00
            hdr.h.a = (m.m == 7 ? hdr.h.b : twice(9)) + 1;             => 0302 0304 85 6a 0708 00
            hdr.h.n = (bit<16>)hdr.h.minSizeInBytes();                 => 0102 0304 85 6a 0008 00
            exit; hdr.h.a = 9;                                         => 0102 0304 85 6a 0708 00
            return; hdr.h.a = 9;                                       => 0102 0304 85 6a 0708 00
            s.apply(hdr.h.a, 1); s.apply(hdr.h.b, 0); s.apply(hdr.h.b, 2); => 0d0f 0304 85 6a 0708 00
            act(hdr.h.a, 6); hdr.h.n = g;                              => 0602 0304 85 6a 0001 00
            hdr.h.n = hash.get_hash({ hdr.h.a, hdr.h.b, hdr.h.c });    => 0102 0304 85 6a 0fa1 00
            ck.clear(); ck.add({ hdr.h.a, hdr.h.b, hdr.h.c }); hdr.h.n = ck.get(); => 0102 0304 85 6a fbf9 00
            ck.clear(); ck.add({ hdr.h.c, hdr.h.n }); ck.subtract({ hdr.h.c }); hdr.h.n = ck.get_state(); => 0102 0304 85 6a 0708 00
            reg.write(3, 8w77); hdr.h.a = reg.read(3);                 => 4d02 0304 85 6a 0708 00
            if (t.apply().hit) hdr.h.b = 5;                            => 0605 0304 85 6a 0708 00
            switch (t.apply().action_run) { set: { hdr.h.b = 6; } NoAction: { hdr.h.b = 7; } } => 0606 0304 85 6a 0708 00
            hdr.h.a = 9; if (t.apply().miss) hdr.h.b = 5;              => 0905 0304 85 6a 0708 00
            """)
    void statement_doesWhatItSays(String statement, String expected) {
        String locals = "Sub(8w10) s; Hash<bit<16>>(PNA_HashAlgorithm_t.CRC16) hash; InternetChecksum() ck;"
                + " Register<bit<8>, bit<8>>(4) reg; bit<16> g = 0;"
                + " action act(inout bit<8> v, in bit<8> w) { v = w; if (hdr.h.a == 1) { g = 1; return; } g = 2; }"
                + " action set(bit<8> v) { hdr.h.a = v; }"
                + " table t { key = { hdr.h.a : exact; } actions = { set; NoAction; } const entries = { 1 : set(6); } }";
        Outcome outcome = run(locals, statement, "0102 0304 85 6a 0708 00");
        assertThat(outcome.packet()).as(statement).isEqualTo(expected.replace(" ", ""));
    }

    @Test
    void portsOfTheHost_areThoseThatTheRegisterSays() {
        String apply = "hdr.h.a = SelectByDirection<bit<8>>(is_net_port(i.input_port), 8w1, 8w2);"
                + " if (is_host_port((PortId_t)4)) hdr.h.b = 9;";
        Interpreter interpreter = new Interpreter(compile(control("", apply)), Rules.PNA, 1);
        byte[] packet = HexFormat.of().parseHex("0000030405060708" + "00");
        assertThat(interpreter.process(packet, 5, 0, false).packet()).startsWith("0100");
        interpreter.resources().register(Resource.HOST_PORTS, 5, BigInteger.ONE);
        assertThat(interpreter.process(packet, 5, 0, false).packet()).startsWith("0200");
        interpreter.resources().register(Resource.HOST_PORTS, 4, BigInteger.ONE);
        assertThat(interpreter.process(packet, 3, 0, false).packet()).startsWith("0109");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            0102030405060708 00             => 0102030405060708 00
            0102030405060708 01 01 02 03    => 0102030405060708 01 01 02 03
            0102030405060708 01 01 01 03    => 0902030405060708 01 01 01 03
            01020304                        => 01020304
            """)
    void parser_insideAnother_fillsAStack_untilItIsFull(String packet, String expected) {
        Outcome outcome = run("", "if (i.parser_error == error.StackOutOfBounds) hdr.h.a = 9;", packet);
        assertThat(outcome.packet()).isEqualTo(expected.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            send_to_port((PortId_t)3);                              => FORWARD 3
            drop_packet(); send_to_port(i.input_port);              => FORWARD 5
            send_to_port((PortId_t)3); drop_packet();               => DROP 0
            if (is_net_port(i.input_port)) drop_packet();           => DROP 0
            hdr.h.a = SelectByDirection(is_net_port(i.input_port), hdr.h.b, 8w1); => PASS 0
            """)
    void verdict_isThatOfTheLastCall(String statement, String expected) {
        Outcome outcome = run("", statement, "0102030405060708 00");
        assertThat(outcome.verdict() + " " + outcome.port()).isEqualTo(expected);
        assertThat(outcome.verdict()).isIn(Verdict.FORWARD, Verdict.DROP, Verdict.PASS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ActionProfile(0) p;                              | ;             | the size 0 is not between 1 and 67108863
            table t { key = { hdr.h.a : lpm; hdr.h.b : lpm; } actions = { NoAction; } } | t.apply(); | there is one lpm key at most
            table t { key = { hdr.h.a ++ 64w0 : range @name("w"); } actions = { NoAction; } } | t.apply(); | 'w' has 72 bits, a range 64 at most
            """)
    void whatCannotRun_isTold(String locals, String apply, String expected) {
        P4Compiler.compile(
                "test",
                SourceFile.of("t.p4", control(locals, apply)),
                new IncludePath(List.of()),
                Map.of(),
                diagnostics);
        assertThat(diagnostics.sorted())
                .filteredOn(d -> d.severity() == Diagnostic.Severity.ERROR)
                .extracting(Diagnostic::message)
                .containsExactly(expected);
    }

    @Test
    void library_isNoProgramThatRuns() {
        P4Compiler.compile(
                "test",
                SourceFile.of("t.p4", "const bit<8> a = 1;\nbit<8> f() { return a; }"),
                new IncludePath(List.of()),
                Map.of(),
                diagnostics);
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).containsExactly("no-main");
    }

    @Test
    void program_ofFlows_isLoweredAsItAlwaysWas() throws IOException {
        assertThat(IrPrinter.print(compile(resource("flows.p4")))).isEqualTo(resource("flows.ir"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LoweringTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
