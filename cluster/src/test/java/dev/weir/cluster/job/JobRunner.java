package dev.weir.cluster.job;

import dev.weir.dataplane.Tracker;
import dev.weir.export.CsvSink;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs jobs in one embedded cluster, and {@code weir track}'s tracker beside it. */
public final class JobRunner implements AutoCloseable {
    public static final FlowOptions OPTIONS = FlowOptions.defaults(0x5EED);

    private final MiniCluster cluster;

    JobRunner(int slots) throws Exception {
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .setConfiguration(new Configuration().set(RestOptions.BIND_PORT, "0")) // another may run beside it
                .build());
        cluster.start();
    }

    MiniCluster cluster() {
        return cluster;
    }

    /** What a job wrote, sorted, and what it counted. */
    public record Outcome(List<String> records, Map<String, Long> counters) {
        /** Packets that {@link #track} has read. */
        long packets() {
            return counters.getOrDefault("packets", 0L);
        }
    }

    /** Flows of the captures by a job, with its records in {@code folder}. */
    Outcome run(List<String> files, FlowOptions options, int lanes, long partOctets, int digits, Path folder)
            throws Exception {
        return run(env -> CaptureJob.flows(env, files, options, lanes, partOctets, 0), lanes, digits, folder);
    }

    /** What any job makes. */
    Outcome run(Function<StreamExecutionEnvironment, DataStream<byte[]>> flows, int lanes, int digits, Path folder)
            throws Exception {
        return run(
                env -> CaptureJob.toFiles(
                        flows.apply(env), folder.toString(), RecordFormat.CSV, digits, CaptureJob.newRun()),
                lanes,
                folder);
    }

    /** The same of a graph that ends in files of a folder. */
    Outcome run(Consumer<StreamExecutionEnvironment> graph, int lanes, Path folder) throws Exception {
        var configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(lanes);
        env.getConfig().enableObjectReuse();
        graph.accept(env);
        var result = cluster.executeJobBlocking(env.getStreamGraph().getJobGraph());
        var counters = new TreeMap<String, Long>();
        result.getAllAccumulatorResults().forEach((name, count) -> counters.put(name, (Long) count));
        return new Outcome(lines(folder), counters);
    }

    /** The records of the complete files of a folder, sorted. */
    public static List<String> lines(Path folder) throws IOException {
        var lines = new ArrayList<String>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                if (each.getFileName().toString().startsWith(RecordFileSink.PREFIX)) {
                    List<String> all = Files.readAllLines(each);
                    lines.addAll(all.subList(1, all.size()));
                }
            }
        }
        lines.sort(null);
        return lines;
    }

    /** The same of the tracker of {@code weir track}; what ended the capture early as a counter, as jobs tell it. */
    public static Outcome track(List<String> files, FlowOptions options) throws IOException {
        var out = new ByteArrayOutputStream();
        var counters = new TreeMap<String, Long>();
        try (var source = Captures.open(files);
                var sink = CsvSink.ofRecords(out, source::timeDigits)) {
            try {
                var summary = Tracker.builder()
                        .table(options.table(1))
                        .tunnels(options.tunnels())
                        .tenant(options.tenants())
                        .sink(sink)
                        .build()
                        .run(source);
                counters.put("packets", summary.packets());
                counters.put("CREATED", summary.flows());
                counters.put("late", summary.late());
            } catch (CaptureException e) {
                counters.put(PartReading.DAMAGE + e.getMessage(), 1L);
            }
        }
        List<String> lines = new ArrayList<>(
                Arrays.asList(out.toString(StandardCharsets.UTF_8).split("\n")));
        lines.removeFirst();
        lines.sort(null);
        return new Outcome(lines, counters);
    }

    static int digits(String file) throws IOException {
        try (var source = Captures.open(List.of(file))) {
            return source.timeDigits();
        }
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
