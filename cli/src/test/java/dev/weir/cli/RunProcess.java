package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * {@code weir run} as a process of its own that hears signals. Its port {@code in} reads a pipe into which packets are
 * written, so it runs for as long as a test likes, without rights and without an interface.
 */
final class RunProcess {
    private static final int SECONDS = 30, PACKETS = 5000;

    private final Path folder;
    private final byte[] capture;
    private final RandomAccessFile pipe;
    private final Process weir;
    private int written;

    /** What has to hold. */
    interface Condition {
        boolean holds() throws IOException;
    }

    private RunProcess(Path folder, RandomAccessFile pipe, Process weir) throws IOException {
        this.folder = folder;
        this.pipe = pipe;
        this.weir = weir;
        capture = CaptureBytes.of(PACKETS);
    }

    /** Runs {@code weir.yaml} of that folder, whose port reads {@code packets} there, until it says that it runs. */
    static RunProcess start(Path folder) throws Exception {
        Path fifo = folder.resolve("packets");
        command("mkfifo", fifo.toString());
        var pipe =
                new RandomAccessFile(fifo.toFile(), "rw"); // for reading too, so that this does not wait for a reader
        Process weir = new ProcessBuilder(
                        "env", // what ran this test may have had it ignore some
                        "--default-signal=INT,TERM,HUP,USR1",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.weir.cli.Main",
                        "run",
                        folder.resolve("weir.yaml").toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(folder.resolve("said").toFile()))
                .start();
        var run = new RunProcess(folder, pipe, weir);
        try {
            run.write(CaptureBytes.FILE_HEADER);
            run.await("weir: running ");
            return run;
        } catch (Throwable e) {
            run.end();
            throw e;
        }
    }

    static void command(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    void signal(String name) throws Exception {
        command("kill", "-" + name, Long.toString(weir.pid()));
    }

    boolean isAlive() {
        return weir.isAlive();
    }

    /** Its exit status, when it ends within five seconds without a further packet. */
    int exitStatus() throws Exception {
        assertThat(weir.waitFor(5, TimeUnit.SECONDS))
                .as("it ended; said: %s", said())
                .isTrue();
        return weir.exitValue();
    }

    int packetsWritten() {
        return (written - CaptureBytes.FILE_HEADER) / CaptureBytes.PACKET;
    }

    /** All that it has said so far, on both streams. */
    String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }

    /** Feeds it until it has said that. */
    void await(String words) throws Exception {
        feedUntil(() -> said().contains(words));
        assertThat(said()).contains(words);
    }

    /** Writes a packet every few milliseconds until that holds or the process is dead. */
    void feedUntil(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds() && weir.isAlive()) {
            if (System.nanoTime() > end || written == capture.length) {
                fail("it never came to it; weir said: " + said());
            }
            write(CaptureBytes.PACKET);
            Thread.sleep(4);
        }
    }

    private void write(int octets) throws IOException {
        pipe.write(capture, written, octets);
        written += octets;
    }

    /** Ends the process, whatever it does. */
    void end() throws IOException, InterruptedException {
        weir.destroyForcibly().waitFor();
        pipe.close();
    }
}
