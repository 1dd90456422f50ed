package dev.weir.p4.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small texts that stand for huge programs: each declaration has two of the one before. */
class LimitsTest {
    private static final int TIMES = 60;
    private static final String BLOCKS = """
            struct H { } struct M { bit<8> m; }
            parser P(packet_in p, out H h, inout M m, in pna_main_parser_input_metadata_t i) { state start { transition accept; } }
            control C(inout H h, inout M m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) { %s }
            control D(packet_out p, inout H h, in M m, in pna_main_output_metadata_t o) { apply { } }
            PNA_NIC(P(), C(), D()) main;
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bit<8> x0(in bit<8> v) { return v + 1; }    | bit<8> x#(in bit<8> v) { return x@(v) * x@(v + 1); }   | apply { m.m = x59(m.m); }
            control x0(inout bit<8> v) { apply { v = v + 1; } } | control x#(inout bit<8> v) { x@() a; x@() b; apply { a.apply(v); b.apply(v); } } | x59() q; apply { q.apply(m.m); }
            struct x0 { bit<8> a; }                     | struct x# { x@ a; x@ b; }                              | x59 a; x59 b; apply { if (a == b) m.m = 1; }
            typedef tuple<bit<8>, bit<8>> x0;           | typedef tuple<x@, x@> x#;                              | x59 a; apply { }
            const string x0 = "ab";                     | const string x# = x@ ++ x@;                            | apply { }
            const int x0 = 3;                           | const int x# = x@ * x@;                                | apply { }
            const list<bit<8>> x0 = { 1 };              | const tuple<bit<8>, bit<8>> y# = { 1, 2 };             | bit<8>[65000] a; apply { }
            """)
    void program_thatDoubles_isAFault_inTime(String first, String next, String control) {
        StringBuilder text =
                new StringBuilder("#include <tc/pna.p4>\n").append(first).append('\n');
        for (int i = 1; i < TIMES; i++) {
            text.append(next.replace("#", String.valueOf(i)).replace("@", String.valueOf(i - 1)))
                    .append('\n');
        }
        text.append(BLOCKS.replace("%s", control));
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.compile(
                "limits", SourceFile.of("l.p4", text.toString()), new IncludePath(List.of()), Map.of(), diagnostics);
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).contains("too-large");
    }
}
