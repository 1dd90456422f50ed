package dev.weir.p4.jvm;

import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Programs in P4 at random that compile: statements over headers, a stack, a union, structs and locals of some widths, in a parser, an action
 * and a control, with functions, a control inside, a table and registers beside them.
 */
final class SourceGenerator {
    private static final String PROGRAM = """
            #include <bmv2/pna.p4>
            #include <weir/flow.p4>
            header h_t { bit<8> a; bit<4> b; int<4> c; bit<16> d; }
            header w_t { bit<72> w; }
            header_union u_t { h_t x; w_t y; }
            enum bit<8> E { ONE = 1, TWO = 2 }
            struct s_t<T> { T t; bit<8> b; }
            struct H { h_t h; h_t[3] k; w_t w; u_t u; }
            struct M { bit<8> m; bit<16> n; bit<72> w; bit<4> b; int<4> c; bool p; s_t<bit<16>> s; tuple<bit<8>, bit<16>> t; E e; }
            bit<8> f(in bit<8> x, in bit<8> y) { $function if (x > y) { return x - y; } return x + 3; }
            void g(inout bit<8> x, out bit<16> y) { y = x ++ x; x = x + 1; }
            T id<T>(in T t) { return t; }
            parser Sub(packet_in p, out h_t h, inout bit<8> n) {
                state start { p.extract(h); n = n + 1; transition select(h.a) { 0 &&& 1: more; default: accept; } }
                state more { n = n |+| 200; transition accept; }
            }
            parser P(packet_in p, out H hdr, inout M m, in pna_main_parser_input_metadata_t i) {
                Sub() sub;
                bit<8> l = 9;
                $parser
                state start { sub.apply(p, hdr.h, m.m); $0 $state transition select(hdr.h.b, m.m) { (0 .. 7, _): stack; (_, 3): wide; $case default: accept; } }
                state stack { p.extract(hdr.k.next); transition select(hdr.k.last.a, hdr.k.lastIndex) { (_, 2): accept; (0 &&& 3, _): wide; default: stack; } }
                state wide { p.extract(hdr.w); hdr.u.y = hdr.w; $1 transition accept; }
            }
            control In(inout bit<8> v, in bit<16> by, inout h_t h)(bit<8> more) {
                bit<8> l = 1;
                apply { if (by == 3) return; v = v + by[7:0] + more + l; l = v; h.d = by; if (h.a == 2) h.setInvalid(); }
            }
            $top
            control C(inout H hdr, inout M m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {
                In(5) one; In(7) two;
                bit<8> l = 3;
                Register<bit<16>, bit<8>>(4) reg;
                InternetChecksum() ck;
                Hash<bit<16>>(PNA_HashAlgorithm_t.CRC16) crc;
                action a(bit<8> x, bit<16> y) { m.m = x; m.n = y; $2 $action }
                action b(inout bit<8> x) { x = x + m.m; if (x == 7) { return; } m.n = 5; }
                $local
                table t { key = { hdr.h.a : exact; m.b : exact; } actions = { a; b(m.m); NoAction; } size = 64;
                    const entries = { (1, 1) : a(5, 6); (2, 0) : b; (3, 3) : NoAction; (0, 0) : a(1, 2); } }
                table r { key = { m.n : ternary; hdr.h.d : range; } actions = { a; NoAction; $listed } $property
                    entries = { $entry (1 &&& 1, 0 .. 100) : a(8, 9); (_, 5 .. 0xffff) : a(3, 4); } }
                apply { $3 $apply }
            }
            control D(packet_out p, inout H hdr, in M m, in pna_main_output_metadata_t o) {
                apply { $deparser p.emit(hdr); hdr.k[0].setValid(); hdr.k[0].a = m.m; hdr.k[0].d = m.n; p.emit(hdr.k[0]); hdr.w = { m.w }; p.emit(hdr.w); }
            }
            PNA_NIC(P(), C(), D()) main;
            """;

    static final String[] BYTES = {
        "hdr.h.a",
        "m.m",
        "l",
        "hdr.k[1].a",
        "hdr.k[m.m].a",
        "m.s.b",
        "m.t[0]",
        "hdr.u.x.a",
        "m.n[7:0]",
        "m.w[m.m+:8]",
        "hdr.h.d[11:4]"
    };
    static final String[] WORDS = {"hdr.h.d", "m.n", "m.s.t", "m.t[1]", "hdr.k[2].d", "hdr.u.x.d", "m.w[70:55]"};
    private static final String[] NIBBLES = {"hdr.h.b", "m.b", "hdr.k[0].b", "hdr.h.a[5:2]"};
    private static final String[] WIDES = {"m.w", "hdr.w.w", "hdr.u.y.w"};

    private final SplittableRandom random;
    private boolean inControl;

