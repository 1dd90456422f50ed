package dev.weir.labs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the lab. */
public final class Running {
    private static final int POLL_MILLIS = 20, PATIENCE_SECONDS = 30;

    private final String command;
    private final Process process;
    private final Path output;

    Running(String command, Process process, Path output) {
        this.command = command;
        this.process = process;
        this.output = output;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has said so far. */
    public String said() throws IOException {
        return Files.readString(output);
    }

    /** Waits until it has said these words, after the first {@code from} characters. */
    public Running awaitWords(String words, int from) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (said().indexOf(words, from) < 0) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(command + ": never said \"" + words + "\": " + said());
            }
            Thread.sleep(POLL_MILLIS);
        }
        return this;
    }

    /** The same for anything that it has ever said. */
    public Running awaitWords(String words) throws IOException, InterruptedException {
        return awaitWords(words, 0);
    }

    /** Writes a line to its standard input. */
    public void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Sends a signal by its name, without SIG. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Waits for its end. */
    public Result await() throws IOException, InterruptedException {
        return await(PATIENCE_SECONDS);
    }

    /** The same for one that takes its time: so many seconds. */
    public Result await(int seconds) throws IOException, InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
            return new Result(command, 124, said() + "\ntook too long");
        }
        return new Result(command, process.exitValue(), said());
    }

    /** Asks it to end (SIGTERM) and waits until it has. */
    public Result stop() throws IOException, InterruptedException {
        process.destroy();
        return await();
    }

    void end() {
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
