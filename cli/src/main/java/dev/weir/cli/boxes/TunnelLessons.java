package dev.weir.cli.boxes;

import dev.weir.dataplane.nodes.IpPrefix;
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
import dev.weir.packet.Vxlan;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * What the OTR learns of VXLAN packets (RFC 7348) from the data centre: the inner source is reached from its network's VLAN by where the packet came from. Only
 * packets to the gateway's end of the tunnel teach, from one address to one, in a network whose VLAN is known; nothing of them is believed but that.
 *
 * <p>One thread. Allocates nothing a packet but for an end of tunnels other than the last one's.
 */
final class TunnelLessons {
    private static final long GROUP = 1L << 40;
    private static final int MOST_ENDED = 1024;

    /** Which VLAN a network is. */
    @FunctionalInterface
    interface Vlans {
        /** 0 for none. */
        int of(int vni);

        /** Networks are so many times their VLAN. */
        static Vlans times(int vniPerVlan) {
            return vni -> vni % vniPerVlan == 0 && vni / vniPerVlan <= MOST_VLAN ? vni / vniPerVlan : 0;
        }

        /** By network. */
        static Vlans these(SortedMap<Integer, Integer> vlans) {
            int[] networks = vlans.keySet().stream().mapToInt(Integer::intValue).toArray();
            int[] theirs = vlans.values().stream().mapToInt(Integer::intValue).toArray();
            return vni -> {
                int place = Arrays.binarySearch(networks, vni);
                return place < 0 ? 0 : theirs[place];
            };
        }

        int MOST_VLAN = 4094;
    }

    private final PacketParser parser = new PacketParser(TunnelMode.INNER);
    private final Headers inner = new Headers();
    private final Associations into;
    private final Vtep local;
    private final Vlans vlans;
    private final long lifetime;
    private Vtep last;
    private long first;
    private boolean begun;
    /** By what {@link Associations#learn} did. */
    private final long[] done = new long[Associations.FULL + 1];

    private long useless, strange, aged;

    /** @param lifetime nanoseconds for which an association is there after its last packet */
    TunnelLessons(Associations into, Vtep local, Vlans vlans, long lifetime) {
        this.into = into;
        this.local = local;
        this.vlans = vlans;
        this.lifetime = lifetime;
        last = local;
    }

    /** The time since the first call, in nanoseconds; what is learnt lives by it. */
    long clock(long now) {
        if (!begun) {
            begun = true;
            first = now;
        }
        return now - first;
    }

    /** Whether a packet, parsed with {@code outer}, is one that teaches, if it is sound. */
    static boolean isTunnel(Headers outer) {
        return outer.vlans == 0
                && outer.protocol == IpProtocol.UDP
                && outer.fragment == Headers.WHOLE
                && outer.destinationPort == Vxlan.PORT;
    }

    /** Learns of one; false where it is malformed. */
    boolean frame(PacketVector vector, int i, Headers outer, long now) {
        MemorySegment data = vector.data;
        long at = vector.offset[i];
        int status = parser.parse(data, at, vector.captured[i], vector.length[i], LinkType.ETHERNET, inner);
        int begin = outer.transport + Udp.SIZE + Vxlan.SIZE;
        if (status != Malformed.NONE) return false;
        boolean isTold = inner.tunnels == 1 && inner.vni >= 0 && inner.family != 0;
        if (!isTold || inner.network != begin + Ethernet.SIZE || !isToGateway(data, at, outer)) {
            useless++;
            return true;
        }
        learn(data, at, begin, outer, clock(now));
        return true;
    }

    private boolean isToGateway(MemorySegment data, long at, Headers outer) {
        long ip = at + outer.network;
        IpPrefix here = local.address();
        if (outer.family != here.family()) return false;
        return outer.family == 4
                ? Ipv4.destination(data, ip) == (int) here.low()
                : Ipv6.destinationHigh(data, ip) == here.high() && Ipv6.destinationLow(data, ip) == here.low();
    }

    private void learn(MemorySegment data, long at, int begin, Headers outer, long now) {
        int vlan = vlans.of(inner.vni);
        boolean v4 = inner.family == 4;
        long ip = at + inner.network;
        long high = v4 ? 0 : Ipv6.sourceHigh(data, ip);
        long low = v4 ? Ipv4.source(data, ip) & 0xFFFF_FFFFL : Ipv6.sourceLow(data, ip);
        long mac = Ethernet.source(data, at + begin), outerMac = Ethernet.source(data, at);
        if (vlan == 0 || !isOne(v4, high, low) || ((mac | outerMac) & GROUP) != 0) {
            strange += vlan == 0 ? 1 : 0;
            useless += vlan == 0 ? 0 : 1;
            return;
        }
        Vtep from = from(data, at, outer, outerMac);
        done[into.learn(inner.family, high, low, vlan, inner.vni, from, mac, lifetime, now)]++;
    }

    /** Whether an address is one host's (RFC 1122 section 3.2.1.3, RFC 4291 section 2.4). */
    private static boolean isOne(boolean v4, long high, long low) {
        int top = (int) (v4 ? low >>> 24 : high >>> 56);
        return v4 ? top != 0 && top != 127 && top < 224 : (high | low >>> 1) != 0 && top != 0xFF;
    }

    private Vtep from(MemorySegment data, long at, Headers outer, long mac) {
        long ip = at + outer.network;
        boolean v4 = outer.family == 4;
        long high = v4 ? 0 : Ipv6.sourceHigh(data, ip);
        long low = v4 ? Ipv4.source(data, ip) & 0xFFFF_FFFFL : Ipv6.sourceLow(data, ip);
        IpPrefix before = last.address();
        if (last.mac() != mac || before.high() != high || before.low() != low || before.family() != outer.family) {
            last = new Vtep(new IpPrefix(outer.family, high, low, v4 ? 32 : 128), mac);
        }
        return last;
    }

    /** Ends what was not seen for its lifetime. */
    void expire(long now) {
        aged += into.expire(clock(now), MOST_ENDED);
    }

    /** Adds what it has done. */
    void figures(Map<String, Long> to) {
        to.put("learnt", done[Associations.LEARNT]);
        to.put("moved", done[Associations.MOVED]);
        to.put("seen-again", done[Associations.KNOWN]);
        to.put("said-otherwise", done[Associations.SAID]);
        to.put("not-learnt", done[Associations.FULL]);
        to.put("vni-not-known", strange);
        to.put("teaches-nothing", useless);
        to.put("aged", aged);
    }
}