    SourceGenerator(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Where something can be put into a program. */
    enum Place {
        TOP,
        FUNCTION,
        PARSER,
        STATE,
        CASE,
        LOCAL,
        ACTION,
        LISTED,
        PROPERTY,
        ENTRY,
        APPLY,
        DEPARSER;

        private String mark() {
            return "$" + name().toLowerCase(Locale.ROOT);
        }
    }

    String program() {
        return with(null, "");
    }

    /** A program that has this in a line of its own there. */
    String with(@Nullable Place place, String line) {
        String text = filled();
        for (Place each : Place.values()) text = text.replace(each.mark(), each == place ? "\n" + line + "\n" : "");
        return text;
    }

    private String filled() {
        String text = PROGRAM.replace("$0", statements(2))
                .replace("$1", statements(2))
                .replace("$2", statements(2));
        inControl = true;
        return text.replace("$3", statements(6));
    }

    private String statements(int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most + 1); left > 0; left--) {
            text.append(statement(2)).append(' ');
        }
        return text.toString();
    }

    String pick(String... several) {
        return several[random.nextInt(several.length)];
    }

    private String statement(int depth) {
        int kinds = depth == 0 ? 10 : inControl ? 20 : 13;
        return switch (random.nextInt(kinds)) {
            case 0, 1 -> pick(BYTES) + " = " + number(8, 3) + ";";
            case 2 -> pick(WORDS) + " = " + number(16, 3) + ";";
            case 3 -> pick(NIBBLES) + " = " + number(4, 3) + ";";
            case 4 -> pick(WIDES) + " = " + number(72, 3) + ";";
            case 5 -> "m.c = (int<4>)" + number(4, 2) + pick(" + ", " |+| ", " |-| ", " * ") + "hdr.h.c;";
            case 6 -> "g(" + pick("m.m", "l", "hdr.h.a", "hdr.k[m.m].a") + ", " + pick(WORDS) + ");";
            case 7 -> pick("m.m += ", "l |-|= ", "hdr.h.a ^= ") + number(8, 1) + ";";
            case 8 ->
                pick(
                        "hdr.k[1] = hdr.h;",
                        "hdr.k[m.m] = hdr.k[0];",
                        "hdr.u.x = hdr.h;",
                        "hdr.h.setInvalid();",
                        "hdr.k.push_front(1);",
                        "hdr.k.pop_front(2);",
                        "m.t = { m.t[0], m.n };",
                        "m.s = { " + number(16, 1) + ", l };");
            case 9 -> "m.p = " + condition(2) + ";";
            case 10 ->
                "if (" + condition(2) + ") { " + statement(depth - 1) + " } else { " + statement(depth - 1) + " }";
            case 11 ->
                "for (bit<8> n in 1 .. " + pick("4", "m.m") + ") { " + statement(depth - 1) + " if (n == 3) break; }";
            case 12 ->
                "{ h_t v = hdr.h; v.a = " + number(8, 1) + "; if (v == hdr.k[0]) { " + statement(depth - 1)
                        + " } hdr.k[2] = v; }";
            case 13 ->
                "switch (m.m) { 1: 2: { " + statement(depth - 1) + " } 5: { } default: { " + statement(depth - 1)
                        + " } }";
            case 14 ->
                pick("one", "two") + ".apply(" + pick("m.m", "hdr.h.a") + ", " + number(16, 1) + ", "
                        + pick("hdr.h", "hdr.k[0]") + ");";
            case 15 ->
                "if (" + pick("t", "r") + ".apply()." + pick("hit", "miss") + ") { " + statement(depth - 1) + " }";
            case 16 -> "switch (t.apply().action_run) { a: { " + statement(depth - 1) + " } b: { } default: { } }";
            case 17 -> "reg.write(" + number(8, 1) + ", " + number(16, 1) + "); m.n = reg.read(m.m);";
            case 18 ->
                "ck.clear(); ck.add({ hdr.h, m.n }); ck.subtract({ m.s.t }); m.n = ck.get(); m.s.t = crc.get_hash({ hdr.h.a, m.m });";
            default ->
                pick(
                        "b(m.m);",
                        "send_to_port((PortId_t)7);",
                        "drop_packet();",
                        "set_flow_offloaded(m.p);",
                        "recall_flows();",
                        "a(l, m.n);");
        };
    }

    /** An expression of {@code bit<width>}. */
    String number(int width, int depth) {
        String[] leaves = switch (width) {
            case 4 -> NIBBLES;
            case 8 -> BYTES;
            case 16 -> WORDS;
            default -> WIDES;
        };
        if (depth == 0 || random.nextInt(4) == 0) {
            return random.nextInt(3) == 0 ? width + "w" + random.nextInt(16) : pick(leaves);
        }
        String one = number(width, depth - 1);
        String other = number(width, depth - 1);
        return switch (random.nextInt(9)) {
            case 0 -> "(" + condition(depth - 1) + " ? " + one + " : " + other + ")";
            case 1 -> "id(" + one + ")";
            case 2 -> "(bit<" + width + ">)(" + number(width == 16 ? 72 : 16, depth - 1) + ")";
            case 3 -> "(" + one + pick(" << ", " >> ") + number(4, 0) + ")";
            case 4 -> "(bit<" + width + ">)((int<" + width + ">)" + one + " >> 1)";
            case 5 ->
                width == 8
                        ? "f(" + one + ", " + other + ")"
                        : width == 16 ? "(" + number(8, 1) + " ++ " + number(8, 1) + ")" : "(~" + one + ")";
            default -> "(" + one + pick(" + ", " - ", " * ", " & ", " | ", " ^ ", " |+| ", " |-| ") + other + ")";
        };
    }

    private String condition(int depth) {
        if (depth == 0)
            return pick("m.p", "hdr.h.isValid()", "hdr.u.isValid()", "(hdr.k[1] == hdr.h)", "(m.e == E.TWO)");
        int width = random.nextInt(2) == 0 ? 8 : 16;
        return switch (random.nextInt(4)) {
            case 0 -> "(" + condition(depth - 1) + pick(" && ", " || ") + condition(depth - 1) + ")";
            case 1 -> "(!" + condition(depth - 1) + ")";
            case 2 -> "(" + number(width, depth - 1) + pick(" == ", " < ", " >= ") + number(width, depth - 1) + ")";
            default -> "((int<8>)" + number(8, depth - 1) + pick(" < ", " <= ") + "8s3)";
        };
    }
}
