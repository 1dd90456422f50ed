package dev.weir.dataplane.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Brings the flows of all workers to a {@link FlowSink}. One thread, which is no worker's. */
final class FlowKeeping {
    private static final long PAUSE_NANOS = 200_000;

    private final DataplaneRun run;
    private final List<Worker> workers;

    FlowKeeping(DataplaneRun run, List<Worker> workers) {
        this.run = run;
        this.workers = workers;
    }

    /**
     * While workers run: each copies some between its vectors.
     *
     * @return whether that came to its end; false where the configuration changed meanwhile, so that what was copied is of no use
     */
    boolean copy(FlowSink sink) throws IOException {
        GraphConfig before = run.config();
        FlowsLegend legend =
                run.legend(run.calls().askAllWaiting(WorkerLegend::of).join());
        sink.begin(legend, run.counted());
        List<FlowCopying> copying = new ArrayList<>();
        try {
            for (int w = 0; w < legend.workers().size(); w++) {
                copying.add(new FlowCopying(legend.annexBytes()));
            }
            try {
                var done = run.calls().sendAllWaiting(copying::get);
                while (!done.isDone()) {
                    if (!drain(copying, sink)) {
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                }
                drain(copying, sink);
                List<Boolean> answers = done.join();
                boolean whole = answers.stream().allMatch(all -> all) && before.equals(run.settledConfig());
                if (whole) {
                    sink.end();
                }
                return whole;
            } finally {
                discard(copying);
            }
        } finally {
            copying.forEach(FlowCopying::close);
        }
    }

    /** Blocks are needed until workers are through, whatever becomes of what is in them. */
    private static void discard(List<FlowCopying> copying) {
        while (!copying.stream().allMatch(each -> each.answer().isDone())) {
            copying.forEach(each -> {
                for (FlowCopies block = each.poll(); block != null; block = each.poll()) {
                    each.giveBack(block);
                }
            });
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** After workers have ended: in the calling thread. */
    void copyAtRest(FlowSink sink) throws IOException {
        FlowsLegend legend = run.legend(workers.stream().map(WorkerLegend::of).toList());
        sink.begin(legend, run.countedAtRest());
        for (int w = 0; w < workers.size(); w++) {
            try (FlowCopying copying = new FlowCopying(legend.annexBytes())) {
                boolean through = false;
                while (!through) {
                    through = copying.run(workers.get(w));
                    drain(w, copying, sink);
                }
                if (!copying.answer().join()) {
                    throw new IOException("flows of worker " + w + " could not be copied");
                }
            }
        }
        sink.end();
    }

    private static boolean drain(List<FlowCopying> copying, FlowSink sink) throws IOException {
        boolean any = false;
        for (int w = 0; w < copying.size(); w++) {
            any |= drain(w, copying.get(w), sink);
        }
        return any;
    }

    private static boolean drain(int worker, FlowCopying copying, FlowSink sink) throws IOException {
        boolean any = false;
        for (FlowCopies block = copying.poll(); block != null; block = copying.poll()) {
            sink.flows(worker, block);
            copying.giveBack(block);
            any = true;
        }
        return any;
    }

    /** Has whoever restores them put flows back, before workers begin. */
    static void restore(Consumer<? super FlowRestore> from, FlowRestore restore) {
        from.accept(restore);
        restore.finish();
    }
}
