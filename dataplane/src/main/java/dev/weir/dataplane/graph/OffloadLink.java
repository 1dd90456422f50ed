package dev.weir.dataplane.graph;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Between the workers and one thread that has something below the data plane carry decided flows. Workers give notice of
 * what became of packets of offloaded flows, and of flows that are over; the thread reports what was carried. Nobody waits:
 * a worker that finds no room for a notice tries again with a later packet.
 *
 * <p>One thread, but for {@link #close} and {@link #counts}, which any may call. It allocates for each notice and report.
 */
public final class OffloadLink implements AutoCloseable {
    private static final int NOTICES = 1 << 13;

    private final DataplaneRun run;
    private final Mailbox<OffloadNotice> notices = new Mailbox<>(NOTICES);

    private OffloadLink(DataplaneRun run) {
        this.run = run;
    }

    static OffloadLink open(DataplaneRun run, OffloadPolicy policy) {
        OffloadLink link = new OffloadLink(run);
        run.calls()
                .askAllWaiting(worker -> {
                    worker.offload().open(link.notices, policy);
                    return true;
                })
                .join();
        return link;
    }

    /** Passes on the notices that there are, {@code most} at the most; says how many. Those of a worker are in its order. */
    public int poll(int most, Consumer<OffloadNotice> each) {
        int n = 0;
        for (; n < most; n++) {
            OffloadNotice notice = notices.poll();
            if (notice == null) {
                break;
            }
            each.accept(notice);
        }
        return n;
    }

    /** Waits so long, or less where there are notices. */
    public void await(long nanos) {
        if (notices.isEmpty()) {
            LockSupport.parkNanos(nanos);
        }
    }

    /**
     * Tells a worker. The next ones of the same worker wait until the answer has come: only then are they taken in order.
     *
     * @return done when it has taken note of all; fails with {@link UnavailableException}
     */
    public CompletableFuture<?> tell(int worker, List<OffloadReport> reports) {
        return run.calls().send(worker, new Reports(reports));
    }

    private static final class Reports extends WorkerCalls.Answering<Boolean> {
        /** How many are taken between two vectors. */
        private static final int PIECE = 64;

        private final List<OffloadReport> reports;
        private int done;

        Reports(List<OffloadReport> reports) {
            this.reports = reports;
        }

        @Override
        boolean proceed(Worker worker) {
            List<OffloadReport> piece = reports.subList(done, Math.min(reports.size(), done + PIECE));
            worker.end(out -> {
                for (OffloadReport report : piece) {
                    worker.offload().held().take(report, out);
                    worker.graph().reported(report);
                }
                return true;
            });
            done += piece.size();
            boolean isDone = done == reports.size();
            if (isDone) {
                give(true);
            }
            return isDone;
        }
    }

    /** What the workers' clock showed at a time of {@link System#nanoTime}: nanoseconds since 1970. */
    public long time(long nanoTime) {
        return run.clock().at(nanoTime);
    }

    /** The graph in force. */
    public GraphConfig config() {
        return run.config();
    }

    /** The name of a port by its number; null where there is none now. */
    public @Nullable String portName(int port) {
        List<String> names = run.portNames();
        return port < 0 || port >= names.size() || names.get(port).isEmpty() ? null : names.get(port);
    }

    /**
     * What workers count.
     *
     * @param held flows that are carried below, or are about to be
     * @param congested notices that found no room
     */
    public record Counts(long held, long congested) {
        Counts plus(Counts other) {
            return new Counts(held + other.held, congested + other.congested);
        }
    }

    public CompletableFuture<Counts> counts() {
        return run.calls()
                .askAll(worker -> {
                    HeldFlows held = worker.offload().held();
                    return new Counts(held.size(), held.congested());
                })
                .thenApply(all -> all.stream().reduce(new Counts(0, 0), Counts::plus));
    }

    /** From here on no flow begins to be carried; those that are go on until they are recalled. Waits for the workers. */
    @Override
    public void close() {
        run.calls()
                .askAllWaiting(worker -> {
                    worker.offload().stopLearning();
                    return true;
                })
                .join();
    }
}
