package dev.weir.server.standby;

import dev.weir.api.v1.FollowFlowsRequest;
import dev.weir.api.v1.FollowFlowsResponse;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.server.DaemonLog;
import dev.weir.server.programs.Programs;
import dev.weir.server.standby.Feeding.Progress;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The machine that follows this one, of which there is one at a time: the same that comes again takes the place of its last stream. Any thread. */
final class Feeder {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Duration interval;
    private final DaemonLog log;
    /** Held while one that wants to follow takes another's place; before the other lock. */
    private final ReentrantLock admitting = new ReentrantLock();

    /** Held while what is below changes; never while something is waited for. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Dataplane plane;
    private @Nullable Programs programs;
    private @Nullable Feeding current;
    private @Nullable Term follower;
    private long streams;
    private boolean ended;

    Feeder(Duration interval, DaemonLog log) {
        this.interval = interval;
        this.log = log;
    }

    void serve(Dataplane of, Programs its) {
        lock.lock();
        try {
            plane = of;
            programs = its;
        } finally {
            lock.unlock();
        }
    }

    /** A machine wants to follow. */
    StreamObserver<FollowFlowsRequest> feed(ServerCallStreamObserver<FollowFlowsResponse> caller) {
        lock.lock();
        try {
            Dataplane of = plane;
            Programs its = programs;
            if (of == null || its == null || ended) {
                throw forwardsNot();
            }
            return new Feeding(of, its, interval, caller, this::admit, log);
        } finally {
            lock.unlock();
        }
    }

    private void admit(Feeding next, Term from) {
        admitting.lock();
        try {
            Feeding before = before(from);
            if (before != null && before.isRunning()) {
                before.finish(false, PATIENCE);
            }
            take(next, from);
        } finally {
            admitting.unlock();
        }
    }

    /** Whose place a machine takes; null for nobody's. */
    private @Nullable Feeding before(Term from) {
        lock.lock();
        try {
            Feeding before = current;
            Term of = follower;
            if (before != null && before.isRunning() && of != null && of.machine() != from.machine()) {
                throw Status.FAILED_PRECONDITION
                        .withDescription("another machine follows already: " + Long.toHexString(of.machine()))
                        .asRuntimeException();
            }
            return before;
        } finally {
            lock.unlock();
        }
    }

    private void take(Feeding next, Term from) {
        lock.lock();
        try {
            if (ended) {
                throw forwardsNot();
            }
            current = next;
            follower = from;
            streams++;
        } finally {
            lock.unlock();
        }
    }

    private static StatusRuntimeException forwardsNot() {
        return Status.FAILED_PRECONDITION
                .withDescription("this machine does not forward; follow the one that does")
                .asRuntimeException();
    }

    /** Sends who follows the last changes, if it is to, and ends. */
    void finish(boolean withRound, Duration limit) {
        Feeding of;
        lock.lock();
        try {
            ended = true;
            of = current;
        } finally {
            lock.unlock();
        }
        if (of != null && of.isRunning()) {
            of.finish(withRound, limit);
        }
    }

    GetStandbyResponse.Builder tell(GetStandbyResponse.Builder status, long now) {
        lock.lock();
        try {
            status.setStreams(streams);
            Feeding of = current;
            if (of != null && of.isRunning()) {
                Progress progress = of.progress();
                status.setInStep(progress.rounds() > 0)
                        .setRounds(progress.rounds())
                        .setFlows(progress.changed())
                        .setLag(Durations.of(now - progress.sinceNanos()));
                progress.programsSinceNanos().ifPresent(since -> status.setProgramLag(Durations.of(now - since)));
            }
            return status;
        } finally {
            lock.unlock();
        }
    }
}
