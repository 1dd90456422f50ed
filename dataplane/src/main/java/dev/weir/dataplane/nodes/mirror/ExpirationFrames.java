package dev.weir.dataplane.nodes.mirror;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.Ethernet;
import dev.weir.table.FlowRecord;
import dev.weir.wire.SendFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Word of flows that ended, kept in a ring until their frames were sent; one a worker, which is the only thread to call.
 * A frame is Ethernet, to all stations, of type 0x0101, at most {@value #MAX_FRAME} octets. Network byte order:
 *
 * <pre>
 * Ethernet header 14 | messages u16 | that many messages
 *
 * byte 0       4        8                16               24             32
 *      | flags | ctx_id | client packets u32, server packets u32 | client bytes u64 | server bytes u64 |
 *
 * flags: unused 22 | IPv6 1 | offloaded 1 | end reason 8      (from the upper bits down; {@link dev.weir.table.EndReason})
 * </pre>
 *
 * The client is the initiator. Packets stop counting at 2^32 - 1; bytes are octets on the wire, link header included. Of a
 * flow that the active timeout reported in pieces it is what came since the last piece. The layout is that of the expiration
 * messages of VPP's flow table plugin, whose flags say nothing.
 *
 * <p>Nothing is lost silently: what the port does not take stays and is tried again at the next {@link #retry}; when the
 * ring is full the message is counted as lost. A port that finds the frames too long gets shorter ones. Allocates nothing
 * after it was made.
 */
final class ExpirationFrames {
    static final int ETHER_TYPE = 0x0101, MAX_FRAME = 1280, MESSAGE = 32;
    /** How many messages a frame has at the most. */
    static final int MESSAGES = (MAX_FRAME - Ethernet.SIZE - Short.BYTES) / MESSAGE;

    static final int OFFLOADED = 1 << 8, IPV6 = 1 << 9;

    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final long ALL_STATIONS = 0xFFFF_FFFF_FFFFL, U32_MAX = 0xFFFF_FFFFL;
    private static final int COUNT = Ethernet.SIZE, FIRST = Ethernet.SIZE + Short.BYTES;

    private final NodeContext context;
    private final int port;
    private final MemorySegment ring;
    private final int capacity;
    private final MemorySegment frame = Arena.ofAuto().allocate(MAX_FRAME, Long.BYTES);
    private int head, size;
    private int perFrame = MESSAGES;
    private boolean blocked;

    ExpirationFrames(NodeContext context, int port, int capacity) {
        this.context = context;
        this.port = port;
        this.capacity = capacity;
        ring = Arena.ofAuto().allocate((long) capacity * MESSAGE, Long.BYTES);
        Ethernet.write(frame, 0, ALL_STATIONS, context.macAddress(port), ETHER_TYPE);
    }

    /** Appends word of a flow; sends when a frame is full. */
    void add(FlowRecord flow) {
        if (size == capacity) {
            retry();
        }
        if (size == capacity) {
            context.count(MirrorConfig.TIMEOUT_MSG_LOST, 1);
            return;
        }
        long at = place(size++);
        int flags = flow.reason() | (flow.offloaded() ? OFFLOADED : 0) | (flow.family() == 6 ? IPV6 : 0);
        ring.set(INT, at, flags);
        ring.set(INT, at + 4, (int) flow.ctxId());
        ring.set(INT, at + 8, (int) Math.min(flow.forwardPackets(), U32_MAX));
        ring.set(INT, at + 12, (int) Math.min(flow.reversePackets(), U32_MAX));
        ring.set(LONG, at + 16, flow.forwardFrameBytes());
        ring.set(LONG, at + 24, flow.reverseFrameBytes());
        if (size >= perFrame) {
            send(perFrame);
        }
    }

    /** Sends all that is there, unless the port refused since the last {@link #retry}. */
    void flush() {
        send(1);
    }

    /** Sends all that is there. */
    void retry() {
        blocked = false;
        send(1);
    }

    /** Takes the messages of another ring, after its own. */
    void adopt(ExpirationFrames other) {
        for (; other.size > 0; other.advance(1)) {
            if (size == capacity) {
                context.count(MirrorConfig.TIMEOUT_MSG_LOST, other.size);
                other.size = 0;
                return;
            }
            MemorySegment.copy(other.ring, other.place(0), ring, place(size++), MESSAGE);
        }
    }

    /** Tries once more, and counts the rest as lost. */
    void close() {
        retry();
        context.count(MirrorConfig.TIMEOUT_MSG_LOST, size);
        size = 0;
    }

    /** Sends frames as long as there are {@code atLeast} messages and the port takes them. */
    private void send(int atLeast) {
        while (!blocked && size >= Math.max(1, atLeast)) {
            int n = Math.min(size, perFrame);
            frame.set(SHORT, COUNT, (short) n);
            for (int m = 0; m < n; m++) {
                MemorySegment.copy(ring, place(m), frame, FIRST + (long) m * MESSAGE, MESSAGE);
            }
            int fault = context.send(port, frame, 0, FIRST + n * MESSAGE, 0);
            if (fault == SendFault.NONE) {
                advance(n);
                context.count(MirrorConfig.TIMEOUT_MSG_SENT, n);
            } else if (fault == SendFault.TOO_LONG && perFrame > 1) {
                perFrame = perFrame / 2;
            } else {
                blocked = true;
            }
        }
    }

    private void advance(int messages) {
        head = (head + messages) % capacity;
        size -= messages;
    }

    private long place(int message) {
        return (long) ((head + message) % capacity) * MESSAGE;
    }
}
