package dev.weir.server.api;

import dev.weir.api.v1.Position;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchFlowsResponse.Gap;
import dev.weir.api.v1.WatchFlowsResponse.Reason;
import dev.weir.dataplane.Threads;
import dev.weir.server.events.KeptEvents;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Niceness;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All streams of one kind of events, told by one thread, as soon as there are some and the stream can take them. Calls come from any thread.
 *
 * @param <E> an event
 * @param <R> a message of the stream
 */
final class EventStreams<E extends KeptEvents.Numbered, R> implements AutoCloseable {
    private static final int MAX_WATCHERS = 256, MESSAGE = 256, MESSAGES = 16;
    private static final long REST_NANOS = 100_000_000, HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String method;
    private final Calls calls;
    private final String run;
    private final KeptEvents<E> log;
    private final AtomicInteger count = new AtomicInteger();
    private final CopyOnWriteArrayList<Watch> watches = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closing;

    /** What a stream's next message is made of; the telling thread's. */
    interface Message<E, R> {
        /** Adds an event, where the stream wants it; whether it did. */
        boolean add(E event);

        /** The message, and begins another. */
        R take(@Nullable Gap gap, Position position);
    }

    /**
     * @param method that streams are calls of
     * @param run names this run of the daemon
     * @param log made of what is to be called after each event
     */
    EventStreams(String method, String threadName, Calls calls, String run, Function<Runnable, KeptEvents<E>> log) {
        this.method = method;
        this.calls = calls;
        this.run = run;
        this.thread = Thread.ofPlatform().daemon().name(threadName).unstarted(this::run);
        this.log = log.apply(() -> LockSupport.unpark(thread));
        thread.start();
    }

    /** A call's stream: a place in the log. The telling thread's, but for {@link #leave}. */
    private final class Watch {
        private final Message<E, R> message;
        private final ServerCallStreamObserver<R> reader;
        private @Nullable Gap gap;
        private long sequence;
        private long told = System.nanoTime() - HEARTBEAT_NANOS;
        private boolean left;

        Watch(Message<E, R> message, ServerCallStreamObserver<R> reader, long sequence) {
            this.message = message;
            this.reader = reader;
            this.sequence = sequence;
        }

        /** It is over, in whatever way. */
        synchronized void leave() {
            if (left) return;
            left = true;
            log.leave(System.nanoTime());
            count.decrementAndGet();
            watches.remove(this);
        }

        /** Tells what the stream can take; whether there may be more at once. */
        boolean advance(long now) {
            for (int n = 0; n < MESSAGES && reader.isReady(); n++) {
                if (!tellSome(now)) {
                    if (now - told >= HEARTBEAT_NANOS) tell(now);
                    return false;
                }
            }
            return reader.isReady();
        }

        private boolean tellSome(long now) {
            KeptEvents.Piece<E> piece = log.after(sequence, MESSAGE);
            if (piece.missed() != 0)
                gap = gap(Math.max(piece.missed(), 0), piece.missed() < 0 ? Reason.TOO_OLD : Reason.SLOW);
            boolean moved = piece.sequence() != sequence;
            boolean some = false;
            for (E event : piece.events()) {
                if (event.lost() > 0) {
                    if (some) tell(now);
                    some = false;
                    gap = gap(event.lost(), Reason.OVERRUN);
                } else some |= message.add(event);
                sequence = event.sequence();
            }
            sequence = piece.sequence();
            if (some || gap != null) tell(now);
            return moved;
        }

        private void tell(long now) {
            R told = message.take(
                    gap, Position.newBuilder().setRun(run).setSequence(sequence).build());
            gap = null;
            this.told = now;
            reader.onNext(told);
        }
    }

    private static Gap gap(long missed, Reason reason) {
        return WatchFlowsResponse.Gap.newBuilder()
                .setMissed(missed)
                .setReason(reason)
                .build();
    }

    /** How many streams there are. */
    int count() {
        return count.get();
    }

    /**
     * Begins a stream.
     *
     * @param after where it goes on; null from now on
     * @param messages makes its messages, or throws what is wrong with the request
     */
    void watch(
            ServerCallStreamObserver<R> reader, @Nullable Position after, Supplier<? extends Message<E, R>> messages) {
        List<Watch> begun = new CopyOnWriteArrayList<>();
        reader.setOnReadyHandler(() -> LockSupport.unpark(thread));
        reader.setOnCancelHandler(() -> begun.forEach(Watch::leave));
        calls.begin(method, reader, () -> {
            Message<E, R> message = messages.get();
            if (closing) throw ending();
            if (count.incrementAndGet() > MAX_WATCHERS) {
                count.decrementAndGet();
                throw Refusal.exhausted("so many watch already: " + MAX_WATCHERS + "; end another one's call first");
            }
            Watch watch = new Watch(message, reader, log.join());
            begun.add(watch);
            try {
                if (after != null) resume(watch, after);
                watches.add(watch);
                if (reader.isCancelled()) watch.leave();
                LockSupport.unpark(thread);
            } catch (RuntimeException e) {
                watch.leave();
                throw e;
            }
        });
    }

    private void resume(Watch watch, Position after) {
        if (!after.getRun().equals(run)) {
            watch.gap = gap(0, Reason.OTHER_RUN);
            return;
        }
        if (after.getSequence() < 0 || after.getSequence() > watch.sequence) {
            String name = method.substring(method.indexOf('.') + 1);
            throw Refusal.field(
                    "resume_after.sequence", "is later than the last event; give a position that " + name + " told");
        }
        watch.sequence = after.getSequence();
    }

    private static Refusal ending() {
        return Refusal.unavailable("the daemon is ending");
    }

    private void run() {
        Niceness.set(Niceness.LOWEST_PRIORITY);
        Capabilities.keepOnly(Set.of());
        while (!closing) {
            long now = System.nanoTime();
            boolean more = false;
            for (Watch watch : watches) more |= advance(watch, now);
            log.age(now);
            if (!more) LockSupport.parkNanos(this, REST_NANOS);
        }
        for (Watch watch : watches) {
            advance(watch, System.nanoTime());
            watch.leave();
            calls.refuse(method, watch.reader, ending());
        }
    }

    private boolean advance(Watch watch, long now) {
        try {
            return watch.advance(now);
        } catch (RuntimeException | Error e) {
            watch.leave();
            if (!watch.reader.isCancelled()) calls.refuse(method, watch.reader, e);
            return false;
        }
    }

    /** Tells the last events and ends all streams. A second call does nothing. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
        log.close();
    }
}
