package dev.weir.cli.boxes;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Headers;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.LinkType;
import dev.weir.packet.Malformed;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.packet.Udp;
import dev.weir.wire.PortQueue;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tenants behind a VXLAN router: sends packets at a rate, and counts the answers to them. Each packet's payload says which it is; an answer counts once, and only where it
 * comes to the VNI and the address that asked. Allocates nothing a packet but what it prints.
 *
 * <pre>
 * payload byte 0       8          16     24     32
 *              | magic | sequence | flow | time |  ...        big-endian
 * </pre>
 */
final class Tenants implements Box {
    /** The shortest payload. */
    static final int LEAST_OCTETS = 32;

    /** Answers are told apart among so many packets after one another. */
    private static final int WINDOW = 1 << 22;

    private static final long MAGIC = 0x5745_4952_5445_4E31L;
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int TTL = 64, BURST = 256;

    private final TenantShape shape;
    private final TenantFlows flows;
    private final Vtep local, remote;
    private final double packetsPerNano;
    private final long most, sendNanos, waitNanos;
    private final FrameText text;
    private final TunnelFrame frame = new TunnelFrame();
    private final PacketParser parser = new PacketParser(TunnelMode.INNER);
    private final Headers headers = new Headers();
    private final long[] seen = new long[WINDOW / Long.SIZE];

    private boolean begun;
    private long first, last, sent, answered, twice, astray, other, failed, late, longest, total;

    /**
     * @param rate packets a second
     * @param most how many to send
     * @param sendNanos for how long to send
     * @param waitNanos how long to wait for answers to the last
     */
    Tenants(
            TenantShape shape,
            TenantFlows flows,
            Vtep local,
            Vtep remote,
            double rate,
            long most,
            long sendNanos,
            long waitNanos,
            FrameText text) {
        this.shape = shape;
        this.flows = flows;
        this.local = local;
        this.remote = remote;
        packetsPerNano = rate / 1e9;
        this.most = most;
        this.sendNanos = sendNanos;
        this.waitNanos = waitNanos;
        this.text = text;
    }

    @Override
    public long turn(long now, PortQueue out) {
        if (!begun) {
            begun = true;
            first = now;
            last = now;
        }
        long elapsed = now - first;
        if (hasSentAll(elapsed)) return answered == sent ? 0 : waitNanos;
        long due = Math.min(most, 1 + (long) (elapsed * packetsPerNano)) - sent;
        if (due > BURST) late++;
        for (int i = 0; i < Math.min(due, BURST); i++) send(elapsed, now, out);
        return due > BURST ? 0 : (long) (sent / packetsPerNano) - elapsed;
    }

    private boolean hasSentAll(long elapsed) {
        return sent >= most || elapsed >= sendNanos;
    }

    private void send(long elapsed, long now, PortQueue out) {
        long flow = flows.next(elapsed);
        int octets = inner(flow, now);
        boolean v4 = shape.tenant().family() == 4;
        int network = TunnelFrame.INNER + Ethernet.SIZE;
        int hash = frame.flowHash(
                frame.data, network, v4 ? 4 : 6, IpProtocol.UDP, shape.sourcePort(), shape.destinationPort());
        int begin = frame.wrap(local, remote, shape.vni(flow), 0, 0, hash, octets);
        int length = TunnelFrame.INNER + octets - begin;
        clear(sent);
        last = now;
        if (out.send(frame.data, begin, length, 0) == SendFault.NONE) {
            text.print("sent", frame.data, begin, length);
        } else {
            failed++;
        }
        sent++;
    }

