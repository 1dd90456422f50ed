package dev.weir.bench;

import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * What one turn of setting and deleting took.
 *
 * @param flows how many were set, and as many deleted
 * @param setNanos of the clock on the wall
 * @param allocatedBytes by the calling thread
 */
public record OffloadTurn(long flows, long setNanos, long deleteNanos, long allocatedBytes) {
    private static final int MADE = 40;

    /** A figure of each turn. */
    public static double[] each(List<OffloadTurn> turns, ToDoubleFunction<OffloadTurn> what) {
        return turns.stream().mapToDouble(what).toArray();
    }

    /** Millions a second. */
    public double sets() {
        return 1e3 * flows / setNanos;
    }

    public double deletions() {
        return 1e3 * flows / deleteNanos;
    }

    /** Of both together. */
    double changes() {
        return 2e3 * flows / (setNanos + deleteNanos);
    }

    double allocatedEach() {
        return (double) allocatedBytes / flows / 2;
    }

    /**
     * Deletes the batch that has been set for longest, and sets the one that has been deleted for longest, by turns, until each was deleted and set once. So the
     * driver holds about as many flows all the time, and none that was touched a moment ago is touched again.
     *
     * @param held how many batches are set, from the first on
     * @param given what the driver is given of a batch, made before the clock runs
     */
    static OffloadTurn sliding(FlowDriver driver, OffloadFlows flows, int held, UnaryOperator<FlowChange> given) {
        long set = 0;
        long deleted = 0;
        long count = 0;
        long allocated = 0;
        for (int batch = 0; batch < flows.batches(); batch++) {
            FlowChange deletion = given.apply(flows.deletion(batch));
            FlowChange next = given.apply(flows.set(batch + held));
            long before = Rounds.THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            BatchResult gone = driver.change(deletion).join();
            long between = System.nanoTime();
            BatchResult come = driver.change(next).join();
            set += System.nanoTime() - between;
            deleted += between - start;
            allocated += Rounds.THREADS.getCurrentThreadAllocatedBytes() - before;
            OffloadFlows.check(deletion, gone);
            OffloadFlows.check(next, come);
            count += gone.applied();
        }
        return new OffloadTurn(count, set, deleted, allocated);
    }

    /** Sets all, then deletes all, with that many batches under way at a time; what is given is made before the clock runs, {@value #MADE} batches at a time. */
    public static OffloadTurn inTurn(FlowDriver driver, OffloadFlows flows, int depth) {
        long[] nanos = new long[2];
        long count = 0;
        long allocated = 0;
        for (int kind = 0; kind < 2; kind++) {
            List<FlowChange> all = kind == 0 ? flows.sets() : flows.deletions();
            for (int from = 0; from < all.size(); from += MADE) {
                List<FlowChange> given = all.subList(from, Math.min(all.size(), from + MADE)).stream()
                        .map(flows::anew)
                        .toList();
                long before = Rounds.THREADS.getCurrentThreadAllocatedBytes();
                long start = System.nanoTime();
                count += pipelined(driver, given, depth);
                nanos[kind] += System.nanoTime() - start;
                allocated += Rounds.THREADS.getCurrentThreadAllocatedBytes() - before;
            }
        }
        return new OffloadTurn(count / 2, nanos[0], nanos[1], allocated);
    }

    /** Makes changes without waiting for more than so many; returns how many flows they were of. */
    private static long pipelined(FlowDriver driver, List<FlowChange> changes, int depth) {
        Deque<CompletableFuture<BatchResult>> underWay = new ArrayDeque<>();
        long count = 0;
        for (int i = 0; i < changes.size() + depth; i++) {
            if (i >= depth) {
                FlowChange change = changes.get(i - depth);
                OffloadFlows.check(change, underWay.remove().join());
                count += change.flows().size();
            }
            if (i < changes.size()) underWay.add(driver.change(changes.get(i)));
        }
        return count;
    }
}
