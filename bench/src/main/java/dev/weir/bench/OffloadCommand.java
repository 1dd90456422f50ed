package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.bench.wire.OffloadKernel;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.memory.MemoryDriver;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many flows drivers set and delete a second, and how long one takes. */
@Command(
        name = "offload",
        description = {
            "Flows set and deleted a second, by driver: memory; loopback, over a socket to a backend in another process; XDP, where it runs as root, in a network namespace of its own.",
        },
        footer = {"", "Example: weir bench offload --rounds 3 --drivers memory,loopback"})
final class OffloadCommand extends MeasuringCommand {
    private static final int BATCH = 1_000, MAX_FLOWS = 1 << 22, WARM_TURNS = 4;
    private static final int CALLS = 20_000;

    /** What can be measured. */
    enum Subject {
        MEMORY,
        LOOPBACK,
        XDP
    }

    @Option(
            names = "--drivers",
            split = ",",
            paramLabel = "NAME",
            description = "Which of memory, loopback, xdp (default: all that can be)")
    private Set<Subject> subjects = Set.of(Subject.values());

    @Option(names = "--flows", paramLabel = "N", description = "In the memory driver (default: ${DEFAULT-VALUE})")
    private int flows = 1_000_000;

    @Option(
            names = "--carried",
            paramLabel = "N",
            description = "Over the socket, or into the kernel, in a turn (default: ${DEFAULT-VALUE})")
    private int carried = 200_000;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Batches under way at a time (default: ${DEFAULT-VALUE})")
    private int depth = 8;

    OffloadCommand(PrintStream out, PrintStream err) {
        super("offload", out, err);
    }

    @Override
    protected void measure(Report report) throws IOException {
        check("flows", flows, BATCH, MAX_FLOWS);
        check("carried", carried, BATCH, MAX_FLOWS);
        check("depth", depth, 1, 1000);
        report.condition("flows", "TCP over IPv4 by five exact fields, one action; %,d a batch".formatted(BATCH));
        if (subjects.contains(Subject.MEMORY)) memory(report);
        if (subjects.contains(Subject.LOOPBACK)) loopback(report);
        if (subjects.contains(Subject.XDP)) kernel(report);
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    what + " out of range: " + what + "=" + value + ", limits=" + least + ".." + most);
        }
    }

    private void memory(Report report) {
        err.println("measuring: memory");
        long bare = heapBytes();
        OffloadFlows made = OffloadFlows.of(flows + flows / 10, BATCH);
        long before = heapBytes();
        int held = flows / BATCH;
        try (MemoryDriver driver = MemoryDriver.start(Map.of(OffloadFlows.IFINDEX, OffloadFlows.model()))) {
            for (int batch = 0; batch < held; batch++) {
                OffloadFlows.check(
                        made.set(batch), driver.change(made.set(batch)).join());
            }
            long after = heapBytes();
            for (int turn = 0; turn < WARM_TURNS; turn++) OffloadTurn.sliding(driver, made, held, made::anew);
            List<OffloadTurn> turns = turns(driver, made, held, made::anew);
            String what = "memory, %,d flows".formatted(flows);
            Target target = flows == 1_000_000 ? Target.atLeast(2) : null;
            report.add(Figure.of(
                    what + ": set or deleted a second", "M", OffloadTurn.each(turns, OffloadTurn::changes), target));
            rates(turns, report);
            report.add(Figure.of(
                    "  clocks a change",
                    "clocks",
                    OffloadTurn.each(turns, turn -> report.machine().clocks(1e3 / turn.changes())),
                    null));
            report.add(
                    Figure.of("  allocated a change", "B", OffloadTurn.each(turns, OffloadTurn::allocatedEach), null));
            report.add(Figure.of(
                    "  the same of flows that were made long before",
                    "M",
                    OffloadTurn.each(turns(driver, made, held, UnaryOperator.identity()), OffloadTurn::changes),
                    null));
            report.add(Figure.of("  heap a flow, what is given aside", "B", (double) (after - before) / flows, null));
            report.add(Figure.of(
                    "  heap of a flow that is given", "B", (double) (before - bare) / (flows + flows / 10), null));
        }
    }

    private List<OffloadTurn> turns(FlowDriver driver, OffloadFlows made, int held, UnaryOperator<FlowChange> given) {
        List<OffloadTurn> turns = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) turns.add(OffloadTurn.sliding(driver, made, held, given));
        return turns;
    }

    private static void rates(List<OffloadTurn> turns, Report report) {
        report.add(Figure.of("  set", "M/s", OffloadTurn.each(turns, OffloadTurn::sets), null));
        report.add(Figure.of("  deleted", "M/s", OffloadTurn.each(turns, OffloadTurn::deletions), null));
    }

    private void loopback(Report report) throws IOException {
        err.println("measuring: loopback");
        OffloadFlows made = OffloadFlows.of(carried, BATCH);
        try (OffloadBackend backend = OffloadBackend.start()) {
            for (int turn = 0; turn < WARM_TURNS; turn++) OffloadTurn.inTurn(backend.driver(), made, depth);
            List<OffloadTurn> turns = new ArrayList<>();
            for (int round = 0; round < rounds(); round++) {
                turns.add(OffloadTurn.inTurn(backend.driver(), made, depth));
            }
            String what = "loopback, %d batches under way".formatted(depth);
            report.add(Figure.of(
                    what + ": set a second",
                    "k",
                    OffloadTurn.each(turns, turn -> 1e3 * turn.sets()),
                    Target.atLeast(300)));
            report.add(Figure.of(
                    "  deleted a second", "k", OffloadTurn.each(turns, turn -> 1e3 * turn.deletions()), null));
            roundTrips(backend.driver(), report);
        }
    }

    /** One flow a call, one call at a time. */
    private void roundTrips(FlowDriver driver, Report report) {
        OffloadFlows single = OffloadFlows.of(CALLS / 2, 1);
        List<double[]> measured = new ArrayList<>();
        for (int round = 0; round < 1 + rounds(); round++) {
            double[] micros = new double[CALLS];
            for (int call = 0; call < CALLS; call++) {
                FlowChange change = call % 2 == 0 ? single.set(call / 2) : single.deletion(call / 2);
                long start = System.nanoTime();
                var result = driver.change(change).join();
                micros[call] = (System.nanoTime() - start) / 1e3;
                OffloadFlows.check(change, result);
            }
            Arrays.sort(micros);
            if (round > 0) measured.add(micros);
        }
        report.add(Figure.of(
                "loopback, one flow a call: round trip, median", "us", each(measured, 0.5), Target.atMost(50)));
        report.add(Figure.of("  99 %", "us", each(measured, 0.99), null));
    }

    private static double[] each(List<double[]> sorted, double share) {
        return sorted.stream()
                .mapToDouble(values -> values[(int) (share * values.length)])
                .toArray();
    }

    private void kernel(Report report) throws IOException {
        if (!OffloadKernel.isPossible()) {
            report.condition("xdp", "left out: needs root");
            return;
        }
        err.println("measuring: xdp");
        new OffloadKernel(rounds(), depth).measure(report);
    }

    /** What lives on the heap, after a collection. */
    private static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
