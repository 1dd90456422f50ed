package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Which processor a thread runs on (sched_setaffinity(2)). Any thread. */
public final class Affinity {
    private static final int MASK_BYTES = 128;
    private static final MethodHandle SCHED_SETAFFINITY = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("sched_setaffinity"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

    private Affinity() {}

    /** Has the calling platform thread run on processor {@code cpu} only; false when there is none of that number. */
    public static boolean pin(int cpu) {
        if (cpu < 0 || cpu >= MASK_BYTES * Byte.SIZE) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES);
            mask.set(JAVA_BYTE, cpu / Byte.SIZE, (byte) (1 << (cpu % Byte.SIZE)));
            return (int) SCHED_SETAFFINITY.invokeExact(0, (long) MASK_BYTES, mask) == 0;
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("sched_setaffinity", e);
        }
    }
}
