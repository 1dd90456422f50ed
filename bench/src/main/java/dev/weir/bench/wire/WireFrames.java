package dev.weir.bench.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.bench.FlowIdentity;
import dev.weir.bench.FrameWriter;
import dev.weir.bench.TrafficShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The frames of a trial: one a flow, UDP over IPv4, in a random order of flows that is the same for the same traffic, or one flow after the other. The payload says when
 * and as what the frame was sent. Whatever lies behind a frame's headers in memory is the rest of its payload; there is no UDP checksum
 * (RFC 768 allows that), so nothing has to be computed for a frame. Big-endian. One thread writes.
 *
 * <pre>
 * byte 42                  44      48                50             58
 *      | trial, 16 bits   | flow  | number, 16 bits | sent, 64 bits | whatever
 * </pre>
 */
final class WireFrames {
    static final int TRIAL = 42, FLOW = 44, NUMBER = 48, SENT = 50, SMALLEST = 60;
    private static final int ETHERNET_TYPE = 12, PROTOCOL = 23, UDP_CHECKSUM = 40;
    private static final int IPV4 = 0x0800, UDP = 17;
    private static final int STRIDE = 64, ORDER = 1 << 16;
    private static final long SEED = 0x57_4952_45L;

    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    final int flows;
    private final MemorySegment memory;
    private final int[] lengths;
    /** Of the flows; empty where they come one after the other. */
    private final int[] order;

    private final short[] numbers;

    /**
     * @param sizes of whole frames with their four octets of checksum, which an interface does not show; the flows take them by turns
     * @param destination the Ethernet address, in the lower 48 bits
     */
    WireFrames(int flows, List<Integer> sizes, long destination) {
        this(flows, sizes, destination, randomOrder(flows));
    }

    /** One flow after the other, so that after as many frames each has had one. */
    static WireFrames inTurn(int flows, List<Integer> sizes, long destination) {
        return new WireFrames(flows, sizes, destination, new int[0]);
    }

    private WireFrames(int flows, List<Integer> sizes, long destination, int[] order) {
        this.flows = flows;
        this.order = order;
        lengths = new int[flows];
        numbers = new short[flows];
        memory = Arena.ofAuto().allocate((long) flows * STRIDE + 2048, STRIDE);
        var identity = new FlowIdentity(TrafficShape.of(1, flows));
        var writer = new FrameWriter();
        for (int flow = 0; flow < flows; flow++) {
            long at = (long) flow * STRIDE;
            identity.of(flow);
            lengths[flow] = writer.write(memory, at, identity, false, sizes.get(flow % sizes.size()) - 4, true);
            memory.set(SHORT, at, (short) (destination >>> 32));
            memory.set(INT, at + 2, (int) destination);
            memory.set(SHORT, at + UDP_CHECKSUM, (short) 0);
            memory.set(INT, at + FLOW, flow);
        }
    }

    private static int[] randomOrder(int flows) {
        return new SplittableRandom(SEED).ints(ORDER, 0, flows).toArray();
    }

    MemorySegment memory() {
        return memory;
    }

    /** Which flow has its turn. */
    int flow(long turn) {
        return order.length == 0 ? (int) (turn % flows) : order[(int) turn & ORDER - 1];
    }

    static long offset(int flow) {
        return (long) flow * STRIDE;
    }

    int length(int flow) {
        return lengths[flow];
    }

    /** Stamps the flow's next frame. */
    void stamp(int flow, int trial, long nanos) {
        long at = offset(flow);
        memory.set(SHORT, at + TRIAL, (short) trial);
        memory.set(SHORT, at + NUMBER, numbers[flow]++);
        memory.set(LONG, at + SENT, nanos);
    }

    /** Whether a received frame belongs to that trial. */
    static boolean isOf(int trial, MemorySegment data, long at, int length) {
        return length >= SMALLEST
                && data.get(SHORT, at + ETHERNET_TYPE) == IPV4
                && data.get(JAVA_BYTE, at + PROTOCOL) == UDP
                && data.get(SHORT, at + TRIAL) == (short) trial;
    }

    static int flow(MemorySegment data, long at) {
        return data.get(INT, at + FLOW);
    }

    static short number(MemorySegment data, long at) {
        return data.get(SHORT, at + NUMBER);
    }

    static long sent(MemorySegment data, long at) {
        return data.get(LONG, at + SENT);
    }
}
