package dev.weir.wire.linux;

import dev.weir.packet.Ethernet;
import dev.weir.packet.LinkType;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One queue of a {@link TapPort}: a call a packet, each way. Received packets are packed one behind the other with
 * headroom between, so that small ones share pages. The control thread {@link #offer}s a new descriptor when the device
 * had to be made anew.
 */
final class TapQueue implements PortQueue {
    private static final int HEADROOM = 64, ALIGNMENT = 64, NONE = -1;
    private static final int LONGEST = 1 << 17, MEMORY = 1 << 22;
    private static final int VLAN_SIZE = 4;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(MEMORY, ALIGNMENT);
    private final TapPort port;
    private final int index;
    private final PortCounters counters = new PortCounters();
    private final AtomicInteger offered = new AtomicInteger(NONE);

    private int fd;
    private FrameSender sender;

    TapQueue(TapPort port, int index, int fd) {
        this.port = port;
        this.index = index;
        this.fd = fd;
        sender = new FrameSender(fd);
    }

    /** The control thread. */
    void offer(int fresh) {
        int untaken = offered.getAndSet(fresh);
        if (untaken != NONE) Libc.close(untaken);
    }

    @Override
    public int receive(PacketVector vector) {
        if (offered.get() != NONE) adopt();
        vector.data = memory;
        vector.uniform(LinkType.ETHERNET, index);
        int capacity = vector.capacity();
        int n = 0;
        long octets = 0;
        long at = HEADROOM;
        while (n < capacity && at + LONGEST <= MEMORY) {
            long got = Libc.read(fd, memory.address() + at, LONGEST);
            if (got < VnetHeader.SIZE + Ethernet.SIZE) {
                if (got < 0) break;
                continue;
            }
            long frame = at + VnetHeader.SIZE;
            int length = (int) got - VnetHeader.SIZE;
            vector.offset[n] = frame;
            vector.captured[n] = length;
            vector.length[n] = length;
            vector.offload[n++] = settle(frame, length, VnetHeader.read(memory, at));
            octets += length;
            at = (frame + length + HEADROOM + ALIGNMENT - 1) & -ALIGNMENT;
        }
        vector.size = n;
        if (n != 0) {
            counters.add(PortCounters.RX_PACKETS, n);
            counters.add(PortCounters.RX_BYTES, octets);
        }
        return n;
    }

    /** What is left to do to a frame after its checksum was finished. */
    private long settle(long frame, int length, long offload) {
        if (offload == 0 || !VnetHeader.fits(offload, length)) return 0;
        if (Offload.isSegmented(offload)) {
            counters.add(PortCounters.SEGMENTED, 1);
            return offload;
        }
        VnetHeader.finishChecksum(memory, frame, length, offload);
        counters.add(PortCounters.CHECKSUMS, 1);
        return 0;
    }

    private void adopt() {
        int fresh = offered.getAndSet(NONE);
        if (fresh == NONE) return;
        Libc.close(fd);
        sender.close();
        fd = fresh;
        sender = new FrameSender(fresh);
    }

    @Override
    public void release() {
        // the memory is this queue's own
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        int fault = put(data, offset, length, offload);
        if (fault == SendFault.NONE) {
            counters.add(PortCounters.TX_PACKETS, 1);
            counters.add(PortCounters.TX_BYTES, length);
        } else {
            counters.add(PortCounters.TX_FAULTS + fault, 1);
        }
        return fault;
    }

    private int put(MemorySegment data, long offset, int length, long offload) {
        if (port.state() != PortState.UP) return SendFault.PORT_DOWN;
        if (length < Ethernet.SIZE || !VnetHeader.fits(offload, length)) return SendFault.REFUSED;
        if (!Offload.isSegmented(offload) && length > port.maxFrame() + VLAN_SIZE) return SendFault.TOO_LONG;
        return sender.send(data, offset, length, offload);
    }

    @Override
    public void flush() {
        // each frame left when it was sent
    }

    @Override
    public int descriptor() {
        return fd;
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
        if (!arena.scope().isAlive()) return;
        adopt();
        Libc.close(fd);
        sender.close();
        arena.close();
    }
}
