package dev.weir.p4.tc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.Lifetime;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.Programs;
import dev.weir.p4.control.WorkerBench;
import dev.weir.p4.run.Rules;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of {@code p4ctrl}, and what they ask for. */
class TcParserTest {
    private static final PortNames PORTS = new PortNames(List.of("port0", "port1"));
    private static final ProgramSchema TRACKER = Programs.tracker().schema(),
            OCTETS = Programs.octets().schema();
    private static final String FLOW =
            "input_port port1 srcAddr 10.0.0.1 dstAddr 10.0.0.2/32 protocol 6 srcPort 36876 dstPort 1234/0xffff";

    private static TcCommand parse(String line) throws TcFault {
        ProgramSchema program = "octets".equals(TcParser.program(line)) ? OCTETS : TRACKER;
        return new TcParser(program, PORTS).parse(line);
    }

    private static List<Change> changes(String line) throws TcFault {
        return ((TcCommand.Write) parse(line)).changes();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ct_flow_table
        Main/ct_flow_table
        """)
    void create_ofAFlow_hasItsKeyHoweverTheTableIsSpelled(String table) throws TcFault {
        Change.Insert insert = (Change.Insert)
                changes("create flowtracker/table/" + table + " " + FLOW).getFirst();
        assertThat(insert.table()).isEqualTo("Main.ct_flow_table");
        assertThat(insert.key()).hasToString("1, 167772161, 167772162, 6, 36876, 1234");
        assertThat(insert.call()).isNull();
        assertThat(insert.options().lifetime()).isEqualTo(Lifetime.UNSAID);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        dynamic               | Profile[number=0]
        dynamic profile_id 2  | Profile[number=2]
        dynamic aging 60000   | Aging[millis=60000]
        aging 60000 dynamic   | Aging[millis=60000]
        permissions 0x1da4    | Unsaid[]
        """)
    void create_withOptions_saysHowLongItLives(String options, String lifetime) throws TcFault {
        Change.Insert insert =
                (Change.Insert) changes("create flowtracker/table/Main/ct_flow_table " + FLOW + " " + options)
                        .getFirst();
        assertThat(insert.options().lifetime()).hasToString(lifetime);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        nh_table | dst 10.1.0.0/16                        | 0xa010000/0xffff0000
        nh_table | dst 10.1.2.3                           | 167838211
        nh_table | dst 10.1.0.0/255.255.0.0               | 0xa010000/0xffff0000
        nh_table | dst *                                  | *
        acl      | src 10.0.0.0/0xff0000ff port 3..9 prio 7 | 0xa000000/0xff0000ff, 3..9 of priority 7
        acl      | port 80 src 0.0.0.0/0 prio 0x10        | 0x0/0x0, 80 of priority 16
        acl      | src 1.2.3.4 prio 1                     | 16909060, * of priority 1
        """)
    void delete_ofAKey_readsValuesByTheirTypes(String table, String key, String read) throws TcFault {
        Change.Delete delete = (Change.Delete)
                changes("delete flowtracker/table/Main/" + table + " " + key).getFirst();
        assertThat(delete.key()).hasToString(read);
    }

    @Test
    void actions_haveTheirParametersInAnyOrder() throws TcFault {
        List<Change> changes =
                changes("create flowtracker/table/nh_table entry dst 10.1.0.0/16 action flowtracker/Main/send param dst"
                        + " 02:00:00:00:00:07 param port type dev port0 entry dst 10.2.0.0/16 action send param port 9"
                        + " param dst 1 entry dst 10.3.0.0/16 action NoAction");
        assertThat(changes.toString())
                .contains("Call[action=Main.send, arguments=[0, 2199023255559]]")
                .contains("Call[action=Main.send, arguments=[9, 1]]")
                .contains("Call[action=NoAction, arguments=[]]");
        assertThat(changes).hasSize(3);
    }

    @Test
    void attributesOfATable_areChanges() throws TcFault {
        assertThat(changes("update flowtracker/table/nh_table tbl_attrs tbl_permissions 0x3da4 timer_profile id 2 aging"
                        + " 7000 default_miss_action action send param port port1 param"
                        + " dst 0"))
                .hasToString("[SetTable[table=Main.nh_table, permissions=CRUD-PS-R--X--, profiles={2=7000000000}],"
                        + " SetMiss[table=Main.nh_table, call=Call[action=Main.send, arguments=[1, 0]]]]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        get octets/extern/Counter/packets tc_key index 3          | GetCells
        get octets/extern/Register/Main.wide                      | GetCells
        update octets/extern/Counter/packets param pkts 4 param bytes 9 | SetCounter[counter=Main.packets, place=All[], packets=4, bytes=9]
        update octets/extern/Meter/limits tc_key index 1 param cir 1 param cbs 2 param pir 3 param pbs 4 | committedRate=1, committedBurst=2
        update octets/extern/Register/wide tc_key index 1 param a_value 0xffffffffffffffffffff | value=1208925819614629174706175
        delete octets/extern/register/wide                        | value=0
        get flowtracker/table/ct_flow_table                       | Dump
        delete flowtracker/table/ct_flow_table filter prio = 3    | Flush
        mon p4 events                                             | Monitor[table=null
        mon events flowtracker/table/acl filter cmd = create      | Command[relation=EQUAL
        mon digest flowtracker                                    | MonitorDigests
        get flowtracker help                                      | flowtracker/table/Main/acl
        create flowtracker/table/acl help                         | param dst type macaddr
        get octets/extern/Meter/limits help                       | param cir type bit64
        """)
    void line_asksForThat(String line, String what) throws TcFault {
        assertThat(parse(line).toString()).contains(what);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        make flowtracker/table/acl                                  | make        | there is no such command
        get other/table/acl                                         | other/table/acl | it begins with another program than flowtracker
        get flowtracker/table dst 1.2.3.4                           | flowtracker/table | it names no table
        get flowtracker/table/Main/none                             | flowtracker/table/Main/none | there is no such table; give one of
        create flowtracker/table/nh_table dest 1.2.3.4              | dest        | there is no such key; give one of [dst]
        create flowtracker/table/nh_table dst 1.2.3                 | 1.2.3       | it is no address; give one of type ipv4
        create flowtracker/table/nh_table dst 1.2.3.4/33            | 1.2.3.4/33  | a prefix has at most 32 bits
        create flowtracker/table/nh_table dst 1.2.3.4/0xff00ff00    | 1.2.3.4/0xff00ff00 | its mask is no prefix
        create flowtracker/table/nh_table dst 1.2.3.4 color red     | color       | there is no such option
        create flowtracker/table/nh_table dst 1.2.3.4 action send   | send        | its parameter 'port' is missing
        create flowtracker/table/nh_table dst 1.2.3.4 action lend   | lend        | there is no such action
        create flowtracker/table/nh_table dst 1.2.3.4 action send param port eth9 | eth9 | there is no port of that name; give one of [port0, port1]
        create flowtracker/table/nh_table dst 1.2.3.4 aging 30000   | aging       | only dynamic entries age
        create flowtracker/table/nh_table dst 1.2.3.4 dynamic aging 3 profile_id 1 | profile_id | exclude each other
        create flowtracker/table/nh_table dst 1.2.3.4 permissions 0xfffff | 0xfffff | these are no permissions
        create flowtracker/table/ct_flow_table srcAddr 10.0.0.1     |             | the key 'input_port' is missing
        delete flowtracker/table/acl src 1.2.3.4                    | prio        | differ in it; give it
        get octets/extern/Counter/none                              | octets/extern/Counter/none | there is no such instance of Counter
        get octets/extern/DirectCounter/hits                        | octets/extern/DirectCounter/hits | get those: [octets/table/Main/flows]
        get octets/extern/Counter/packets tc_key index 256          | 256         | out of range; give an index, 0 to 255
        update flowtracker/table/acl tbl_attrs size 5               | size        | there is no such attribute
        mon nothing                                                 | nothing     | is wanted here
        """)
    void lineWithAFault_saysAtWhichWord(String line, String word, String message) {
        assertThatThrownBy(() -> parse(line)).isInstanceOfSatisfying(TcFault.class, fault -> {
            assertThat(fault.getMessage()).contains(message);
            if (word != null && !word.equals("prio"))
                assertThat(line.substring(fault.at())).startsWith(word);
            assertThat(fault.render()).contains(line).contains("^");
        });
    }

    @Test
    void exactTable_takesNoPriority() {
        assertThatThrownBy(() -> parse("get flowtracker/table/ct_flow_table " + FLOW + " prio 3"))
                .hasMessageContaining("have none; leave it out");
    }

    @Test
    void registerOfSeveralFields_isTheirNumbersInARow() throws TcFault {
        var image = Programs.compile("pairs", """
            #include <tc/pna.p4>
            header h_t { bit<8> a; bit<16> b; }
            struct headers_t { h_t h; }
            struct meta_t {}
            struct pair_t { bit<8> first; bit<16> second; }
            parser P(packet_in p, out headers_t hdr, inout meta_t m, in pna_main_parser_input_metadata_t i) {
                state start { p.extract(hdr.h); transition accept; }
            }
            control M(inout headers_t hdr, inout meta_t m, in pna_main_input_metadata_t i,
                    inout pna_main_output_metadata_t o) {
                Register<pair_t, bit<8>>(4) pairs;
                apply { pairs.write(0, { hdr.h.a, hdr.h.b }); }
            }
            control D(packet_out p, inout headers_t hdr, in meta_t m, in pna_main_output_metadata_t o) {
                apply { p.emit(hdr.h); }
            }
            PNA_NIC(P(), M(), D()) main;
            """, Rules.P4TC);
        var program = new ProgramRuntime(image, Map.of());
        try (program;
                var bench = new WorkerBench(program.config(), 1, 1)) {
            bench.packet(0, 0x12, 0x34, 0x56);
            var cells = program.cells("M.pairs", 0, 1).join();
            assertThat(new TcText("pairs", 1, PORTS).cells(cells))
                    .isEqualTo(" Register/M.pairs index 0 first 18 second 13398\n");
            Change change = ((TcCommand.Write) new TcParser(image.schema(), PORTS)
                            .parse("update pairs/extern/Register/pairs tc_key index 0 param first 0x12 param second"
                                    + " 0x3456"))
                    .changes()
                    .getFirst();
            assertThat(((Change.SetRegister) change).value())
                    .isEqualTo(cells.getFirst().value());
        }
    }

    @Test
    void keyOfAnEntry_comesBackAsItWasWritten() throws TcFault {
        TcValues values = new TcValues(PORTS);
        for (String text : List.of("10.1.0.0/16", "10.1.2.3/32", "0.0.0.0/0")) {
            EntryKey key = ((TcCommand.Get) parse("get flowtracker/table/nh_table dst " + text)).key();
            assertThat(values.text(
                            TRACKER.tables().get(1).keys().getFirst(),
                            key.matches().getFirst()))
                    .isEqualTo(text);
        }
        assertThat(values.text("bit128", 128, BigInteger.TEN)).isEqualTo("0000000000000000000000000000000a");
        assertThat(values.text("ipv6", 128, values.parse("ipv6", 128, "2001:db8::1")))
                .isEqualTo("2001:db8::1");
        assertThat(values.text("macaddr", 48, values.parse("macaddr", 48, "02:00:00:00:00:01")))
                .isEqualTo("02:00:00:00:00:01");
    }
}
