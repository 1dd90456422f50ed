package dev.weir.server.standby;

import com.google.protobuf.UnsafeByteOperations;
import dev.weir.api.v1.FollowFlowsRequest;
import dev.weir.api.v1.FollowFlowsResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowFollowing;
import dev.weir.dataplane.graph.UnavailableException;
import dev.weir.server.state.Chunks;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Niceness;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of changes to a machine that follows: a round, its acknowledgement, a pause, the next one. What the follower does not take waits in the tables: of a flow that changed again and again
 * it gets the last. A follower that takes nothing for 10 s is given up. A thread of its own, behind workers.
 */
final class Feeding implements StreamObserver<FollowFlowsRequest> {
    private static final int NICENESS = 5;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** In how long all places are gone over for what changed without a mark. */
    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Dataplane plane;
    private final long intervalNanos;
    private final ServerCallStreamObserver<FollowFlowsResponse> caller;
    /** Is told that the first message has come, before anything is sent; may refuse by an exception. */
    private final BiConsumer<Feeding, Term> admit;

    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock. */
    private @Nullable Term follower;

    private boolean ended, last;
    private long acknowledged;
    private volatile Progress progress;

    /**
     * How far the follower is.
     *
     * @param rounds that it has
     * @param changed places that changed in the last of them
     * @param sinceNanos when that one began, by {@link System#nanoTime}: it has all that happened before
     */
    record Progress(long rounds, long changed, long sinceNanos) {}

    Feeding(
            Dataplane plane,
            Duration interval,
            ServerCallStreamObserver<FollowFlowsResponse> caller,
            BiConsumer<Feeding, Term> admit) {
        this.plane = plane;
        this.intervalNanos = interval.toNanos();
        this.caller = caller;
        this.admit = admit;
        progress = new Progress(0, 0, System.nanoTime());
        thread = Thread.ofPlatform().name("weir-standby-feed").daemon().unstarted(this::run);
        caller.setOnReadyHandler(this::wake);
        caller.setOnCancelHandler(this::end);
    }

    Progress progress() {
        return progress;
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(FollowFlowsRequest request) {
        boolean first;
        lock.lock();
        try {
            first = follower == null && !ended;
            if (first) {
                follower = Term.of(request.getTerm());
            } else {
                acknowledged = request.getRound();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (first) {
            try {
                admit.accept(this, Term.of(request.getTerm()));
                thread.start();
            } catch (RuntimeException e) {
                end();
                caller.onError(e);
            }
        }
    }

    @Override
    public void onError(Throwable why) {
        end();
    }

    @Override
    public void onCompleted() {
        end();
    }

    /** The follower has gone. */
    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Capabilities.keepOnly(Set.of());
        Niceness.set(NICENESS);
        Status why = Status.OK;
        try (FlowFollowing following = plane.followFlows()) {
            feed(following);
        } catch (IOException e) {
            why = Status.ABORTED.withDescription(e.getMessage());
        } catch (CompletionException e) {
            why = e.getCause() instanceof UnavailableException
                    ? Status.UNAVAILABLE.withDescription("the data plane is ending")
                    : Status.INTERNAL.withDescription("internal error; see the log");
        } catch (IllegalStateException e) {
            why = Status.FAILED_PRECONDITION.withDescription(e.getMessage());
        }
        end();
        try {
            if (why.isOk()) {
                caller.onCompleted();
            } else {
                caller.onError(why.asRuntimeException());
            }
        } catch (RuntimeException _) {
            // the caller has gone
        }
    }

    private void feed(FlowFollowing following) throws IOException {
        ChangeWriter writer = new ChangeWriter(this::send);
        send(Chunks.header(Clock.now(), false));
        long took = 0;
        boolean isLast;
        do {
            isLast = isLast();
            long began = System.nanoTime();
            int share = (int) Math.max(1, SWEEP.toNanos() / (intervalNanos + took));
            long round = writer.beginRound();
            // what the last sweep has marked is in the last round as well
            if (following.round(writer, isLast ? Integer.MAX_VALUE : share)) {
                awaitRound(round);
                progress = new Progress(round, writer.changed(), began);
                took = System.nanoTime() - began;
            }
        } while (!isLast && pause());
    }

    private boolean isLast() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    private void send(ByteBuffer chunk) throws IOException {
        lock.lock();
        try {
            long left = PATIENCE_NANOS;
            while (!ended && !caller.isReady() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (ended || left <= 0) {
                throw new IOException(ended ? "the follower has gone" : "the follower took nothing for 10 s");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
        byte[] octets = new byte[chunk.remaining()];
        chunk.get(octets);
        try {
            caller.onNext(FollowFlowsResponse.newBuilder()
                    .setChunk(UnsafeByteOperations.unsafeWrap(octets))
                    .build());
        } catch (RuntimeException e) {
            throw new IOException("the follower has gone", e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("it was interrupted", e);
    }

    private void awaitRound(long round) throws IOException {
        lock.lock();
        try {
            long left = PATIENCE_NANOS;
            while (!ended && acknowledged < round && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (acknowledged < round) {
                throw new IOException(ended ? "the follower has gone" : "the follower acknowledged nothing for 10 s");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is to be another round. */
    private boolean pause() throws IOException {
        lock.lock();
        try {
            long left = intervalNanos;
            while (!ended && !last && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !ended;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lock.unlock();
        }
    }

    /** Has a last round sent, and waits for its end; where {@code withRound} is false the stream ends as it is. */
    void finish(boolean withRound, Duration limit) {
        lock.lock();
        try {
            last = true;
            ended |= !withRound;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
