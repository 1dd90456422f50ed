package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * What the kernel and the driver share about one direction of a flow, a cache line, in memory that both have mapped. The
 * driver writes the action and the port, and everything before the key is put; then the kernel's program counts, on several
 * processors at a time, by atomic additions. Native byte order but for the port.
 *
 * <pre>
 * byte 0        4           8         16          24             32          40           42   64
 *      | action | TCP flags | packets | IP octets | frame octets | last seen | outer port |    |
 * </pre>
 *
 * Last seen is the kernel's coarse monotonic clock; the outer port is the UDP source port of a tunnel, network order.
 */
final class StateLayout {
    static final int ACTION = 0, TCP_FLAGS = 4, PACKETS = 8, IP_OCTETS = 16, FRAME_OCTETS = 24, LAST_SEEN = 32;
    static final int OUTER_PORT = 40, SIZE = 64;

    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = JAVA_LONG.varHandle().withInvokeExactBehavior();
    /** Ports that IANA leaves to everybody, as RFC 7348 section 5 wants it: 49152 to 65535. */
    private static final int DYNAMIC = 0xC000, DYNAMIC_BITS = 0x3FFF;

    private StateLayout() {}

    /** Makes a state of one that nobody uses: nothing was counted. */
    static void begin(MemorySegment states, int state, int action, int keyHash, long now) {
        long at = at(state);
        states.asSlice(at, SIZE).fill((byte) 0);
        int port = DYNAMIC | ((keyHash ^ keyHash >>> 16) & DYNAMIC_BITS);
        states.set(JAVA_BYTE, at + OUTER_PORT, (byte) (port >>> 8));
        states.set(JAVA_BYTE, at + OUTER_PORT + 1, (byte) port);
        states.set(JAVA_LONG, at + LAST_SEEN, now);
        action(states, state, action);
    }

    static int action(MemorySegment states, int state) {
        return (int) INT.getAcquire(states, at(state) + ACTION);
    }

    /** From now on packets meet this action, which was written before. */
    static void action(MemorySegment states, int state, int action) {
        INT.setRelease(states, at(state) + ACTION, action);
    }

    static XdpCounters counters(MemorySegment states, int state) {
        long at = at(state);
        return new XdpCounters(
                (long) LONG.getOpaque(states, at + PACKETS),
                (long) LONG.getOpaque(states, at + IP_OCTETS),
                (long) LONG.getOpaque(states, at + FRAME_OCTETS),
                (int) INT.getOpaque(states, at + TCP_FLAGS),
                (long) LONG.getOpaque(states, at + LAST_SEEN));
    }

    private static long at(int state) {
        return (long) state * SIZE;
    }
}
