package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A receive ring of version 3, packet(7): blocks that the kernel packs with packets and hands over when they are full or
 * {@link #RETIRE_MILLIS} have gone by. Packets are copied out, so that a block goes back at once, whoever still reads
 * them. One thread at a time; allocates nothing in steady state. Native byte order.
 *
 * <pre>
 * block:  byte 8      12      16                 packet: byte 0    4     8      12        16    20       24    32    36
 *              | status | count | first packet               | next | sec | nsec | snaplen | len | status | mac | TCI | TPID
 * </pre>
 */
final class BlockRing implements AutoCloseable {
    /** A block that holds anything is handed over after that time, at the latest after twice that. */
    static final int RETIRE_MILLIS = 10;

    private static final int BLOCK = 1 << 19, BLOCKS = 64, FRAME = 2048;
    private static final int BLOCK_STATUS = 8, BLOCK_COUNT = 12, BLOCK_FIRST = 16;
    private static final int SECONDS = 4, NANOS = 8, SNAPPED = 12, LENGTH = 16, STATUS = 20, MAC = 24;
    private static final int VLAN_TCI = 32, VLAN_TPID = 36;
    private static final int USER = 1, VLAN_VALID = 0x10, VLAN_TPID_VALID = 0x40;
    private static final int VLAN_SIZE = 4, ADDRESSES = 12, CUSTOMER_TAG = 0x8100, NANOS_A_SECOND = 1_000_000_000;

    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final ValueLayout.OfInt INT_BIG = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    /** The block to look at next, the packets in it that were not given out, and where the next of them is. */
    private int block, left;

    private volatile long stampedLate;

    private long packet;

    BlockRing(PacketSocket socket) throws PortException {
        try {
            socket.stampOnArrival(); // first, as it takes a moment to begin
            socket.option(PacketSocket.VERSION, PacketSocket.VERSION_3, "have a ring of version 3");
            socket.ring(PacketSocket.RX_RING, BLOCK, BLOCKS, FRAME, BLOCKS * (BLOCK / FRAME), RETIRE_MILLIS, 0, 0);
            memory = socket.map((long) BLOCK * BLOCKS, 0, arena);
        } catch (PortException e) {
            arena.close();
            throw e;
        }
    }

    /** Packets that were given out and had no stamp before they came to this socket. Any thread. */
    long stampedLate() {
        return stampedLate;
    }

    /**
     * Copies what is there into the vector, of one block at most.
     *
     * @param snap octets that a packet has at most
     * @return how many packets; 0 when there is none for now
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: who receives
    int receive(PacketVector vector, int snap) {
        while (left == 0) {
            long at = (long) block * BLOCK;
            if (((int) INT.getAcquire(memory, at + BLOCK_STATUS) & USER) == 0) return 0;
            left = memory.get(JAVA_INT, at + BLOCK_COUNT);
            packet = at + memory.get(JAVA_INT, at + BLOCK_FIRST);
            if (left == 0) giveBack();
        }
        int n = Math.min(left, vector.capacity());
        vector.room(n * (snap + VLAN_SIZE + Long.BYTES), 0);
        long to = 0;
        int late = 0;
        for (int i = 0; i < n; i++) {
            to = copy(vector, i, to);
            late += (memory.get(JAVA_INT, packet + STATUS) & PacketSocket.STAMPED) == 0 ? 1 : 0;
            packet += memory.get(JAVA_INT, packet);
        }
        stampedLate += late;
        left -= n;
        if (left == 0) giveBack();
        vector.size = n;
        return n;
    }

    private void giveBack() {
        INT.setRelease(memory, (long) block * BLOCK + BLOCK_STATUS, 0);
        block = block + 1 == BLOCKS ? 0 : block + 1;
    }

    /** Copies one packet, its VLAN tag in place; where the next may begin. */
    private long copy(PacketVector vector, int i, long to) {
        long frame = packet + (memory.get(JAVA_SHORT, packet + MAC) & 0xFFFF);
        int captured = memory.get(JAVA_INT, packet + SNAPPED);
        int length = memory.get(JAVA_INT, packet + LENGTH);
        int status = memory.get(JAVA_INT, packet + STATUS);
        int tag = 0;
        if ((status & VLAN_VALID) != 0 && captured >= ADDRESSES) {
            tag = VLAN_SIZE;
            int type = (status & VLAN_TPID_VALID) != 0 ? memory.get(JAVA_SHORT, packet + VLAN_TPID) : CUSTOMER_TAG;
            MemorySegment.copy(memory, frame, vector.data, to, ADDRESSES);
            vector.data.set(INT_BIG, to + ADDRESSES, type << 16 | (memory.get(JAVA_INT, packet + VLAN_TCI) & 0xFFFF));
        }
        int before = tag == 0 ? 0 : ADDRESSES;
        MemorySegment.copy(memory, frame + before, vector.data, to + before + tag, captured - before);
        vector.offset[i] = to;
        vector.captured[i] = captured + tag;
        vector.length[i] = length + tag;
        vector.time[i] = Integer.toUnsignedLong(memory.get(JAVA_INT, packet + SECONDS)) * NANOS_A_SECOND
                + memory.get(JAVA_INT, packet + NANOS);
        return (to + captured + tag + Long.BYTES - 1) & -Long.BYTES;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) arena.close();
    }
}
