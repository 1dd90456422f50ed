package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a {@link FilePort}. The first one reads the captures; a port's other queues receive nothing, since who reads
 * a file cannot share it out before it has looked inside. All of them write.
 */
final class FileQueue implements PortQueue {
    /** Octets before each packet into which it may grow. */
    private static final int HEADROOM = 64;

    private static final int READ_AHEAD = 256;

    private final FilePort port;
    /** None of a queue that receives nothing. */
    private final @Nullable VectorSupply supply;

    private final FileClock clock;
    private final PortCounters counters = new PortCounters();
    private PacketVector ahead = new PacketVector(READ_AHEAD);

    /** The packet of {@link #ahead} to give out next. */
    private int next;

    /**
     * When it was seen; {@link Long#MAX_VALUE} when there is none any more. While nobody knows, the clock's time: so the
     * others do not run ahead of what a pipe may bring.
     */
    private volatile long nextTime = Long.MAX_VALUE;

    FileQueue(FilePort port, @Nullable PacketSource source, FileClock clock) {
        this.port = port;
        this.clock = clock;
        if (source == null) {
            supply = null;
        } else {
            supply = source.isPrompt() ? new PromptSupply(source, port) : new PipeSupply(source, port, READ_AHEAD);
            fill();
            clock.add(this);
        }
    }

    long nextTime() {
        return nextTime;
    }

    private void fill() {
        PacketVector filled = Objects.requireNonNull(supply).exchange(ahead);
        next = 0;
        if (filled == null) {
            ahead.size = 0;
            nextTime = clock.now();
        } else {
            ahead = filled;
            nextTime = filled.size == 0 ? Long.MAX_VALUE : Math.max(filled.time[0], clock.now());
        }
    }

    @Override
    public int receive(PacketVector vector) {
        vector.size = 0;
        if (nextTime == Long.MAX_VALUE) return 0;
        if (next == ahead.size) fill();
        int n = due(vector.capacity());
        if (n == 0) return 0;
        copy(vector, n);
        next += n;
        clock.advance(nextTime);
        if (next < ahead.size) {
            nextTime = Math.max(ahead.time[next], clock.now());
        } else {
            fill();
        }
        return n;
    }

    /**
     * How many of the packets read ahead to give out: those of the next instant, when no other port has earlier ones. One
     * instant at a time, so that each packet's time is the clock's while it is on its way.
     */
    private int due(int limit) {
        long instant = nextTime;
        if (instant > clock.horizon(this)) return 0;
        int n = 0;
        while (n < limit && next + n < ahead.size && ahead.time[next + n] <= instant) n++;
        return n;
    }

    private void copy(PacketVector vector, int n) {
        long octets = 0;
        long room = 0;
        for (int i = 0; i < n; i++) room += slot(ahead.captured[next + i]);
        vector.room(Math.toIntExact(room), 0);
        vector.mixed();
        long at = HEADROOM;
        for (int i = 0; i < n; i++) {
            int from = next + i;
            MemorySegment.copy(ahead.data, ahead.offset[from], vector.data, at, ahead.captured[from]);
            vector.offset[i] = at;
            vector.captured[i] = ahead.captured[from];
            vector.length[i] = ahead.length[from];
            vector.time[i] = nextTime;
            vector.link[i] = ahead.link[from];
            vector.port[i] = port.index();
            octets += ahead.length[from];
            at += slot(ahead.captured[from]);
        }
        if (vector.offload.length != 0) Arrays.fill(vector.offload, 0, n, 0);
        vector.size = n;
        counters.add(PortCounters.RX_PACKETS, n);
        counters.add(PortCounters.RX_BYTES, octets);
    }

    private static long slot(int captured) {
        return ((long) HEADROOM + captured + Long.BYTES - 1) & -Long.BYTES;
    }

    @Override
    public void release() {
        // the packets were copies
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        boolean fits = offload == 0 || !port.writes();
        int fault = fits ? port.write(data, offset, length, clock.now()) : SendFault.REFUSED;
        if (fault == SendFault.NONE) {
            counters.add(PortCounters.TX_PACKETS, 1);
            counters.add(PortCounters.TX_BYTES, length);
        } else {
            counters.add(PortCounters.TX_FAULTS + fault, 1);
        }
        return fault;
    }

    @Override
    public void flush() {
        // the port does, when its buffer is full or it is closed
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public boolean isExhausted() {
        return nextTime == Long.MAX_VALUE;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        nextTime = Long.MAX_VALUE;
        try {
            if (supply != null) supply.close();
        } catch (IOException e) {
            port.damaged(e);
        }
    }
}
