package dev.weir.server.api;

import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.Position;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchFlowsResponse.Gap;
import dev.weir.api.v1.WatchFlowsResponse.Reason;
import dev.weir.dataplane.Threads;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.server.events.EventLog;
import dev.weir.table.FlowEvent;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Niceness;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * All streams of events, told by one thread: every five milliseconds what has come, or as soon as a stream that is behind
 * can take more. So who watches costs the writer of the log nothing, and workers no more than the events that they write.
 * Calls come from any thread.
 */
final class Watchers implements AutoCloseable {
    private static final String METHOD = "FlowTable.WatchFlows";
    private static final int MAX_WATCHERS = 1024;
    private static final long ROUND_NANOS = 5_000_000, REST_NANOS = 100_000_000;
    private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long streams may take for the last events at the end. */
    private static final long LAST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Calls calls;
    private final EventLog log;
    private final Interest interest;
    private final AtomicInteger count = new AtomicInteger();
    private final CopyOnWriteArrayList<Watch> watches = new CopyOnWriteArrayList<>();
    private final Map<WatchGroup.Want, WatchGroup> groups = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;

    Watchers(Dataplane plane, EventLog log, Calls calls) {
        this.calls = calls;
        this.log = log;
        interest = new Interest(plane, log, calls.threads());
        thread = Thread.ofPlatform().daemon().name("weir-events").start(this::run);
    }

    /** How many streams there are. */
    int count() {
        return count.get();
    }

    /** A call's stream, and what it takes to end it once. */
    private final class Watch {
        private final WatchGroup.Want want;
        private final ServerCallStreamObserver<WatchFlowsResponse> reader;
        private volatile @Nullable Watcher watcher;
        private boolean left;

        Watch(WatchGroup.Want want, ServerCallStreamObserver<WatchFlowsResponse> reader) {
            this.want = want;
            this.reader = reader;
        }

        /** It is over, in whatever way. */
        synchronized void leave() {
            if (!left) {
                left = true;
                interest.leave(want.kinds(), System.nanoTime());
                count.decrementAndGet();
                Watcher told = watcher;
                if (told != null) {
                    watches.remove(this);
                    leave(told.group());
                }
            }
        }

        private void leave(WatchGroup group) {
            synchronized (groups) {
                if (--group.watchers == 0) {
                    groups.remove(want);
                }
            }
        }
    }

    /** Begins a stream. */
    void watch(WatchFlowsRequest request, ServerCallStreamObserver<WatchFlowsResponse> reader) {
        boolean binary = Wire.isBinary();
        var begun = new CopyOnWriteArrayList<Watch>();
        reader.setOnReadyHandler(() -> begun.forEach(this::ready));
        reader.setOnCancelHandler(() -> begun.forEach(Watch::leave));
        calls.begin(METHOD, reader, () -> {
            Filters filter = Filters.read(request.getFilter(), "filter");
            int kinds = kinds(request);
            if (closing) {
                throw ending();
            }
            if (count.incrementAndGet() > MAX_WATCHERS) {
                count.decrementAndGet();
                throw Refusal.exhausted("so many watch already: " + MAX_WATCHERS + "; end another one's call first");
            }
            var watch = new Watch(new WatchGroup.Want(filter.text(), kinds), reader);
            begun.add(watch);
            var _ = interest.join(kinds)
                    .whenCompleteAsync((_, why) -> begin(watch, filter, request, binary, why), calls.threads());
        });
    }

    private static Refusal ending() {
        return Refusal.unavailable("the daemon is ending");
    }

    private static int kinds(WatchFlowsRequest request) {
        int kinds = 0;
        for (int i = 0; i < request.getKindsCount(); i++) {
            EventKind kind = request.getKinds(i);
            kinds |= switch (kind) {
                case CREATED -> FlowEvent.CREATED;
                case STATE_CHANGED -> FlowEvent.STATE_CHANGED;
                case UPDATED -> FlowEvent.UPDATED;
                case ENDED -> FlowEvent.ENDED;
                case EVENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
                    throw Refusal.field(
                            "kinds[" + i + "]",
                            "there is no such kind; give CREATED, STATE_CHANGED, UPDATED, ENDED, or none for all");
            };
        }
        return kinds == 0 ? Interest.ALL : kinds;
    }

