package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.packet.LinkType;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A receive ring of version 2, packet(7): slots of equal size, each handed over as soon as its frame is there. A frame
 * that does not fit its slot lies whole in the socket's queue as well and is fetched from there, so that a slot need not
 * hold 64 KiB. One thread; allocates nothing after it was made. Native byte order.
 *
 * <pre>
 * byte 0        4     8         12    14    16    20     24         26           32                     mac
 *      | status | len | snaplen | mac | net | sec | nsec | VLAN TCI | VLAN TPID | ... | reserve | vnet | frame
 * </pre>
 */
final class FrameRing implements AutoCloseable {
    /** Octets before a frame that belong to nobody and into which it may grow. */
    static final int HEADROOM = 64;

    private static final int LENGTH = 4, SNAPPED = 8, MAC = 12, SECONDS = 16, NANOS = 20, VLAN_TCI = 24, VLAN_TPID = 26;
    private static final int USER = 1, COPY = 2, LOSING = 4, VLAN_VALID = 0x10, VLAN_TPID_VALID = 0x40;
    /** Header, link-layer address, alignment, headroom and virtio header before the frame, at most. */
    private static final int OVERHEAD = 96 + HEADROOM + VnetHeader.SIZE;

    private static final int BLOCK = 1 << 16, SMALLEST_SLOT = 2048, PAGE = 4096;
    /** Room for frames that did not fit their slots: so many at a time, each of so many octets. */
    private static final int LARGE_COUNT = 32, LARGE_SIZE = 1 << 17;

    private static final int QUEUED_OCTETS = 1 << 24;
    private static final int VLAN_SIZE = 4, ADDRESSES = 12, CUSTOMER_TAG = 0x8100, NANOS_A_SECOND = 1_000_000_000;

    private static final VarHandle STATUS = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final ValueLayout.OfInt INT_BIG = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final PacketSocket socket;
    private final PortCounters counters;
    private final boolean carry, stamps;
    private final int port, slots, slotSize;
    private final MemorySegment memory;
    private final long largeAt;
    private final MemorySegment[] large = new MemorySegment[LARGE_COUNT];

    /** The slot to look at next; how many before it, and how many large frames, were not given back yet. */
    private int head, taken, largeTaken;

    private volatile boolean refused;

    /** @param frame octets of the longest frame that shall fit a slot */
    FrameRing(PacketSocket socket, PacketPortOptions options, int frame, PortCounters counters) throws PortException {
        this.socket = socket;
        this.counters = counters;
        carry = options.segments() == Segments.CARRY;
        stamps = options.kernelStamps();
        port = options.index();
        int needed = frame + OVERHEAD;
        slotSize = needed <= SMALLEST_SLOT ? SMALLEST_SLOT : (needed + PAGE - 1) / PAGE * PAGE;
        int slotsABlock = Math.min(Math.max(BLOCK / slotSize, 1), options.frames());
        int blocks = Math.ceilDiv(options.frames(), slotsABlock);
        slots = blocks * slotsABlock;
        largeAt = (long) slots * slotSize;
        try {
            socket.option(PacketSocket.VERSION, PacketSocket.VERSION_2, "have a ring of version 2");
            socket.option(PacketSocket.RESERVE, HEADROOM, "reserve headroom");
            socket.option(PacketSocket.VNET_HEADER, 1, "have virtio headers");
            socket.option(PacketSocket.COPY_THRESHOLD, 1, "have long frames queued");
            if (!options.listens()) socket.option(PacketSocket.IGNORE_OUTGOING, 1, "ignore what is sent");
            if (stamps) socket.stampOnArrival();
            socket.buffers(QUEUED_OCTETS);
            socket.ring(PacketSocket.RX_RING, slotsABlock * slotSize, blocks, slotSize, slots);
            memory = socket.map(largeAt, (long) LARGE_COUNT * LARGE_SIZE, arena);
        } catch (PortException e) {
            arena.close();
            throw e;
        }
        for (int i = 0; i < LARGE_COUNT; i++) {
            large[i] = memory.asSlice(largeAt + (long) i * LARGE_SIZE + HEADROOM, LARGE_SIZE - HEADROOM);
        }
    }

    /** Octets that one slot holds, at least. */
    int slotRoom() {
        return slotSize - OVERHEAD;
    }

