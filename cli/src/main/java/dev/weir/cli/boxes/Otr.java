package dev.weir.cli.boxes;

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
import dev.weir.packet.Vlan;
import dev.weir.wire.PortQueue;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The device with the very large table: what comes in a VLAN goes back in VXLAN, to where its destination is, with the VLAN in bits that VXLAN reserves. A
 * packet loses one hop. A VLAN that the bits cannot name is not named (0). What comes in VXLAN teaches ({@link TunnelLessons}), if it is to learn, and goes nowhere.
 * Fragments nothing. Allocates nothing a packet but what it prints, and
 * what a new end of tunnels needs.
 */
final class Otr implements Box, AutoCloseable {
    /** What is said of destinations that are in no file: VNI is so many times the VLAN, all by one tunnel. */
    record Rule(int vniPerVlan, Vtep to, long innerMac) {}

    private static final int TAG = Ethernet.SIZE + Vlan.SIZE;
    private static final int MOST_VNI = (1 << 24) - 1, NARROW = 0xFF;
    private static final long LOOK_NANOS = 100_000_000;

    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);
    private final Headers headers = new Headers();
    private final TunnelFrame frame = new TunnelFrame();
    private final Associations associations;
    private final @Nullable Rule rule;
    private final @Nullable TunnelLessons lessons;
    private final Vtep local;
    private final long gatewayMac;
    private final boolean wide;
    private final long most;
    private final FrameText text;
    private long received, answered, unknown, ignored, malformed, expired, unnamed, remembered, forgotten, failed;

    /**
     * @param rule null for none
     * @param lessons what learns into the associations, null for nothing
     * @param local the tunnel's near end
     * @param gatewayMac the Ethernet source of inner frames
     * @param wide whether the VLAN has 12 bits, not 8
     * @param most after so many answers it is done
     */
    Otr(
            Associations associations,
            @Nullable Rule rule,
            @Nullable TunnelLessons lessons,
            Vtep local,
            long gatewayMac,
            boolean wide,
            long most,
            FrameText text) {
        this.associations = associations;
        this.rule = rule;
        this.lessons = lessons;
        this.local = local;
        this.gatewayMac = gatewayMac;
        this.wide = wide;
        this.most = most;
        this.text = text;
    }

    @Override
    public void frame(PacketVector vector, int i, long now, PortQueue out) {
        received++;
        MemorySegment data = vector.data;
        long at = vector.offset[i];
        int length = vector.captured[i];
        int status = parser.parse(data, at, length, vector.length[i], LinkType.ETHERNET, headers);
        if (lessons != null && status == Malformed.NONE && TunnelLessons.isTunnel(headers)) {
            if (!lessons.frame(vector, i, headers, now)) malformed++;
            return;
        }
        boolean plain = headers.family != 0 && headers.vlans == 1 && headers.network == TAG && headers.vlan != 0;
        if (!plain) {
            ignored++;
        } else if (status != Malformed.NONE || length > TunnelFrame.MOST) {
            malformed++;
        } else if (ttl(data, at + TAG) <= 1) {
            expired++;
        } else {
            answer(data, at, length, lessons == null ? 0 : lessons.clock(now), out);
        }
    }

    @Override
    public long turn(long now, PortQueue out) {
        if (lessons == null) return Long.MAX_VALUE;
        lessons.expire(now);
        return LOOK_NANOS;
    }

    private int ttl(MemorySegment data, long ip) {
        return headers.family == 4 ? Ipv4.ttl(data, ip) : Ipv6.hopLimit(data, ip);
    }

    private void answer(MemorySegment data, long at, int length, long now, PortQueue out) {
        long ip = at + TAG;
        boolean v4 = headers.family == 4;
        long high = v4 ? 0 : Ipv6.destinationHigh(data, ip);
        long low = v4 ? Ipv4.destination(data, ip) & 0xFFFF_FFFFL : Ipv6.destinationLow(data, ip);
        int vlan = headers.vlan;
        int entry = associations.find(headers.family, high, low, vlan, now);
        if (entry != Associations.NONE) {
            send(
                    data,
                    at,
                    length,
                    associations.vni(entry),
                    associations.vtep(entry),
                    associations.innerMac(entry),
                    out);
        } else if (rule != null && (long) rule.vniPerVlan * vlan <= MOST_VNI) {
            int vni = rule.vniPerVlan * vlan;
            if (associations.put(headers.family, high, low, vlan, vni, rule.to, rule.innerMac)) {
                remembered++;
            } else {
                forgotten++;
            }
            send(data, at, length, vni, rule.to, rule.innerMac, out);
        } else {
            unknown++;
            text.print("unknown", data, at, length);
        }
    }

    private void send(MemorySegment data, long at, int length, int vni, Vtep to, long innerMac, PortQueue out) {
        long ip = at + TAG;
        boolean v4 = headers.family == 4;
        int inner = TunnelFrame.INNER, octets = length - Vlan.SIZE;
        Ethernet.write(frame.data, inner, innerMac, gatewayMac, Vlan.type(data, at + Ethernet.SIZE));
        MemorySegment.copy(data, ip, frame.data, inner + Ethernet.SIZE, length - TAG);
        int trafficClass = v4 ? Ipv4.trafficClass(data, ip) : Ipv6.trafficClass(data, ip);
        if (v4) {
            Ipv4.setTtl(frame.data, inner + Ethernet.SIZE, Ipv4.ttl(data, ip) - 1);
        } else {
            Ipv6.setHopLimit(frame.data, inner + Ethernet.SIZE, Ipv6.hopLimit(data, ip) - 1);
        }
        int named = wide || headers.vlan <= NARROW ? headers.vlan : 0;
        if (named == 0) unnamed++;
        int begin = frame.wrap(local, to, vni, named, trafficClass, hash(data, ip), octets);
        int total = inner + octets - begin;
        if (out.send(frame.data, begin, total, 0) != SendFault.NONE) {
            failed++;
            return;
        }
        answered++;
        text.print("encapsulated, vlan " + named + " named", frame.data, begin, total);
    }

    /** As the gateway has it: ports count where they follow the IP header at once, and are not of a fragment. */
    private int hash(MemorySegment data, long ip) {
        boolean v4 = headers.family == 4;
        int protocol = v4 ? Ipv4.protocol(data, ip) : Ipv6.nextHeader(data, ip);
        boolean ported = protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP;
        boolean at = headers.transport == headers.network + (v4 ? Ipv4.SIZE : Ipv6.SIZE);
        boolean ports = ported && at && headers.fragment == Headers.WHOLE;
        return frame.flowHash(
                data,
                ip,
                headers.family,
                protocol,
                ports ? headers.sourcePort : 0,
                ports ? headers.destinationPort : 0);
    }

    @Override
    public boolean isDone(long now) {
        return answered >= most;
    }

    Associations associations() {
        return associations;
    }

    @Override
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("received", received);
        figures.put("answered", answered);
        figures.put("unknown", unknown);
        figures.put("ignored", ignored);
        figures.put("malformed", malformed);
        figures.put("ttl-over", expired);
        figures.put("vlan-not-named", unnamed);
        figures.put("not-sent", failed);
        figures.put("associations", (long) associations.size());
        figures.put("remembered", remembered);
        figures.put("not-remembered", forgotten);
        if (lessons != null) lessons.figures(figures);
        figures.put("table-bytes", associations.bytes());
        return figures;
    }

    @Override
    public void close() {
        associations.close();
    }
}
