package dev.weir.cluster;

import dev.weir.cluster.job.CaptureJob;
import dev.weir.cluster.job.DigestJob;
import dev.weir.cluster.job.FlowOptions;
import dev.weir.cluster.job.FlowOptions.TcpTimes;
import dev.weir.cluster.job.SightingJob;
import dev.weir.cluster.job.TopicOptions;
import dev.weir.server.config.ClusterJob;
import dev.weir.server.config.ClusterJob.Captures;
import dev.weir.server.config.ClusterJob.Checkpoints;
import dev.weir.server.config.ClusterJob.Digests;
import dev.weir.server.config.ClusterJob.Late;
import dev.weir.server.config.ClusterJob.Sightings;
import dev.weir.server.config.ClusterJob.Topic;
import dev.weir.wire.CaptureException;
import dev.weir.wire.CaptureParts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** One run of a job: builds its graph, has an engine run it to its end, and reports. The calling thread waits. */
final class JobRun {
    private static final int DONE = 0, FAILED = 1;
    private static final int DIGITS = 9;
    private static final String COUNTER = "weir.", DAMAGE = "weir.damage:";
    private static final String LOST = "weir.messages-lost:", REFUSED = "weir.messages-refused";
    private static final String OTHERS = "weir.counters-of-other-names";

    private JobRun() {}

    /** @return the exit status */
    @SuppressWarnings("try") // closing the environment is not interrupted
    static int run(
            ClusterJob job, @Nullable EngineAddress engine, @Nullable String from, boolean stats, PrintStream err)
            throws JobFailure {
        Source source = source(job);
        JobOutput output = JobOutput.of(job, from);
        Configuration configuration = configuration(job, from);
        int lanes = job.parallelism();
        if (lanes == 0) {
            int slots = engine == null ? Runtime.getRuntime().availableProcessors() : Engines.slots(engine);
            lanes = Math.min(slots, CaptureJob.MOST_LANES);
        }
        long begun = System.nanoTime();
        Map<String, Long> counters;
        try (StreamExecutionEnvironment env = environment(engine, lanes, configuration)) {
            env.setParallelism(lanes);
            env.getConfig().enableObjectReuse();
            source.build(env, lanes, output);
            counters = counters(env.execute(job.name()));
        } catch (JobFailure e) {
            throw e;
        } catch (Exception e) {
            if (job.checkpoints().isEmpty()) {
                output.giveUp(); // nobody can go on with it
            }
            throw new JobFailure(job.name() + ": the job failed: " + reason(e, output));
        }
        output.end(from != null);
        return report(counters, System.nanoTime() - begun, stats, err);
    }

    /** Builds the graph from what packets or records come from to where records go. */
    private interface Source {
        void build(StreamExecutionEnvironment env, int lanes, JobOutput to) throws CaptureException;
    }

    /** What the file names, after it was looked whether it is there. */
    private static Source source(ClusterJob job) throws JobFailure {
        return switch (job.source()) {
            case Captures captures -> {
                List<String> files = files(captures);
                yield (env, lanes, to) -> {
                    var flows = CaptureJob.flows(
                            env, files, options(job), lanes, captures.partOctets(), captures.packetsPerSecond());
                    to.records(flows, digits(files));
                };
            }
            case Digests digests -> {
                TopicOptions topic = topic(digests.topic(), job);
                yield (env, lanes, to) -> to.records(DigestJob.flows(env, topic, options(job), lanes), DIGITS);
            }
            case Sightings sightings -> {
                TopicOptions topic = topic(sightings.topic(), job);
                yield (env, lanes, to) -> {
                    var flows = SightingJob.flows(
                            env,
                            topic,
                            sightings.format(),
                            sightings.slack().toNanos(),
                            sightings.waits().toNanos(),
                            sightings.late() == Late.DROP,
                            lanes);
                    to.joined(flows, DIGITS);
                };
            }
        };
    }

    private static TopicOptions topic(Topic topic, ClusterJob job) throws JobFailure {
        TopicOptions options = JobTopics.options(topic, job.name());
        JobTopics.check(options);
        return options;
    }

    private static List<String> files(Captures captures) throws JobFailure {
        try {
            return dev.weir.wire.Captures.files(captures.files()).stream()
                    .map(file -> Path.of(file).toAbsolutePath().normalize().toString())
                    .toList();
        } catch (CaptureException e) {
            throw new JobFailure(String.valueOf(e.getMessage()));
        }
    }

