package dev.weir.server.standby;

import com.google.protobuf.UnsafeByteOperations;
import dev.weir.api.v1.FollowFlowsRequest;
import dev.weir.api.v1.FollowFlowsResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowFollowing;
import dev.weir.dataplane.graph.UnavailableException;
import dev.weir.server.Bell;
import dev.weir.server.Clock;
import dev.weir.server.DaemonLog;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.Chunks;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Niceness;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
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
    private final Programs programs;
    private final long intervalNanos;
    private final ServerCallStreamObserver<FollowFlowsResponse> caller;
    /** Is told that the first message has come, before anything is sent; may refuse by an exception. */
    private final BiConsumer<Feeding, Term> admit;

    private final DaemonLog log;
    private final Thread thread;
    private final Bell bell = new Bell();

    /** These are changed with the bell. */
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
     * @param programsSinceNanos the same of its last copy of what programs keep; empty before the first
     */
    record Progress(long rounds, long changed, long sinceNanos, OptionalLong programsSinceNanos) {}

    Feeding(
            Dataplane plane,
            Programs programs,
            Duration interval,
            ServerCallStreamObserver<FollowFlowsResponse> caller,
            BiConsumer<Feeding, Term> admit,
            DaemonLog log) {
        this.plane = plane;
        this.programs = programs;
        this.log = log;
        this.intervalNanos = interval.toNanos();
        this.caller = caller;
        this.admit = admit;
        progress = new Progress(0, 0, System.nanoTime(), OptionalLong.empty());
        thread = Thread.ofPlatform().name("weir-standby-feed").daemon().unstarted(this::run);
        caller.setOnReadyHandler(bell::ring);
        caller.setOnCancelHandler(this::end);
    }

    Progress progress() {
        return progress;
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    @Override
    public void onNext(FollowFlowsRequest request) {
        boolean isFirst = bell.get(() -> follower == null && !ended);
        if (!isFirst) {
            bell.change(() -> acknowledged = request.getRound());
            return;
        }
        Term from = Term.of(request.getTerm());
        bell.change(() -> follower = from);
        try {
            admit.accept(this, from);
            thread.start();
        } catch (RuntimeException e) {
            end();
            caller.onError(e);
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
        bell.change(() -> ended = true);
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
            if (e.getCause() instanceof UnavailableException) {
                why = Status.UNAVAILABLE.withDescription("the data plane is ending");
            } else {
                why = failed(e);
            }
        } catch (IllegalStateException e) {
            why = Status.FAILED_PRECONDITION.withDescription(e.getMessage());
        } catch (RuntimeException | Error e) { // who follows is to hear of it, and to come again
            why = failed(e);
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

    private Status failed(Throwable why) {
        log.error("standby: internal error: " + why + "; the stream to the other machine begins anew");
        return Status.INTERNAL.withDescription("internal error; see the log");
    }

    private void feed(FlowFollowing following) throws IOException {
        ChangeWriter writer = new ChangeWriter(this::send);
        send(Chunks.header(Clock.now(), false));
        var kept = new ProgramFeed(programs, writer, log);
        var rounds = new Rounds(following, writer);
        if (kept.isDue()) { // so that who has the first round has them
            rounds.copy(kept, false, () -> true);
        }
        boolean isLast;
        do {
            isLast = bell.get(() -> last);
            rounds.next(isLast);
            if (isLast) {
                rounds.copy(kept, true, () -> true);
            } else if (kept.isDue()) {
                rounds.copy(kept, false, rounds::nextIfDue);
            }
        } while (!isLast && pause());
    }

    /** Rounds of flows, with copies of what programs keep between them. */
    private final class Rounds {
        private final FlowFollowing following;
        private final ChangeWriter writer;
        private long took, ended = System.nanoTime();
        /** When the last copy that was sent began. */
        private OptionalLong copied = OptionalLong.empty();

        Rounds(FlowFollowing following, ChangeWriter writer) {
            this.following = following;
            this.writer = writer;
        }

        void copy(ProgramFeed kept, boolean isLast, ProgramFeed.Between between) throws IOException {
            long began = System.nanoTime();
            if (kept.hasNews() && kept.copy(isLast, between)) {
                copied = kept.hasNews() ? OptionalLong.of(began) : OptionalLong.empty();
            }
        }

        /** False where the last round is to come now. */
        boolean nextIfDue() throws IOException {
            if (bell.get(() -> last)) {
                return false;
            }
            if (System.nanoTime() - ended >= intervalNanos) {
                next(false);
            }
            return true;
        }

        void next(boolean isLast) throws IOException {
            OptionalLong copiedBefore = copied;
            long began = System.nanoTime();
            int share = (int) Math.max(1, SWEEP.toNanos() / (intervalNanos + took));
            long round = writer.beginRound();
            // what the last sweep has marked is in the last round as well
            if (following.round(writer, isLast ? Integer.MAX_VALUE : share)) {
                awaitRound(round);
                progress = new Progress(round, writer.changed(), began, copiedBefore);
                took = System.nanoTime() - began;
            }
            ended = System.nanoTime();
        }
    }

    private void send(ByteBuffer chunk) throws IOException {
        if (!await(() -> ended || caller.isReady()) || isEnded()) {
            throw new IOException(isEnded() ? "the follower has gone" : "the follower took nothing for 10 s");
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

    private boolean isEnded() {
        return bell.get(() -> ended);
    }

    private boolean await(BooleanSupplier until) throws IOException {
        try {
            return bell.await(PATIENCE_NANOS, until);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("it was interrupted", e);
    }

    private void awaitRound(long round) throws IOException {
        if (!await(() -> ended || acknowledged >= round) || bell.get(() -> acknowledged < round)) {
            throw new IOException(isEnded() ? "the follower has gone" : "the follower acknowledged nothing for 10 s");
        }
    }

    /** Whether there is to be another round. */
    private boolean pause() throws IOException {
        try {
            var _ = bell.await(intervalNanos, () -> ended || last);
            return !isEnded();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Has a last round sent, and waits for its end; where {@code withRound} is false the stream ends as it is. */
    void finish(boolean withRound, Duration limit) {
        bell.change(() -> {
            last = true;
            ended |= !withRound;
        });
        try {
            thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
