package dev.weir.server.standby;

import dev.weir.api.v1.FollowFlowsRequest;
import dev.weir.api.v1.FollowFlowsResponse;
import dev.weir.server.standby.ChangeReader.Round;
import dev.weir.server.state.SnapshotException;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One stream of changes from the machine that forwards: reads, keeps, acknowledges. Messages come in one thread; any thread may ask. */
final class Following implements ClientResponseObserver<FollowFlowsRequest, FollowFlowsResponse> {
    /**
     * How it stands.
     *
     * @param heard when the last message came, by {@link System#nanoTime}
     * @param round the last whole one; null before the first
     * @param kept when it was kept
     */
    record Progress(long heard, @Nullable Round round, long kept) {}

    private final ReentrantLock lock;
    private final ChangeReader reader;
    private final Term term;
    private final Runnable changed;
    private @Nullable ClientCallStreamObserver<FollowFlowsRequest> requests;
    private volatile Progress progress;
    private volatile boolean ended;
    private volatile String error = "";

    /**
     * @param lock held while {@code reader} is used
     * @param changed is told of whole rounds and of the end
     */
    Following(ReentrantLock lock, ChangeReader reader, Term term, Runnable changed) {
        this.lock = lock;
        this.reader = reader;
        this.term = term;
        this.changed = changed;
        progress = new Progress(System.nanoTime(), null, 0);
    }

    Progress progress() {
        return progress;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Why it ended; empty where the other machine had no more. */
    String error() {
        return error;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FollowFlowsRequest> stream) {
        requests = stream;
    }

    /** To be called once, when the call has begun. */
    void begin() {
        ClientCallStreamObserver<FollowFlowsRequest> to = requests;
        if (to != null) {
            to.onNext(FollowFlowsRequest.newBuilder().setTerm(term.message()).build());
        }
    }

    @Override
    public void onNext(FollowFlowsResponse message) {
        Round round;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            round = reader.read(message.getChunk().asReadOnlyByteBuffer());
        } catch (SnapshotException e) {
            cancel("what the other machine sends cannot be used: " + e.getMessage());
            return;
        } catch (RuntimeException e) {
            cancel("internal error: " + e);
            return;
        } catch (OutOfMemoryError e) {
            cancel("there is not enough memory for the other machine's flows: " + e.getMessage());
            return;
        } finally {
            lock.unlock();
        }
        long now = System.nanoTime();
        Progress before = progress;
        progress = round == null ? new Progress(now, before.round(), before.kept()) : new Progress(now, round, now);
        ClientCallStreamObserver<FollowFlowsRequest> to = requests;
        if (round != null && to != null) {
            to.onNext(FollowFlowsRequest.newBuilder().setRound(round.number()).build());
            changed.run();
        }
    }

    /** Ends it from here; nothing is kept any more when this has returned. */
    void cancel(String why) {
        lock.lock();
        try {
            if (!ended) {
                error = why;
                ended = true;
            }
        } finally {
            lock.unlock();
        }
        ClientCallStreamObserver<FollowFlowsRequest> to = requests;
        if (to != null) {
            to.cancel(why, null);
        }
        changed.run();
    }

    @Override
    public void onError(Throwable why) {
        if (!ended) {
            error = Peer.told(Status.fromThrowable(why));
            ended = true;
        }
        changed.run();
    }

    @Override
    public void onCompleted() {
        ended = true;
        ClientCallStreamObserver<FollowFlowsRequest> to = requests;
        if (to != null) {
            to.onCompleted();
        }
        changed.run();
    }
}
