package dev.weir.bench;

import dev.weir.bench.Figure.Target;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.WorkerCounters;
import dev.weir.server.state.StateKeeper;
import dev.weir.server.state.StateStatus.Snapshot;
import dev.weir.table.FlowTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** What snapshots cost the packets of one worker, each beside a time as long without one. One thread. */
final class SnapshotRounds {
    private static final double MILLIS = 1e-6, MICROS = 1e-3;
    private final double[] wait, waitWithout, piece, vector, lost, lostWithout, took;
    private Snapshot last = new Snapshot(Instant.EPOCH, 0, 0, 0, Duration.ZERO);

    SnapshotRounds(int rounds) {
        wait = new double[rounds];
        waitWithout = new double[rounds];
        piece = new double[rounds];
        vector = new double[rounds];
        lost = new double[rounds];
        lostWithout = new double[rounds];
        took = new double[rounds];
    }

    /** Takes a snapshot, then waits as long as it took. */
    void measure(int n, Dataplane plane, SteadyPort in, StateKeeper keeper) throws IOException {
        plane.clearCounters().join();
        in.forgetWaits();
        long before = in.lost();
        last = keeper.save();
        wait[n] = in.longestWaitMillis();
        lost[n] = in.lost() - before;
        WorkerCounters worker = plane.counters().join().workers().getFirst();
        piece[n] = worker.longestMailNanos() * MICROS;
        vector[n] = (double) worker.busyNanos() / worker.packets() * FlowTable.VECTOR * MICROS;
        took[n] = last.duration().toNanos() * MILLIS;

        in.forgetWaits();
        before = in.lost();
        LockSupport.parkNanos(last.duration().toNanos());
        waitWithout[n] = in.longestWaitMillis();
        lostWithout[n] = in.lost() - before;
    }

    void addTo(Report report, String what) {
        double aVector = Figure.median(vector);
        report.add(Figure.of(
                what + "a worker's longest work for it between two vectors", "us", piece, Target.atMost(aVector)));
        report.add(Figure.of("  its work for a vector", "us", vector, null));
        report.add(Figure.of("  longest wait of a packet", "ms", wait, null));
        report.add(Figure.of("  the same in as long a time without a snapshot", "ms", waitWithout, null));
        report.add(Figure.of("  packets lost, in all", "", Arrays.stream(lost).sum(), Target.atMost(0)));
        report.add(Figure.of(
                "  lost without a snapshot", "", Arrays.stream(lostWithout).sum(), null));
        report.add(Figure.of("  the snapshot took", "ms", took, null));
        report.add(Figure.of("  flows in it", "", (double) last.flows(), null));
        report.add(Figure.of("  its octets", "MB", last.octets() * 1e-6, null));
    }
}
