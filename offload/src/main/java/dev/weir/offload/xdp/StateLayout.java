package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * What the kernel and the driver share about one direction of a flow, a cache line, in memory that both have mapped. The
 * driver writes the action and the port, and everything before the key is put; then the kernel's program counts, on several
 * processors at a time, by atomic additions. Native byte order but for the port and the label.
 *
 * <pre>
 * byte 0        4           8         16          24             32          40           42   44           48   64
 *      | action | TCP flags | packets | IP octets | frame octets | last seen | outer port |    | flow label |    |
 * </pre>
 *
 * Last seen is the kernel's coarse monotonic clock; the outer port is the UDP source port of a tunnel, the flow label that of
 * its IPv6 header, both in network order.
 */
final class StateLayout {
    static final int ACTION = 0, TCP_FLAGS = 4, PACKETS = 8, IP_OCTETS = 16, FRAME_OCTETS = 24, LAST_SEEN = 32;
    static final int OUTER_PORT = 40, FLOW_LABEL = 44, SIZE = 64;

    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(BIG_ENDIAN);
    /** Ports that IANA leaves to everybody, as RFC 7348 section 5 wants it: 49152 to 65535. */
    private static final int DYNAMIC = 0xC000, DYNAMIC_BITS = 0x3FFF;

    private StateLayout() {}

    /** Makes a state of one that nobody uses: nothing was counted. */
    static void begin(MemorySegment states, int state, int action, XdpFlow flow, long now) {
        long at = at(state);
        states.asSlice(at, SIZE).fill((byte) 0);
        states.set(JAVA_LONG, at + LAST_SEEN, now);
        outer(states, state, flow);
        action(states, state, action);
    }

    /** What the flow's packets have of their own in the headers of a tunnel; before the action that puts them into one. */
    static void outer(MemorySegment states, int state, XdpFlow flow) {
        int keyHash = flow.key().hashCode(), port = DYNAMIC | ((keyHash ^ keyHash >>> 16) & DYNAMIC_BITS), label = 0;
        if (flow.action() instanceof XdpAction.Redirect redirect
                && redirect.rewrite().tunnel() != null) {
            VxlanTunnel.Outer outer = redirect.rewrite().tunnel().outer();
            port = outer.sourcePort() == VxlanTunnel.Outer.BY_KEY ? port : outer.sourcePort();
            label = outer.flowLabel();
        }
        states.set(NETWORK_SHORT, at(state) + OUTER_PORT, (short) port);
        states.set(NETWORK_INT, at(state) + FLOW_LABEL, label);
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
