package dev.weir.bench.wire;

import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.SendFault;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends frames at a steady rate: as many as are due, at most 32 at a time, all with the time just before. One thread;
 * allocates nothing a frame.
 */
final class WireSender {
    private static final int BURST = 32;
    private static final long REST_NANOS = 500_000;
    private static final long DRAIN_NANOS = 100_000_000;

    private final PortQueue queue;
    private long turn;

    WireSender(PortQueue queue) {
        this.queue = queue;
    }

    /** What it does while nothing is due. */
    enum Idling {
        /** Takes a processor of its own. When it was kept from sending for half a millisecond, what it missed is not made up for. */
        SPINS(500_000),
        /** Leaves the processor to others, and frames come some dozens at once. */
        RESTS(10_000_000);

        private final double longestDebtNanos;

        Idling(double longestDebtNanos) {
            this.longestDebtNanos = longestDebtNanos;
        }
    }

    /** What was sent, and in how many nanoseconds. */
    record Sent(long frames, long nanos) {}

    /**
     * @param rate frames a second; infinite for as many as go
     * @param epochOffset what has to be added to {@link System#nanoTime} for the time since 1970
     */
    Sent send(WireFrames frames, int trial, double rate, Idling idling, long nanos, long epochOffset)
            throws IOException {
        boolean flatOut = Double.isInfinite(rate);
        double perNano = rate / 1e9;
        long longestDebt = flatOut ? BURST : Math.max(BURST, (long) (idling.longestDebtNanos * perNano));
        long before = queue.counters().get(PortCounters.TX_PACKETS);
        long put = 0, planned = 0;
        long begin = System.nanoTime(), now = begin;
        for (; now - begin < nanos; now = System.nanoTime()) {
            long due = flatOut ? BURST : (long) ((now - begin) * perNano) - planned;
            if (due <= 0) {
                idle(idling);
                continue;
            }
            if (due > longestDebt) {
                planned += due - longestDebt;
                due = longestDebt;
            }
            int burst = (int) Math.min(due, BURST);
            put += burst(frames, trial, burst, now + epochOffset);
            planned += burst;
        }
        long took = now - begin;
        return new Sent(drain(before, put), took);
    }

    private static void idle(Idling idling) {
        if (idling == Idling.RESTS) {
            LockSupport.parkNanos(REST_NANOS);
        } else {
            Thread.onSpinWait();
        }
    }

    private int burst(WireFrames frames, int trial, int count, long stamp) throws IOException {
        int put = 0;
        for (; put < count; put++) {
            int flow = frames.flow(turn);
            frames.stamp(flow, trial, stamp);
            int fault = queue.send(frames.memory(), WireFrames.offset(flow), frames.length(flow), 0);
            if (fault == SendFault.RING_FULL) break;
            if (fault != SendFault.NONE) {
                throw new IOException("the generator's interface does not take frames: " + SendFault.name(fault));
            }
            turn++;
        }
        queue.flush();
        return put;
    }

    /** Waits until the kernel has taken all; how many it took. */
    private long drain(long before, long put) {
        long end = System.nanoTime() + DRAIN_NANOS;
        long sent = queue.counters().get(PortCounters.TX_PACKETS) - before;
        while (sent < put && System.nanoTime() < end) {
            queue.flush();
            sent = queue.counters().get(PortCounters.TX_PACKETS) - before;
        }
        return sent;
    }
}
