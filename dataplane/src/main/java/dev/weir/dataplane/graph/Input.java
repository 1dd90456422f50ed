package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortQueue;
import java.util.Arrays;

/**
 * Packets of one port by the times that they carry, for ports that are capture files: what was received and is not yet
 * taken waits here, so that packets of several files go in the order of their times. One worker's.
 */
final class Input {
    private final PortQueue queue;
    private final int port;
    private final PacketVector waiting = new PacketVector(Batch.CAPACITY, true);
    private int next;

    Input(PortQueue queue, int port) {
        this.queue = queue;
        this.port = port;
    }

    /** Time of the next packet; {@link Long#MAX_VALUE} when there is none now. */
    long nextTime() {
        if (next == waiting.size) {
            if (waiting.size != 0) {
                queue.release();
            }
            next = 0;
            waiting.size = queue.receive(waiting);
        }
        return waiting.size == 0 ? Long.MAX_VALUE : waiting.time[next];
    }

    /**
     * Moves packets up to and with time {@code limit} to {@code to}, at least one, and not many more octets than the
     * allowance; they lie still until the next call.
     */
    int take(PacketVector to, long limit, int allowance) {
        int from = next;
        int end = from + 1;
        int octets = waiting.captured[from] + HandOffRing.OVERHEAD;
        while (end < waiting.size && waiting.time[end] <= limit && octets < allowance) {
            octets += waiting.captured[end++] + HandOffRing.OVERHEAD;
        }
        int n = end - from;
        to.data = waiting.data;
        System.arraycopy(waiting.offset, from, to.offset, 0, n);
        System.arraycopy(waiting.captured, from, to.captured, 0, n);
        System.arraycopy(waiting.length, from, to.length, 0, n);
        System.arraycopy(waiting.time, from, to.time, 0, n);
        System.arraycopy(waiting.link, from, to.link, 0, n);
        System.arraycopy(waiting.offload, from, to.offload, 0, n);
        Arrays.fill(to.port, 0, n, port);
        to.mixed();
        to.size = n;
        next = end;
        return n;
    }

    /** Whether nothing will ever come again. */
    boolean isExhausted() {
        return next == waiting.size && queue.isExhausted();
    }
}
