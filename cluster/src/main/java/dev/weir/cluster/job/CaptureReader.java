package dev.weir.cluster.job;

import dev.weir.cluster.job.CaptureEvents.AskHead;
import dev.weir.cluster.job.CaptureEvents.AskIndex;
import dev.weir.cluster.job.CaptureEvents.Clock;
import dev.weir.cluster.job.CaptureEvents.Head;
import dev.weir.cluster.job.CaptureEvents.Index;
import dev.weir.cluster.job.CaptureEvents.LowMark;
import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.CaptureHead;
import dev.weir.wire.CaptureParts;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of captures, and walks over others when it is asked. Its watermark is just before the clock of what it
 * reads, and before what nobody reads yet. The engine calls from one thread.
 */
@SuppressWarnings("try") // the interface's, whose close may be interrupted; ours is not
final class CaptureReader implements SourceReader<byte[], CaptureSplit> {
    private static final long MOMENT = 50_000_000L, TOLD_PACKETS = 1 << 16;

    private final SourceReaderContext context;
    private final FlowOptions options;
    private final Lanes lanes;
    private final Pace pace;
    private final Deque<SourceEvent> questions = new ArrayDeque<>();
    private final Deque<CaptureSplit> queue = new ArrayDeque<>();
    private CompletableFuture<Void> available = new CompletableFuture<>();
    private @Nullable PartReading reading;
    private boolean noMore;
    private boolean requested;
    private long untold;
    private long lowMark = Long.MIN_VALUE;
    private long watermark = Long.MIN_VALUE;

    CaptureReader(SourceReaderContext context, FlowOptions options, Lanes lanes, long packetsPerSecond) {
        this.context = context;
        this.options = options;
        this.lanes = lanes;
        this.pace = new Pace(packetsPerSecond);
    }

    @Override
    public void start() {
        if (queue.isEmpty()) {
            request();
        }
    }

    private void request() {
        if (!requested && !noMore) {
            requested = true;
            context.sendSplitRequest();
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<byte[]> output) throws Exception {
        SourceEvent question = questions.poll();
        if (question != null) {
            context.sendSourceEventToCoordinator(answer(question));
            return InputStatus.MORE_AVAILABLE;
        }
        if (reading == null && !queue.isEmpty()) {
            reading = new PartReading(queue.remove(), options, lanes);
        }
        PartReading part = reading;
        if (part == null) {
            mark(output);
            if (noMore) {
                return InputStatus.END_OF_INPUT;
            }
            return wakeable() ? InputStatus.MORE_AVAILABLE : InputStatus.NOTHING_AVAILABLE;
        }
        if (!mayRead()) {
            return InputStatus.MORE_AVAILABLE;
        }
        int packets = part.read(output);
        mark(output);
        tell(part, packets);
        if (packets == 0) {
            part.close();
            reading = null;
            if (queue.isEmpty()) {
                request();
            }
        }
        pace.read(packets, System.nanoTime());
        return InputStatus.MORE_AVAILABLE;
    }

    /** Whether something came since it was last said that there is nothing. */
    private boolean wakeable() {
        if (available.isDone()) {
            available = new CompletableFuture<>();
        }
        return !questions.isEmpty() || !queue.isEmpty() || noMore;
    }

    private void mark(ReaderOutput<byte[]> output) {
        PartReading part = reading;
        long before = part == null ? lowMark : Math.min(lowMark, part.clock());
        for (CaptureSplit each : queue) {
            before = Math.min(before, each.done() == 0 ? each.start() : each.clock());
        }
        if (before > watermark && before != Long.MAX_VALUE) {
            watermark = before;
            output.emitWatermark(new Watermark(before - 1));
        }
    }

    /** How far a capture is that cannot be cut, now and then. */
    private void tell(PartReading part, int packets) {
        untold += packets;
        if (part.isWhole() && untold >= TOLD_PACKETS) {
            untold = 0;
            context.sendSourceEventToCoordinator(new Clock(part.clock()));
        }
    }

    /** Whether the next packets may be read; else it has waited a moment, no longer than a checkpoint may wait. */
    private boolean mayRead() {
        long wait = pace.untilNext(System.nanoTime());
        if (wait > 0) {
            LockSupport.parkNanos(Math.min(wait, MOMENT));
        }
        return wait <= 0;
    }

    private static SourceEvent answer(SourceEvent question) {
        return switch (question) {
            case AskHead ask -> head(ask);
            case AskIndex ask -> index(ask);
            default -> throw new IllegalArgumentException(question.toString());
        };
    }

    private static SourceEvent head(AskHead ask) {
        try {
            CaptureHead head = CaptureParts.head(ask.file());
            return new Head(ask.capture(), head, head.isDivisible() ? Long.MIN_VALUE : firstTime(head), null);
        } catch (CaptureException e) {
            return new Head(ask.capture(), null, 0, e.getMessage());
        }
    }

    /** Time of the first packet; {@link Long#MIN_VALUE} where that cannot be said. */
    private static long firstTime(CaptureHead head) {
        var vector = new PacketVector(1);
        try (PacketSource source = CaptureParts.open(head, head.prologue(), 0, head.size(), 0, 0)) {
            return source.read(vector) == 0 ? Long.MIN_VALUE : vector.time[0];
        } catch (IOException e) {
            return Long.MIN_VALUE; // who reads it will say what is wrong
        }
    }

    private static SourceEvent index(AskIndex ask) {
        try {
            var index =
                    CaptureParts.index(ask.head(), ask.prologue(), ask.from(), ask.to(), ask.lastTime(), ask.search());
            return new Index(ask.capture(), ask.part(), ask.search(), index, null);
        } catch (CaptureException e) {
            return new Index(ask.capture(), ask.part(), ask.search(), null, e.getMessage());
        }
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof LowMark mark) {
            lowMark = mark.time();
        } else {
            questions.add(event);
        }
        available.complete(null);
    }

    @Override
    public void addSplits(List<CaptureSplit> splits) {
        queue.addAll(splits);
        requested = false;
        available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
        noMore = true;
        available.complete(null);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return reading != null || !questions.isEmpty() || !queue.isEmpty() || noMore
                ? CompletableFuture.completedFuture(null)
                : available;
    }

    @Override
    public List<CaptureSplit> snapshotState(long checkpoint) {
        var splits = new ArrayList<CaptureSplit>();
        if (reading != null) {
            splits.add(reading.progress());
        }
        splits.addAll(queue);
        return splits;
    }

    @Override
    public void close() throws IOException {
        if (reading != null) {
            reading.close();
        }
    }
}
