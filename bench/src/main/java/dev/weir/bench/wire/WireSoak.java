package dev.weir.bench.wire;

import dev.weir.bench.Figure;
import dev.weir.bench.Figure.Target;
import dev.weir.bench.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A long run of Weir at a steady rate: how long its Java stood still, and what its workers allocated. */
final class WireSoak {
    private static final Pattern SAFEPOINT = Pattern.compile("Safepoint \"([^\"]+)\".* Total: (\\d+) ns");
    private static final double WARM_UP_SECONDS = 10, PAUSE_LIMIT_MILLIS = 2;
    private static final String LOG = "pauses.log";

    /**
     * The times in which all threads of a Java stood still.
     *
     * @param collections how many of these were garbage collections
     */
    record Pauses(int count, int collections, double longestMillis, double totalMillis) {
        /** @param log of {@code -Xlog:safepoint} */
        static Pauses of(List<String> log) {
            int count = 0, collections = 0;
            double longest = 0, total = 0;
            for (String line : log) {
                Matcher matcher = SAFEPOINT.matcher(line);
                if (!matcher.find()) continue;
                double millis = Long.parseLong(matcher.group(2)) / 1e6;
                count++;
                if (matcher.group(1).contains("Collect")) collections++;
                longest = Math.max(longest, millis);
                total += millis;
            }
            return new Pauses(count, collections, longest, total);
        }
    }

    private WireSoak() {}

    /** The option that has Java keep the log. */
    static String logOption(Path log) {
        return "-Xlog:safepoint:file=" + log + ":uptime:filecount=0";
    }

    static void run(WireWeir weir, int flows, double rate, double minutes, Report report) throws IOException {
        try (var bed = new WireTestbed(weir.processors())) {
            Path log = bed.folder.resolve(LOG);
            Process program = weir.withOptions(List.of(logOption(log))).start(bed);
            try (var traffic = new WireTraffic(bed)) {
                var frames = new WireFrames(flows, WireMix.SMALL.sizes(), weir.destination(bed));
                traffic.run(frames, rate, WARM_UP_SECONDS);
                WireAllocation allocation = WireAllocation.begin(bed, program);
                int linesBefore = Files.readAllLines(log).size();
                if (linesBefore == 0) throw new IOException("Java keeps no log of its pauses: not even that for jcmd");
                WireTrial trial = traffic.run(frames, rate, 60 * minutes);
                List<String> lines = Files.readAllLines(log);
                Pauses pauses = Pauses.of(lines.subList(linesBefore, lines.size()));
                report(weir, trial, pauses, allocation.end(), report);
            }
        }
    }

    private static void report(WireWeir weir, WireTrial trial, Pauses pauses, long allocated, Report report) {
        String title = "soak, %s, %.0f s at %,.0f frames a second: "
                .formatted(weir.name(), trial.seconds(), trial.offeredRate());
        report.add(Figure.of(title + "frames lost", "", (double) trial.lost(), Target.atMost(0)));
        report.add(Figure.of("  of frames", "M", trial.sent() / 1e6, null));
        report.add(Figure.of("  latency, median", "us", trial.latency().quantile(0.5) / 1e3, null));
        report.add(Figure.of("  latency, 99.9 %", "us", trial.latency().quantile(0.999) / 1e3, null));
        report.add(Figure.of("  latency, longest", "us", trial.latency().largest() / 1e3, null));
        report.add(Figure.of(
                "  longest stop-the-world pause", "ms", pauses.longestMillis, Target.atMost(PAUSE_LIMIT_MILLIS)));
        report.add(Figure.of("  pauses", "", pauses.count, null));
        report.add(Figure.of("  of these for garbage", "", pauses.collections, null));
        report.add(Figure.of("  in pauses altogether", "ms", pauses.totalMillis, null));
        report.add(Figure.of("  workers allocated", "B", (double) allocated, Target.atMost(0)));
    }
}
