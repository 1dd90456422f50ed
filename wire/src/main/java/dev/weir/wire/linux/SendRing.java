package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.SendFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A transmit ring of version 2, packet(7): slots of equal size, filled one after the other; {@link #flush} has the kernel
 * send what is new. One thread; allocates nothing after it was made. Native byte order.
 *
 * <pre>
 * byte 0        4     8          32           42
 *      | status | len |          | vnet header | frame
 * </pre>
 *
 * The virtio header asks for all of a frame in one piece: then the kernel copies it, which costs less than lending it
 * the slot's page when the frame goes to another namespace or a socket, where that would be copied again.
 */
final class SendRing implements AutoCloseable {
    private static final int AVAILABLE = 0, SEND_REQUEST = 1, WRONG_FORMAT = 4;
    private static final int LENGTH = 4, VNET = 32, FRAME = VNET + VnetHeader.SIZE;
    private static final int BLOCK = 1 << 16, SMALLEST_SLOT = 2048, PAGE = 4096, BUFFER = 1 << 23;

    /** More are never waiting: a worker flushes after each vector, and the socket's buffer bounds what the kernel holds. */
    private static final int MOST_SLOTS = 2048;

    private static final VarHandle STATUS = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final Arena arena = Arena.ofShared();
    private final PacketSocket socket;
    private final PortCounters counters;
    private final int slots, slotSize;
    private final MemorySegment memory;

    /** The slot to fill next; the slots before it that the kernel has not begun with; whether it was kicked for room. */
    private int head, pending;

    private boolean kicked;

    /** @param frame octets of the longest frame that shall fit a slot */
    SendRing(PacketSocket socket, PacketPortOptions options, int frame, PortCounters counters) throws PortException {
        this.socket = socket;
        this.counters = counters;
        int needed = frame + FRAME;
        slotSize = needed <= SMALLEST_SLOT ? SMALLEST_SLOT : (needed + PAGE - 1) / PAGE * PAGE;
        int frames = Math.min(options.frames(), MOST_SLOTS);
        int slotsABlock = Math.min(Math.max(BLOCK / slotSize, 1), frames);
        int blocks = Math.ceilDiv(frames, slotsABlock);
        slots = blocks * slotsABlock;
        try {
            socket.option(PacketSocket.VERSION, PacketSocket.VERSION_2, "have a ring of version 2");
            socket.option(PacketSocket.VNET_HEADER, 1, "send virtio headers");
            if (options.bypassQdisc()) socket.option(PacketSocket.QDISC_BYPASS, 1, "bypass the queueing discipline");
            socket.buffers(BUFFER);
            socket.ring(PacketSocket.TX_RING, slotsABlock * slotSize, blocks, slotSize, slots);
            memory = socket.map((long) slots * slotSize, 0, arena);
        } catch (PortException e) {
            arena.close();
            throw e;
        }
    }

    /** Octets of the longest frame that fits. */
    int room() {
        return slotSize - FRAME;
    }

    /** Copies a frame, no longer than {@link #room}, to the next slot; a {@link SendFault}. */
    int put(MemorySegment data, long offset, int length, long offload) {
        long slot = (long) head * slotSize;
        if ((int) STATUS.getAcquire(memory, slot) != AVAILABLE) {
            if (kicked) return SendFault.RING_FULL;
            kick();
            kicked = true;
            if ((int) STATUS.getAcquire(memory, slot) != AVAILABLE) return SendFault.RING_FULL;
        }
        VnetHeader.write(memory, slot + VNET, offload, length);
        MemorySegment.copy(data, offset, memory, slot + FRAME, length);
        memory.set(JAVA_INT, slot + LENGTH, length + VnetHeader.SIZE);
        STATUS.setRelease(memory, slot, SEND_REQUEST);
        head = next(head);
        pending++;
        return SendFault.NONE;
    }

    private int next(int slot) {
        return slot + 1 == slots ? 0 : slot + 1;
    }

    /** The slot {@code back} before the head. */
    private int before(int back) {
        int slot = head - back;
        return slot < 0 ? slot + slots : slot;
    }

    /** Has the kernel send what it can; what it cannot stays, is taken out as refused, or is dropped when it is down. */
    void flush() {
        kicked = false;
        if (pending != 0) kick();
    }

    private void kick() {
        boolean taken;
        do {
            taken = Libc.trySend(socket.descriptor());
            countSent();
        } while (!taken && pending != 0 && takeOutRefused());
        if (!taken && pending != 0) learnWhy();
    }

    /** Tries once more, and drops what waits when the interface is down or gone. */
    private void learnWhy() {
        long result = Libc.sendto(socket.descriptor(), MemorySegment.NULL, Libc.MSG_DONTWAIT, MemorySegment.NULL);
        countSent();
        if (result == -Errno.ENETDOWN || result == -Errno.ENXIO || result == -Errno.ENODEV) dropPending();
    }

    private void countSent() {
        long octets = 0;
        int sent = 0;
        while (pending != 0) {
            long slot = (long) before(pending) * slotSize;
            int status = (int) STATUS.getAcquire(memory, slot);
            if (status == SEND_REQUEST || status == WRONG_FORMAT) break;
            octets += memory.get(JAVA_INT, slot + LENGTH) - VnetHeader.SIZE;
            sent++;
            pending--;
        }
        if (sent != 0) {
            counters.add(PortCounters.TX_PACKETS, sent);
            counters.add(PortCounters.TX_BYTES, octets);
        }
    }

    /** Moves those behind a frame that the kernel did not take one slot forward; false when there is none such. */
    private boolean takeOutRefused() {
        long to = (long) before(pending) * slotSize;
        if ((int) STATUS.getAcquire(memory, to) != WRONG_FORMAT) return false;
        for (int back = pending - 1; back > 0; back--) {
            long from = (long) before(back) * slotSize;
            int length = memory.get(JAVA_INT, from + LENGTH);
            memory.set(JAVA_INT, to + LENGTH, length);
            MemorySegment.copy(memory, from + VNET, memory, to + VNET, length);
            STATUS.setRelease(memory, to, SEND_REQUEST);
            to = from;
        }
        STATUS.setRelease(memory, to, AVAILABLE);
        head = before(1);
        pending--;
        counters.add(PortCounters.TX_FAULTS + SendFault.REFUSED, 1);
        return true;
    }

    private void dropPending() {
        counters.add(PortCounters.TX_FAULTS + SendFault.PORT_DOWN, pending);
        while (pending != 0) {
            head = before(1);
            STATUS.setRelease(memory, (long) head * slotSize, AVAILABLE);
            pending--;
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) arena.close();
    }
}
