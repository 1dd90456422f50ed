package dev.weir.p4.tc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.Programs;
import dev.weir.p4.control.WorkerBench;
import dev.weir.p4.run.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries and events of a program that runs, in the forms of P4TC's tools. */
class TcFormsTest {
    private static final long SECOND = 1_000_000_000, BEGIN = 1_790_000_000 * SECOND;
    private static final PortNames PORTS = new PortNames(List.of("port0", "port1"));
    private static final String PACKET = "020000000001020000000002" + "0800" + "450000280000000040" + "06" + "0000"
            + "0a000001" + "0a000002" + "900c" + "04d2";

    private final ProgramRuntime program = new ProgramRuntime(Programs.tracker(), Map.of());
    private final WorkerBench bench = new WorkerBench(program.config(), 1, BEGIN);
    private final List<ProgramEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final TcText text = new TcText("flowtracker", 1, PORTS);
    private final TcJson json = new TcJson("flowtracker", 1, PORTS);

    @AfterEach
    void end() {
        bench.close();
        program.close();
    }

    private void packet() {
        byte[] octets = HexFormat.of().parseHex(PACKET);
        int[] numbers = new int[octets.length];
        for (int i = 0; i < octets.length; i++) numbers[i] = octets[i];
        bench.packet(0, numbers);
    }

    private void ask(String line) throws TcFault {
        TcCommand.Write write = (TcCommand.Write) new TcParser(program.image().schema(), PORTS).parse(line);
        List<Outcome> outcomes = program.write(
                        write.changes(), Atomicity.CONTINUE_ON_ERROR, Origin.control("weir", 4711))
                .join();
        assertThat(outcomes).allMatch(Outcome::isDone);
    }

    private List<EntryState> dump(String line) throws TcFault {
        TcCommand.Dump dump = (TcCommand.Dump) new TcParser(program.image().schema(), PORTS).parse(line);
        return program.entries(dump.table().name(), dump.filter()::matches, EntryPage.Position.START, 100)
                .join()
                .entries();
    }

    private ProgramEvent event(int number) throws InterruptedException {
        for (int i = 0; i < 1000 && events.size() <= number; i++) Thread.sleep(5);
        return events.get(number);
    }

    @Test
    void eventsOfAFlow_areThoseOfP4tc_lineByLine() throws InterruptedException {
        ProgramRuntime.Watch watch = program.watch(events::add);
        packet();
        assertThat(text.event(event(0)))
                .isEqualTo(String.join(
                        "\n",
                        " created pipeline:  flowtracker(id 1)",
                        " table: Main/ct_flow_table(id 1)entry priority 64000[permissions -RUD-PS-RUDX--]",
                        "    entry key",
                        "     input_port id:1 size:32b type:dev exact fieldval  port0",
                        "     srcAddr id:2 size:32b type:ipv4 exact fieldval  10.0.0.1/32",
                        "     dstAddr id:3 size:32b type:ipv4 exact fieldval  10.0.0.2/32",
                        "     hdr.ipv4.protocol id:4 size:8b type:bit8 exact fieldval  6/0xff",
                        "     srcPort id:5 size:16b type:be16 exact fieldval  36876/0xffff",
                        "     dstPort id:6 size:16b type:be16 exact fieldval  1234/0xffff",
                        "    created by: kernel (id 1)",
                        "    dynamic true",
                        "    table aging 30000",
                        ""));
        bench.pass(30 * SECOND);
        bench.pass(SECOND / 10);
        assertThat(text.event(event(1)).lines().map(String::strip).toList())
                .endsWith(
                        "created by: kernel (id 1)",
                        "deleted by: timer (id 3)",
                        "dynamic true",
                        "table aging 30000",
                        "created 30 sec    used 30 sec",
                        "tmpl created false");
        JsonObject told = JsonParser.parseString(json.event(events.get(1))).getAsJsonObject();
        assertThat(told.get("event").getAsString()).isEqualTo("deleted");
        assertThat(told.get("deleted").getAsBoolean()).isTrue();
        assertThat(told.get("delete_whodunnit").getAsString()).isEqualTo("timer");
        assertThat(told.get("created_at_ns").getAsLong()).isEqualTo(BEGIN);
        watch.close();
    }

    @Test
    void entryOfAPerson_saysWhoMadeAndChangedIt() throws TcFault {
        ask("create flowtracker/table/nh_table dst 10.1.0.0/16 action send param port port1 param dst"
                + " 02:00:00:00:00:07");
        bench.pass(5 * SECOND);
        ask("update flowtracker/table/nh_table dst 10.1.0.0/16 action send param port port0 param dst"
                + " 02:00:00:00:00:08");
        bench.pass(2 * SECOND);
        EntryState entry = dump("get flowtracker/table/nh_table").getFirst();
        assertThat(text.header()).isEqualTo("pipeline:  flowtracker(id 1)\n");
        assertThat(text.entry(entry))
                .isEqualTo(String.join(
                        "\n",
                        " table: Main/nh_table(id 2)entry priority 64000[permissions -RUD-PS-R--X--]",
                        "    entry key",
                        "     dst id:1 size:32b type:ipv4 lpm fieldval  10.1.0.0/16",
                        "    entry actions:",
                        "     action order 1: flowtracker/Main/send  index 1 ref 1 bind 1",
                        "     params:",
                        "      port type dev value port0 id 1",
                        "      dst type macaddr value 02:00:00:00:00:08 id 2",
                        "    created by: tc (id 2)",
                        "    create by pid: 4711",
                        "    created by process: weir",
                        "    updated by: tc (id 2)",
                        "    update by pid: 4711",
                        "    updated by process: weir",
                        "    dynamic false",
                        "    created 7 sec    used 7 sec",
                        "    tmpl created false",
                        ""));
    }

