package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code weir run}, a process of its own, does when it hears signals. */
class RunSignalsTest {
    @TempDir
    private Path folder = Path.of("");

    private Path config = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private RunProcess weir;

    @BeforeEach
    void start() throws Exception {
        config = folder.resolve("weir.yaml");
        configure("seen");
        weir = RunProcess.start(folder);
    }

    private void configure(String counter) throws IOException {
        Files.writeString(config, """
                ports:
                  in: {read: "%s"}
                  out: {write: "%s"}
                nodes:
                  %s: {type: count}
                  wires: {type: cross-connect, pairs: [[in, out]]}
                records: {output: "%s"}
                """.formatted(
                folder.resolve("packets"), folder.resolve("forwarded.pcap"), counter, folder.resolve("flows.csv")));
    }

    @AfterEach
    void end() throws Exception {
        weir.end();
    }

    @Test
    void usr1_printsTheCounters_andItGoesOn() throws Exception {
        weir.signal("USR1");
        weir.await("node seen: ");
        int before = weir.said().length();
        weir.signal("USR1");
        weir.feedUntil(() -> weir.said().indexOf("node seen: ", before) >= 0);
        assertThat(weir.said().substring(before)).contains("node seen: ");
        assertThat(weir.isAlive()).isTrue();
    }

    @Test
    void hup_readsTheFileAgain_andRefusesWhatIsWrong() throws Exception {
        configure("counted");
        weir.signal("HUP");
        weir.await("reloaded: ");
        weir.signal("USR1");
        weir.await("node counted: ");
        assertThat(weir.said()).doesNotContain("node seen: ");

        Files.writeString(config, "ports: {in: {interfaze: eth0}}\n");
        weir.signal("HUP");
        weir.await("not reloaded; what runs goes on");
        assertThat(weir.said()).contains(config + ":1:").contains("did you mean 'interface'?");
        assertThat(weir.isAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void oneRequestToEnd_writesWhatIsKnown_andSucceeds(String signal) throws Exception {
        weir.feedUntil(() -> weir.packetsWritten() > 100);
        weir.signal(signal);
        weir.feedUntil(() -> !weir.isAlive());
        assertThat(weir.exitStatus()).as(weir.said()).isZero();
        assertThat(weir.said()).contains("node seen: ").contains("flow table: ");
        assertThat(Files.readAllLines(folder.resolve("flows.csv"))).hasSizeGreaterThan(1);
        assertThat(folder.resolve("forwarded.pcap")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void oneRequestToEnd_whileThePipeIsSilent_suffices(String signal) throws Exception {
        weir.signal(signal);
        assertThat(weir.exitStatus()).as(weir.said()).isZero();
        assertThat(weir.said()).contains("node seen: ").contains("flow table: ");
    }
}
