package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.bench.TrafficShape.Order;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** Flows that come and go: every packet begins one. */
@Command(
        name = "churn",
        description = "Flows created and ended a second, when every packet is a new flow; one worker.",
        footer = {"", "Example: weir bench churn --profile"})
final class ChurnCommand extends LoopCommand {
    /** More than are alive at a time, so that none is met again before it has ended. */
    private static final int FLOWS = 4_000_000;

    private static final int ALIVE = 1_000_000;

    ChurnCommand(PrintStream out, PrintStream err) {
        super("churn", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        report.condition("traffic", traffic() + ", every packet a new flow");
        FlowTableConfig config = FlowTableConfig.defaults().withTcpClose(false).withHashSeed(1);
        try (var trace = new Trace(shape(FLOWS, FLOWS, Order.ROUND_ROBIN))) {
            churn("lifetime 0", config.withLifetime(0), trace, Target.atLeast(8), report);
            // A packet a microsecond: a lifetime of one second keeps a million alive. A tick of the wheel more are due.
            churn(
                    "1 M alive, expired by the wheel",
                    config.withLifetime(Lifetime.ofSeconds(1)).withMaxFlows(ALIVE + ALIVE / 10),
                    trace,
                    null,
                    report);
            churn(
                    "1 M alive, table full, recycled",
                    config.withLifetime(Lifetime.ofSeconds(60)).withMaxFlows(ALIVE),
                    trace,
                    null,
                    report);
        }
    }

    private void churn(
            String what,
            FlowTableConfig config,
            Trace trace,
            @org.jspecify.annotations.Nullable Target millions,
            Report report)
            throws IOException {
        try (var loop = new TableLoop(config)) {
            var measured = measured(what + ": create and end", FLOWS, report, null, () -> {
                trace.rewind(1);
                loop.run(trace);
            });
            if (loop.ended() < measured.measured()) {
                throw new IllegalStateException(what + ": flows ended: " + loop.ended()
                        + ", begun in the measured rounds: " + measured.measured());
            }
            double[] rates = measured.nanosPerOperation().clone();
            for (int i = 0; i < rates.length; i++) {
                rates[i] = 1000 / rates[i];
            }
            report.add(Figure.of(what + ": flows a second", "M", rates, millions));
            allocation(what, measured, report);
        }
    }
}
