package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

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

    /** Memory for {@link #read}: a bit a processor, in native words. */
    static MemorySegment mask(Arena arena) {
        return arena.allocate(MASK_BYTES, Long.BYTES);
    }

    /** Reads those of a thread; false when it has ended. Allocates nothing. */
    static boolean read(int thread, MemorySegment mask) {
        return SystemCalls.schedGetAffinity(thread, mask) >= 0;
    }

    /** Those of a thread; empty when it has ended. */
    static BitSet of(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = mask(arena);
            return read(thread, mask) ? BitSet.valueOf(mask.toArray(JAVA_LONG)) : new BitSet();
        }
    }

    /** Has a thread run on these only; the kernel's answer, negative when it refused. */
    static int set(int thread, BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = mask(arena);
            long[] words = cpus.toLongArray();
            MemorySegment.copy(words, 0, mask, JAVA_LONG, 0, words.length);
            return SystemCalls.schedSetAffinity(thread, mask);
        }
    }
}