    /** Fills the vector; while it gave any, {@link #release} must follow. */
    int receive(PacketVector vector) {
        vector.data = memory;
        vector.uniform(LinkType.ETHERNET, port);
        int capacity = vector.capacity();
        int n = 0;
        long octets = 0;
        boolean losing = false;
        while (n < capacity && taken < slots) {
            long slot = (long) head * slotSize;
            int status = (int) STATUS.getAcquire(memory, slot);
            if ((status & USER) == 0 || (largeTaken == LARGE_COUNT && (status & COPY) != 0)) break;
            losing |= (status & LOSING) != 0;
            if (accept(vector, n, slot, status)) octets += vector.length[n++];
            taken++;
            head = head + 1 == slots ? 0 : head + 1;
        }
        if (losing) countDrops();
        if (n != 0) {
            counters.add(PortCounters.RX_PACKETS, n);
            counters.add(PortCounters.RX_BYTES, octets);
        } else if (taken != 0) {
            release();
        }
        vector.size = n;
        return n;
    }

    /** Puts a slot's frame into the vector; false, and counted, when it is not to be had. */
    private boolean accept(PacketVector vector, int i, long slot, int status) {
        long frame = slot + (memory.get(JAVA_SHORT, slot + MAC) & 0xFFFF);
        int length = memory.get(JAVA_INT, slot + LENGTH);
        long offload = 0;
        if (memory.get(JAVA_SHORT_UNALIGNED, frame - VnetHeader.SIZE) != 0) {
            offload = VnetHeader.read(memory, frame - VnetHeader.SIZE);
        }
        if (((status & COPY) | (memory.get(JAVA_INT, slot + SNAPPED) ^ length)) != 0) {
            frame = (status & COPY) != 0 ? fetch(length) : -1;
            if (frame < 0) {
                counters.add(PortCounters.RX_DROPPED, 1);
                return false;
            }
        }
        if (offload != 0) {
            offload = settle(frame, length, offload);
            if (offload < 0) return false;
        }
        if ((status & VLAN_VALID) != 0) {
            frame = tag(frame, slot, status);
            length += VLAN_SIZE;
            offload = Offload.shifted(offload, VLAN_SIZE);
        }
        vector.offset[i] = frame;
        vector.captured[i] = length;
        vector.length[i] = length;
        vector.offload[i] = offload;
        if (stamps) {
            vector.time[i] = Integer.toUnsignedLong(memory.get(JAVA_INT, slot + SECONDS)) * NANOS_A_SECOND
                    + memory.get(JAVA_INT, slot + NANOS);
        }
        return true;
    }

    /** Takes a frame that did not fit its slot from the socket's queue; where it is, or -1. */
    private long fetch(int length) {
        MemorySegment room = large[largeTaken];
        long got = Libc.recv(socket.descriptor(), room, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
        if (got == -Errno.ENETDOWN) {
            got = Libc.recv(socket.descriptor(), room, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC); // it was told once
        }
        if (got != length + VnetHeader.SIZE || got > room.byteSize()) return -1;
        return largeAt + (long) largeTaken++ * LARGE_SIZE + HEADROOM + VnetHeader.SIZE;
    }

    /** What is left to do to a frame after its checksum was finished or a super-packet refused, then -1. */
    private long settle(long frame, int length, long offload) {
        if (Offload.isSegmented(offload)) {
            counters.add(PortCounters.SEGMENTED, 1);
            refused |= !carry;
            return carry && VnetHeader.fits(offload, length) ? offload : -1;
        }
        if (VnetHeader.fits(offload, length)) {
            VnetHeader.finishChecksum(memory, frame, length, offload);
            counters.add(PortCounters.CHECKSUMS, 1);
        }
        return 0;
    }

    /** Puts the VLAN tag back that the kernel took out; where the frame begins then. */
    private long tag(long frame, long slot, int status) {
        long at = frame - VLAN_SIZE;
        MemorySegment.copy(memory, frame, memory, at, ADDRESSES);
        int type = (status & VLAN_TPID_VALID) != 0 ? memory.get(JAVA_SHORT, slot + VLAN_TPID) : CUSTOMER_TAG;
        memory.set(INT_BIG, at + ADDRESSES, type << 16 | (memory.get(JAVA_SHORT, slot + VLAN_TCI) & 0xFFFF));
        return at;
    }

    /** Gives the slots back whose frames were received. */
    void release() {
        int first = head - taken;
        if (first < 0) first += slots;
        for (int i = 0; i < taken; i++) {
            STATUS.setRelease(memory, (long) first * slotSize, 0);
            first = first + 1 == slots ? 0 : first + 1;
        }
        taken = 0;
        largeTaken = 0;
    }

    /** Counts what the kernel had no room for. The owner. */
    void countDrops() {
        counters.add(PortCounters.RX_DROPPED, socket.drops());
    }

    /** Whether a super-packet was refused. Any thread. */
    boolean hasRefused() {
        return refused;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) arena.close();
    }
}
