package dev.weir.bench.wire;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.weir.bench.Figure;
import dev.weir.bench.OffloadFlows;
import dev.weir.bench.OffloadTurn;
import dev.weir.bench.Report;
import dev.weir.offload.kernel.XdpFlowDriver;
import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfMap;
import dev.weir.wire.linux.EbpfMapType;
import dev.weir.wire.linux.EbpfUse;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** How many flows a second go into the kernel: by the Flow Table API and the XDP driver, and the kernel's maps alone. */
public final class OffloadKernel {
    private static final int FLOWS = 1 << 16, BATCH = 1_000, KEY_OCTETS = 16, WARM_ROUNDS = 2;
    private static final String PORT = "lo";

    private final int rounds;
    private final int depth;

    /** @param depth how many batches are under way at a time */
    public OffloadKernel(int rounds, int depth) {
        this.rounds = rounds;
        this.depth = depth;
    }

    /** Whether this process may. */
    public static boolean isPossible() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    public void measure(Report report) throws IOException {
        maps(report);
        List<OffloadTurn> turns = inNamespace(this::turns);
        report.add(Figure.of(
                "xdp, %d batches under way: set a second".formatted(depth),
                "k",
                OffloadTurn.each(turns, turn -> 1e3 * turn.sets()),
                null));
        report.add(
                Figure.of("  deleted a second", "k", OffloadTurn.each(turns, turn -> 1e3 * turn.deletions()), null));
    }

    private List<OffloadTurn> turns() throws PortException {
        List<OffloadTurn> turns = new ArrayList<>();
        try (XdpFlowDriver driver = XdpFlowDriver.open(List.of(PORT), XdpDriverOptions.defaults(), _ -> {})) {
            long port = driver.interfaces().iterator().next();
            OffloadFlows flows = OffloadFlows.of(port, port, FLOWS, BATCH);
            for (int round = 0; round < WARM_ROUNDS + rounds; round++) {
                OffloadTurn turn = OffloadTurn.inTurn(driver, flows, depth);
                if (round >= WARM_ROUNDS) turns.add(turn);
            }
        }
        return turns;
    }

    /** Has a thread do it in a network namespace that is there for it alone. */
    private static <T> T inNamespace(Callable<T> task) throws IOException {
        String name = "weir-bench-" + ProcessHandle.current().pid() + "-xdp";
        ip("add", name);
        try {
            FutureTask<T> result = new FutureTask<>(() -> {
                WireNamespace.enter(name);
                return task.call();
            });
            Thread.ofPlatform().daemon().start(result);
            return result.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? "" : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while flows go into the kernel", e);
        } finally {
            ip("del", name);
        }
    }

    private static void ip(String what, String name) throws IOException {
        Process process = new ProcessBuilder("ip", "netns", what, name)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            int code = process.waitFor();
            if (code != 0) throw new IOException("ip netns " + what + " " + name + ": ended with " + code);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while ip runs", e);
        }
    }

    /** The kernel's part alone: a call an element, and a call for all. */
    private void maps(Report report) throws PortException {
        EbpfMap.Shape shape = new EbpfMap.Shape(EbpfMapType.HASH, "weir_bench", KEY_OCTETS, Integer.BYTES, FLOWS);
        double[] single = new double[rounds];
        double[] batch = new double[rounds];
        try (Arena arena = Arena.ofConfined();
                EbpfMap map = EbpfMap.create("bench", new EbpfUse(Set.of(), "leave xdp out"), shape)) {
            MemorySegment keys = arena.allocate((long) FLOWS * KEY_OCTETS, 8);
            MemorySegment values = arena.allocate((long) FLOWS * Integer.BYTES, 8);
            MemorySegment[] each = new MemorySegment[FLOWS];
            for (int i = 0; i < FLOWS; i++) {
                keys.set(JAVA_INT, (long) i * KEY_OCTETS, i);
                each[i] = keys.asSlice((long) i * KEY_OCTETS, KEY_OCTETS);
            }
            for (int round = -WARM_ROUNDS; round < rounds; round++) {
                double one = thousands(() -> {
                    for (MemorySegment key : each) map.put(key, values, EbpfMap.ONLY_NEW);
                });
                map.removeAll(keys, FLOWS);
                double all = thousands(() -> map.putAll(keys, values, FLOWS));
                map.removeAll(keys, FLOWS);
                if (round < 0) continue;
                single[round] = one;
                batch[round] = all;
            }
        }
        report.add(Figure.of("kernel's map, one a call: updates a second", "k", single, null));
        report.add(Figure.of("  all in a call", "k", batch, null));
    }

    private static double thousands(Runnable work) {
        long before = System.nanoTime();
        work.run();
        return FLOWS * 1e6 / (System.nanoTime() - before);
    }
}
