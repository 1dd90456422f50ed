package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How much memory this process may lock (RLIMIT_MEMLOCK), which sockets with memory shared with the kernel count against. */
final class MemoryLimit {
    private static final int RLIMIT_MEMLOCK = 8;
    private static final long INFINITY = -1;

    private MemoryLimit() {}

    /**
     * Raises it as far as may be: to no limit while the process has CAP_SYS_RESOURCE, else to the highest that it was
     * given. So a process that gave up its rights can open again what it opened before.
     */
    static void raise() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocateFrom(JAVA_LONG, INFINITY, INFINITY);
            if (SystemCalls.setrlimit(RLIMIT_MEMLOCK, limit) == 0) return;
            if (SystemCalls.getrlimit(RLIMIT_MEMLOCK, limit) < 0) return;
            limit.set(JAVA_LONG, 0, limit.get(JAVA_LONG, Long.BYTES));
            SystemCalls.setrlimit(RLIMIT_MEMLOCK, limit);
        }
    }
}
