package dev.weir.server.api;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import dev.weir.wire.VirtualQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** A port that receives the frames that a test gives it, at the times that it says, and keeps what is sent. */
public final class TestPort implements Port {
    private static final int MAX_FRAME = 2048, VECTOR = 256;

    private static final class Frame {
        private final long time;
        private final byte[] octets;

        Frame(long time, byte[] octets) {
            this.time = time;
            this.octets = octets;
        }
    }

    private final String name;
    private final List<Queued> queues;
    volatile PortState state = PortState.UP;

    public TestPort(String name, int workers) {
        this.name = name;
        queues = IntStream.range(0, workers).mapToObj(_ -> new Queued()).toList();
    }

    /** What was sent so far, by all workers. */
    public List<byte[]> sent() {
        return queues.stream().flatMap(queue -> queue.out.stream()).toList();
    }

    /** Gives a frame to a worker's queue. */
    public void put(int worker, long time, byte[] octets) {
        queues.get(worker).in.add(new Frame(time, octets));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<? extends PortQueue> queues() {
        return queues;
    }

    @Override
    public PortState state() {
        return state;
    }

    /** Has its interface go down, or come up. */
    public void setState(PortState next) {
        state = next;
    }

    @Override
    public int maxFrame() {
        return MAX_FRAME;
    }

    @Override
    public long macAddress() {
        return 0x0200_0000_0001L;
    }

    @Override
    public String maintain() {
        return "";
    }

    @Override
    public void close() {}

    private static final class Queued extends VirtualQueue {
        private final Queue<Frame> in = new ConcurrentLinkedQueue<>();
        private final Queue<byte[]> out = new ConcurrentLinkedQueue<>();
        private final MemorySegment memory = Arena.ofAuto().allocate((long) VECTOR * MAX_FRAME);

        @Override
        public int receive(PacketVector vector) {
            int n = 0;
            vector.data = memory;
            vector.uniform(LinkType.ETHERNET, 0);
            while (n < Math.min(VECTOR, vector.capacity()) && !in.isEmpty()) {
                Frame frame = in.remove();
                vector.offset[n] = (long) n * MAX_FRAME;
                vector.captured[n] = frame.octets.length;
                vector.length[n] = frame.octets.length;
                vector.time[n] = frame.time;
                vector.offload[n] = 0;
                MemorySegment.copy(
                        frame.octets, 0, memory, ValueLayout.JAVA_BYTE, vector.offset[n], frame.octets.length);
                counters.add(PortCounters.RX_PACKETS, 1);
                counters.add(PortCounters.RX_BYTES, frame.octets.length);
                n++;
            }
            return n;
        }

        @Override
        public int send(MemorySegment data, long offset, int length, long offload) {
            out.add(data.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
            counters.add(PortCounters.TX_PACKETS, 1);
            counters.add(PortCounters.TX_BYTES, length);
            return SendFault.NONE;
        }

        @Override
        public boolean isExhausted() {
            return in.isEmpty();
        }
    }
}
