package dev.weir.p4.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.syntax.P4Parser;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.TypedProgram;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckerTest {
    /** What the expressions and statements of the tables use; one line, so that faults are in the second. */
    private static final String BEFORE = "#include <core.p4>\n"
            + "typedef bit<8> B; type bit<9> P; enum bit<4> N { ONE = 1, TWO = 2 } enum C { RED, GREEN }"
            + " header H { bit<8> f; bit<16> g; } header V { varbit<32> v; } struct S { bit<8> a; H h; } struct G<T> { T t; }"
            + " header_union U { H h; V v; } const bit<8> K = 7; const int I = 300; const S SK = { 1, { 2, 3 } };"
            + " extern X<T> { X(); X(T t); T get(); void put(in T t); R two<R>(in R r, in T t); }"
            + " extern T same<T>(in T a, in T b); extern void sink<T>(in T t); extern void wr(out bit<8> o); extern bit<8> over(in bit<8> a);"
            + " extern bit<16> over(in bit<8> a, in bit<8> b); bit<8> fn(in bit<8> a) { return a; }"
            + " T id<T>(in T t) { return t; } ";

    private final Diagnostics diagnostics = new Diagnostics();

    private TypedProgram check(String text) {
        SourceFile file = SourceFile.of("test.p4", text);
        return Checker.check(P4Parser.parse(file, new IncludePath(List.of()), Map.of(), diagnostics), diagnostics);
    }

    /** What an expression of a control is. */
    private String expression(String text) {
        TypedProgram program = check(BEFORE
                + "control T(inout bit<8> x, inout int<8> i, inout bit<16> w, inout bool b, inout S s, inout H[3] k, inout N n,"
                + " inout P p, inout tuple<bit<8>, bool> tu, inout U u)() { X<bit<8>>() xi; action a(bit<8> z) { }"
                + " table t { key = { x : exact; } actions = { a; NoAction; } }"
                + " apply { wr(x); sink(" + text + "); } }");
        assertThat(diagnostics.render()).as(text).isEmpty();
        Definition.Control control = program.all(Definition.Control.class).getFirst();
        Expr.Call sink = ((Stmt.Invoke) control.apply().statements().get(1)).call();
        return Shown.of(Objects.requireNonNull(sink.arguments().getFirst()));
    }

    private List<String> faults() {
        return diagnostics.sorted().stream()
                .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
                .map(d -> d.span().position().line() + ":" + d.span().position().column() + " " + d.code() + " "
                        + d.message())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            x + 1                   => (x + 1:bit<8>)
            1 + x                   => (1:bit<8> + x)
            x + K                   => (x + 7:bit<8>)
            8w255 + 1               => 0:bit<8>
            8w255 |+| 1             => 255:bit<8>
            8s127 + 1               => -128:int<8>
            8s127 |+| 1             => 127:int<8>
            8w1 |-| 2               => 0:bit<8>
            i - 1                   => (i - 1:int<8>)
            8w7 / 2 * 2             => 6:bit<8>
            (bit<8>)I               => 44:bit<8>
            (bit<8>)(I / 7 % 5)     => 2:bit<8>
            (bit<16>)x              => (bit<16>)x
            (bit<8>)(int<8>)8w200   => 200:bit<8>
            (int<8>)8w200           => -56:int<8>
            (bit<8>)i               => (bit<8>)i
            8w0b101 ++ 4w0xF        => 95:bit<12>
            x ++ w[3:0]             => (x ++ w[0:int+:4])
            w[15:8]                 => w[8:int+:8]
            16w0xABCD[11:4]         => 188:bit<8>
            w[x+:4]                 => w[x+:4]
            8w1 << 7                => 128:bit<8>
            8w1 << 8                => 0:bit<8>
            (int<8>)8w0x80 >> 3     => -16:int<8>
            x << w                  => (x << w)
            b ? x : 1               => (b ? x : 1:bit<8>)
            true ? x : 1            => x
            b && true               => (b && true)
            false && b              => false
            x == 1 || false         => ((x == 1:bit<8>) || false)
            -x                      => -x
            ~8w1                    => 254:bit<8>
            !b                      => !b
            s.a                     => s.a
            SK.h.g                  => 3:bit<16>
            (S){ 1, { 2, 3 } }      => S{1:bit<8>, H{2:bit<8>, 3:bit<16>}}
            (S){ h = s.h, a = x }   => S{x, s.h}
            (S){ a = x, ... }       => S{x, ...:H}
            (H){#}                  => {#}:H
            (G<B>){ 1 }             => G<bit<8>>{1:bit<8>}
            k[1].f                  => k[1:int].f
            k[x].g                  => k[x].g
            k.size                  => 3:bit<32>
            tu[0]                   => tu[0:int]
            N.TWO                   => 2:N
            (bit<4>)N.TWO           => 2:bit<4>
            (bit<4>)n               => (bit<4>)n
            n + 1                   => ((bit<4>)n + 1:bit<4>)
            (N)4w1                  => 1:N
            C.RED                   => C.RED
            error.NoMatch           => error.NoMatch
            (P)5                    => 5:P
            (bit<9>)p               => (bit<9>)p
            (bool)1w1               => true
            (bit<1>)b               => (bit<1>)b
            s.h.isValid()           => isValid():bool
            xi.get()                => get():bit<8>
            xi.two(w, x)            => two(w, x):bit<16>
            xi.two<bit<4>>(1, 2)    => two(1:bit<4>, 2:bit<8>):bit<4>
            over(1)                 => over(1:bit<8>):bit<8>
            over(b = 1, a = 2)      => over(2:bit<8>, 1:bit<8>):bit<16>
            fn(x)                   => fn(x):bit<8>
            id(s)                   => id(s):S
            id(8w1)                 => id(1:bit<8>):bit<8>
            same(x, 1)              => same(x, 1:bit<8>):bit<8>
            same(1, x)              => same(1:bit<8>, x):bit<8>
            same(p, 5)              => same(p, 5:P):P
            (bit<32>)H.minSizeInBits()    => 24:bit<32>
            (bit<32>)V.maxSizeInBytes()   => 4:bit<32>
            t.apply().hit           => apply():result of table t.hit
            """)
    void expression_hasItsTypes_andIsEvaluated(String text, String expected) {
        assertThat(expression(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            const bit<8> a = b;                              | 3:18 unknown-name nothing named 'b' is declared here
            const Foo a = 1;                                 | 3:7 unknown-type nothing named 'Foo' is declared here
            const bit<8> a = 1; const bit<8> a = 2;          | 3:34 redeclared 'a' is declared already, at test.p4:3:14
            const bit<8> a = K ++ 1;                         | 3:23 no-width '++' needs to know how wide this is
            const bit<8> a = 16w1;                           | 3:18 type-mismatch expected bit<8>, found bit<16>
            const bit<8> a = true;                           | 3:18 type-mismatch expected bit<8>, found bool
            const bool a = 8w1 == 16w1;                      | 3:16 type-mismatch '==' takes two of the same type, here are bit<8> and bit<16>
            const int<8> a = (int<8>)16w1;                   | 3:18 bad-cast there is no cast from bit<16> to int<8>
            const bit<8> a = 8w1 / 0;                        | 3:24 division-by-zero division by zero
            const bit<8> a = 8w1[8:1];                       | 3:18 out-of-bounds there is no bit 8 in bit<8>
            const bit<8> a = 8w1[1:2];                       | 3:18 out-of-bounds bits 1 to 2 are none
            const C a = C.BLUE;                              | 3:15 unknown-member C has no 'BLUE'
            const error a = error.Foo;                       | 3:23 unknown-member error has no 'Foo'
            const S a = { 1 };                               | 3:13 type-mismatch expected S, found list of 1 value
            const S a = { 1, { 2, true } };                  | 3:23 type-mismatch expected bit<16>, found bool
            const S a = { a = 1 };                           | 3:13 type-mismatch expected S, found list of a
            const bit<(-1)> a = 1;                           | 3:12 bad-width -1 is not between 0 and 65536
            struct T { int i; }                              | 3:12 bad-type a field of a struct cannot be int
            header T { bit<8> a; error e; }                  | 3:22 bad-type a field of a header cannot be error
            header_union T { S s; }                          | 3:18 bad-type a field of a header_union cannot be S
            struct T { bit<8> a; bit<8> a; }                 | 3:29 redeclared field 'a' is declared twice
            typedef G T;                                     | 3:9 type-arguments G has 1 type parameter, here are 0 arguments
            type S T;                                        | 3:6 bad-type 'type' is for bit<W>, int<W> and bool, not S
            enum bit<2> T { A }                              | 3:17 bad-type member 'A' has no number
            error { NoMatch }                                | 3:9 redeclared error 'NoMatch' is declared already, at <weir>/core.p4:10:5
            bit<8> f(in bit<8> a) { a = 1; return a; }       | 3:25 not-assignable 'a' is an 'in' parameter
            bit<8> f(in bool a) { if (a) { return 1; } }     | 3:8 no-return 'f' does not give a value on every way through it
            bit<8> f() { return true; }                      | 3:21 type-mismatch expected bit<8>, found bool
            void f() { exit; }                               | 3:12 misplaced 'exit' is for controls and actions only
            void f() { break; }                              | 3:12 misplaced 'break' stands outside of a loop
            void f() { int a = 1; }                          | 3:12 bad-type a variable cannot be int
            void f() { wr(1); }                              | 3:15 not-assignable 'o' is an 'out' parameter: this is a value, not a place for one
            void f() { over(); }                             | 3:12 arguments none of the 2 'over' takes these arguments
            void f() { fn(b = 1); }                          | 3:12 arguments there is no parameter 'b'
            void f() { same(8w1, true); }                    | 3:22 type-mismatch expected bit<8>, found bool
            void f() { id({#}); }                            | 3:15 bad-type this cannot be {#}
            void f() { verify(true, error.NoError); }        | 3:12 misplaced 'verify' is for parsers
            const bool a = static_assert(K == 8, "no");      | 3:16 static-assert assertion failed: no
            X<bit<8>>(1, 2) x;                               | 3:1 arguments none of the 2 'X' takes these arguments
            X() x;                                           | 3:1 cannot-infer what type is meant cannot be told from the arguments
            S() x;                                           | 3:1 no-constructor S has no constructor
            parser Q() { state a { } }                       | 3:8 no-start parser 'Q' has no state 'start'
            parser Q() { state start { transition a; } }     | 3:39 unknown-name there is no state 'a'
            parser Q() { state start { transition start; } } | 3:8 endless parser 'Q' never comes to 'accept' or 'reject'
            parser Q(in bit<8> a) { state start { transition select(a) { true: accept; } } } | 3:62 type-mismatch expected bit<8>, found bool
            parser Q(in bit<8> a) { state start { transition select(a, a) { 1: accept; } } } | 3:65 type-mismatch here is one key for 2
            parser Q(packet_in p) { S s; state start { transition select(s) { default: accept; } } } | 3:62 type-mismatch 'select' is not for S
            parser Q(packet_in p) { H h; state start { p.extract(h.f); transition accept; } } | 3:54 bad-type what is extracted is a header, this is bit<8>
            parser Q(packet_in p) { V h; state start { p.extract(h); transition accept; } } | 3:54 bad-type V has a varbit
            action a(bit<8> p, in bit<8> q) { }              | 3:20 direction 'q' has a direction, one before it has none
            X<bit<8>>() main;                                | 3:13 bad-main 'main' is an instance of a package
            """)
    void fault_isToldAtItsPlace_once(String text, String expected) {
        check(BEFORE + "\n" + text);
        assertThat(faults()).singleElement().asString().isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            actions = { a; }                                                    |
            key = { x : lpm; } actions = { a; b(x); } default_action = a(1);    |
            key = { x : exact; } actions = { a; } const entries = { 1 : a(2); _ : a(3); } |
            key = { x : exact; x : ternary; } actions = { a; } entries = { (1, 2 &&& 3) : a(1); priority = 3: (2, 1 .. 4) : a(1); } |
            key = { x : fuzzy; } actions = { a; }                               | unknown-name there is no match kind 'fuzzy'
            key = { s : exact; } actions = { a; }                               | bad-type a key cannot be S
            key = { x + 1 : exact; } actions = { a; }                           | no-name the control plane has no name for this key
            key = { x : exact; }                                                | no-actions table 't' has no actions
            actions = { x; }                                                    | not-an-action 'x' is a parameter, not an action
            actions = { a; a; }                                                 | redeclared action 'a' stands here twice
            actions = { a(1); }                                                 | arguments entries give 'z', the list of actions does not
            actions = { b; }                                                    | arguments nothing is given for 'q'
            actions = { a; } default_action = NoAction;                         | not-an-action the table's actions have no 'NoAction'
            actions = { a; } default_action = a;                                | arguments nothing is given for 'z'
            actions = { @tableonly a; } default_action = a(1);                  | annotation 'a' is @tableonly, so it is not the default
            key = { x : exact; } actions = { @defaultonly a; } entries = { 1 : a(2); } | annotation 'a' is @defaultonly, so it is not that of an entry
            key = { x : exact; } actions = { a; } entries = { (1, 2) : a(1); }  | type-mismatch here are 2 keys for 1
            key = { x : exact; } actions = { a; } entries = { x : a(1); }       | not-constant a key has to be known when the program is compiled
            actions = { a; } entries = { 1 : a(1); }                            | no-key a table without a key has no entries
            actions = { a; } size = true;                                       | type-mismatch a size is a number, this is bool
            actions = { a; } size = 1; size = 2;                                | redeclared 'size' stands here twice
            """)
    void table_isChecked(String table, String expected) {
        check(BEFORE + "control T(inout bit<8> x, inout S s) { action a(bit<8> z) { } action b(in bit<8> q) { }\n"
                + "table t { " + table + " } apply { t.apply(); } }");
        if (expected == null) {
            assertThat(diagnostics.render()).isEmpty();
        } else {
            assertThat(faults()).singleElement().asString().endsWith(expected);
        }
    }

    @Test
    void poison_isSilent() {
        check(
                BEFORE
                        + "const bit<8> a = nothing + 1;\nconst bit<8> c = a * 2; const bit<(a)> d = c;\nvoid f() { bit<8> e = a + c; e.f.g(d); }");
        assertThat(faults())
                .containsExactly(
                        "2:" + (BEFORE.length() - "#include <core.p4>\n".length() + 18)
                                + " unknown-name nothing named 'nothing' is declared here",
                        "4:32 unknown-member bit<8> has no 'f'");
    }

    @Test
    void name_thatIsNear_isProposed() {
        check("const bit<8> first = 1; const bit<8> b = frist;");
        assertThat(diagnostics.sorted().getFirst().help()).isEqualTo("is 'first' meant?");
    }

    @Test
    void package_ofGenericBlocks_infersWhatTheyAreFor() {
        TypedProgram program = check("""
                #include <core.p4>
                parser P<A>(packet_in p, out A a); control C<A, B>(inout A a, in B b); package Top<A, B>(P<A> p, C<A, B> c);
                struct S { bit<8> f; }
                parser p(packet_in p, out S s) { state start { transition accept; } }
                control c(inout S s, in bit<4> b) { apply { } }
                Top(p(), c()) main;
                """);
        assertThat(diagnostics.render()).isEmpty();
        assertThat(Objects.requireNonNull(program.main()).type()).hasToString("Top<S, bit<4>>");
        assertThat(program.architecture()).isEqualTo(Architecture.OTHER);
    }

    @Test
    void package_ofBlocksThatDoNotFit_isAFault() {
        check("""
                control C<A>(inout A a, in A b); package Top<A>(C<A> c);
                control c(inout bit<8> a, in bit<4> b) { apply { } }
                Top(c()) main;
                """);
        assertThat(faults()).containsExactly("3:5 type-mismatch expected C<bit<8>> for 'c', found c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tc/pna.p4",
                "bmv2/pna.p4",
                "pna.p4",
                "dpdk/pna.p4",
                "weir/flow.p4",
                "v1model.p4",
                "bmv2/psa.p4",
                "dpdk/psa.p4",
                "ebpf_model.p4"
            })
    void header_hasNoFaults(String name) {
        check("#include <" + name + ">\n");
        assertThat(diagnostics.render()).isEmpty();
    }

    @Test
    void architecture_isThatOfTheHeader() {
        assertThat(check("#include <tc/pna.p4>\n").architecture()).isEqualTo(Architecture.TC);
        assertThat(check("#include <bmv2/pna.p4>\n").architecture()).isEqualTo(Architecture.PNA);
    }
}
