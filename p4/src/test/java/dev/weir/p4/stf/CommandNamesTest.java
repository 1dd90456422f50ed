package dev.weir.p4.stf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries in the words of bmv2's command line: what they mean in a program, and what is said of those that mean nothing. */
class CommandNamesTest {
    private static final Pipeline PROGRAM = program("""
            #include <tc/pna.p4>
            header h_t { bit<32> a; bit<48> m; bit<128> s; bit<16> p; }
            struct hs_t { h_t h; }
            struct m_t {}
            parser P(packet_in packet, out hs_t hdr, inout m_t meta, in pna_main_parser_input_metadata_t istd) {
                state start { packet.extract(hdr.h); transition accept; }
            }
            control C(inout hs_t hdr, inout m_t meta, in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
                action to(bit<32> address, bit<48> mac, bit<16> port) { hdr.h.a = address; hdr.h.m = mac; hdr.h.p = port; }
                action drop() { drop_packet(); }
                table plain { key = { hdr.h.a: exact; hdr.h.m: exact; } actions = { to; drop; } default_action = drop(); size = 2; }
                table routes { key = { hdr.h.s: lpm; } actions = { to; drop; } default_action = drop(); size = 8; }
                table rules { key = { hdr.h.a: ternary; hdr.h.p: range; } actions = { to; drop; } default_action = drop(); size = 8; }
                apply { plain.apply(); routes.apply(); rules.apply(); }
            }
            control D(packet_out packet, inout hs_t hdr, in m_t meta, in pna_main_output_metadata_t ostd) {
                apply { packet.emit(hdr.h); }
            }
            PNA_NIC(P(), C(), D()) main;
            """);

    private final Diagnostics diagnostics = new Diagnostics();

    private static Pipeline program(String text) {
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.Compiled compiled = P4Compiler.compile(
                "commands", SourceFile.of("commands.p4", text), new IncludePath(List.of()), Map.of(), diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        return Objects.requireNonNull(compiled).pipeline();
    }

    private Table table(String name, String lines) {
        Pipeline entered = StfEntries.into(PROGRAM, SourceFile.of("cmds.txt", lines), diagnostics);
        return entered.tables().stream()
                .filter(each -> each.name().endsWith("." + name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "plain;  table_add plain to 10.0.0.1 02:00:00:00:00:01 => 1.2.3.4 0x0a 7;  add plain a:0x0a000001 m:0x020000000001 to(address:0x01020304, mac:10, port:7)",
                "routes; table_add routes drop 2001:db8::/32 =>;  add routes s:0x20010db8000000000000000000000000/32 drop()",
                "routes; TABLE_ADD C.routes C.drop ::1/128 => # one;  add routes s:1/128 drop()",
                "routes; table_add routes drop 0/0 =>;  add routes s:0/0 drop()",
            })
    void entry_isThatOfTheTestsOwnWords(String name, String command, String own) {
        Table said = table(name, command);
        Table same = table(name, own);
        assertThat(diagnostics.render()).isEmpty();
        assertThat(said.entries()).hasSize(1).isEqualTo(same.entries());
    }

    @Test
    void rules_haveMasksRangesAndAPriority_ofWhichTheLowestWins() {
        Table rules = table(
                "rules",
                "table_add rules drop 10.0.0.0&&&0xff000000 1->0xff => 7\n"
                        + "table_add rules to 0&&&0 5->5 => 1 2 3 1\n");
        assertThat(diagnostics.render()).isEmpty();
        assertThat(rules.entries()).extracting(Table.Entry::priority).containsExactly(7, 1);
        assertThat(rules.entries().getFirst().matches().toString())
                .isEqualTo("[Masked[number=167772160, mask=4278190080], Range[low=1, high=255]]");
    }

    @Test
    void default_isSet() {
        Table plain = table("plain", "table_set_default plain to 1.1.1.1 02:00:00:00:00:02 9");
        assertThat(diagnostics.render()).isEmpty();
        assertThat(plain.defaultAction().call().toString()).contains("16843009, 2199023255554, 9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "table_add plain to 1 2;                        '=>' is missing",
                "table_add none to 1 2 =>;                      no table 'none'",
                "table_add plain none 1 2 =>;                   no action 'none'",
                "table_add plain drop 1 =>;                     has 2 keys, here are 1",
                "table_add plain to 1 2 => 1 2;                 takes 3 values, here are 2",
                "table_add plain drop 1 2 => 1;                 takes 0 values, here are 1",
                "table_add plain drop 1.2.3 2 =>;               '1.2.3'",
                "table_add plain drop 1 02:00:00:00:00 =>;      '02:00:00:00:00'",
                "table_add plain drop 4294967296 2 =>;          '4294967296'",
                "table_add plain drop -1 2 =>;                  '-1'",
                "table_add plain drop;                          '=>' is missing",
                "table_add plain;                               the action is missing",
                "table_add routes drop 2001:db8:: =>;           is lpm",
                "table_add routes drop 2001:db8::/129 =>;       at most 128 bits",
                "table_add rules drop 1 1->2 => 1;              is ternary",
                "table_add rules drop 1&&&1 1 => 1;             is range",
                "table_add rules drop 1&&&1 2->1 => 1;          the range is empty",
                "table_add rules drop 1&&&1 1->2 =>;            without a priority",
                "table_add rules drop 1&&&1 1->2 => x;          'x' is no priority",
                "table_set_default plain to 1;                  takes 3 values, here are 1",
                "table_set_default plain;                       the action is missing",
                "table_delete plain 1;                          'table_delete' is no keyword",
            })
    void fault_isToldWithPlaceAndRemedy(String command, String message) {
        table("plain", "# what is wrong\n" + command + "\n");
        assertThat(diagnostics.render()).startsWith("cmds.txt:2:").contains(message);
        assertThat(diagnostics.errors()).isEqualTo(1);
    }

    @Test
    void entries_moreThanTheTableHolds_areRefused() {
        table("plain", "table_add plain drop 1 1 =>\ntable_add plain drop 1 2 =>\ntable_add plain drop 1 3 =>\n");
        assertThat(diagnostics.render()).startsWith("cmds.txt:3:").contains("the table has 2 already");
        assertThat(table("plain", "table_add plain drop 1 1 =>\ntable_add plain drop 1 1 =>\n")
                        .entries())
                .hasSize(1);
    }
}
