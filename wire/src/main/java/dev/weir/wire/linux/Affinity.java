package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** Which processors a thread may run on (sched_setaffinity(2)), by their numbers. Threads are named by the kernel's. Any platform thread. */
public final class Affinity {
    private static final int MASK_BYTES = 512;
    private static final int CALLING = 0;

    private Affinity() {}

    /** Has the calling platform thread run on processor {@code cpu} only; false when there is none of that number. */
    public static boolean pin(int cpu) {
        if (cpu < 0 || cpu >= MASK_BYTES * Byte.SIZE) return false;
        var one = new BitSet();
        one.set(cpu);
        return set(CALLING, one) == 0;
    }

    /** Those of a thread; empty when it has ended. */
    static BitSet of(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES);
            return SystemCalls.schedGetAffinity(thread, mask) < 0
                    ? new BitSet()
                    : BitSet.valueOf(mask.toArray(JAVA_BYTE));
        }
    }

    /** Has a thread run on these only; the kernel's answer, negative when it refused. */
    static int set(int thread, BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES);
            MemorySegment.copy(cpus.toByteArray(), 0, mask, JAVA_BYTE, 0, (cpus.length() + Byte.SIZE - 1) / Byte.SIZE);
            return SystemCalls.schedSetAffinity(thread, mask);
        }
    }
}
