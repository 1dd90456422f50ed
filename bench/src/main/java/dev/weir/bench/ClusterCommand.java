package dev.weir.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What jobs on the stream engine make of packets and records in a second, beside {@code weir track}; all of them whole processes. */
@Command(
        name = "cluster",
        description = {
            "Whole processes of weir cluster run, with the engine in them, in turns with weir track on the same capture in the page cache, all into CSV:"
                    + " captures on each number of slots; digests, the packets of two sensors that see a direction each; sightings, records of two sensors"
                    + " that see all. The last two read topics of a Kafka broker on this machine, which Maven gets. The same jobs over a thousand packets"
                    + " say what start and end of the engine take.",
            CaptureOptions.WITHOUT_A_CAPTURE
        },
        footer = {"", "Example: weir bench cluster --rounds 3 --jobs captures --slots 1,2"})
final class ClusterCommand extends MeasuringCommand {
    /** What a job reads. */
    enum Job {
        CAPTURES,
        DIGESTS,
        SIGHTINGS
    }

    private static final int FEW_PACKETS = 1000, FEW_FLOWS = 100;
    private static final String PACKETS = "packets",
            CSV = "flows.csv",
            FEW = "-few",
            DIGESTS = "digests",
            SIGHTINGS = "sightings";

    @Mixin
    private CaptureOptions capture = new CaptureOptions();

    @Option(
            names = "--jobs",
            paramLabel = "JOB",
            split = ",",
            description = "Which: ${COMPLETION-CANDIDATES} (default: all)")
    private Set<Job> jobs = Set.of(Job.values());

    @Option(
            names = "--slots",
            paramLabel = "N",
            split = ",",
            description = "Of the engine; a job over captures on each number (default: 1,2,4)")
    private List<Integer> slots = List.of(1, 2, 4);

    ClusterCommand(PrintStream out, PrintStream err) {
        super("cluster", out, err);
    }

    /**
     * A job to be measured.
     *
     * @param start the same over next to nothing
     * @param items packets or records that it reads
     */
    private record Measured(Contestant job, Contestant start, String items, long count) {}

    @Override
    protected void measure(Report report) throws IOException {
        Path folder = Files.createTempDirectory("weir-bench");
        try (var broker = jobs.equals(Set.of(Job.CAPTURES)) ? null : new BrokerProcess(folder, topics())) {
            Path big = capture.file(folder, err, report), few = folder.resolve("few.pcap");
            GenerateCommand.write(TrafficShape.of(FEW_PACKETS, FEW_FLOWS), few);
            long packets = CaptureOptions.packets(big);
            var one = track(folder, "weir track --workers 1 -w FILE.csv", big.toString(), "--workers", "1");
            var tracks = List.of(one, track(folder, "weir track -w FILE.csv", big.toString()));
            TimedProcess.run(one.command(), folder);
            long records = ExportCommand.rows(folder.resolve(CSV));
            report.condition("records", records);
            var measured = new ArrayList<Measured>();
            var here = new ClusterJobs(folder, capture.weir());
            if (jobs.contains(Job.CAPTURES)) {
                Contestant start = here.captures("weir cluster run, captures, a thousand packets", few, 1);
                for (int count : slots) {
                    var job = here.captures("weir cluster run, captures, slots: " + count, big, count);
                    measured.add(new Measured(job, start, PACKETS, packets));
                }
            }
            if (broker != null) {
                measured.addAll(ofTopics(here, broker.bootstrap(), big, few, packets, 2 * records));
            }
            var all = new ArrayList<Contestant>(tracks);
            measured.stream().map(Measured::start).distinct().forEach(all::add);
            measured.stream().map(Measured::job).forEach(all::add);
            Contestant.takeTurns(all, rounds(), folder, _ -> removeOutput(folder), err);
            for (Contestant each : tracks) {
                each.report(report);
                figures(PACKETS, packets, each.seconds(), each.cpuSeconds(), "", report);
            }
            measured.stream().map(Measured::start).distinct().forEach(each -> each.report(report));
            for (Measured each : measured) {
                figures(each, one, report);
            }
        } finally {
            CaptureOptions.delete(folder);
        }
    }