    /** Writes the inner frame; returns its octets. */
    private int inner(long flow, long now) {
        MemorySegment data = frame.data;
        IpPrefix server = shape.server(flow);
        boolean v4 = server.family() == 4;
        int at = TunnelFrame.INNER, network = at + Ethernet.SIZE;
        int segment = Udp.SIZE + shape.octets();
        Ethernet.write(data, at, shape.gatewayMac(), shape.tenantMac(), v4 ? EtherType.IPV4 : EtherType.IPV6);
        if (v4) {
            Ipv4.write(
                    data,
                    network,
                    0,
                    Ipv4.SIZE + segment,
                    0,
                    Ipv4.DONT_FRAGMENT,
                    TTL,
                    IpProtocol.UDP,
                    (int) shape.address(flow),
                    (int) server.low());
        } else {
            Ipv6.write(
                    data,
                    network,
                    0,
                    0,
                    segment,
                    IpProtocol.UDP,
                    TTL,
                    shape.tenant().high(),
                    shape.address(flow),
                    server.high(),
                    server.low());
        }
        int udp = network + (v4 ? Ipv4.SIZE : Ipv6.SIZE), payload = udp + Udp.SIZE;
        Udp.write(data, udp, shape.sourcePort(), shape.destinationPort(), segment);
        data.set(LONG, payload, MAGIC);
        data.set(LONG, payload + 8, sent);
        data.set(LONG, payload + 16, flow);
        data.set(LONG, payload + 24, now);
        Udp.fillChecksum(data, network, udp);
        return udp + segment - at;
    }

    @Override
    public void frame(PacketVector vector, int i, long now, PortQueue out) {
        MemorySegment data = vector.data;
        long at = vector.offset[i];
        int length = vector.captured[i];
        int status = parser.parse(data, at, length, vector.length[i], LinkType.ETHERNET, headers);
        int payload = headers.transport + Udp.SIZE;
        boolean ours = status == Malformed.NONE
                && headers.vni >= 0
                && headers.protocol == IpProtocol.UDP
                && headers.transport > 0
                && payload + LEAST_OCTETS <= length
                && data.get(LONG, at + payload) == MAGIC;
        if (!ours) {
            other++;
            return;
        }
        long sequence = data.get(LONG, at + payload + 8), flow = data.get(LONG, at + payload + 16);
        if (sequence < 0 || sequence >= sent || sent - sequence > WINDOW || flow < 0 || !isOf(flow, data, at)) {
            astray++;
        } else if (!set(sequence)) {
            twice++;
        } else {
            answered++;
            long took = Math.max(0, now - data.get(LONG, at + payload + 24));
            total += took;
            longest = Math.max(longest, took);
            text.print("answered", data, at, length);
        }
    }

    /** Whether a packet came back to where its flow is from. */
    private boolean isOf(long flow, MemorySegment data, long at) {
        long ip = at + headers.network;
        IpPrefix server = shape.server(flow);
        if (headers.vni != shape.vni(flow) || headers.family != server.family()) return false;
        return headers.family == 4
                ? Ipv4.destination(data, ip) == (int) shape.address(flow) && Ipv4.source(data, ip) == (int) server.low()
                : Ipv6.destinationLow(data, ip) == shape.address(flow)
                        && Ipv6.destinationHigh(data, ip) == shape.tenant().high()
                        && Ipv6.sourceLow(data, ip) == server.low()
                        && Ipv6.sourceHigh(data, ip) == server.high();
    }

    private void clear(long sequence) {
        int bit = (int) sequence & (WINDOW - 1);
        seen[bit >>> 6] &= ~(1L << bit);
    }

    /** False where it is set already. */
    private boolean set(long sequence) {
        int bit = (int) sequence & (WINDOW - 1);
        boolean fresh = (seen[bit >>> 6] & 1L << bit) == 0;
        seen[bit >>> 6] |= 1L << bit;
        return fresh;
    }

    @Override
    public boolean isDone(long now) {
        return begun && hasSentAll(now - first) && (answered >= sent || now - last >= waitNanos);
    }

    /** Whether there was an answer. */
    boolean wasAnswered() {
        return answered > 0;
    }

    @Override
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("sent", sent);
        figures.put("answered", answered);
        figures.put("lost", sent - answered);
        figures.put("twice", twice);
        figures.put("astray", astray);
        figures.put("other", other);
        figures.put("not-sent", failed);
        figures.put("late", late);
        figures.put("milliseconds", (last - first) / 1_000_000);
        figures.put("mean-answer-microseconds", answered == 0 ? 0 : total / answered / 1000);
        figures.put("longest-answer-microseconds", longest / 1000);
        return figures;
    }
}
