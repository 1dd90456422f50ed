package dev.weir.server.api;

import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchFlowsResponse.Reason;
import dev.weir.server.events.EventLog;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of events: a place in the log that moves on when the stream can take more. The thread that tells watchers,
 * but for {@link #isBehind}.
 */
final class Watcher {
    /** Messages a turn at the most, so that others get theirs. */
    private static final int MESSAGES = 16;

    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLog log;
    private final WatchGroup group;
    private final ServerCallStreamObserver<WatchFlowsResponse> reader;
    private final boolean binary;
    private final EventLog.Entry entry = new EventLog.Entry();
    private WatchFlowsResponse.@Nullable Gap gap;
    private volatile long next;
    private long sequence;
    private long told;
    private boolean greeted;

    /**
     * @param next the first entry to look at
     * @param sequence the last number before it
     * @param gap what is told first
     */
    Watcher(
            EventLog log,
            WatchGroup group,
            ServerCallStreamObserver<WatchFlowsResponse> reader,
            boolean binary,
            long next,
            long sequence,
            WatchFlowsResponse.@Nullable Gap gap) {
        this.log = log;
        this.group = group;
        this.reader = reader;
        this.binary = binary;
        this.next = next;
        this.sequence = sequence;
        this.gap = gap;
    }

    WatchGroup group() {
        return group;
    }

    boolean hasGone() {
        return reader.isCancelled();
    }

    /** Whether as much waits as a message takes. Any thread. */
    boolean isBehind() {
        return log.end() - next >= WatchGroup.RANGE;
    }

    /** Whether all up to an entry was told. */
    boolean hasSeen(long end) {
        return next >= end;
    }

    /** Tells what the stream can take of the entries before {@code end}; whether it could take more that there is. */
    boolean advance(long end, long now) {
        for (int n = 0; n < MESSAGES && reader.isReady(); n++) {
            if (gap != null) {
                tell(WatchRange.message(log.run(), sequence).setGap(gap).build(), now);
                gap = null;
            } else if (next >= end) {
                break;
            } else {
                look(end, now);
            }
        }
        if ((!greeted || now - told >= HEARTBEAT_NANOS) && reader.isReady()) {
            tell(WatchRange.message(log.run(), sequence).build(), now);
        }
        return reader.isReady() && isBehind();
    }

    private void look(long end, long now) {
        WatchRange range = group.range(next, end);
        if (range == null) {
            jump();
            return;
        }
        next = range.end();
        sequence = range.sequence();
        if (range.tells()) {
            tell(range.message(binary), now);
        }
    }

    /** The log's end has overtaken it: goes on where there is some time to read, and says what was missed. */
    private void jump() {
        long safe = log.safe();
        if (safe > next && log.read(safe, entry)) {
            long before = entry.sequence() - entry.covers();
            gap = WatchRange.gap(before - sequence, Reason.SLOW);
            next = safe;
            sequence = before;
        }
    }

    private void tell(WatchFlowsResponse message, long now) {
        reader.onNext(message);
        told = now;
        greeted = true;
    }

    /** Ends the stream. */
    void end(Refusal why) {
        reader.onError(why.toException());
    }
}
