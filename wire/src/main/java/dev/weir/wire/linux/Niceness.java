package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * How far a thread lets others go first where a processor is short (setpriority(2), sched(7)): each has a niceness of its
 * own, 0 at first, which a thread that it starts inherits. One of 19 gets some seventieth of what one of 0 gets on the same
 * processor, and all of a processor that is idle. Any platform thread.
 */
public final class Niceness {
    /** The most that there is. */
    public static final int LOWEST_PRIORITY = 19;

    private static final int PRIO_PROCESS = 0, THIS_THREAD = 0;
    private static final MethodHandle SETPRIORITY = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("setpriority"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    private Niceness() {}

    /** Gives the calling thread that niceness, 0 to 19; false where it has a greater one, which only root takes back. */
    public static boolean set(int niceness) {
        if (niceness < 0 || niceness > LOWEST_PRIORITY) {
            throw new IllegalArgumentException("niceness out of range: niceness=" + niceness + ", limits=0..19");
        }
        try {
            return (int) SETPRIORITY.invokeExact(PRIO_PROCESS, THIS_THREAD, niceness) == 0;
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("setpriority", e);
        }
    }
}
