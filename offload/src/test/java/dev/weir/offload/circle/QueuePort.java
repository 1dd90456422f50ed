package dev.weir.offload.circle;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.SendFault;
import dev.weir.wire.VirtualPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A port of one queue in memory, whose frames have times. */
final class QueuePort extends VirtualPort {
    private static final int MAX_FRAME = 2048, MOST = 64;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Frame(long time, byte[] octets) {}

    private final Queue<Frame> in = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> out = new ConcurrentLinkedQueue<>();
    private final MemorySegment memory = Arena.ofAuto().allocate((long) MOST * MAX_FRAME);

    QueuePort(String name) {
        super(name);
    }

    void put(long time, byte[] octets) {
        in.add(new Frame(time, octets));
    }

    /** All of them come in one vector, where there is room; the first one at that time, each a nanosecond after the other. */
    synchronized void putTogether(long time, List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            put(time + i, frames.get(i));
        }
    }

    /** What was sent, oldest first. */
    Queue<byte[]> sent() {
        return out;
    }

    @Override
    public int maxFrame() {
        return MAX_FRAME;
    }

    @Override
    public synchronized int receive(PacketVector vector) {
        int n = 0;
        vector.data = memory;
        vector.uniform(LinkType.ETHERNET, 0);
        for (; n < MOST && !in.isEmpty(); n++) {
            Frame frame = in.remove();
            vector.offset[n] = (long) n * MAX_FRAME;
            vector.captured[n] = frame.octets.length;
            vector.length[n] = frame.octets.length;
            vector.time[n] = frame.time;
            vector.offload[n] = 0;
            MemorySegment.copy(frame.octets, 0, memory, ValueLayout.JAVA_BYTE, vector.offset[n], frame.octets.length);
            counters.add(PortCounters.RX_PACKETS, 1);
        }
        return n;
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        out.add(data.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
        return SendFault.NONE;
    }

    @Override
    public boolean isExhausted() {
        return in.isEmpty();
    }
}
