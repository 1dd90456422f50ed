package dev.weir.bench;

import dev.weir.packet.PacketVector;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A port in memory at which packets of a trace arrive at a steady rate, from when {@link #begin} says, as by a network card with a ring of
 * {@value #RING} places: what finds no place is lost, and counted. What is sent by it is counted too. For one worker.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // the worker alone counts
final class SteadyPort implements Port, PortQueue {
    static final int RING = 4096;

    private final String name;
    private final Trace trace;
    private final double perNano;
    private final PortCounters counters = new PortCounters();
    private volatile boolean flows;
    private long start;
    private long taken;
    private volatile long lost;
    private volatile long given;
    private volatile long sent;
    private volatile long mostWaiting;

    SteadyPort(String name, Trace trace, double packetsPerSecond) {
        this.name = name;
        this.trace = trace;
        perNano = packetsPerSecond * 1e-9;
    }

    void begin() {
        start = System.nanoTime();
        flows = true;
    }

    void end() {
        flows = false;
    }

    long given() {
        return given;
    }

    long lost() {
        return lost;
    }

    long sent() {
        return sent;
    }

    /** The longest that a packet has waited to be taken, in milliseconds, since {@link #forgetWaits}. */
    double longestWaitMillis() {
        return mostWaiting / perNano * 1e-6;
    }

    void forgetWaits() {
        mostWaiting = 0;
    }

    @Override
    public int receive(PacketVector vector) {
        if (!flows) return 0;
        long waiting = (long) ((System.nanoTime() - start) * perNano) - taken - lost;
        if (waiting <= 0) return 0;
        mostWaiting = Math.max(mostWaiting, waiting);
        if (waiting > RING) lost += waiting - RING;
        int most = (int) Math.min(vector.capacity(), waiting);
        if (trace.read(vector, most) == 0) {
            trace.rewind(1);
            trace.read(vector, most);
        }
        Arrays.fill(vector.offload, 0, vector.size, 0);
        taken += vector.size;
        given = taken;
        return vector.size;
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        sent++;
        return 0;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<PortQueue> queues() {
        return List.of(this);
    }

    @Override
    public PortState state() {
        return PortState.UP;
    }

    @Override
    public int maxFrame() {
        return 1514;
    }

    @Override
    public long macAddress() {
        return 0;
    }

    @Override
    public String maintain() {
        return "";
    }

    @Override
    public void release() {}

    @Override
    public void flush() {}

    @Override
    public int descriptor() {
        return -1;
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
    public void close() {}
}
