package dev.weir.wire.linux;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A worker's half of an {@link XdpPort}: packets are received in place and sent as copies.
 *
 * <p>The socket under it changes when the interface is lost and comes back. The control thread puts a new endpoint, or none,
 * into {@link #offered}; the worker takes it up between two vectors and says so in {@link #taken}. One that was withdrawn
 * is closed when the worker does not have it any more. Both fields are volatile, and each thread writes its own before it
 * reads the other's, so one of them sees what the other did.
 */
@SuppressWarnings("ReferenceEquality") // an endpoint is itself only
final class XdpQueue implements PortQueue {
    private final PortCounters counters = new PortCounters();
    private final int readiness;

    private volatile @Nullable Endpoint offered;
    private volatile @Nullable Endpoint taken;
    private volatile boolean up;
    private volatile boolean closed;
    private volatile long clockOffset;
    private volatile long dropped;

    /** The worker's own. */
    private @Nullable Endpoint endpoint;

    private long droppedCounted;

    /** @param readiness an epoll descriptor, to which the control thread adds every socket; the port closes it */
    XdpQueue(int readiness) {
        this.readiness = readiness;
    }

    @Override
    public int receive(PacketVector vector) {
        Endpoint now = offered;
        if (now != endpoint) now = take();
        countDropped();
        return now == null ? 0 : now.receive(vector, clockOffset);
    }

    private @Nullable Endpoint take() {
        Endpoint now;
        do {
            now = offered;
            taken = now;
        } while (now != offered);
        endpoint = now;
        return now;
    }

    private void countDropped() {
        long all = dropped;
        if (all == droppedCounted) return;
        counters.add(PortCounters.RX_DROPPED, all - droppedCounted);
        droppedCounted = all;
    }

    @Override
    public void release() {
        Endpoint now = endpoint;
        if (now != null) now.release();
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        Endpoint now = endpoint;
        int fault = now == null || !up ? SendFault.PORT_DOWN : now.send(data, offset, length, offload);
        if (fault != SendFault.NONE) counters.add(PortCounters.TX_FAULTS + fault, 1);
        return fault;
    }

    @Override
    public void flush() {
        Endpoint now = endpoint;
        if (now != null && !now.flush()) up = false;
    }

    /** An epoll descriptor, the same however often the socket changes. */
    @Override
    public int descriptor() {
        return readiness;
    }

    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    /** Lets go of the socket, which the port closes. */
    @Override
    public void close() {
        closed = true;
        offered = null;
        take();
    }

    /** Control thread: what the worker is to take up. */
    void offer(@Nullable Endpoint next) {
        offered = closed ? null : next;
    }

    /** Control thread: whether the worker may still use this. */
    boolean holds(Endpoint endpoint) {
        return taken == endpoint;
    }

    /** Control thread, about ten times a second: how the interface is, what the time is, what the kernel dropped so far. */
    void tell(boolean isUp, long clockOffset, long dropped) {
        if (up != isUp) up = isUp;
        this.clockOffset = clockOffset;
        this.dropped = dropped;
    }
}
