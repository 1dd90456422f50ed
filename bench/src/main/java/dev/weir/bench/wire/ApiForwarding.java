package dev.weir.bench.wire;

import dev.weir.api.v1.GetCountersResponse;
import dev.weir.bench.Figure;
import dev.weir.bench.Figure.Target;
import dev.weir.bench.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Forwarding while flows begin and end all the time, by turns with nobody who watches and with many who want every event.
 * The table has room for {@link #ROOM} of the traffic's {@link #FLOWS} flows, so three frames in ten begin a flow and end
 * another. Loss is looked for at a load of {@link #MANY_FLOWS}, of which nine frames in ten do.
 */
final class ApiForwarding {
    private static final int FLOWS = 10_000, ROOM = 7_000, MANY_FLOWS = 10 * ROOM;
    /**
     * Of flows a second, at which no frame may be lost; and the frames a second that make as many, with a tenth more for
     * those that the generator has no time to send.
     */
    private static final int EVENTS = 100_000;

    private static final double LOAD = 1.1 * EVENTS / (2 * (1 - (double) ROOM / MANY_FLOWS));
    private static final int START_SECONDS = 60;
    private static final String PROGRAM = "watchers";

    private final WireTestbed bed;
    private final int watchers;
    private final PrintStream err;

    /**
     * One turn.
     *
     * @param rate frames a second that arrive when more are offered
     * @param events of flows a second meanwhile, whether or not somebody watches
     * @param told events a second, all watchers together
     * @param missed events a second, told to all watchers as gaps
     * @param lost frames, at the load that makes {@link #EVENTS}
     * @param steadyEvents of flows a second at that load
     * @param steadyTold events a second at that load, all watchers together
     */
    private record Turn(
            double rate,
            double events,
            double told,
            double missed,
            double lost,
            double steadyEvents,
            double steadyTold) {}

    ApiForwarding(WireTestbed bed, int watchers, PrintStream err) {
        this.bed = bed;
        this.watchers = watchers;
        this.err = err;
    }

    void measure(int rounds, double seconds, Report report) throws IOException {
        int last = Runtime.getRuntime().availableProcessors() - 1;
        WireWeir weir = WireWeir.packetSockets(1)
                .withSettings("pin: [%d]%nflow-table: {max-flows: %d, idle-timeout: 1h}%n".formatted(last, ROOM));
        weir.start(bed);
        var without = new Turn[rounds];
        var with = new Turn[rounds];
        try (var client = new ApiClient(WireWeir.socket(bed));
                var traffic = new WireTraffic(bed)) {
            var frames = new WireFrames(FLOWS, WireMix.SMALL.sizes(), weir.destination(bed));
            var manyFlows = new WireFrames(MANY_FLOWS, WireMix.SMALL.sizes(), weir.destination(bed));
            err.println("warming up");
            turn(traffic, frames, manyFlows, client, seconds, false);
            watched(traffic, frames, manyFlows, client, seconds);
            for (int round = 0; round < rounds; round++) {
                err.println("forwarding, round " + (round + 1) + " of " + rounds);
                without[round] = turn(traffic, frames, manyFlows, client, seconds, false);
                with[round] = watched(traffic, frames, manyFlows, client, seconds);
            }
        }
        report(without, with, report);
    }

    private Turn watched(WireTraffic traffic, WireFrames frames, WireFrames manyFlows, ApiClient client, double seconds)
            throws IOException {
        Process program = startWatchers();
        try {
            return turn(traffic, frames, manyFlows, client, seconds, true);
        } finally {
            bed.stop(program);
        }
    }

    private Process startWatchers() throws IOException {
        Process program = bed.start(bed.middle, PROGRAM, ApiWatchers.command(WireWeir.socket(bed), watchers));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (told().streams() < watchers) {
            if (!program.isAlive() || System.nanoTime() > end) {
                throw new IOException(
                        "watchers did not begin: " + bed.said(PROGRAM).strip());
            }
            WireTestbed.pause();
        }
        return program;
    }

    private ApiWatchers.Line told() throws IOException {
        return ApiWatchers.Line.last(bed.said(PROGRAM));
    }

    private Turn turn(
            WireTraffic traffic,
            WireFrames frames,
            WireFrames manyFlows,
            ApiClient client,
            double seconds,
            boolean watched)
            throws IOException {
        ApiWatchers.Line before = watched ? told() : ApiWatchers.Line.NONE;
        long eventsBefore = events(client.counters());
        WireTrial flatOut = traffic.run(frames, Double.POSITIVE_INFINITY, seconds);
        double events = (events(client.counters()) - eventsBefore) / flatOut.seconds();
        ApiWatchers.Line after = watched ? told() : ApiWatchers.Line.NONE;
        eventsBefore = events(client.counters());
        WireTrial steady = traffic.run(manyFlows, LOAD, WireSender.Idling.RESTS, seconds);
        ApiWatchers.Line end = watched ? told() : ApiWatchers.Line.NONE;
        return new Turn(
                flatOut.receivedRate(),
                events,
                (after.events() - before.events()) / flatOut.seconds(),
                (after.missed() - before.missed()) / flatOut.seconds(),
                steady.lost(),
                (events(client.counters()) - eventsBefore) / steady.seconds(),
                (end.events() - after.events()) / steady.seconds());
    }

    /** Flows that began and flows that ended. */
    private static long events(GetCountersResponse counters) {
        return counters.getFlowTableMap().entrySet().stream()
                .filter(each -> each.getKey().equals("CREATED") || each.getKey().startsWith("ended:"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private void report(Turn[] without, Turn[] with, Report report) {
        report.condition(
                "forwarding",
                "%,d flows, room for %,d, %s, one worker, AF_PACKET".formatted(FLOWS, ROOM, WireMix.SMALL.name()));
        report.condition(
                "watchers",
                watchers + ", each with a connection and a stream of all events, in a process of the lowest priority");
        String many = watchers + " watchers";
        report.add(Figure.of(
                "nobody watches: frames arriving, more offered", "k/s", each(without, 1e-3, Turn::rate), null));
        report.add(Figure.of("  events of flows", "k/s", each(without, 1e-3, Turn::events), null));
        String steady = "  lost at %,.0f frames a second".formatted(LOAD);
        report.add(Figure.of(steady, "frames", each(without, 1, Turn::lost), Target.atMost(0)));
        report.add(Figure.of(many + ": frames arriving, more offered", "k/s", each(with, 1e-3, Turn::rate), null));
        report.add(Figure.of("  events of flows", "k/s", each(with, 1e-3, Turn::events), Target.atLeast(100)));
        report.add(Figure.of("  told, all watchers together", "k/s", each(with, 1e-3, Turn::told), null));
        report.add(Figure.of("  told as missed", "k/s", each(with, 1e-3, Turn::missed), null));
        report.add(Figure.of(steady, "frames", each(with, 1, Turn::lost), Target.atMost(0)));
        report.add(Figure.of(
                "  events of flows then", "k/s", each(with, 1e-3, Turn::steadyEvents), Target.atLeast(EVENTS * 1e-3)));
        report.add(Figure.of("  told then, all watchers together", "k/s", each(with, 1e-3, Turn::steadyTold), null));
        double[] ratio = new double[with.length];
        for (int round = 0; round < ratio.length; round++) {
            ratio[round] = with[round].rate / without[round].rate;
        }
        report.add(Figure.of("rate with watchers over that without", "x", ratio, Target.atLeast(0.95)));
    }

    private static double[] each(Turn[] turns, double factor, ToDoubleFunction<Turn> what) {
        return Arrays.stream(turns)
                .mapToDouble(turn -> factor * what.applyAsDouble(turn))
                .toArray();
    }
}
