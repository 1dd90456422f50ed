package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.bench.TrafficShape.Order;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Packets of flows that are already in the table, and the memory that a flow takes. */
@Command(
        name = "table",
        description = "Packets of known flows: read, parse, key, table; one worker.",
        footer = {"", "Example: weir bench table --flows 8192,1000000 --profile"})
final class TableCommand extends LoopCommand {
    /** With 128-byte frames 32 MiB: the packets come from memory, as those of a capture do. */
    private static final int LEAST_PACKETS = 1 << 18;

    /** So many flows a core's cache holds, beside a chunk of packets. */
    private static final int CACHED = 8_192;

    @Option(names = "--flows", split = ",", paramLabel = "N", description = "How many (default: 8192,1000000,4000000)")
    private List<Integer> flows = List.of(8_192, 1_000_000, 4_000_000);

    TableCommand(PrintStream out, PrintStream err) {
        super("table", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        report.condition("traffic", traffic() + ", flows in random order");
        for (int count : flows) {
            known(count, report);
        }
    }

    private void known(int flows, Report report) throws IOException {
        FlowTableConfig config = FlowTableConfig.defaults()
                .withMaxFlows(flows)
                .withLifetime(Lifetime.NEVER)
                .withTcpClose(false)
                .withHashSeed(1);
        int packets = Math.max(LEAST_PACKETS, 2 * flows);
        try (var creating = new Trace(shape(flows, flows, Order.ROUND_ROBIN));
                var hitting = new Trace(shape(packets, flows, Order.RANDOM))) {
            long before = residentBytes();
            try (var loop = new TableLoop(config)) {
                loop.run(creating);
                long bytes = residentBytes() - before;
                if (loop.table().size() != flows) {
                    throw new IllegalStateException(
                            "flows in the table: " + loop.table().size() + ", made: " + flows);
                }
                String what = "%,d flows".formatted(flows);
                hitting.startAfter(creating);
                var measured = measured(what + ": packet of a known flow", packets, report, target(flows), () -> {
                    hitting.rewind(1);
                    loop.run(hitting);
                });
                if (flows <= CACHED) {
                    cached(what, packets, loop, hitting, report);
                }
                allocation(what, measured, report);
                memory(what, flows, bytes, report);
            }
        }
    }

    /** Without the frames' way from memory, which VPP's generator, for one, spares the packets that it makes. */
    private void cached(String what, int packets, TableLoop loop, Trace hitting, Report report) throws IOException {
        var rounds = new Rounds(
                rounds(),
                packets,
                () -> {
                    hitting.rewind(1);
                    loop.runCached(hitting);
                },
                loop::cachedNanos);
        measured(what + ": the same, its frame in the cache", rounds, report, null);
    }

    private void memory(String what, int flows, long bytes, Report report) {
        if (flows < 1_000_000) return; // too few to be told from the rest of the process
        Target target = ipv6Percent() == 0 ? Target.atMost(128) : ipv6Percent() == 100 ? Target.atMost(192) : null;
        report.add(Figure.of(what + ": memory a flow, table full", "B", (double) bytes / flows, target));
    }

    private @Nullable Target target(int flows) {
        if (ipv6Percent() > 0) return null;
        return flows <= 8_192 ? Target.atMost(70) : flows <= 1_000_000 ? Target.atMost(110) : Target.atMost(130);
    }
}
