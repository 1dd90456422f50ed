package dev.weir.bench;

import dev.weir.packet.PacketVector;
import dev.weir.wire.VirtualPort;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A port in memory at which packets of a trace arrive at a steady rate, from when {@link #begin} says, as by a network card with a ring of
 * {@value #RING} places: what finds no place is lost, and counted. What is sent by it is counted too. For one worker.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // the worker alone counts
final class SteadyPort extends VirtualPort {
    static final int RING = 4096;

    private final Trace trace;
    private final double perNano;
    private volatile boolean flows;
    private long start;
    private long taken;
    private volatile long lost;
    private volatile long given;
    private volatile long sent;
    private volatile long mostWaiting;

    SteadyPort(String name, Trace trace, double packetsPerSecond) {
        super(name);
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
}
