package dev.weir.bench;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Traffic of a {@link TrafficShape}, packet by packet. One thread; allocates nothing after it was made, which takes 12 bytes a flow.
 *
 * <p>Flow {@code n} takes place {@code n} of those alive at first, so that two shapes that differ only in their order have the same flows. A TCP flow
 * is a conversation: SYN, SYN+ACK, ACK, data by turns, and, where it ends after some number of packets, FIN from both sides and the last ACK.
 */
final class TrafficGenerator {
    /** 2026-01-01T00:00:00Z. */
    static final long START = 1_767_225_600_000_000_000L;

    private static final int HANDSHAKE = 3, FAREWELL = 3;

    private final TrafficShape shape;
    private final FlowIdentity flow;
    private final FrameWriter writer = new FrameWriter();
    private final SplittableRandom random;
    /** By place: which flow has it, and how many packets of it there were. */
    private final long[] numbers;

    private final int[] counts;
    private final double[] shares;
    private long sent;
    private long created;

    TrafficGenerator(TrafficShape shape) {
        this.shape = shape;
        flow = new FlowIdentity(shape);
        random = new SplittableRandom(shape.seed());
        numbers = new long[shape.flows()];
        Arrays.setAll(numbers, place -> place);
        counts = new int[shape.flows()];
        shares = shape.order() == TrafficShape.Order.ZIPF ? zipf(shape.flows(), shape.skew()) : new double[0];
        created = shape.flows();
    }

    /** Octets from the beginning of one frame of {@link #fill} to that of the next: whole cache lines. */
    static int strideBytes(int frameBytes) {
        return (frameBytes + 63) & -64;
    }

    /**
     * Fills the vector from its beginning with the next packets, whose frames are written to {@code memory} from {@code at} on, one
     * {@link #strideBytes} after the other.
     *
     * @return how many; 0 when all packets of the shape were made
     */
    int fill(PacketVector vector, MemorySegment memory, long at) {
        int stride = strideBytes(shape.frameBytes());
        int size = (int) Math.min(vector.capacity(), shape.packets() - sent);
        vector.data = memory;
        vector.first = sent + 1;
        vector.size = size;
        vector.uniform(LinkType.ETHERNET, 0);
        for (int i = 0; i < size; i++) {
            long offset = at + (long) i * stride;
            vector.time[i] = START + sent * shape.stepNanos();
            int length = next(memory, offset);
            vector.offset[i] = offset;
            vector.captured[i] = length;
            vector.length[i] = length;
        }
        return size;
    }

    private int next(MemorySegment memory, long at) {
        int place = nextPlace();
        flow.of(numbers[place]);
        int count = counts[place]++;
        sent++;
        if (counts[place] == shape.packetsPerFlow()) {
            numbers[place] = created++;
            counts[place] = 0;
        }
        if (flow.tcp) return segment(memory, at, count);
        boolean reverse = count > 0 && random.nextInt(100) < shape.reversePercent();
        return writer.write(memory, at, flow, reverse, shape.frameBytes(), true);
    }

    private int nextPlace() {
        return switch (shape.order()) {
            case RANDOM -> random.nextInt(shape.flows());
            case ROUND_ROBIN -> (int) (sent % shape.flows());
            case ZIPF -> {
                int found = Arrays.binarySearch(shares, random.nextDouble());
                yield Math.min(found < 0 ? -found - 1 : found, shape.flows() - 1);
            }
        };
    }

    /** Packet {@code count} of a TCP conversation. */
    private int segment(MemorySegment memory, long at, int count) {
        long whole = shape.packetsPerFlow();
        long farewell = whole == 0 ? Long.MAX_VALUE : Math.max(HANDSHAKE, whole - FAREWELL);
        boolean reverse;
        boolean data = false;
        int ours = 0, theirs = 0; // sequence numbers that client and server have used up
        int dataBefore = (int) Math.clamp(count - HANDSHAKE, 0, farewell - HANDSHAKE);
        int payload = shape.frameBytes()
                - FrameWriter.ETHERNET_HEADER
                - FrameWriter.TCP_HEADER
                - (flow.ipv6 ? FrameWriter.IPV6_HEADER : FrameWriter.IPV4_HEADER);
        if (count > 0) {
            ours = 1 + (dataBefore + 1) / 2 * payload;
        }
        if (count > 1) {
            theirs = 1 + dataBefore / 2 * payload;
        }
        if (count < HANDSHAKE) {
            reverse = count == 1;
            writer.flags =
                    count == 0 ? FrameWriter.SYN : count == 1 ? FrameWriter.SYN | FrameWriter.ACK : FrameWriter.ACK;
        } else if (count < farewell) {
            reverse = ((count - HANDSHAKE) & 1) == 1;
            data = payload > 0;
            writer.flags = FrameWriter.PSH | FrameWriter.ACK;
        } else {
            int step = (int) (count - farewell);
            reverse = step == 1;
            ours += step > 0 ? 1 : 0;
            theirs += step > 1 ? 1 : 0;
            writer.flags = step < 2 ? FrameWriter.FIN | FrameWriter.ACK : FrameWriter.ACK;
        }
        int clientNext = (int) flow.entropy + ours, serverNext = (int) (flow.entropy >>> 32) + theirs;
        writer.sequence = reverse ? serverNext : clientNext;
        writer.acknowledgement = count == 0 ? 0 : reverse ? clientNext : serverNext;
        return writer.write(memory, at, flow, reverse, shape.frameBytes(), data);
    }

    /** Cumulated shares of the places. */
    private static double[] zipf(int places, double skew) {
        double[] shares = new double[places];
        double sum = 0;
        for (int i = 0; i < places; i++) {
            sum += Math.pow(i + 1, -skew);
            shares[i] = sum;
        }
        for (int i = 0; i < places; i++) {
            shares[i] /= sum;
        }
        return shares;
    }
}
