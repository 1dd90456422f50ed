package dev.weir.server.config;

import dev.weir.server.config.ClusterJob.Captures;
import dev.weir.server.config.ClusterJob.Checkpoints;
import dev.weir.server.config.ClusterJob.Late;
import dev.weir.server.config.ClusterJob.Records;
import dev.weir.server.config.ClusterJob.Source;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The options of the file of a job. */
final class ClusterJobSection {
    private static final long LEAST_PART = 1 << 10, MOST_PART = 1L << 40, PART = 16L << 20;
    private static final int MOST_PARALLELISM = 128;

    private static final Field<String> NAME =
            Field.of("name", Kinds.TEXT, "weir", "weir", "What the engine calls the job.");

    private static final Field<Integer> PARALLELISM = Field.of(
            "parallelism",
            Kinds.integer(0, MOST_PARALLELISM),
            0,
            "0",
            "How many readers, and how many operators that keep flows; 0 for as many as the machine has cores, or a running"
                    + " engine has slots, 128 at the most.");

    private static final Field<List<String>> FILES = Field.required(
            "files",
            Lists.some(Kinds.FILE),
            "Capture files, and folders of them. Every worker and this machine reach them under these names.");

    private static final Field<Long> PART_SIZE = Field.of(
            "part-size",
            Kinds.size(LEAST_PART, MOST_PART),
            PART,
            "16M",
            "How much of a file a reader gets at a time. Compressed files are read whole.");

    private static final Field<Integer> RATE = Field.of(
            "rate",
            Kinds.integer(0, Integer.MAX_VALUE),
            0,
            "0",
            "How many packets a second a reader reads at the most, to spare storage that others use too; 0 for any number.");

    private static final Field<Captures> CAPTURES = Field.optional(
            "captures",
            new Section<>(
                    "captures",
                    "Where packets come from.",
                    List.of(FILES, PART_SIZE, RATE),
                    values -> new Captures(values.get(FILES), values.get(PART_SIZE), values.get(RATE))),
            "one of `captures`, `digests` and `sightings` is required",
            "Capture files that packets come from.");

    private static final Field<TenantMode> TENANT = Field.of(
            "tenant", Kinds.choice(TenantMode.class), TenantMode.NONE, "none", "What separates address spaces.");

    private static final Field<Long> SEED = Field.optional(
            "hash-seed",
            Kinds.parsed("a number of 64 bits", "write a number", ClusterJobSection::seed),
            "drawn at random",
            "The secret by which flows are spread. A job that goes on from a savepoint needs the one that it was begun with.");

    private static final Field<Late> LATE = Field.of(
            "late",
            Kinds.choice(Late.class),
            Late.COUNT,
            "count",
            "What becomes of a packet that comes when its time is over: `count` it for its flow at the clock's time, or `drop`"
                    + " it. Both are counted.");

    private record Flows(FlowTableConfig table, Values values) {}

    private static final Field<Flows> FLOWS = Field.section(
            "flows",
            new Section<>(
                    "flows",
                    "How flows are made of packets.",
                    List.of(
                            FlowTableSection.MAX_FLOWS,
                            FlowTableSection.IDLE_TIMEOUT,
                            FlowTableSection.TCP_TIMEOUTS,
                            FlowTableSection.TCP_CLOSE,
                            FlowTableSection.ACTIVE_TIMEOUT,
                            FlowTableSection.TUNNELS,
                            TENANT,
                            LATE,
                            SEED),
                    ClusterJobSection::flows));

    private static final Field<String> CHECKPOINT_FOLDER = Field.required(
            "folder", Kinds.FILE, "Where to; every worker and the engine's manager reach it under this name.");

    private static final Field<Duration> INTERVAL = Field.of(
            "interval", Kinds.DURATION, Duration.ofSeconds(10), "10s", "How often; records become visible as often.");

    private static final Field<Integer> RESTARTS = Field.of(
            "restarts",
            Kinds.integer(0, Integer.MAX_VALUE),
            10,
            "10",
            "How often the job goes on from its last checkpoint after something failed, before it is given up.");

    private static final Field<Checkpoints> CHECKPOINTS = Field.optional(
            "checkpoints",
            new Section<>(
                    "checkpoints",
                    "When and where the job keeps what it knows, so that it goes on from there.",
                    List.of(CHECKPOINT_FOLDER, INTERVAL, RESTARTS),
                    ClusterJobSection::checkpoints),
            "none: a job that fails is over",
            "When and where the job keeps what it knows.");

    static final Section<ClusterJob> SECTION = new Section<>(
            "job",
            "A job for a stream engine.",
            List.of(
                    NAME,
                    PARALLELISM,
                    CAPTURES,
                    JobTopicSection.DIGESTS,
                    JobTopicSection.SIGHTINGS,
                    FLOWS,
                    CHECKPOINTS,
                    JobRecordSection.RECORDS),
            ClusterJobSection::job);

    private ClusterJobSection() {}

    private static Long seed(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no number of 64 bits; write a number", e);
        }
    }

    private static Flows flows(Values values) {
        FlowTableConfig table = FlowTableConfig.defaults()
                .withMaxFlows(values.get(FlowTableSection.MAX_FLOWS))
                .withLifetime(values.get(FlowTableSection.IDLE_TIMEOUT))
                .withTcpLifetimes(values.get(FlowTableSection.TCP_TIMEOUTS))
                .withTcpClose(values.get(FlowTableSection.TCP_CLOSE))
                .withActiveTimeout(values.get(FlowTableSection.ACTIVE_TIMEOUT));
        return new Flows(table, values);
    }

    private static Checkpoints checkpoints(Values values) {
        Duration interval = values.get(INTERVAL);
        if (interval.toMillis() < 10) {
            throw new IllegalArgumentException("interval is out of range; give 10ms or more");
        }
        return new Checkpoints(values.get(CHECKPOINT_FOLDER), interval, values.get(RESTARTS));
    }

    /** The one source that there has to be; null after it was said what is wrong. */
    private static @Nullable Source source(Values values) {
        List<Field<? extends Source>> all = List.of(CAPTURES, JobTopicSection.DIGESTS, JobTopicSection.SIGHTINGS);
        List<Field<? extends Source>> given = all.stream().filter(values::has).toList();
        if (given.isEmpty()) {
            values.fault("has none of 'captures', 'digests' and 'sightings'; add one of these sections");
            return null;
        }
        if (given.size() > 1) {
            values.fault(given.getLast(), "is a second source of the job; leave one of them out");
            return null;
        }
        if (values.has(JobTopicSection.SIGHTINGS) && values.has(FLOWS)) {
            values.fault(FLOWS, "says how flows are made of packets, and sightings are records; leave it out");
            return null;
        }
        return values.get(given.getFirst());
    }

    private static @Nullable ClusterJob job(Values values) {
        Source source = source(values);
        if (source == null) {
            return null;
        }
        Flows flows = values.get(FLOWS);
        Optional<Checkpoints> checkpoints = values.find(CHECKPOINTS);
        Records records = values.get(JobRecordSection.RECORDS).of(source, checkpoints);
        if (records == null) {
            return null;
        }
        return new ClusterJob(
                values.get(NAME),
                source,
                flows.table(),
                flows.values().get(FlowTableSection.TUNNELS),
                flows.values().get(TENANT),
                flows.values().find(SEED).map(OptionalLong::of).orElse(OptionalLong.empty()),
                flows.values().get(LATE),
                values.get(PARALLELISM),
                checkpoints,
                records);
    }
}
