package dev.weir.p4.node;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.weir.dataplane.graph.RingPositions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The port between a program and its controller, {@code PNA_PORT_CPU}: packets that the program forwards there, and packets that come in from there. Workers never
 * wait, and allocate nothing for what they send; what finds no room is dropped and counted. Any thread may inject; one at a time takes.
 */
public final class CpuPort {
    /** The number of the port, 32 bits: 0xfffffffd. */
    public static final int NUMBER = -3;

    /** The longest packet that comes in. */
    public static final int MOST_OCTETS = 65_535;

    private static final int MOST_INJECTED = 1024;

    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final Queue<Lane> ended = new ConcurrentLinkedQueue<>();
    private final AtomicLong lost = new AtomicLong();
    private boolean open;

    /**
     * Of a worker that begins.
     *
     * @param rouse has the worker look soon whether something came in, also where it sleeps; any thread
     */
    synchronized Lane join(Runnable rouse) {
        Lane lane = new Lane(rouse);
        if (open) lane.open();
        lanes.add(lane);
        return lane;
    }

    /** Whether workers give packets from now on, which {@link #drainTo} then has to take. Else they are dropped. */
    public synchronized void open(boolean wanted) {
        open = wanted;
        for (Lane lane : lanes) {
            if (wanted) {
                lane.open();
            } else {
                lane.shut();
            }
        }
    }

    /** Gives the packets that are there, those of one worker in their order. */
    public synchronized void drainTo(Consumer<byte[]> controller) {
        for (Lane lane : lanes) lane.drainTo(controller);
        for (Lane lane = ended.poll(); lane != null; lane = ended.poll()) lane.drainTo(controller);
    }

    /** How many packets for the controller found no room so far. */
    public long lost() {
        return lost.get();
    }

    /** Has a packet come into the program as from this port; false when no worker has room for it, or it is too long. */
    public boolean inject(byte[] packet) {
        if (packet.length == 0 || packet.length > MOST_OCTETS) return false;
        for (Lane lane : lanes) {
            if (lane.injected.offer(packet.clone())) {
                lane.rouse.run();
                return true;
            }
        }
        return false;
    }

    /** What lies between one worker and the controller: packets behind each other, each behind its length. */
    final class Lane {
        private static final int CAPACITY = 1 << 21, HEAD = Integer.BYTES;

        private final RingPositions positions = new RingPositions();
        private final ArrayBlockingQueue<byte[]> injected = new ArrayBlockingQueue<>(MOST_INJECTED);
        private final Runnable rouse;
        private volatile @Nullable MemorySegment octets;
        private volatile boolean takes;

        private Lane(Runnable rouse) {
            this.rouse = rouse;
        }

        private void open() {
            if (octets == null) octets = Arena.ofAuto().allocate(CAPACITY, HEAD);
            takes = true;
        }

        private void shut() {
            takes = false;
            positions.headRelease(positions.tailAcquire());
        }

        /** Puts a packet there; false when nobody wants it, or there is no room. The worker. */
        boolean offer(MemorySegment data, long offset, int length) {
            MemorySegment to = octets;
            if (to == null || !takes) return false;
            long tail = positions.tail();
            if (tail - positions.headAcquire() + HEAD + length > CAPACITY) {
                lost.lazySet(lost.getPlain() + 1);
                return false;
            }
            put(to, tail, length);
            copy(data, offset, to, tail + HEAD, length);
            positions.tailRelease(tail + HEAD + ((length + HEAD - 1) & -HEAD));
            return true;
        }

        /** Lengths are aligned, so none is cut in two by the end of the ring. */
        private static void put(MemorySegment all, long at, int length) {
            all.set(JAVA_INT_UNALIGNED, at & (CAPACITY - 1), length);
        }

        private static void copy(MemorySegment from, long offset, MemorySegment all, long tail, int length) {
            long at = tail & (CAPACITY - 1);
            long first = Math.min(length, CAPACITY - at);
            MemorySegment.copy(from, offset, all, at, first);
            MemorySegment.copy(from, offset + first, all, 0, length - first);
        }

        private void drainTo(Consumer<byte[]> controller) {
            MemorySegment from = octets;
            if (from == null) return;
            long tail = positions.tailAcquire();
            long head = positions.head();
            while (head < tail) {
                int length = from.get(JAVA_INT_UNALIGNED, head & (CAPACITY - 1));
                byte[] packet = new byte[length];
                long at = (head + HEAD) & (CAPACITY - 1);
                int first = (int) Math.min(length, CAPACITY - at);
                MemorySegment.copy(from, JAVA_BYTE, at, packet, 0, first);
                MemorySegment.copy(from, JAVA_BYTE, 0, packet, first, length - first);
                head += HEAD + ((length + HEAD - 1) & -HEAD);
                positions.headRelease(head);
                controller.accept(packet);
            }
        }

        /** The next packet that comes in; null when there is none. The worker. */
        byte @Nullable [] poll() {
            return injected.isEmpty() ? null : injected.poll();
        }

        boolean isWaiting() {
            return !injected.isEmpty();
        }

        /** The worker ends. */
        void end() {
            lanes.remove(this);
            ended.add(this);
        }
    }
}