    private List<String> topics() {
        var topics = new ArrayList<String>();
        for (String name : List.of(DIGESTS, SIGHTINGS)) {
            topics.add(name + ":" + ClusterJobs.PARTITIONS);
            topics.add(name + FEW + ":" + ClusterJobs.PARTITIONS);
        }
        return topics;
    }

    /** The jobs over topics, which are filled for them. */
    private List<Measured> ofTopics(ClusterJobs here, String broker, Path big, Path few, long packets, long records)
            throws IOException {
        var measured = new ArrayList<Measured>();
        err.println("filling topics");
        if (jobs.contains(Job.DIGESTS)) {
            here.sendDigests(big, broker, DIGESTS);
            here.sendDigests(few, broker, DIGESTS + FEW);
            measured.add(new Measured(
                    here.digests("weir cluster run, digests, slots: " + ClusterJobs.PARTITIONS, broker, DIGESTS),
                    here.digests("weir cluster run, digests, a thousand packets", broker, DIGESTS + FEW),
                    PACKETS,
                    packets));
        }
        if (jobs.contains(Job.SIGHTINGS)) {
            here.sendRecords(big, broker, SIGHTINGS);
            here.sendRecords(few, broker, SIGHTINGS + FEW);
            measured.add(new Measured(
                    here.sightings("weir cluster run, sightings, slots: " + ClusterJobs.PARTITIONS, broker, SIGHTINGS),
                    here.sightings(
                            "weir cluster run, sightings, " + 2 * FEW_FLOWS + " records", broker, SIGHTINGS + FEW),
                    "records",
                    records));
        }
        return measured;
    }

    private Contestant track(Path folder, String name, String input, String... more) {
        var command = new ArrayList<>(List.of(capture.weir(), "track", input));
        command.addAll(List.of(more));
        command.addAll(List.of("-w", folder.resolve(CSV).toString()));
        return new Contestant(name, command);
    }

    /** A job refuses a folder with records of another one. */
    private static void removeOutput(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(CSV));
        Path records = folder.resolve(ClusterJobs.RECORDS);
        if (Files.exists(records)) {
            CaptureOptions.delete(records);
        }
    }

    private static void figures(Measured measured, Contestant track, Report report) {
        Contestant job = measured.job, start = measured.start;
        job.report(report);
        String items = measured.items;
        report.add(Figure.of("  " + items + " a second", "k", rates(measured.count, job.seconds()), null));
        figures(
                items,
                measured.count,
                without(job.seconds(), start.seconds()),
                without(job.cpuSeconds(), start.cpuSeconds()),
                ", without start and end",
                report);
        if (items.equals(PACKETS)) {
            report.add(Figure.of("  over weir track --workers 1", "x", job.over(track), null));
        }
    }

    private static void figures(
            String items, long count, double[] seconds, double[] cpuSeconds, String what, Report report) {
        report.add(Figure.of("  " + items + " a second" + what, "k", rates(count, seconds), null));
        report.add(Figure.of("  " + items + " a second of a processor" + what, "k", rates(count, cpuSeconds), null));
        double[] clocks = new double[cpuSeconds.length];
        for (int round = 0; round < clocks.length; round++) {
            clocks[round] = report.machine().clocks(1e9 * cpuSeconds[round] / count);
        }
        report.add(Figure.of("  clocks of all processors, each of " + items + what, "", clocks, null));
    }

    private static double[] without(double[] job, double[] start) {
        double[] left = new double[job.length];
        for (int round = 0; round < left.length; round++) {
            left[round] = job[round] - start[round];
        }
        return left;
    }

    private static double[] rates(long count, double[] seconds) {
        double[] rates = new double[seconds.length];
        for (int round = 0; round < rates.length; round++) {
            rates[round] = count / seconds[round] / 1e3;
        }
        return rates;
    }
}
