package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code weir cluster run} in this process, its job on an engine of real processes, and what the engine says of the job. The job's name is no other's on that
 * engine. One thread.
 */
final class RunningJob {
    private static final int END_SECONDS = 200;

    /** How the command ended, and what it said. */
    record Ended(int status, String out, String err) {
        /** Fails unless it did all. */
        Ended expectDone() {
            assertThat(status).as(err).isZero();
            return this;
        }
    }

    private final EngineProcesses engine;
    private final Pattern identity;
    private final CompletableFuture<Ended> running;

    private RunningJob(EngineProcesses engine, String name, CompletableFuture<Ended> running) {
        this.engine = engine;
        this.identity = Pattern.compile("\"jid\":\"([0-9a-f]{32})\",\"name\":\"" + Pattern.quote(name) + "\"");
        this.running = running;
    }

    /** {@code weir cluster} with these words, to its end. */
    static Ended command(String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = new ClusterCommand()
                .run(
                        List.of(words),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Ended(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Begins a job of that name. */
    static RunningJob begin(EngineProcesses engine, String name, Path job) {
        return new RunningJob(
                engine,
                name,
                CompletableFuture.supplyAsync(
                        () -> command("run", "--stats", "--at", engine.address(), job.toString())));
    }

    /** By what the engine knows the job; empty while it does not. */
    private String id() throws InterruptedException {
        Matcher found = identity.matcher(engine.get("/jobs/overview"));
        return found.find() ? found.group(1) : "";
    }

    private boolean checkpointsSay(String pattern) throws InterruptedException {
        String id = id();
        return !id.isEmpty()
                && Pattern.compile(pattern)
                        .matcher(engine.get("/jobs/" + id + "/checkpoints"))
                        .find();
    }

    /** What has to come about while a job runs. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits for something to come about, while there is more to come. */
    void await(String what, Condition condition) throws Exception {
        while (!condition.holds()) {
            if (running.isDone()) {
                throw new AssertionError("the job was over before " + what + ": " + running.get().err);
            }
            Thread.sleep(50);
        }
    }

    /** Waits until some checkpoints are complete. */
    void awaitCheckpoints() throws Exception {
        await("some checkpoints were complete", () -> checkpointsSay("\"completed\":([2-9]|[1-9][0-9])"));
    }

    /** Waits until it has gone on from a checkpoint. */
    void awaitRestored() throws Exception {
        await("it went on from a checkpoint", () -> checkpointsSay("\"restored\":[1-9]"));
    }

    /** Fails if it is over. */
    void expectRuns() throws Exception {
        await("it was looked at", () -> !running.isDone());
    }

    /** Waits for its end. */
    Ended end() throws Exception {
        return running.get(END_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits for its end, which it has reached from a checkpoint. */
    Ended endRestored() throws Exception {
        Ended ended = end();
        assertThat(checkpointsSay("\"restored\":[1-9]"))
                .as("it went on from a checkpoint; it said: %s", ended.err)
                .isTrue();
        return ended;
    }
}
