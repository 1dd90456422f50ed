package dev.weir.p4.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class P4ParserTest {
    /** What the expressions and statements of the tables use. */
    private static final String BEFORE = """
            typedef bit<8> T;
            enum E { A, B }
            extern X<U> { X(U u); void m<V>(in V v); }
            extern V f<V>(in V v);
            """;

    private final Diagnostics diagnostics = new Diagnostics();

    private Program parse(String text) {
        return P4Parser.parse(SourceFile.of("test.p4", text), Includes.NONE, Map.of(), diagnostics);
    }

    /** Parses, prints, parses that, and compares the trees. */
    private String roundTrip(String text) {
        Program program = parse(text);
        String printed = Printer.print(program);
        assertThat(diagnostics.render()).as(text).isEmpty();
        Program again = parse(printed);
        assertThat(diagnostics.render()).as(printed).isEmpty();
        assertThat(Trees.same(program, again)).as(printed).isTrue();
        return printed;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(P4ParserTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            a + b * c                     => a + b * c
            (a + b) * c                   => (a + b) * c
            a - (b - c) - (d)             => a - (b - c) - d
            (a << 2) + (b >> 3)           => (a << 2) + (b >> 3)
            a < b == (c > d)              => a < b == c > d
            a & b | c ^ d && e || g    => a & b | c ^ d && e || g
            a |+| b |-| c ++ d        => a |+| b |-| c ++ d
            a ? b : c ? d : e             => a ? b : c ? d : e
            (a ? b : c) ? d : e           => (a ? b : c) ? d : e
            -(-a) + ~!b                   => -(-a) + ~(!b)
            (T)a + 1                      => (T)a + 1
            (T)(a + 1)                    => (T)(a + 1)
            (T)-1                         => (T)-1
            (a)-1                         => a - 1
            (bit<(4 + 4)>)(int<8>)a       => (bit<(4 + 4)>)(int<8>)a
            (Unknown)a                    => (Unknown)a
            (T){1, 2}                     => (T){1, 2}
            {a = 1, b = {2, 3,},}         => {a = 1, b = {2, 3}}
            {a = 1, ...}                  => {a = 1, ...}
            {1, ...}                      => {1, ...}
            {}                            => {}
            {#}                           => {#}
            x[7:0][3:1]                   => x[7:0][3:1]
            x[a+:4]                       => x[a+:4]
            s.next.f[i].g                 => s.next.f[i].g
            E.A == error.NoError          => E.A == error.NoError
            f<T>(a)                       => f<T>(a)
            f<bit<8>>(a) >> 1             => f<bit<8>>(a) >> 1
            p.m<tuple<T, bit<(8)>>>(a)    => p.m<tuple<T, bit<8>>>(a)
            a < b                         => a < b
            a < T                         => a < T
            X<T>(1).m(_)                  => X<T>(1).m(_)
            f(v = .a, w = _)              => f(v = .a, w = _)
            8w0xFF ++ 4s7 ++ "a\\"b"      => 8w0xff ++ 4s7 ++ "a\\"b"
            key.apply().hit               => key.apply().hit
            """)
    void expression_isPrintedWithTheParenthesesItNeeds(String text, String expected) {
        String source = BEFORE + "const int v = " + text + ";";
        assertThat(roundTrip(source)).endsWith("const int v = " + expected + ";\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x = 1;",
                "x[3:0] |+|= 1;",
                "x >>= 2;",
                "x <<= 2;",
                "p.m<T>(x);",
                "this.x = 1;",
                "(x) = 1;",
                "T x; T y = 1; const T z = 2;",
                "T[4] x;",
                "T x[4];",
                "X<T>(1) x;",
                "Unknown y; Unknown2<T> z; Unknown3[4] w;",
                "E.A.f();",
                "Unknown4.apply(x);",
                "if (a) x = 1; else if (b) { } else ;",
                "if (a) if (b) x = 1; else y = 2;",
                "switch (t.apply().action_run) { a: b: { x = 1; } default: { } }",
                "switch (x) { 1: 2 + 3: @n { } }",
                "for (bit<8> i = 0, bit<8> j = 1; i < 8; i = i + 1, j += 2) { break; }",
                "for (;a;) continue;",
                "@unroll for (@n T i in 1 .. 8) x = i;",
                "for (bit<8> i in list) { return; }",
                "return x; exit; return;",
                "@atomic { ; }"
            })
    void statement_roundTrips(String text) {
        roundTrip(BEFORE + "action a() { " + text + " }");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error { A, B } match_kind { exact, lpm, }",
                "struct S<U> { U u; bit<4>[3] a; } header H { varbit<32> v; } header_union HU { H h; }",
                "enum bit<8> E { A = 1, B = 2, } enum F { A }",
                "typedef struct S { int<8> a; } T; type bit<9> P; typedef S[2] Q; typedef bit<8> R[3];",
                "extern E; extern E { E(); E(in bit<8> a); abstract bit<8> f(); T g<T>(@o in T t = 1); }",
                "extern void f(); extern T g<T, U>(in U u, out T t);",
                "parser P<H>(packet_in p, out H h); control C(); package K<A>(P<A> p, C c = C());",
                "parser P(in bit<8> x)(bit<8> y) { value_set<tuple<bit<8>, bit<8>>>(4) vs; bit<8> z = 1;"
                        + " @name(\"s\") state start { z = 2; transition select(x, y) {"
                        + " (1, 2 &&& 3): a; (1 .. 2, _): b; vs: accept; default: reject; } } state a { transition b; } state b { } }",
                "parser P() { state start { transition select(x) { (1 &&& 2): a; (1): b; (1) + 2: c; _: d; } } }",
                "control C() { action a(in bit<8> x, bit<8> y) { } table t { key = { h.x : exact @name(\"x\"); y + 1 : lpm; }"
                        + " actions = { a(1); @tableonly b; .c(); } const default_action = a(1); size = 16;"
                        + " const entries = { 1 : a(1); (2, 3 &&& 4) : b @e; const priority = 3: (_, default) : c; priority = (1 + 2): 1 .. 2 : d; }"
                        + " @hidden add_on_miss = true; } apply { t.apply(); } }",
                "X(1) x = { bit<8> f(in bit<8> a) { return a; } Y() y; };",
                "@a @b() @c((1), \"x\", $ ') @d[1, 2] @e[k = 1, l = \"m\"] @f[] const bit x = 1;",
                "@pragma name some (words\nconst bit x = 1;\n@pragma end",
                "bit<8> f<T>(in T t) { return (bit<8>)t; } const bit<8> x = f<bit<4>>(1);",
                "const tuple<> a = {}; const list<bit<8>> b = {1}; const string s = \"a\nb\"; void f(list<string> l) { }",
                "control list(key state, inout type apply) { apply { } } const bool actions = true && false;",
                ";;"
            })
    void declaration_roundTrips(String text) {
        String source = text.endsWith("@pragma end") ? text + "\nconst bit y = 2;" : text;
        String printed = roundTrip(source);
        assertThat(roundTrip(printed)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            const bit x = ;                          | 1:15 syntax expected an expression, found ';'
            const bit x = 1                          | 1:15 syntax expected ';' after '1'
            const bit table = 1;                     | 1:11 syntax expected a name, found 'table'
            bit<8> x = 1;                            | 1:8 global-variable there are no variables outside of blocks
            struct S { bit<8 x; }                    | 1:18 syntax expected '>', found 'x'
            control C() { }                          | 1:9 syntax control 'C' has no apply block
            parser P() { }                           | 1:8 syntax parser 'P' has no states
            action a() { x + 1; }                    | 1:16 syntax expected an assignment or a call, found '+'
            action a() { if (x) bit y; }             | 1:21 syntax a declaration cannot stand here alone
            action a() { @x y = 1; }                 | 1:14 annotation-place this statement takes no annotation
            const bit x = 8w;                        | 1:15 bad-number '8w' is no number
            const string x = "a;                     | 1:18 open-string the string does not end
            const bit x = 1; /* a                    | 1:18 open-comment the comment does not end
            const bit $x = 1;                        | 1:11 stray-character '$' means nothing here
            @a[] @b @a[] const bit x = 1;            | 1:9 annotation '@a' stands here twice, and has brackets
            @a(1) @a(2) @a[3] const bit x = 1;       | 1:13 annotation '@a' stands here twice, and has brackets
            @a[b = {1, 2}] const bit x = 1;          | 1:8 annotation values in brackets are numbers, texts and booleans
            @a[{c = 1}] const bit x = 1;             | 1:4 annotation values in brackets are numbers, texts and booleans
            @name(4) const bit x = 1;                | 1:7 annotation '@name' has a text, not '4'
            @deprecated("a" b) const bit x = 1;      | 1:17 annotation '@deprecated' has a text, not 'b'
            @a(b const bit x = 1;                    | 1:22 syntax expected ')' at the end of the annotation, found the end of the file
            f(1,) x;                                 | 1:5 syntax expected an argument, found ')'
            extern X { f(); }                        | 1:12 syntax this is neither a method nor the constructor
            }                                        | 1:1 syntax expected a declaration, found '}'
            """)
    void fault_isToldAtItsPlace(String text, String expected) {
        parse(text);
        assertThat(diagnostics.sorted())
                .extracting(d -> d.span().position().line() + ":"
                        + d.span().position().column() + " " + d.code() + " " + d.message())
                .contains(expected);
    }

    @Test
    void faults_areToldAllAtOnce() throws IOException {
        Program program = parse(resource("faults.p4"));
        assertThat(diagnostics.render()).isEqualTo(resource("faults.txt"));
        assertThat(program.declarations())
                .extracting(d -> d.getClass().getSimpleName())
                .containsExactly("Struct", "ParserBlock", "Struct", "Constant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "{", "-", "!", "a[", "f(", "(bit<8>)", "a ? ", "1 + (", "x<y<", "{a = "})
    void nesting_withoutEnd_isAFault(String piece) {
        parse("const int v = " + piece.repeat(20_000) + ";");
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{ ", "if (a) ", "if (a) { } else ", "for (;a;) ", "tuple<", "T[1", "@a(", "@a[", "for (T x in "
            })
    void nesting_ofStatements_withoutEnd_isAFault(String piece) {
        parse("typedef bit T; action a() { " + piece.repeat(20_000) + " }");
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).isNotEmpty();
    }

    @Test
    void row_ofOperators_isLimited_soThatTreesCanBeWalked() {
        roundTrip("const int v = 0" + " + 1".repeat(500) + ";");
        parse("const int v = 0" + " + 1".repeat(100_000) + ";");
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).containsExactly("too-deep");
    }

    @Test
    void span_coversWhatWasWritten() {
        Program program = parse("\n@name(\"c\") const bit<8> x = a + b;\n");
        Declaration.Constant constant =
                (Declaration.Constant) program.declarations().getFirst();
        assertThat(constant.span().text()).isEqualTo("@name(\"c\") const bit<8> x = a + b;");
        assertThat(constant.value().span().text()).isEqualTo("a + b");
        assertThat(constant.type().span().text()).isEqualTo("bit<8>");
        assertThat(constant.span().position()).hasToString("test.p4:2:1");
    }
}
