package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.FlowChangeSink.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Follows what becomes of a data plane's flows: first all of them, then round by round those that changed, each once however often it did, as it is then. Flows change where they
 * begin, end, or get another state, lifetime or order; what packets alone change (counters, times, what nodes keep) comes as all places are gone over again and again. Packets wait for
 * no more than {@link FlowCopying#PIECE_NANOS} and one block at a time. Memory is that of some blocks, whatever the sink does. One thread at a time, which is no worker's.
 */
public final class FlowFollowing implements AutoCloseable {
    private static final long PAUSE_NANOS = 100_000;

    private final DataplaneRun run;
    private @Nullable GraphConfig config;
    private List<FlowChanging> workers = List.of();

    FlowFollowing(DataplaneRun run) {
        this.run = run;
    }

    /**
     * Has the sink get what changed since the last round; all flows in the first one, and after the configuration has changed. Waits until that is done.
     *
     * @param share of what places, of a worker, are gone over for what changes without a mark: one of so many
     * @return whether the round came to its end. False where the configuration changed meanwhile: the next one begins anew
     * @throws IOException of the sink's; the next one begins anew
     * @throws java.util.concurrent.CompletionException with an {@link UnavailableException} where the data plane is closed
     */
    public boolean round(FlowChangeSink sink, int share) throws IOException {
        GraphConfig now = run.settledConfig();
        boolean whole = false;
        try {
            if (!now.equals(config)) {
                begin(now, sink);
            }
            whole = changes(sink, share) && now.equals(run.settledConfig());
            return whole;
        } finally {
            if (!whole) {
                config = null;
            }
        }
    }

    private void begin(GraphConfig now, FlowChangeSink sink) throws IOException {
        forget();
        FlowsLegend legend =
                run.legend(run.calls().askAllWaiting(WorkerLegend::of).join());
        sink.begin(legend);
        List<FlowChanging> made = new ArrayList<>();
        for (int w = 0; w < legend.workers().size(); w++) {
            made.add(new FlowChanging(legend.annexBytes()));
        }
        workers = made;
        config = now;
    }

    private boolean changes(FlowChangeSink sink, int share) throws IOException {
        var rounds = workers.stream().map(each -> each.round(share)).toList();
        CompletableFuture<List<Optional<Moment>>> done = run.calls().sendAllWaiting(rounds::get);
        try {
            while (!done.isDone()) {
                if (!drain(sink)) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            drain(sink);
        } finally {
            discard(rounds);
        }
        List<Moment> moments = done.join().stream().flatMap(Optional::stream).toList();
        if (moments.size() < workers.size()) {
            return false;
        }
        sink.end(moments);
        return true;
    }

    private boolean drain(FlowChangeSink sink) throws IOException {
        boolean any = false;
        for (int w = 0; w < workers.size(); w++) {
            FlowChanging changing = workers.get(w);
            for (FlowChanges block = changing.poll(); block != null; block = changing.poll()) {
                try {
                    sink.changes(w, block);
                } finally {
                    changing.giveBack(block);
                }
                any = true;
            }
        }
        return any;
    }

    /** Blocks are needed until workers are through, whatever becomes of what is in them. */
    private void discard(List<FlowChanging.Round> rounds) {
        while (!rounds.stream().allMatch(round -> round.answer.isDone())) {
            for (FlowChanging changing : workers) {
                for (FlowChanges block = changing.poll(); block != null; block = changing.poll()) {
                    changing.giveBack(block);
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void forget() {
        workers.forEach(FlowChanging::close);
        workers = List.of();
    }

    /** Workers mark nothing any more. */
    @Override
    public void close() {
        try {
            run.calls()
                    .askAllWaiting(worker -> {
                        worker.table().stopMarking();
                        return true;
                    })
                    .exceptionally(_ -> List.of())
                    .join();
        } finally {
            forget();
            run.following(false);
        }
    }
}
