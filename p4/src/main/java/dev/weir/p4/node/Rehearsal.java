package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.DigestListener;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableListener;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a program on copies of packets, with tables of its own, before packets come to it: the JVM begins a new class in its interpreter, a hundred times
 * slower than what the packets are used to, and they would pile up until it is compiled. It is run until it is faster by far, not so often that HotSpot would
 * compile it for good: that is done with the profile of real packets in real tables.
 *
 * <p>The worker {@linkplain #take gives} it packets that come to the program before; a thread of its own runs them.
 */
final class Rehearsal {
    private static final int PACKETS = 64, BYTES = 2048, GROUP = 8;

    /** HotSpot compiles with a profile from 200 calls on, and for good from 5000 on. */
    private static final int MOST_RUNS = 4000, SPEEDUP = 5;

    private static final long WAIT_NANOS = 20_000_000, MOST_NANOS = 400_000_000, PAUSE_NANOS = 1_000_000;

    private final CompiledProgram program;
    private final RunOptions options;
    private final MemorySegment bytes = Arena.ofAuto().allocate((long) PACKETS * BYTES, Long.BYTES);
    private final PacketVector pristine = new PacketVector(PACKETS, true);
    private final long begun = System.nanoTime();
    private boolean running;
    private volatile boolean over;

    Rehearsal(CompiledProgram program, RunOptions options) {
        this.program = program;
        this.options = options.withListener(TableListener.NONE)
                .withDigests(DigestListener.NONE)
                .withHeadroom(0);
        pristine.data = bytes;
    }

    /** Copies packets, as long as it needs some. The worker's thread, before the program changes them. */
    void take(PacketVector p, int[] picks, int n) {
        if (running) return;
        for (int k = 0; k < n && pristine.size < PACKETS; k++) {
            int i = picks[k], to = pristine.size;
            if (p.captured[i] > BYTES) continue;
            pristine.offset[to] = (long) to * BYTES;
            MemorySegment.copy(p.data, p.offset[i], bytes, pristine.offset[to], p.captured[i]);
            pristine.captured[to] = p.captured[i];
            pristine.length[to] = p.length[i];
            pristine.time[to] = p.time[i];
            pristine.link[to] = p.link[i];
            pristine.port[to] = p.port[i];
            pristine.size = to + 1;
        }
    }

    /** Whether the program may begin; it runs the rehearsal when there are packets. The worker's thread, between vectors. */
    boolean isOver(long now) {
        if (!running) {
            boolean waited = System.nanoTime() - begun > WAIT_NANOS;
            if (pristine.size == 0) return waited;
            if (pristine.size == PACKETS || waited) begin(now);
        }
        return over;
    }

    private void begin(long now) {
        running = true;
        Thread.ofPlatform().daemon().name("weir-rehearsal").start(() -> {
            try (RunningProgram own = program.start(options, Batch.CAPACITY)) {
                run(own, now);
            } finally {
                over = true;
            }
        });
    }

    private void run(RunningProgram own, long now) {
        PacketVector p = new PacketVector(PACKETS, true);
        p.data = Arena.ofAuto().allocate(bytes.byteSize(), Long.BYTES);
        MemorySegment room = p.data;
        int[] picks = new int[GROUP];
        long first = 0;
        for (int runs = 0; runs < MOST_RUNS && System.nanoTime() - begun < MOST_NANOS; runs += GROUP) {
            copy(p, room);
            for (int k = 0; k < GROUP; k++) picks[k] = (runs + k) % p.size;
            long before = System.nanoTime();
            own.process(p, picks, GROUP, now);
            long nanos = System.nanoTime() - before;
            if (runs < PACKETS) {
                first += nanos;
                continue;
            }
            if (runs > MOST_RUNS / 16) LockSupport.parkNanos(PAUSE_NANOS);
            if (nanos * (PACKETS / GROUP) * SPEEDUP < first) return;
        }
    }

    private void copy(PacketVector p, MemorySegment room) {
        p.data = room;
        p.size = pristine.size;
        MemorySegment.copy(bytes, 0, room, 0, bytes.byteSize());
        System.arraycopy(pristine.offset, 0, p.offset, 0, p.size);
        System.arraycopy(pristine.captured, 0, p.captured, 0, p.size);
        System.arraycopy(pristine.length, 0, p.length, 0, p.size);
        System.arraycopy(pristine.time, 0, p.time, 0, p.size);
        System.arraycopy(pristine.link, 0, p.link, 0, p.size);
        System.arraycopy(pristine.port, 0, p.port, 0, p.size);
    }
}
