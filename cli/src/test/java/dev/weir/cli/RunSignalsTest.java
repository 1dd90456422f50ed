package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code weir run} as a process of its own that hears signals. Its port reads a pipe into which the test writes packets, so
 * it runs for as long as the test likes, without rights and without an interface.
 */
class RunSignalsTest {
    private static final int SECONDS = 30, PACKETS = 5000;

    @TempDir
    private Path folder = Path.of("");

    private Path config = Path.of(""), said = Path.of("");
    private byte[] capture = new byte[0];
    private int written;

    @SuppressWarnings("NullAway.Init")
    private RandomAccessFile pipe;

    @SuppressWarnings("NullAway.Init")
    private Process weir;

    @BeforeEach
    void start() throws Exception {
        Path fifo = folder.resolve("packets");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        pipe = new RandomAccessFile(fifo.toFile(), "rw"); // for reading too, so that this does not wait for a reader
        capture = CaptureBytes.of(PACKETS);
        config = folder.resolve("weir.yaml");
        said = folder.resolve("said");
        configure("seen");
        weir = new ProcessBuilder(
                        "env", // what ran this test may have had it ignore some
                        "--default-signal=INT,TERM,HUP,USR1",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.weir.cli.Main",
                        "run",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(said.toFile()))
                .start();
        pipe.write(capture, 0, CaptureBytes.FILE_HEADER);
        written = CaptureBytes.FILE_HEADER;
        awaitWords("weir: running ");
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
        weir.destroyForcibly().waitFor();
        pipe.close();
    }

    @Test
    void usr1_printsTheCounters_andItGoesOn() throws Exception {
        signal("USR1");
        awaitWords("node seen: ");
        int before = said().length();
        signal("USR1");
        await(text -> text.indexOf("node seen: ", before) >= 0, "the counters again");
        assertThat(weir.isAlive()).isTrue();
    }

    @Test
    void hup_readsTheFileAgain_andRefusesWhatIsWrong() throws Exception {
        configure("counted");
        signal("HUP");
        awaitWords("reloaded: ");
        signal("USR1");
        awaitWords("node counted: ");
        assertThat(said()).doesNotContain("node seen: ");

        Files.writeString(config, "ports: {in: {interfaze: eth0}}\n");
        signal("HUP");
        awaitWords("not reloaded; what runs goes on");
        assertThat(said()).contains(config + ":1:").contains("did you mean 'interface'?");
        assertThat(weir.isAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void oneRequestToEnd_writesWhatIsKnown_andSucceeds(String signal) throws Exception {
        feedUntil(() -> written > CaptureBytes.FILE_HEADER + 100 * CaptureBytes.PACKET);
        signal(signal);
        feedUntil(() -> !weir.isAlive());
        assertThat(weir.exitValue()).as(said()).isZero();
        assertThat(said()).contains("node seen: ").contains("flow table: ");
        assertThat(Files.readAllLines(folder.resolve("flows.csv"))).hasSizeGreaterThan(1);
        assertThat(folder.resolve("forwarded.pcap")).isNotEmptyFile();
    }

    /** Nothing comes through the pipe, and a worker waits for it: the first request has to wait too. */
    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void secondRequestToEnd_endsItAtOnce(String signal) throws Exception {
        awaitThatItWaits();
        signal(signal);
        assertThat(weir.waitFor(500, TimeUnit.MILLISECONDS)).as("it waits").isFalse();
        signal(signal);
        assertThat(weir.waitFor(5, TimeUnit.SECONDS)).as("it ended").isTrue();
        assertThat(weir.exitValue()).isEqualTo(130);
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(weir.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void awaitWords(String words) throws Exception {
        await(text -> text.contains(words), words);
    }

    private void await(Predicate<String> holds, String what) throws Exception {
        feedUntil(() -> holds.test(said()));
        assertThat(holds.test(said())).as("%s, in: %s", what, said()).isTrue();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    /** Writes a packet every few milliseconds, so that the worker never waits for long, until that holds or it is dead. */
    private void feedUntil(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds() && weir.isAlive()) {
            if (System.nanoTime() > end || written == capture.length) {
                fail("it never came to it; weir said: " + said());
            }
            pipe.write(Arrays.copyOfRange(capture, written, written + CaptureBytes.PACKET));
            written += CaptureBytes.PACKET;
            Thread.sleep(4);
        }
    }

    /** Until its worker is in a system call, as Linux tells it, whose first argument is the pipe: it reads and gets nothing. */
    private void awaitThatItWaits() throws Exception {
        Path process = Path.of("/proc", Long.toString(weir.pid()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!waits(process)) {
            assertThat(System.nanoTime()).as("it never waited").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private boolean waits(Path process) throws IOException {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            for (Path thread : threads.toList()) {
                String[] call =
                        Files.readString(thread.resolve("syscall")).strip().split(" ", -1);
                if (Files.readString(thread.resolve("comm")).startsWith("weir-worker")
                        && call.length > 1
                        && isPipe(process.resolve("fd"), call[1])) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isPipe(Path descriptors, String argument) throws IOException {
        Path descriptor = descriptors.resolve(Long.toString(Long.decode(argument)));
        return Files.isSymbolicLink(descriptor)
                && Files.readSymbolicLink(descriptor)
                        .equals(folder.resolve("packets").toRealPath());
    }

    private String said() throws IOException {
        return Files.exists(said) ? Files.readString(said) : "";
    }
}