    private static Configuration configuration(ClusterJob job, @Nullable String from) {
        var configuration = new Configuration();
        if (job.checkpoints().isPresent()) {
            Checkpoints checkpoints = job.checkpoints().get();
            Path folder = Path.of(checkpoints.folder()).toAbsolutePath().normalize();
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints.interval());
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
            configuration.set(
                    CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                    ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, checkpoints.restarts());
        } else {
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        }
        if (from != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
        }
        return configuration;
    }

    private static StreamExecutionEnvironment environment(
            @Nullable EngineAddress engine, int lanes, Configuration configuration) throws IOException {
        return engine == null
                ? StreamExecutionEnvironment.createLocalEnvironment(lanes, configuration)
                : StreamExecutionEnvironment.createRemoteEnvironment(
                        engine.host(),
                        engine.port(),
                        configuration,
                        WorkerJars.ofThisProcess().toArray(new String[0]));
    }

    private static FlowOptions options(ClusterJob job) {
        var table = job.table();
        return new FlowOptions(
                table.maxFlows(),
                table.lifetime(),
                TcpTimes.of(table.tcpLifetimes()),
                table.tcpClose(),
                table.activeTimeout(),
                job.tunnels(),
                job.tenant(),
                job.seed().orElseGet(() -> new SecureRandom().nextLong()),
                job.late() == Late.DROP);
    }

    /** Fraction digits of the captures' time stamps. */
    private static int digits(List<String> files) throws CaptureException {
        int digits = 0;
        for (String file : files) {
            digits = Math.max(digits, CaptureParts.head(file).timeDigits());
        }
        return digits;
    }

    private static Map<String, Long> counters(JobExecutionResult result) {
        var counters = new TreeMap<String, Long>();
        result.getAllAccumulatorResults().forEach((name, count) -> {
            if (count instanceof Long number) {
                counters.put(name, number);
            }
        });
        return counters;
    }

    private static int report(Map<String, Long> counters, long nanos, boolean stats, PrintStream err) {
        double seconds = nanos / 1e9;
        if (counters.containsKey(COUNTER + "records")) {
            err.printf(
                    "weir: %d flows of %d records in %.1f s, %d by several sensors; %d late%n",
                    counters.getOrDefault(COUNTER + "flows", 0L),
                    counters.getOrDefault(COUNTER + "records", 0L),
                    seconds,
                    counters.getOrDefault(COUNTER + "flows-joined", 0L),
                    counters.getOrDefault(COUNTER + "late", 0L));
        } else {
            tellPackets(counters, seconds, err);
        }
        boolean whole = lost(counters, err);
        for (Map.Entry<String, Long> each : counters.entrySet()) {
            if (each.getKey().startsWith(DAMAGE)) {
                whole = false;
                err.println(
                        "weir: " + each.getKey().substring(DAMAGE.length()) + "; the flows up to there are reported");
            } else if (stats && each.getKey().startsWith(COUNTER)) {
                err.printf("%-24s %d%n", each.getKey().substring(COUNTER.length()), each.getValue());
            }
        }
        return whole ? DONE : FAILED;
    }

    private static void tellPackets(Map<String, Long> counters, double seconds, PrintStream err) {
        long packets = counters.getOrDefault(COUNTER + "packets", 0L);
        err.printf(
                "weir: %d flows of %d packets in %.1f s, %.0f packets a second; %d late%n",
                counters.getOrDefault(COUNTER + "CREATED", 0L),
                packets,
                seconds,
                packets / seconds,
                counters.getOrDefault(COUNTER + "late", 0L));
    }

    /** Says what sensors sent and nobody got; false where there is any. */
    private static boolean lost(Map<String, Long> counters, PrintStream err) {
        boolean whole = true;
        for (Map.Entry<String, Long> each : counters.entrySet()) {
            if (each.getValue() == 0) {
                continue;
            }
            if (each.getKey().startsWith(LOST)) {
                whole = false;
                err.println("weir: " + each.getValue() + " messages of sensor "
                        + each.getKey().substring(LOST.length())
                        + " are missing; what was in them is in no record");
            } else if (each.getKey().startsWith(REFUSED)) {
                whole = false;
                err.println("weir: " + each.getValue() + " messages were left out: "
                        + switch (each.getKey().substring(REFUSED.length())) {
                            case ":tenant" ->
                                "their sensors tell address spaces apart in another way; give 'tenant' as they have it";
                            case ":sensors" ->
                                "there are more sensors than a job takes note of; give each region a topic and a job of its own";
                            default -> "they are none of those that the job reads";
                        });
            } else if (each.getKey().equals(OTHERS)) {
                whole = false;
                err.println("weir: " + each.getValue() + " were counted under more names than a job keeps;"
                        + " look for a sensor, or a capture, that makes up names");
            }
        }
        return whole;
    }

    /** The innermost cause in a line: what the engine wraps around it tells a person nothing. */
    private static String reason(Throwable e, JobOutput output) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        String line = message.lines().findFirst().orElse("");
        return line.contains(";") ? line : line + "; " + output.remedy(cause.toString());
    }
}