    @Test
    void dump_inJson_isOneArray() throws TcFault {
        packet();
        bench.pass(3 * SECOND);
        packet();
        bench.pass(2 * SECOND);
        JsonArray array = JsonParser.parseString(json.dump(dump("get flowtracker/table/ct_flow_table")))
                .getAsJsonArray();
        assertThat(array).hasSize(2);
        assertThat(array.get(0)).hasToString("{\"pname\":\"flowtracker\",\"pipeid\":1}");
        assertThat(array.get(1))
                .hasToString(
                        "{\"entries\":[{\"tblname\":\"Main/ct_flow_table\",\"tblid\":1,\"prio\":64000,"
                                + "\"permissions\":\"-RUD-PS-RUDX--\",\"key\":["
                                + "{\"keyfield\":\"input_port\",\"id\":1,\"width\":32,\"type\":\"dev\",\"match_type\":\"exact\",\"fieldval\":\"port0\"},"
                                + "{\"keyfield\":\"srcAddr\",\"id\":2,\"width\":32,\"type\":\"ipv4\",\"match_type\":\"exact\",\"fieldval\":\"10.0.0.1/32\"},"
                                + "{\"keyfield\":\"dstAddr\",\"id\":3,\"width\":32,\"type\":\"ipv4\",\"match_type\":\"exact\",\"fieldval\":\"10.0.0.2/32\"},"
                                + "{\"keyfield\":\"hdr.ipv4.protocol\",\"id\":4,\"width\":8,\"type\":\"bit8\",\"match_type\":\"exact\",\"fieldval\":\"6/0xff\"},"
                                + "{\"keyfield\":\"srcPort\",\"id\":5,\"width\":16,\"type\":\"be16\",\"match_type\":\"exact\",\"fieldval\":\"36876/0xffff\"},"
                                + "{\"keyfield\":\"dstPort\",\"id\":6,\"width\":16,\"type\":\"be16\",\"match_type\":\"exact\",\"fieldval\":\"1234/0xffff\"}],"
                                + "\"create_whodunnit\":\"kernel\",\"create_whodunnit_id\":1,\"who_created_pid\":0,"
                                + "\"dynamic\":\"true\",\"aging\":30000,\"created\":5,\"last_used\":2,\"first_used\":2,\"tmpl_created\":\"false\"}]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        key.srcAddr = @4:10.0.0.1                          ; true
        key.srcAddr=10.0.0.0/24                            ; true
        key.srcAddr != 10.0.0.1                            ; false
        key.srcAddr == 10.0.0.9 || key.dstPort >= 1234     ; true
        key.srcAddr = 10.0.0.9 ^^ protocol = 6             ; fault
        key.srcAddr = 10.0.0.9 ^^ key.hdr.ipv4.protocol = 6 ; true
        !(key.input_port = port0)                          ; false
        !!(key.input_port = port0) && prio = 64000         ; true
        msecs_since < 1000                                 ; false
        msecs_since > 1000 && msecs_since <= 2000          ; true
        cmd = create                                       ; false
        ((((((prio = 1))))))                               ; fault
        (((((prio <> 1)))))                                ; true
        key.srcAddr = 10.0.0.300                           ; fault
        key.srcAddr 10.0.0.1                               ; fault
        key.srcAddr = 10.0.0.1 &&                          ; fault
        param.act.Main.send.port = port1                   ; fault
        param.ext.pkts = 1                                 ; fault
        cmd = make                                         ; fault
        """)
    void filter_holdsForTheEntry(String filter, String holds) throws TcFault {
        packet();
        bench.pass(2 * SECOND);
        String line = "get flowtracker/table/ct_flow_table filter " + filter;
        if (holds.equals("fault")) {
            assertThatThrownBy(() -> dump(line)).isInstanceOf(TcFault.class);
        } else {
            assertThat(dump(line)).hasSize(holds.equals("true") ? 1 : 0);
        }
    }

    @Test
    void filter_ofParametersAndEvents_holds() throws InterruptedException, TcFault {
        ProgramRuntime.Watch watch = program.watch(events::add);
        ask("create flowtracker/table/nh_table dst 10.1.0.0/16 action send param port port1 param dst 7");
        ask("create flowtracker/table/nh_table dst 10.2.0.0/16 action NoAction");
        assertThat(dump("get flowtracker/table/nh_table filter param.act.Main.send.port = port1"))
                .hasSize(1);
        assertThat(dump("get flowtracker/table/nh_table filter param.act.send.dst > 7"))
                .isEmpty();
        TcCommand.Monitor monitor =
                (TcCommand.Monitor) new TcParser(program.image().schema(), PORTS)
                        .parse("mon events flowtracker/table/nh_table filter cmd = create && key.dst = 10.2.0.0/16");
        assertThat(monitor.filter().matches((ProgramEvent.OfEntry) event(0))).isFalse();
        assertThat(monitor.filter().matches((ProgramEvent.OfEntry) event(1))).isTrue();
        ask("delete flowtracker/table/nh_table filter key.dst = 10.2.0.0/16");
        assertThat(text.event(event(2)).strip()).startsWith("flushed pipeline").contains("entries 1");
        assertThat(dump("get flowtracker/table/nh_table")).hasSize(1);
        watch.close();
    }
}
