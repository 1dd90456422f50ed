package dev.weir.bench.wire;

import dev.weir.bench.Figure;
import dev.weir.bench.Figure.Target;
import dev.weir.bench.MeasuringCommand;
import dev.weir.bench.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What applications can ask of a daemon, and what their asking costs the packets. */
@Command(
        name = "api",
        description = {
            "The API of weir run on a Unix socket, beside the applications on the same processors: a list of all flows, updates in batches on one connection, and forwarding between two veth pairs without and with watchers of all events.",
            "Makes network namespaces, so it needs root; all is removed at the end."
        },
        footer = {"", "Example: weir bench api --rounds 3"})
public final class ApiCommand extends MeasuringCommand {
    private static final int MAX_FLOWS = 1 << 22, MAX_WATCHERS = 1000;

    @Option(names = "--flows", paramLabel = "N", description = "To list (default: ${DEFAULT-VALUE})")
    private int flows = 1_000_000;

    @Option(names = "--watchers", paramLabel = "N", description = "Each with a connection (default: ${DEFAULT-VALUE})")
    private int watchers = 100;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Of one turn of updates or forwarding (default: ${DEFAULT-VALUE})")
    private double seconds = 3;

    public ApiCommand(PrintStream out, PrintStream err) {
        super("api", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        check();
        err.println("listing and updating");
        try (var bed = new WireTestbed(ApiCalls.PROCESSORS)) {
            List<ApiCalls.Round> calls = new ApiCalls(bed, flows).measure(rounds(), seconds);
            report.condition(
                    "updates",
                    "%,d flows, %,d a request, one stream".formatted(ApiCalls.UPDATED_FLOWS, ApiCalls.BATCH));
            Target target = flows == 1_000_000 ? Target.atMost(2) : null;
            report.add(Figure.of(
                    "%,d flows listed by one stream".formatted(flows),
                    "s",
                    each(calls, ApiCalls.Round::listSeconds),
                    target));
            report.add(Figure.of(
                    "  daemon's memory beyond what it had", "MB", each(calls, ApiCalls.Round::listMegabytes), null));
            report.add(Figure.of(
                    "  the same when a tenth is listed", "MB", each(calls, ApiCalls.Round::tenthMegabytes), null));
            report.add(Figure.of("updates", "k/s", each(calls, round -> 1e-3 * round.updates()), Target.atLeast(200)));
            report.add(Figure.of(
                    "longest stop-the-world pause of the daemon meanwhile",
                    "ms",
                    each(calls, round -> round.pauses().longestMillis()),
                    null));
            report.add(Figure.of(
                    "  pauses", "", each(calls, round -> round.pauses().count()), null));
        }
        try (var bed = new WireTestbed(ApiCalls.PROCESSORS)) {
            new ApiForwarding(bed, watchers, err).measure(rounds(), seconds, report);
        }
    }

    private void check() throws IOException {
        WireTestbed.requireRoot();
        if (flows < ApiCalls.UPDATED_FLOWS || flows > MAX_FLOWS) {
            throw new IllegalArgumentException(
                    "flows out of range: flows=" + flows + ", limits=" + ApiCalls.UPDATED_FLOWS + ".." + MAX_FLOWS);
        }
        if (watchers < 1 || watchers > MAX_WATCHERS) {
            throw new IllegalArgumentException(
                    "watchers out of range: watchers=" + watchers + ", limits=1.." + MAX_WATCHERS);
        }
        if (!(seconds >= 0.1 && seconds <= 60)) {
            throw new IllegalArgumentException("seconds out of range: seconds=" + seconds + ", limits=0.1..60");
        }
    }

    private static double[] each(List<ApiCalls.Round> rounds, ToDoubleFunction<ApiCalls.Round> what) {
        return rounds.stream().mapToDouble(what).toArray();
    }
}
