package dev.weir.cli;

import static dev.weir.cli.CtlResult.LARGEST;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verbs of {@code weir ctl} that change nothing, as a script meets them: against a data plane with its API. */
class CtlCommandTest {
    private static final int FLOWS = 17, TCP_FLOWS = 9;

    @TempDir
    private static Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static DaemonRig rig;

    @BeforeAll
    static void start() throws IOException {
        rig = new DaemonRig(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
    }

    private static CtlResult ctl(String... args) {
        return CtlResult.of(new Interruption(), rig.place(), args);
    }

    @Test
    void flows_areListed_asTrackPrintsThem() {
        CtlResult result = ctl("flows");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.lines()).hasSize(1 + FLOWS);
        assertThat(result.lines().getFirst()).startsWith("START  ").endsWith("STATE        END");
        assertThat(result.lines())
                .anyMatch(
                        line -> line.matches(
                                "2026-11-21T03:15:09.594Z +0.004294000  tcp +192.0.2.10:59034 +203.0.113.80:443 +17 +28 +1866 +31717  FIN-ACK *"));
    }

    @Test
    void flowsInJson_haveTheColumnsOfRecords_andWhatIsKeptForAFlow() {
        CtlResult result = ctl("flows", "--json", "src_port", "==", "59034");
        assertThat(result.lines())
                .singleElement()
                .asString()
                .matches(Pattern.quote("{\"flow_id\":") + "\\d+,"
                        + Pattern.quote("\"start_time\":\"2026-11-21T03:15:09.594095000Z\","
                                + "\"end_time\":\"2026-11-21T03:15:09.598389000Z\",\"duration\":0.004294000,"
                                + "\"protocol\":\"tcp\",\"protocol_number\":6,\"src_addr\":\"192.0.2.10\",\"src_port\":59034,"
                                + "\"dst_addr\":\"203.0.113.80\",\"dst_port\":443,\"tenant\":0,\"fwd_packets\":17,"
                                + "\"fwd_bytes\":1866,\"fwd_frame_bytes\":2104,\"rev_packets\":28,\"rev_bytes\":31717,"
                                + "\"rev_frame_bytes\":32109,\"fwd_tcp_flags\":\"FSPA\",\"rev_tcp_flags\":\"FSPA\","
                                + "\"tcp_state\":\"FIN-ACK\",\"end_reason\":\"\",\"offloaded\":false,\"ctx_id\":0,"
                                + "\"lifetime\":3.000000000,\"infos\":\"00000000000000000000000000000000\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            flows proto == tcp                            | 9
            flows --limit 4                               | 4
            flows --sort bytes desc                       | 17
            flows --sort bytes desc --limit 3 proto==tcp  | 3
            flows --limit 3 --sort=start_time             | 3
            flows false                                   | 0
            """)
    void flows_areAsManyAsAreAskedFor(String words, int flows) {
        CtlResult result = ctl((words + " --json").split(" ", -1));
        assertThat(result.err()).isEmpty();
        assertThat(result.lines()).hasSize(flows);
    }

    @Test
    void sortedFlows_comeInOrder() {
        assertThat(ctl("flows", "--sort", "bytes", "desc", "--limit", "1")
                        .lines()
                        .getLast())
                .contains("192.0.2.10:59034");
        List<String> ports = ctl("flows", "--sort", "src_port", "asc", "--json", "proto == tcp").lines().stream()
                .map(line -> line.replaceAll(".*\"src_port\":(\\d+).*", "$1"))
                .toList();
        assertThat(ports).hasSize(TCP_FLOWS).isSorted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LARGEST,
                "tcp 203.0.113.80:443 > 192.0.2.10:59034",
                "tcp|192.0.2.10:59034|203.0.113.80:443",
                "tcp|192.0.2.10:59034|>|203.0.113.80:443",
                "TCP|192.0.2.10:59034|to|203.0.113.80:443|tenant|0"
            })
    void flow_isFoundInEitherOrientation_andHoweverItIsQuoted(String key) {
        List<String> words = new ArrayList<>(List.of("flow"));
        words.addAll(List.of(key.split("\\|", -1)));
        CtlResult result = ctl(words.toArray(new String[0]));
        assertThat(result.err()).isEmpty();
        assertThat(result.lines().subList(1, 8))
                .containsExactly(
                        "  key         " + LARGEST,
                        "  began       2026-11-21T03:15:09.594095000Z",
                        "  last packet 2026-11-21T03:15:09.598389000Z",
                        "  lifetime    3 s without a packet",
                        "  state       FIN-ACK",
                        "  forward     17 packets, 1866 bytes (2104 on the wire), flags FSPA",
                        "  reverse     28 packets, 31717 bytes (32109 on the wire), flags FSPA");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            show version        | weir 1\\.2\\.3, Java \\S+, API weir\\.v1, started 2\\S+Z, run \\S+
            show health         | serving
            show nodes          | wires +cross-connect +\\d+ +21[35] +[\\d.]+ +\\d+ +0
            show interfaces     | in +\\S+ +215 +\\d+ +0 +0 +0  yes +0
            show workers        | [ ]+0 +[\\d.]+ +[\\d.]+ +21[35] +\\d+ +0 +0 +17 +\\d+ +[\\d.]+ +[\\d.]+
            show counters       | CREATED +17
            show counters       | max-flows +\\d+
            show errors         | PACKETS  WHERE  REASON
            show tenants        | told apart by: none
            show offload        | nothing carries offloaded flows; see 'offload' of the configuration, and the log
            show state          | flows end with the daemon; see 'state' of the configuration
            show chains         | default  seen wires  seen wires  .*wires
            flowtable           | out +yes
            """)
    void shown_forPeople(String words, String line) {
        CtlResult result = ctl(words.split(" ", -1));
        assertThat(result.err()).isEmpty();
        assertThat(result.lines()).anyMatch(each -> each.matches(line));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            show version        | {"version":"1.2.3","java":".*","started":"2.*Z","run":".*","api":["weir.v1"]}
            show health         | {"serving":true,"ports_down":0}
            show nodes          | {"name":"wires","type":"cross-connect","calls":.*,"packets":21.,"busy_seconds":.*,"drops":{},"counters":{}}
            show interfaces     | {"name":"in","state":".*","rx_packets":215,"rx_bytes":.*,"tx_packets":0,"tx_bytes":0,"drops":{.*},"flow_table":true,"next_node":"","tenant":0}
            show workers        | {"number":0,"load":.*,"vector_size":.*,"packets":21.,"vectors":.*,"handed":0,"taken":0,"flows":17,"cycles":.*,"longest_busy_seconds":.*,"longest_mail_seconds":.*}
            show counters       | {"flow_table":{.*"CREATED":17,.*},"malformed":{.*},"flows":17,"max_flows":.*,"dropped_events":0,"nodes":{.*"wires":{}.*}}
            show chains         | {"name":"default","forward":["seen","wires"],"reverse":["seen","wires"],"unhandled":[.*]}
            flowtable           | {"interface":"in","flow_table":true,"next_node":""}
            """)
    void shown_forPrograms(String words, String line) {
        CtlResult result = ctl((words + " --json").split(" ", -1));
        String pattern = Pattern.quote(line).replace(".*", "\\E.*\\Q").replace("21.", "21\\E.\\Q");
        assertThat(result.err()).isEmpty();
        assertThat(result.lines()).anyMatch(each -> each.matches(pattern));
    }

    @Test
    void trace_saysHowManyPacketsDidNotCome() {
        CtlResult result = ctl("trace", "wires", "1", "--wait", "100ms");
        assertThat(result.status()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("weir: only 0 of 1 packets came in that time; --wait waits longer\n");
    }

    @Test
    void top_withoutATerminal_printsOnePicture_orJson() {
        CtlResult text = ctl("top", "--interval", "200ms");
        assertThat(text.err()).isEmpty();
        assertThat(text.lines().getFirst()).startsWith("weir unix:").endsWith(" UTC");
        assertThat(text.lines().get(1)).startsWith("flows 17 of ");
        assertThat(text.out()).contains("tcp   192.0.2.10:59034");
        CtlResult json = ctl("top", "--interval", "200ms", "--count", "2", "--json", "--sort", "packets");
        assertThat(json.lines()).hasSize(2).allMatch(line -> line.startsWith("{\"time\":\"2"));
        assertThat(json.out()).contains("{\"key\":\"" + LARGEST + "\",\"packets\":45,\"bytes\":33583,");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            flows proto = tcp              | 2 | FILTER: column 7: '=' is no operator; write ==
            flows --sort nope              | 2 | --sort: there is no such column
            flows --limit none             | 2 | --limit: 'none' is no number that fits; give 1 or more
            flow tcp 192.0.2.10:1          | 2 | KEY: 'tcp 192.0.2.10:1': at character
            flow tcp 192.0.2.10:1 9.9.9.9  | 2 | KEY: 'tcp 192.0.2.10:1 > 9.9.9.9': at character 27: the port is missing
            update tcp 1.2.3.4:5 9.9.9.9:9 | 2 | update: nothing to change
            update tcp 1.2.3.4:5 9.9.9.9:9 offloaded | 1 | tcp 1.2.3.4:5 > 9.9.9.9:9: there is no such flow
            update tcp 1.2.3.4:5 9.9.9.9:9 lifetime x | 2 | lifetime: 'x' is no time
            update tcp 1.2.3.4:5 9.9.9.9:9 infos xyz | 2 | infos: 'xyz' is not 1 to 16 octets
            update tcp 1.2.3.4:5 9.9.9.9:9 ctx-id -1 | 2 | ctx-id: '-1' is no number that fits; give 0 to 4294967295
            flowtable disable              | 2 | disable: of which interface? is missing; add intf NAME
            flowtable max-flow 7           | 2 | flowtable: 'max-flow' is no word of it
            flowtable intf nope            | 2 | intf: there is no such port; there are in, out
            trace nope                     | 2 | node: there is no such node
            monitor --kinds gone           | 2 | --kinds: 'gone' is no kind of event
            show                           | 2 | no verb given; see weir ctl show --help
            show node                      | 2 | node: no such command; did you mean nodes?
            top --interval 1ms             | 2 | --interval: out of range; give 200ms to 1h
            """)
    void faults_areOneLine(String words, int status, String begins) {
        CtlResult result = ctl(words.split(" ", -1));
        assertThat(result.err()).startsWith("weir: " + begins);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.out()).isEmpty();
    }
}
