package dev.weir.server.api;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.server.events.EventLog;
import dev.weir.table.FlowEvent;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Which kinds of events workers write for the log: those that somebody watches or has watched a while ago, so that a
 * watcher that was cut finds them when it comes back. Knows since when the log has all of a kind. Any thread.
 */
final class Interest {
    /** All kinds. */
    static final int ALL = FlowEvent.CREATED | FlowEvent.STATE_CHANGED | FlowEvent.UPDATED | FlowEvent.ENDED;

    private static final String ASKER = "watchers";

    private static final long LINGER_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Dataplane plane;
    private final EventLog log;
    private final Executor threads;
    /** By the kind's bit: how many watch it, when somebody did last, after which sequence number the log has all. */
    private final int[] watchers = new int[Integer.SIZE];

    private final long[] watchedAt = new long[Integer.SIZE];
    private final long[] completeAfter = new long[Integer.SIZE];
    private int wanted;
    private CompletableFuture<?> agreed = CompletableFuture.completedFuture(null);

    Interest(Dataplane plane, EventLog log, Executor threads) {
        this.threads = threads;
        this.plane = plane;
        this.log = log;
        Arrays.fill(completeAfter, Long.MAX_VALUE);
    }

    /** Somebody watches these kinds; done when all workers write them. Whether it succeeds or not, {@link #leave} must follow. */
    synchronized CompletableFuture<?> join(int kinds) {
        for (int rest = kinds; rest != 0; rest &= rest - 1) {
            watchers[Integer.numberOfTrailingZeros(rest)]++;
        }
        int added = kinds & ~wanted;
        if (added != 0 || agreed.isCompletedExceptionally()) {
            wanted |= kinds;
            log.keep(wanted);
            int all = wanted;
            agreed = plane.wantEvents(ASKER, all).thenRunAsync(() -> complete(all), threads);
        }
        return agreed;
    }

    private synchronized void complete(int kinds) {
        for (int rest = kinds; rest != 0; rest &= rest - 1) {
            int kind = Integer.numberOfTrailingZeros(rest);
            completeAfter[kind] = Math.min(completeAfter[kind], log.sequence());
        }
    }

    /** Somebody watches them no more. */
    synchronized void leave(int kinds, long now) {
        for (int rest = kinds; rest != 0; rest &= rest - 1) {
            int kind = Integer.numberOfTrailingZeros(rest);
            watchers[kind]--;
            watchedAt[kind] = now;
        }
    }

    /** Gives up kinds that nobody has watched for long. */
    synchronized void age(long now) {
        int kept = wanted;
        for (int rest = wanted; rest != 0; rest &= rest - 1) {
            int kind = Integer.numberOfTrailingZeros(rest);
            if (watchers[kind] == 0 && now - watchedAt[kind] > LINGER_NANOS) {
                kept &= ~(1 << kind);
                completeAfter[kind] = Long.MAX_VALUE;
            }
        }
        if (kept != wanted) {
            wanted = kept;
            log.keep(kept);
            agreed = plane.wantEvents(ASKER, kept).handle((_, _) -> true);
        }
    }

    /** After which sequence number the log has all events of these kinds. */
    synchronized long completeAfter(int kinds) {
        long after = 0;
        for (int rest = kinds; rest != 0; rest &= rest - 1) {
            after = Math.max(after, completeAfter[Integer.numberOfTrailingZeros(rest)]);
        }
        return after;
    }
}
