package dev.weir.bench;

/**
 * What traffic to make; immutable. The same shape gives the same octets on every machine.
 *
 * @param packets how many in all
 * @param flows how many are alive at a time
 * @param frameBytes of each Ethernet frame, without its check sequence; TCP packets without data are as short as Ethernet lets them be
 * @param ipv6Percent of the flows
 * @param tcpPercent of the flows; the others are UDP
 * @param reversePercent of a UDP flow's packets after its first; TCP takes turns
 * @param order which flow the next packet belongs to
 * @param skew the exponent of {@link Order#ZIPF}
 * @param packetsPerFlow after which a flow is over and a new one takes its place; 0 for flows that go on
 * @param stepNanos from one packet to the next
 * @param seed of everything that is drawn
 */
public record TrafficShape(
        long packets,
        int flows,
        int frameBytes,
        int ipv6Percent,
        int tcpPercent,
        int reversePercent,
        Order order,
        double skew,
        long packetsPerFlow,
        long stepNanos,
        long seed) {

    /** Which of the flows that are alive the next packet belongs to. */
    public enum Order {
        /** Each equally likely. */
        RANDOM,
        /** One after the other. */
        ROUND_ROBIN,
        /** The n-th as likely as n to the power of minus skew. */
        ZIPF
    }

    static final int MAX_FLOWS = 1 << 26, MAX_FRAME_BYTES = 9_018;

    public TrafficShape {
        check("packets", packets, 1, Long.MAX_VALUE);
        check("flows", flows, 1, MAX_FLOWS);
        check("size", frameBytes, minimumFrameBytes(ipv6Percent, tcpPercent), MAX_FRAME_BYTES);
        check("ipv6", ipv6Percent, 0, 100);
        check("tcp", tcpPercent, 0, 100);
        check("reverse", reversePercent, 0, 100);
        check("packets-per-flow", packetsPerFlow, 0, Long.MAX_VALUE);
        check("step", stepNanos, 0, 3_600_000_000_000L);
        if (!(skew >= 0 && skew <= 10)) {
            throw new IllegalArgumentException("skew out of range: skew=" + skew + ", limits=0..10");
        }
    }

    /** UDP over IPv4 in frames of 128 bytes, flows that go on, in random order, a packet a microsecond. */
    public static TrafficShape of(long packets, int flows) {
        return new TrafficShape(packets, flows, 128, 0, 0, 50, Order.RANDOM, 1, 0, 1_000, 1);
    }

    TrafficShape withOrder(Order newOrder) {
        return new TrafficShape(
                packets,
                flows,
                frameBytes,
                ipv6Percent,
                tcpPercent,
                reversePercent,
                newOrder,
                skew,
                packetsPerFlow,
                stepNanos,
                seed);
    }

    TrafficShape withPacketsPerFlow(long newPacketsPerFlow) {
        return new TrafficShape(
                packets,
                flows,
                frameBytes,
                ipv6Percent,
                tcpPercent,
                reversePercent,
                order,
                skew,
                newPacketsPerFlow,
                stepNanos,
                seed);
    }

    TrafficShape withReverse(int newReversePercent) {
        return new TrafficShape(
                packets,
                flows,
                frameBytes,
                ipv6Percent,
                tcpPercent,
                newReversePercent,
                order,
                skew,
                packetsPerFlow,
                stepNanos,
                seed);
    }

    TrafficShape withFamily(int newIpv6Percent) {
        return new TrafficShape(
                packets,
                flows,
                frameBytes,
                newIpv6Percent,
                tcpPercent,
                reversePercent,
                order,
                skew,
                packetsPerFlow,
                stepNanos,
                seed);
    }

    private static int minimumFrameBytes(int ipv6Percent, int tcpPercent) {
        int network = ipv6Percent > 0 ? FrameWriter.IPV6_HEADER : FrameWriter.IPV4_HEADER;
        int transport = tcpPercent > 0 ? FrameWriter.TCP_HEADER : FrameWriter.UDP_HEADER;
        return Math.max(FrameWriter.ETHERNET_MINIMUM, FrameWriter.ETHERNET_HEADER + network + transport);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " out of range: " + name + "=" + value + ", limits=" + least + ".." + most);
        }
    }
}
