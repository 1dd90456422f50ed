package dev.weir.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that measures {@link TableLoop} in this process. */
abstract class LoopCommand extends MeasuringCommand {
    /** A thread with a processor of its own comes to more than this share of it. */
    private static final double QUIET = 0.98;

    @Option(names = "--size", paramLabel = "BYTES", description = "Frame size (default: ${DEFAULT-VALUE})")
    private int size = 128;

    @Option(names = "--ipv6", paramLabel = "PERCENT", description = "IPv6 among the flows (default: ${DEFAULT-VALUE})")
    private int ipv6;

    @Option(names = "--tcp", paramLabel = "PERCENT", description = "TCP among the flows (default: ${DEFAULT-VALUE})")
    private int tcp;

    @Option(names = "--profile", description = "Sample the measured rounds and print the hottest places")
    private boolean profile;

    LoopCommand(String name, PrintStream out, PrintStream err) {
        super(name, out, err);
    }

    /** As the options say, flows that go on, a packet a microsecond. */
    final TrafficShape shape(long packets, int flows, TrafficShape.Order order) {
        return new TrafficShape(packets, flows, size, ipv6, tcp, 50, order, 1, 0, 1_000, 1);
    }

    final int ipv6Percent() {
        return ipv6;
    }

    final String traffic() {
        return "%d-byte frames resident in memory, %d %% IPv6, %d %% TCP, both directions, seed 1"
                .formatted(size, ipv6, tcp);
    }

    /** Warms up, measures, and reports clocks and nanoseconds an operation, octets allocated, collections. */
    final Rounds measured(String what, long operations, Report report, Figure.@Nullable Target clocks, Runnable work)
            throws IOException {
        return measured(what, new Rounds(rounds(), operations, work), report, clocks);
    }

    /** The same of rounds that are made already. */
    final Rounds measured(String what, Rounds measured, Report report, Figure.@Nullable Target clocks)
            throws IOException {
        err.println("measuring: " + what);
        measured.warmUp();
        if (profile) {
            try (var _ = new Profile(err)) {
                measured.measure();
            }
        } else {
            measured.measure();
        }
        if (measured.processorShare() < QUIET) {
            report.condition(
                    "caution, " + what,
                    "the machine was busy: the thread had a processor %.0f %% of the time; its processor time is given"
                            .formatted(100 * measured.processorShare()));
        }
        double[] nanos = measured.nanosPerOperation();
        double[] ticks = nanos.clone();
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = report.machine().clocks(nanos[i]);
        }
        report.add(Figure.of(what, "clocks", ticks, clocks));
        report.add(Figure.of("", "ns", nanos, null));
        return measured;
    }

    /** The allocation of the measured rounds; the profiler's own would be in it. */
    final void allocation(String what, Rounds measured, Report report) {
        if (profile) return;
        double perPacket = (double) measured.allocatedBytes() / measured.measured();
        report.add(Figure.of(
                what
                        + ": allocated a packet (%,d B in %,d, %d collections)"
                                .formatted(measured.allocatedBytes(), measured.measured(), measured.collections()),
                "B",
                Math.floor(perPacket), // what the measuring itself allocates is less than an octet a packet
                Figure.Target.atMost(0)));
    }

    /** Octets of this process that are in memory, by the kernel's account (proc(5), VmRSS). */
    static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return 1024
                        * Long.parseLong(line.substring("VmRSS:".length())
                                .replace("kB", "")
                                .strip());
            }
        }
        throw new IOException("/proc/self/status has no VmRSS; run this on Linux");
    }
}
