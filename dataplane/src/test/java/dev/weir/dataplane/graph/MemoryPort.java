package dev.weir.dataplane.graph;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * A port in memory: what a test put in comes out of {@link PortQueue#receive}, what is sent is kept. Frames have times. A
 * test may put frames in and take frames out while workers run.
 */
public final class MemoryPort implements Port {
    private static final int MAX_FRAME = 9018;

    /** A frame, and when. */
    public static final class Frame {
        private final long time;
        private final byte[] octets;
        private final long offload;

        /** A finished one. */
        public Frame(long time, byte[] octets) {
            this(time, octets, 0);
        }

        /** One with an {@link dev.weir.packet.Offload} word, 0 for a finished one. */
        public Frame(long time, byte[] octets, long offload) {
            this.time = time;
            this.octets = octets;
            this.offload = offload;
        }

        public long time() {
            return time;
        }

        public byte[] octets() {
            return octets;
        }

        public long offload() {
            return offload;
        }
    }

    private final String name;
    private final long macAddress;
    private final List<Queued> queues;

    /** A port with as many queues as there are workers. */
    public MemoryPort(String name, long macAddress, int workers) {
        this.name = name;
        this.macAddress = macAddress;
        queues = IntStream.range(0, workers).mapToObj(_ -> new Queued()).toList();
    }

    /** Puts a frame in for a worker. */
    public void put(int worker, Frame frame) {
        queues.get(worker).in.add(frame);
    }

    /** What all workers have sent since the last call. */
    public List<Frame> sent() {
        var all = new ArrayList<Frame>();
        for (Queued queue : queues) {
            for (Frame frame = queue.out.poll(); frame != null; frame = queue.out.poll()) {
                all.add(frame);
            }
        }
        return all;
    }

    /** From here on nothing can be sent, for this reason; {@link SendFault#NONE} ends that. */
    public void refuse(int fault) {
        queues.forEach(queue -> queue.fault = fault);
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
        return PortState.UP;
    }

    @Override
    public int maxFrame() {
        return MAX_FRAME;
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public String maintain() {
        return "";
    }

    @Override
    public void close() {}

    private static final class Queued extends VirtualQueue {
        private final Queue<Frame> in = new ConcurrentLinkedQueue<>();
        private final Queue<Frame> out = new ConcurrentLinkedQueue<>();
        private final MemorySegment memory = Arena.ofAuto().allocate((long) Batch.CAPACITY * MAX_FRAME);
        private volatile int fault = SendFault.NONE;
        private long time;

        @Override
        public int receive(PacketVector vector) {
            int n = 0;
            vector.data = memory;
            vector.uniform(LinkType.ETHERNET, 0);
            while (n < vector.capacity() && !in.isEmpty()) {
                Frame frame = in.remove();
                vector.offset[n] = (long) n * MAX_FRAME;
                vector.captured[n] = frame.octets.length;
                vector.length[n] = frame.octets.length;
                vector.time[n] = frame.time;
                vector.offload[n] = frame.offload;
                time = frame.time;
                MemorySegment.copy(
                        frame.octets, 0, memory, ValueLayout.JAVA_BYTE, vector.offset[n], frame.octets.length);
                counters.add(PortCounters.RX_PACKETS, 1);
                counters.add(PortCounters.RX_BYTES, frame.octets.length);
                n++;
            }
            return n;
        }

        @Override
        public void release() {
            memory.fill((byte) 0xEE);
        }

        @Override
        public int send(MemorySegment data, long offset, int length, long offload) {
            if (fault != SendFault.NONE) {
                counters.add(PortCounters.TX_FAULTS + fault, 1);
                return fault;
            }
            counters.add(PortCounters.TX_PACKETS, 1);
            counters.add(PortCounters.TX_BYTES, length);
            out.add(new Frame(time, data.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE), offload));
            return SendFault.NONE;
        }

        @Override
        public boolean isExhausted() {
            return in.isEmpty();
        }
    }
}
