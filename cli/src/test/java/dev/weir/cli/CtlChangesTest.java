package dev.weir.cli;

import static dev.weir.cli.CtlResult.LARGEST;
import static dev.weir.cli.CtlResult.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verbs of {@code weir ctl} that change something, and what is told of it: each against a data plane of its own. */
class CtlChangesTest {
    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private DaemonRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new DaemonRig(folder);
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    private CtlResult ctl(String... args) {
        return ctl(new Interruption(), args);
    }

    private CtlResult ctl(Interruption interruption, String... args) {
        return CtlResult.of(interruption, rig.place(), args);
    }

    @Test
    void update_changesWhatIsNamed_andNothingElse() {
        CtlResult first = ctl("update", LARGEST, "lifetime", "5m", "offloaded", "infos", "00ff10");
        assertThat(first.err()).isEmpty();
        assertThat(first.lines())
                .contains(
                        "  lifetime    300 s without a packet",
                        "  offloaded   yes",
                        "  infos       00ff1000000000000000000000000000");
        assertThat(ctl("update", LARGEST, "ctx-id", "0x7").lines())
                .contains("  lifetime    300 s without a packet", "  offloaded   yes", "  ctx-id      7");
        assertThat(ctl("update", LARGEST, "lifetime", "never", "not-offloaded", "--json")
                        .out())
                .contains("\"offloaded\":false", "\"lifetime\":null", "\"ctx_id\":7");
        assertThat(ctl("update", LARGEST, "aging-profile", "3").lines())
                .contains("  lifetime    120 s without a packet");
        assertThat(ctl("update", LARGEST, "forward-chain", "default").status()).isZero();
    }

    @Test
    void delete_endsAFlow_once() {
        assertThat(ctl("delete", SMALL).out()).isEqualTo("deleted " + SMALL + "\n");
        assertThat(ctl("delete", SMALL))
                .isEqualTo(new CtlResult(1, "", "weir: " + SMALL + ": there is no such flow\n"));
        assertThat(ctl("flow", SMALL).status()).isOne();
    }

    @Test
    void purge_endsWhatAFilterChooses_andAllOnlyWhereThatWasSaid() {
        assertThat(ctl("purge", "dst_port", "==", "443").out()).isEqualTo("2 flows ended\n");
        assertThat(ctl("purge").err())
                .isEqualTo("weir: purge: no filter, so all flows would end; say so with --all, or give a filter\n");
        assertThat(ctl("purge", "--all", "--json").out()).isEqualTo("{\"purged\":15}\n");
        assertThat(ctl("flows", "--json").out()).isEmpty();
    }

    @Test
    void monitor_tellsWhatHappens_inTextAndJson() throws InterruptedException {
        List<CtlResult> results = new ArrayList<>();
        Thread text = Thread.ofPlatform().start(() -> {
            CtlResult result = ctl("monitor", "--count", "2", "src_port == 59034");
            synchronized (results) {
                results.add(result);
            }
        });
        while (text.isAlive()) {
            ctl("update", LARGEST, "ctx-id", "1");
            Thread.sleep(50);
        }
        assertThat(results.getFirst().err()).isEmpty();
        assertThat(results.getFirst().lines())
                .hasSize(2)
                .allMatch(line -> line.matches("\\S+Z updated \\d+ " + Pattern.quote(LARGEST) + " by control"));

        results.clear();
        Interruption interruption = new Interruption();
        Thread json = Thread.ofPlatform().start(() -> {
            CtlResult result = ctl(interruption, "monitor", "--json", "--kinds", "ended");
            synchronized (results) {
                results.add(result);
            }
        });
        Thread.sleep(700);
        ctl("update", LARGEST, "ctx-id", "2");
        ctl("delete", LARGEST);
        Thread.sleep(300);
        interruption.request();
        json.join();
        assertThat(results.getFirst().status()).isEqualTo(130);
        assertThat(results.getFirst().lines())
                .singleElement()
                .asString()
                .contains("\"event\":\"ended\",\"author\":\"control\"", "\"end_reason\":\"deleted\"", "\"ctx_id\":2");
    }

    @Test
    void flowtable_changesWhatIsNamed() {
        assertThat(ctl("flowtable", "max-flows", "5000").out())
                .isEqualTo("flow-table.max-flows: was 1000000, is 5000\n");
        assertThat(ctl("flowtable", "max-flows", "5000").out()).isEqualTo("nothing is different\n");
        assertThat(ctl("flowtable", "intf", "in", "next-node", "wires").out())
                .isEqualTo("ports.in.next: was the chain's first, is wires\n");
        assertThat(ctl("flowtable", "intf", "in", "disable").out())
                .isEqualTo("ports.in.flow-table: was true, is false\n");
        assertThat(ctl("flowtable", "--json").out())
                .contains("\"max_flows\":5000", "{\"interface\":\"in\",\"flow_table\":false,\"next_node\":\"wires\"}");
    }

    @Test
    void clear_setsCountersToZero() {
        assertThat(ctl("clear", "counters").out()).isEqualTo("counters cleared\n");
        assertThat(ctl("show", "counters").out()).containsPattern("CREATED +0\n");
    }

    @Test
    void noDaemon_isSaidWithWhatToDo() throws IOException {
        rig.close();
        assertThat(ctl("show", "health"))
                .isEqualTo(
                        new CtlResult(
                                1,
                                "",
                                "weir: " + rig.place()
                                        + ": no daemon listens here: no such socket; start one with weir run, or say where it is with --server\n"));
        Files.writeString(rig.socket, "");
        assertThat(ctl("monitor").err()).contains(": no daemon listens here any more: connection refused; ");
        Files.delete(rig.socket);
        rig = new DaemonRig(folder);
        assertThat(ctl("show", "health", "--server", "127.0.0.1:1").err())
                .isEqualTo(
                        "weir: http://127.0.0.1:1: no daemon listens there: Connection refused; start one with weir run, or say where it is with --server\n");
    }

    @Test
    void monitor_connectsAgain_andGoesOn() throws Exception {
        List<CtlResult> results = new ArrayList<>();
        Thread monitor = Thread.ofPlatform().start(() -> {
            CtlResult result = ctl("monitor", "--count", "2");
            synchronized (results) {
                results.add(result);
            }
        });
        Thread.sleep(1500);
        ctl("update", LARGEST, "ctx-id", "1");
        Thread.sleep(300);
        rig.close();
        rig = new DaemonRig(folder);
        while (monitor.isAlive()) {
            ctl("update", LARGEST, "ctx-id", "1");
            Thread.sleep(50);
        }
        assertThat(results.getFirst().err())
                .isEqualTo("weir: %1$s: the connection is lost; trying to connect again%nweir: %1$s: connected again%n"
                        .formatted(rig.place()));
        assertThat(results.getFirst().out())
                .containsPattern("updated [^\n]*\ngap: some events missed: the daemon was started anew\n");
    }
}