    private void begin(
            Watch watch, Filters filter, WatchFlowsRequest request, boolean binary, @Nullable Throwable why) {
        try {
            if (why != null) {
                throw why;
            }
            Start start = start(request, watch.want.kinds());
            synchronized (watch) {
                if (watch.left) {
                    return;
                }
                WatchGroup group = join(watch.want, filter);
                watch.watcher =
                        new Watcher(log, group, watch.reader, binary, start.next(), start.sequence(), start.gap());
                watches.add(watch);
            }
            if (watch.reader.isCancelled()) {
                watch.leave();
            }
            LockSupport.unpark(thread);
        } catch (Throwable e) {
            watch.leave();
            calls.refuse(METHOD, watch.reader, e);
        }
    }

    private WatchGroup join(WatchGroup.Want want, Filters filter) {
        synchronized (groups) {
            WatchGroup group = groups.computeIfAbsent(want, _ -> new WatchGroup(log, filter.which(), want.kinds()));
            group.watchers++;
            return group;
        }
    }

    /** Where a stream begins: the first entry, the sequence number before it, what is told first. */
    private record Start(long next, long sequence, @Nullable Gap gap) {}

    private Start start(WatchFlowsRequest request, int kinds) {
        var entry = new EventLog.Entry();
        // The end first: what the sequence number covers beyond it is told once more, and not left out.
        long end = log.end();
        long now = end == 0 || !log.read(end - 1, entry) ? log.sequence() : entry.sequence();
        if (!request.hasResumeAfter()) {
            return new Start(end, now, null);
        }
        Position after = request.getResumeAfter();
        if (!after.getRun().equals(log.run())) {
            return new Start(end, now, WatchRange.gap(0, Reason.OTHER_RUN));
        }
        long wanted = after.getSequence();
        if (wanted < 0 || wanted > log.sequence()) {
            throw Refusal.field(
                    "resume_after.sequence", "is later than the last event; give a position that WatchFlows told");
        }
        long complete = interest.completeAfter(kinds);
        if (wanted < complete) {
            long next = log.after(complete, entry);
            Gap unknown = WatchRange.gap(0, Reason.TOO_OLD);
            return next < 0 ? oldest(_ -> unknown, entry) : new Start(next, complete, unknown);
        }
        long next = log.after(wanted, entry);
        return next < 0
                ? oldest(before -> WatchRange.gap(before - wanted, Reason.TOO_OLD), entry)
                : new Start(next, wanted, null);
    }

    /** What was asked for is no longer there: as early as can be, with the gap up to the sequence number before. */
    private Start oldest(LongFunction<Gap> gap, EventLog.Entry entry) {
        long next = log.safe();
        while (!log.read(next, entry)) {
            next = log.safe();
        }
        long before = entry.sequence() - entry.covers();
        return new Start(next, before, gap.apply(before));
    }

    private void ready(Watch watch) {
        Watcher watcher = watch.watcher;
        if (watcher != null && watcher.isBehind()) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        Niceness.set(Niceness.LOWEST_PRIORITY);
        Capabilities.keepOnly(Set.of());
        long aged = System.nanoTime();
        while (!closing) {
            long begun = System.nanoTime();
            boolean more = round(log.end(), begun);
            if (begun - aged > AGE_NANOS) {
                aged = begun;
                interest.age(begun);
            }
            if (!more) {
                long rest = watches.isEmpty() ? REST_NANOS : ROUND_NANOS - (System.nanoTime() - begun);
                LockSupport.parkNanos(Math.max(rest, 1));
            }
        }
        endAll();
    }

    /** Gives every stream its turn; whether one could take more at once. */
    private boolean round(long end, long now) {
        boolean more = false;
        for (Watch watch : watches) {
            more |= advance(watch, end, now);
        }
        return more;
    }

    private boolean advance(Watch watch, long end, long now) {
        Watcher watcher = watch.watcher;
        if (watcher == null) {
            return false;
        }
        try {
            return watcher.advance(end, now);
        } catch (RuntimeException | Error e) {
            watch.leave();
            if (!watch.reader.isCancelled()) {
                calls.refuse(METHOD, watch.reader, e);
            }
            return false;
        }
    }

    /** The last events, as far as streams take them in time, and the end. */
    private void endAll() {
        long begun = System.nanoTime();
        long end = log.end();
        round(end, begun);
        while (System.nanoTime() - begun < LAST_NANOS
                && watches.stream().anyMatch(watch -> !watch.reader.isCancelled() && isWaiting(watch, end))) {
            LockSupport.parkNanos(ROUND_NANOS);
            round(end, System.nanoTime());
        }
        for (Watch watch : watches) {
            watch.leave();
            calls.refuse(METHOD, watch.reader, ending());
        }
    }

    private static boolean isWaiting(Watch watch, long end) {
        Watcher watcher = watch.watcher;
        return watcher != null && !watcher.hasSeen(end);
    }

    /** Tells the last events and ends all streams. A second call does nothing. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
    }
}
