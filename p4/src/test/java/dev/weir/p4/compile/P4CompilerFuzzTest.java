package dev.weir.p4.compile;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;
import java.util.Map;

/**
 * Any text makes a program or faults: no phase throws. What compiles has no fault that the verifier tells. A program is made of one that
 * compiles, with statements and declarations put into it, so that the later phases are reached. {@code ./fuzz 60 P4CompilerFuzzTest} searches.
 */
class P4CompilerFuzzTest {
    private static final String HEAD = """
            #include <tc/pna.p4>
            #include <weir/flow.p4>
            header h_t { bit<8> a; bit<4> b; int<4> c; bit<16> d; }
            header v_t { bit<8> n; varbit<64> v; }
            header_union u_t { h_t x; v_t y; }
            enum bit<8> E { A = 1, B = 2 } enum F { C, D }
            struct s_t<T> { T t; bool b; }
            struct H { h_t h; v_t v; h_t[3] k; u_t u; } struct M { bit<8> m; bit<70> w; s_t<bit<16>> s; tuple<bit<8>, bool> p; E e; F f; error r; }
            bit<8> f(in bit<8> x) { if (x > 3) { return x + 1; } return x; }
            void g(inout bit<8> x, out bit<8> y) { y = x; x = 2; }
            T id<T>(in T t) { return t; }
            """;
    private static final String BLOCKS = """
            parser Q(packet_in p, out h_t h) { state start { p.extract(h); transition accept; } }
            parser P(packet_in p, out H hdr, inout M m, in pna_main_parser_input_metadata_t i) {
                Q() q;
                state start { $0 transition select(m.m, hdr.h.b) { (1, _): next; (2 &&& 3, 0 .. 4): accept; default: next; } }
                state next { $1 transition accept; }
            }
            control Sub(inout bit<8> v, in H hdr)(bit<8> more) { apply { v = v + more; if (v == 3) return; v = 4; } }
            control C(inout H hdr, inout M m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {
                Sub(3) sub; Counter<bit<32>, bit<8>>(8, PNA_CounterType_t.BYTES) ctr; DirectRegister<bit<16>>() dr;
                Register<bit<8>, bit<8>>(4, 1) reg; Hash<bit<16>>(PNA_HashAlgorithm_t.CRC32) hash; bit<8> l = 3;
                action a(bit<8> x) { $2 }
                action miss() { add_entry("a", { m.m }, (ExpireTimeProfileId_t)1); }
                action b(inout bit<8> x, bit<8> y) { x = y; }
                table t { key = { hdr.h.a : exact; m.s.t : exact @name("k"); } actions = { a; b(m.m); @defaultonly miss; NoAction; }
                    default_action = miss; add_on_miss = true; weir_direct_register = dr; $3 }
                apply { $4 }
            }
            control D(packet_out p, inout H hdr, in M m, in pna_main_output_metadata_t o) { apply { p.emit(hdr.h); p.emit(hdr); } }
            PNA_NIC(P(), C(), D()) main;
            """;
    private static final String[] PIECES = {
        "hdr.h.a",
        "hdr.h",
        "hdr.k",
        "hdr.k[1]",
        "hdr.k[m.m]",
        "hdr.k.next",
        "hdr.k.last.a",
        "hdr.u.x",
        "hdr.u",
        "hdr.v",
        "hdr.v.v",
        "m.m",
        "m.w",
        "m.s",
        "m.s.t",
        "m.p",
        "m.p[0]",
        "m.e",
        "m.f",
        "m.r",
        "l",
        "x",
        "i.input_port",
        "error.NoMatch",
        "E.A",
        "F.C",
        "1",
        "8w3",
        "4s7",
        "300",
        "0xffffffffffffffffffff",
        "true",
        "{ 1, true }",
        "{ t = 1, b = true }",
        "{ 1, ... }",
        "{#}",
        "...",
        " = ",
        " += ",
        " <<= ",
        " + ",
        " - ",
        " * ",
        " / ",
        " % ",
        " ++ ",
        " << ",
        " >> ",
        " & ",
        " | ",
        " == ",
        " != ",
        " < ",
        " >= ",
        " && ",
        " || ",
        "!",
        "~",
        "-",
        "[3:0]",
        "[m.m+:4]",
        "(bit<8>)",
        "(int<8>)",
        "(E)",
        "(bit<70>)",
        " ? ",
        " : ",
        "(",
        ")",
        "; ",
        "; ",
        "; ",
        "if (",
        ") ",
        "{ ",
        "} ",
        "else ",
        "return; ",
        "exit; ",
        "for (bit<8> n in 1 .. 4) ",
        "for (bit<8> n = 0; n < 3; n = n + 1) ",
        "switch (",
        "t.apply().action_run) { a: { } default: { } }",
        "t.apply()",
        "t.apply().hit",
        "sub.apply(",
        "Sub.apply(",
        "q.apply(p, ",
        "f(",
        "g(",
        "id(",
        ", ",
        "a(",
        "b(",
        "hash.get_hash(",
        "reg.read(",
        "reg.write(",
        "ctr.count(",
        "dr.read()",
        "dr.write(",
        ".isValid()",
        ".setValid()",
        ".setInvalid()",
        ".push_front(1)",
        ".pop_front(2)",
        ".size",
        ".lastIndex",
        ".minSizeInBits()",
        "p.extract(",
        "p.advance(",
        "p.lookahead<bit<8>>()",
        "p.lookahead<h_t>()",
        "p.length()",
        "verify(",
        "drop_packet()",
        "send_to_port(",
        "bit<8> n",
        "h_t n",
        "s_t<bit<8>> n",
        "tuple<bit<8>, bool> n",
        "const bit<8> n",
        "u_t n",
        "h_t[2] n",
        "size = ",
        "const entries = { ",
        "(1, 2) : ",
        "_ : ",
        "a(1); ",
        "NoAction; ",
        "pna_idle_timeout = ",
        "m.f = F.D; ",
        "m.m = m.m + 1; "
    };

    @FuzzTest
    void compile_anyProgram_givesAPipelineOrFaults(FuzzedDataProvider data) {
        String text = HEAD + BLOCKS;
        for (int i = 0; i < 5; i++) {
            text = text.replace("$" + i, piece(data));
        }
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.Compiled compiled = P4Compiler.compile(
                "fuzz", SourceFile.of("fuzz.p4", text), new IncludePath(List.of()), Map.of(), diagnostics);
        check((compiled == null) == diagnostics.hasErrors(), "neither a program nor a fault: " + text);
        diagnostics.render();
        check(
                !diagnostics.sorted().stream().anyMatch(d -> d.code().equals("unverified")),
                "what was made is not what the verifier wants: " + text + diagnostics.render());
        if (compiled != null) check(IrVerifier.verify(compiled.pipeline()).isEmpty(), text);
    }

    private static String piece(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        int pieces = data.consumeInt(0, 12);
        for (int i = 0; i < pieces; i++) {
            text.append(data.pickValue(PIECES));
        }
        return text.append(pieces == 0 ? "" : ";").toString();
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
