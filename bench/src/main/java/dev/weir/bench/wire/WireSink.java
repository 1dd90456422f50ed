package dev.weir.bench.wire;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Receives what comes of a trial. The kernel has stamped each frame when it arrived, so the sink need not hurry: it looks every 0.2 ms and
 * sleeps in between. One thread, but {@link #expect}; allocates nothing a frame.
 */
final class WireSink {
    private static final int VECTOR = 256;
    private static final long NAP_NANOS = 200_000, PATIENCE_NANOS = 100_000_000;

    private final PortQueue queue;
    private final PacketVector vector = new PacketVector(VECTOR, true);
    private volatile long expected = Long.MAX_VALUE;

    private short[] last = {};
    private boolean[] seen = {};
    private long received, reordered;

    WireSink(PortQueue queue) {
        this.queue = queue;
    }

    /** Forgets the trial before. */
    void prepare(int flows) {
        expected = Long.MAX_VALUE;
        received = 0;
        reordered = 0;
        last = new short[flows];
        seen = new boolean[flows];
    }

    /** Says how many there will be: when they are here, or none has come for 0.1 s, the trial is over. Any thread. */
    void expect(long frames) {
        expected = frames;
    }

    long received() {
        return received;
    }

    long reordered() {
        return reordered;
    }

    /** Throws away what has come between trials; as a side effect the queue counts what the kernel dropped. */
    void idle() {
        while (queue.receive(vector) != 0) {
            queue.release();
        }
    }

    void receive(int trial, LatencyHistogram latency) {
        long lastSeen = System.nanoTime();
        while (received < expected) {
            int n = queue.receive(vector);
            if (n == 0) {
                long now = System.nanoTime();
                if (expected == Long.MAX_VALUE) {
                    lastSeen = now;
                } else if (now - lastSeen > PATIENCE_NANOS) {
                    return;
                }
                LockSupport.parkNanos(NAP_NANOS);
                continue;
            }
            lastSeen = System.nanoTime();
            for (int i = 0; i < n; i++) {
                take(i, trial, latency);
            }
            queue.release();
        }
    }

    private void take(int i, int trial, LatencyHistogram latency) {
        long at = vector.offset[i];
        if (!WireFrames.isOf(trial, vector.data, at, vector.captured[i])) return;
        int flow = WireFrames.flow(vector.data, at);
        if (flow < 0 || flow >= last.length) return;
        short number = WireFrames.number(vector.data, at);
        if (seen[flow] && (short) (number - last[flow]) <= 0) {
            reordered++;
        } else {
            seen[flow] = true;
            last[flow] = number;
        }
        received++;
        latency.add(vector.time[i] - WireFrames.sent(vector.data, at));
    }
}
