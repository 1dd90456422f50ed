package dev.weir.wire.linux;

import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a {@link PacketPort}. The port's control thread {@link #offer}s it new sockets when the interface has come
 * back; the owner takes them when it next receives, and closes those that it had.
 */
final class PacketQueue implements PortQueue {
    private static final int VLAN_SIZE = 4;

    private final PacketPort port;
    private final PortCounters counters;
    private final AtomicReference<@Nullable QueueSockets> offered = new AtomicReference<>();

    private QueueSockets sockets;
    private volatile boolean countsDrops;
    private final boolean listens;

    PacketQueue(PacketPort port, PortCounters counters, QueueSockets sockets) {
        this.port = port;
        listens = port.listens();
        this.counters = counters;
        this.sockets = sockets;
    }

    /** Hands over new sockets. The control thread. */
    void offer(QueueSockets fresh) {
        QueueSockets untaken = offered.getAndSet(fresh);
        if (untaken != null) untaken.close();
    }

    /** Has the owner ask the kernel what it dropped. The control thread. */
    void countDrops() {
        countsDrops = true;
    }

    @Override
    public int receive(PacketVector vector) {
        if (offered.getOpaque() != null) adopt();
        if (countsDrops) {
            countsDrops = false;
            sockets.in.countDrops();
        }
        return sockets.in.receive(vector);
    }

    private void adopt() {
        QueueSockets fresh = offered.getAndSet(null);
        if (fresh == null) return;
        sockets.close();
        sockets = fresh;
    }

    @Override
    public void release() {
        sockets.in.release();
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        int fault = put(data, offset, length, offload);
        if (fault != SendFault.NONE) counters.add(PortCounters.TX_FAULTS + fault, 1);
        return fault;
    }

    private int put(MemorySegment data, long offset, int length, long offload) {
        if (listens) return SendFault.NONE; // it has been seen, which is all that was wanted
        if (port.state() != PortState.UP) return SendFault.PORT_DOWN;
        if (length < Ethernet.SIZE || !VnetHeader.fits(offload, length)) return SendFault.REFUSED;
        if (length <= sockets.out.room() && !Offload.isSegmented(offload) && length <= port.maxFrame()) {
            return sockets.out.put(data, offset, length, offload);
        }
        return putLarge(data, offset, length, offload);
    }

    private int putLarge(MemorySegment data, long offset, int length, long offload) {
        if (!Offload.isSegmented(offload) && length > port.maxFrame() + tag(data, offset)) return SendFault.TOO_LONG;
        sockets.out.flush(); // what came before leaves before
        int fault = sockets.large.send(data, offset, length, offload);
        if (fault == SendFault.NONE) {
            counters.add(PortCounters.TX_PACKETS, 1);
            counters.add(PortCounters.TX_BYTES, length);
        }
        return fault;
    }

    /** The octets of a VLAN tag, which do not count. */
    private static int tag(MemorySegment data, long offset) {
        int type = Ethernet.type(data, offset);
        return type == EtherType.VLAN || type == EtherType.SERVICE_VLAN ? VLAN_SIZE : 0;
    }

    @Override
    public void flush() {
        sockets.out.flush();
    }

    /** Of the socket that receives; another one after the interface was made anew. */
    @Override
    public int descriptor() {
        return sockets.receiving.descriptor();
    }

    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        adopt();
        sockets.close();
    }
}
