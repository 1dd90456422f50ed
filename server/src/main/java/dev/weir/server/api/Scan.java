package dev.weir.server.api;

import dev.weir.api.v1.ScanFlowsResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.FlowBlock;
import dev.weir.dataplane.graph.FlowCursor;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One stream of all flows: reads a message of them from the workers when its reader can take one, and holds no more than
 * that one. Turns are taken one at a time, in the threads of calls.
 */
final class Scan {
    private static final String METHOD = "FlowTable.ScanFlows";
    /** Flows a message. */
    private static final int MESSAGE = 1000;

    private final Dataplane plane;
    private final Calls calls;
    private final Filters filter;
    private final ServerCallStreamObserver<ScanFlowsResponse> reader;
    private final boolean binary;
    private final Runnable whenDone;
    /** A turn is being taken, or there is no more. */
    private final AtomicBoolean taken = new AtomicBoolean(true);

    private final AtomicBoolean done = new AtomicBoolean();
    private FlowCursor cursor = FlowCursor.START;
    private FlowBlock block = new FlowBlock(MESSAGE);
    private long left;

    /**
     * @param limit how many flows at the most, more than 0
     * @param whenDone is called once, when it is over in whatever way
     */
    Scan(
            Dataplane plane,
            Calls calls,
            Filters filter,
            long limit,
            ServerCallStreamObserver<ScanFlowsResponse> reader,
            boolean binary,
            Runnable whenDone) {
        this.plane = plane;
        this.calls = calls;
        this.filter = filter;
        this.left = limit;
        this.reader = reader;
        this.binary = binary;
        this.whenDone = whenDone;
    }

    /** Takes the first turn. */
    void start() {
        turn();
    }

    /** The reader can take more, or has gone. Any thread. */
    void wake() {
        if (reader.isCancelled()) {
            finish();
        } else if (reader.isReady() && taken.compareAndSet(false, true)) {
            calls.threads().execute(this::turn);
        }
    }

    private void turn() {
        block.clear();
        if (left < block.room()) {
            block = new FlowBlock((int) left);
        }
        var _ = plane.read(cursor, filter.which(), block).whenCompleteAsync(this::read, calls.threads());
    }

    private void read(@Nullable FlowCursor to, @Nullable Throwable why) {
        if (to == null) {
            calls.refuse(METHOD, reader, why == null ? new IllegalStateException("no cursor") : why);
            finish();
            return;
        }
        try {
            tell(to);
        } catch (RuntimeException | Error e) {
            if (!reader.isCancelled()) {
                calls.refuse(METHOD, reader, e);
            }
            finish();
        }
    }

    private void tell(FlowCursor to) {
        cursor = to;
        left -= block.size();
        if (block.size() != 0) {
            reader.onNext(Messages.scan(block, binary));
        }
        if (to.isEnd() || left == 0) {
            reader.onCompleted();
            finish();
        } else if (reader.isReady() || block.size() == 0) {
            turn();
        } else {
            taken.set(false);
            wake();
        }
    }

    private void finish() {
        if (done.compareAndSet(false, true)) {
            whenDone.run();
        }
    }
}
