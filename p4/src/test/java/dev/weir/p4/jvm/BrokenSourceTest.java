package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.jvm.SourceGenerator.Place;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs of P4 text at random that one line breaks: they do not compile, and what is told is about that line, once. What the line says comes from the seed,
 * too.
 */
class BrokenSourceTest {
    private static final int PROGRAMS = Integer.getInteger("weir.p4.broken", 4);

    /** @param code of what is told */
    record Fault(Place place, String code, Function<SourceGenerator, String> line) {
        @Override
        public String toString() {
            return place + " " + line.apply(new SourceGenerator(1)) + " " + code;
        }
    }

    private static Stream<Fault> in(List<Place> places, String code, Function<SourceGenerator, String> line) {
        return places.stream().map(place -> new Fault(place, code, line));
    }

    private static Stream<Fault> in(Place place, String code, String... lines) {
        return Stream.of(lines).map(line -> new Fault(place, code, _ -> line));
    }

    private static final List<Place> BODIES = List.of(Place.STATE, Place.ACTION, Place.APPLY);
    private static final List<Place> CONTROLS = List.of(Place.ACTION, Place.APPLY);

    static Stream<Fault> faults() {
        return Stream.of(
                        in(BODIES, "type-mismatch", g -> g.pick(SourceGenerator.BYTES) + " = " + g.number(16, 2) + ";"),
                        in(BODIES, "type-mismatch", g -> "m.p = " + g.number(8, 2) + ";"),
                        in(BODIES, "type-mismatch", g -> "if (" + g.number(8, 1) + ") { m.m = 1; }"),
                        in(BODIES, "type-mismatch", _ -> "hdr.h = hdr.w;"),
                        in(BODIES, "type-mismatch", _ -> "m.e = 1;"),
                        in(BODIES, "type-mismatch", g -> "m.m = f(" + g.number(8, 2) + ", " + g.number(16, 2) + ");"),
                        in(BODIES, "type-mismatch", _ -> "m.t = { 1, 2, 3 };"),
                        in(
                                BODIES,
                                "type-mismatch",
                                g -> "m.m = " + g.number(8, 1) + g.pick(" + ", " & ", " |+| ") + g.number(16, 1) + ";"),
                        in(BODIES, "bad-operand", g -> "m.p = m.p " + g.pick("+", "<", "&") + " true;"),
                        in(BODIES, "bad-cast", _ -> "m.m = (bit<8>)m.p;"),
                        in(BODIES, "unknown-name", g -> g.pick(SourceGenerator.WORDS) + " = nobody;"),
                        in(BODIES, "unknown-name", _ -> "nobody(m.m);"),
                        in(BODIES, "unknown-type", _ -> "{ nobody_t v; }"),
                        in(BODIES, "unknown-member", g -> "hdr.h." + g.pick("e", "aa", "isvalid") + " = 1;"),
                        in(BODIES, "unknown-member", _ -> "m.e = E.THREE;"),
                        in(BODIES, "unknown-member", _ -> "m.m.setValid();"),
                        in(
                                BODIES,
                                "syntax",
                                g -> g.pick("8w3 = m.m;", "m.m + 1;", "m.m = ;", "m.m = (m.n;", "if m.p { }")),
                        in(BODIES, "not-assignable", _ -> "for (bit<8> n in 1 .. 4) { n = 3; }"),
                        in(BODIES, "not-assignable", g -> "g(" + g.number(8, 1) + " + 1, m.n);"),
                        in(BODIES, "arguments", g -> "m.m = f(" + g.number(8, 1) + ");"),
                        in(BODIES, "out-of-bounds", _ -> "m.m = m.n[16:9];"),
                        in(BODIES, "out-of-bounds", _ -> "hdr.k[3] = hdr.h;"),
                        in(BODIES, "redeclared", _ -> "{ bit<8> q; bit<16> q; }"),
                        in(BODIES, "misplaced", g -> g.pick("break", "continue") + ";"),
                        in(CONTROLS, "misplaced", _ -> "hdr.k.next = hdr.h;"),
                        in(CONTROLS, "type-mismatch", _ -> "return 1;"),
                        in(CONTROLS, "redeclared", _ -> "switch (m.m) { 1: { } 1: { } }"),
                        in(Place.ACTION, "misplaced", "one.apply(m.m, m.n, hdr.h);", "verify(true, error.NoMatch);"),
                        in(Place.STATE, "misplaced", "switch (m.m) { default: { } }", "drop_packet();"),
                        in(Place.APPLY, "unknown-name", "p.extract(hdr.h);", "a(1, nobody);"),
                        in(Place.DEPARSER, "misplaced", "send_to_port((PortId_t)1);"),
                        in(Place.FUNCTION, "type-mismatch", "return true;"),
                        in(Place.FUNCTION, "not-assignable", "x = 1;"),
                        in(Place.FUNCTION, "unknown-name", "l = 1;"),
                        in(
                                Place.TOP,
                                "unknown-name",
                                "bit<8> again(in bit<8> x) { return again(x); }",
                                "const bit<8> K = nobody;"),
                        in(Place.TOP, "unknown-type", "struct n_t { n_t next; }", "typedef nobody x_t;"),
                        in(
                                Place.TOP,
                                "redeclared",
                                "header d_t { bit<8> a; bit<8> a; }",
                                "enum F { A, A }",
                                "struct M { }",
                                "bit<8> f(in bit<8> x, in bit<8> y) { return x; }"),
                        in(Place.TOP, "no-return", "bit<8> none(in bit<8> x) { }"),
                        in(Place.TOP, "bad-type", "header d_t { H inner; }", "header_union d_t { bit<8> a; }"),
                        in(Place.TOP, "syntax", "header d_t { bit<8> a }", "const bit<8> = 3;", "control ( { }"),
                        in(Place.TOP, "include-not-found", "#include \"nowhere.p4\""),
                        in(Place.PARSER, "redeclared", "bit<16> l;"),
                        in(Place.PARSER, "unknown-type", "In(5) inner;"),
                        in(Place.CASE, "type-mismatch", "(1, 2, 3): accept;", "(true, _): accept;"),
                        in(Place.CASE, "not-constant", "(m.b, 1): accept;"),
                        in(Place.CASE, "unknown-name", "(1, 1): nowhere;"),
                        in(Place.LOCAL, "redeclared", "bit<16> l;", "action b() { }", "In(5) one;"),
                        in(Place.LOCAL, "unknown-type", "Nobody() none;", "nobody_t none;"),
                        in(Place.LOCAL, "type-mismatch", "In(true) three;"),
                        in(Place.LOCAL, "arguments", "In() three;"),
                        in(Place.LOCAL, "no-actions", "table none { key = { m.m : exact; } }"),
                        in(Place.LOCAL, "unknown-name", "table none { key = { m.m : exakt; } actions = { a; } }"),
                        in(Place.LOCAL, "bad-type", "table none { key = { hdr.h : exact; } actions = { a; } }"),
                        in(Place.LISTED, "unknown-name", "nobody;"),
                        in(Place.LISTED, "redeclared", "a;"),
                        in(Place.LISTED, "not-an-action", "f;"),
                        in(Place.PROPERTY, "type-mismatch", "size = true;"),
                        in(Place.PROPERTY, "not-constant", "size = l;"),
                        in(Place.PROPERTY, "not-an-action", "default_action = b;"),
                        in(Place.PROPERTY, "arguments", "default_action = a(1);"),
                        in(Place.ENTRY, "type-mismatch", "1 : a(1, 2);", "(true, 1) : a(1, 2);"),
                        in(Place.ENTRY, "arguments", "(1, 1) : a(1);"),
                        in(Place.ENTRY, "not-an-action", "(1, 1) : b;"))
                .flatMap(each -> each);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void program_thatOneLineBreaks_isRefusedThere(Fault fault) {
        for (long seed = 1; seed <= PROGRAMS; seed++) {
            SourceGenerator generator = new SourceGenerator(seed);
            String line = fault.line.apply(generator);
            String text = generator.with(fault.place, line);
            int at = text.substring(0, text.indexOf("\n" + line + "\n") + 1).split("\n", -1).length;
            Diagnostics diagnostics = new Diagnostics();
            P4Compiler.compile(
                    "broken", SourceFile.of("broken.p4", text), new IncludePath(List.of()), Map.of(), diagnostics);
            List<String> told = diagnostics.sorted().stream()
                    .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
                    .map(d -> d.span().position().line() + " " + d.code())
                    .toList();
            assertThat(told)
                    .as("seed " + seed + " " + line + "\n" + diagnostics.render())
                    .containsExactly(at + " " + fault.code);
        }
    }
}
