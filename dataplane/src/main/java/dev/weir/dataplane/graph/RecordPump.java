package dev.weir.dataplane.graph;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.Threads;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The thread that passes records and events of all workers on to the sink. */
final class RecordPump {
    /** How often it looks for records: at first, after it found none for a while, and where nobody wants any. */
    private static final long POLL_NANOS = 2_000_000, SLOW_NANOS = 16_000_000, UNWANTED_NANOS = 100_000_000;
    /** How long it lets records gather where a pass found few: a pass for each would take a processor of its own. */
    private static final long GATHER_NANOS = 1_000_000;

    private static final int FEW = RecordRing.SLOTS / 4;
    /** Where records go after the sink failed. */
    private static final RecordSink NOWHERE = _ -> {};

    private final List<RecordRing> rings;
    private final DataplaneListener listener;
    private final Thread thread;
    /** By ring: dropped events that the sink was told of. */
    private final long[] toldDropped;

    private final boolean wanted;
    private RecordSink sink;

    RecordPump(List<RecordRing> rings, DataplaneOptions options) {
        this.rings = rings;
        toldDropped = new long[rings.size()];
        this.listener = options.listener();
        RecordSink given = options.sink();
        wanted = given != null;
        this.sink = given == null ? NOWHERE : given;
        thread = Thread.ofPlatform().name("weir-records").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        listener.recordsStarted();
        boolean written = false;
        boolean finished = false;
        long pause = POLL_NANOS;
        while (!finished) {
            finished = rings.stream().allMatch(RecordRing::isFinished);
            int passed = 0;
            for (int r = 0; r < rings.size(); r++) {
                passed += pass(rings.get(r)) + tellDropped(r);
            }
            written |= passed != 0;
            if (passed == 0) {
                if (written) {
                    flush();
                    written = false;
                }
                if (!finished) {
                    LockSupport.parkNanos(pause);
                    pause = wanted ? Math.min(2 * pause, SLOW_NANOS) : UNWANTED_NANOS;
                }
            } else {
                pause = POLL_NANOS;
                if (passed < FEW && !finished) {
                    LockSupport.parkNanos(GATHER_NANOS);
                }
            }
        }
        flush();
    }

    private int pass(RecordRing ring) {
        try {
            return ring.drainTo(sink);
        } catch (IOException e) {
            fail(e);
            return 1;
        } catch (RuntimeException e) {
            fail(new IOException("the sink of records failed", e));
            return 1;
        }
    }

    /** Tells the sink of events that found the ring full, after those that were in it. */
    private int tellDropped(int r) {
        long dropped = rings.get(r).droppedEvents() - toldDropped[r];
        if (dropped == 0) {
            return 0;
        }
        toldDropped[r] += dropped;
        try {
            sink.dropped(dropped);
        } catch (IOException e) {
            fail(e);
        }
        return 1;
    }

    private void flush() {
        try {
            sink.flush();
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException why) {
        sink = NOWHERE;
        listener.recordsFailed(why);
    }

    /** Says that nothing more comes, and waits until all has been passed on. The workers' threads have ended. */
    void finish() {
        for (RecordRing ring : rings) {
            while (ring.isWaiting()) {
                ring.advance();
                LockSupport.parkNanos(POLL_NANOS);
            }
            ring.end();
        }
        LockSupport.unpark(thread);
        Threads.join(thread);
    }
}
