package dev.weir.table;

import static java.nio.ByteOrder.BIG_ENDIAN;

import dev.weir.packet.Headers;
import dev.weir.packet.LinkType;
import dev.weir.packet.Malformed;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.Tcp;
import dev.weir.packet.TunnelMode;
import dev.weir.table.parts.KeyHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * From packets to keys: fills a {@link FlowVector} from its {@link PacketVector}. One thread at a time; allocates
 * nothing. No bytes make it fail: what is malformed is counted by kind, and what is not IP is unhandled.
 *
 * <p>What nearly every packet is, an untagged Ethernet frame with a whole IPv4 packet without options that carries TCP
 * or UDP, is read here directly. All else, and whatever of these looks odd, goes through {@link PacketParser}; the two
 * agree where both apply, and a test holds them to that.
 */
public final class KeyExtractor {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private static final int ETHERNET = 14, IPV4 = 20, UDP = 8, TCP = 20;
    private static final int TCP_PROTOCOL = 6, UDP_PROTOCOL = 17;

    private final KeyHash hasher;
    private final TunnelMode tunnels;
    private final TenantMode tenants;
    private final PacketParser parser;
    private final Headers headers = new Headers();
    private final boolean fastUdp, byInterface;
    private final int[] portTenants;
    private final long[] malformed = new long[Malformed.COUNT];
    private long unhandled;

    /** Never read: it keeps {@link #touch} from being optimized away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    /** An extractor whose keys and hashes are those of {@code table} and its shards. */
    public KeyExtractor(FlowTable table, TunnelMode tunnels, TenantMode tenants) {
        this(table, tunnels, tenants, new int[0]);
    }

    /**
     * The same, where with {@link TenantMode#INTERFACE} the tenant is what {@code portTenants} has at the index of the
     * packet's port: its number, 24 bits, so that ports can share one.
     */
    public KeyExtractor(FlowTable table, TunnelMode tunnels, TenantMode tenants, int[] portTenants) {
        this.portTenants = portTenants.clone();
        this.hasher = table.hasher();
        this.tunnels = tunnels;
        this.tenants = tenants;
        this.parser = new PacketParser(tunnels);
        // Tunnels begin with UDP: their packets matter to the parser when it is to look inside.
        this.byInterface = tenants == TenantMode.INTERFACE;
        this.fastUdp = tunnels == TunnelMode.OUTER && tenants != TenantMode.VNI;
    }

    /** Extracts the keys of all packets of the vector. */
    public void extract(FlowVector v) {
        MemorySegment data = v.packets.data;
        int size = v.packets.size;
        v.clearFragments();
        touch(v.packets, data);
        for (int i = fast(v, 0, size, data); i < size; i = fast(v, i + 1, size, data)) {
            slow(v, i, data);
        }
    }

    /**
     * Reads an octet of every packet: a loop so small that many packets are on their way from memory at once, which
     * parsing, some hundred instructions a packet, would fetch nearly one by one. Four a turn, since the launcher's
     * options keep the JIT from unrolling.
     */
    private void touch(PacketVector packets, MemorySegment data) {
        long[] offset = packets.offset;
        int[] captured = packets.captured;
        int size = packets.size;
        long sum = 0;
        int i = 0;
        for (; i < size - 3; i += 4) {
            sum += octet(data, offset, captured, i)
                    + octet(data, offset, captured, i + 1)
                    + octet(data, offset, captured, i + 2)
                    + octet(data, offset, captured, i + 3);
        }
        for (; i < size; i++) {
            sum += octet(data, offset, captured, i);
        }
        touched += sum;
    }

    private static int octet(MemorySegment data, long[] offset, int[] captured, int i) {
        return captured[i] > 0 ? data.get(ValueLayout.JAVA_BYTE, offset[i]) : 0;
    }

    /**
     * Extracts from packet {@code i} on, up to the first that is not a common one; returns its index, {@code size} where
     * there is none. A loop of its own, since the JIT does not inline this much into one.
     */
    private int fast(FlowVector v, int i, int size, MemorySegment data) {
        PacketVector packets = v.packets;
        while (i < size) {
            int captured = packets.captured[i];
            if (packets.link[i] != LinkType.ETHERNET || captured < ETHERNET + IPV4 + UDP) {
                break;
            }
            long at = packets.offset[i];
            long head = data.get(LONG, at + 12);
            int fragmentTtlProtocol = data.get(INT, at + ETHERNET + 6);
            int total = (int) (head >>> 16) & 0xFFFF;
            if (head >>> 40 != 0x080045
                    || (fragmentTtlProtocol & 0x3FFF_0000) != 0
                    || total > packets.length[i] - ETHERNET) {
                break;
            }
            int protocol = fragmentTtlProtocol & 0xFF;
            long transport = data.get(LONG, at + ETHERNET + IPV4);
            int meta = meta(data, at + ETHERNET + IPV4, transport, protocol, total - IPV4, captured - ETHERNET - IPV4);
            if (meta < 0) {
                break;
            }
            long addresses = data.get(LONG, at + ETHERNET + 12);
            long source = addresses >>> 32 << 16 | transport >>> 48;
            long destination = (addresses & 0xFFFF_FFFFL) << 16 | (transport >>> 32 & 0xFFFF);
            long swap = FlowVector.swap4(source, destination);
            int p = v.account(i, 4, total, meta | ((int) swap & FlowVector.FROM_UPPER));
            v.place(i, ETHERNET, ETHERNET + IPV4, 0);
            if (v.isMeasured()) {
                facts(v, i, data, at + ETHERNET + IPV4, protocol, total - IPV4);
            }
            int tenant = byInterface ? portTenant(packets.port[i]) << 8 : 0;
            v.key4(p, source, destination, swap, tenant | protocol, hasher);
            i++;
        }
        return i;
    }

    /**
     * What {@link FlowVector#meta} says of a transport header, which begins at {@code at} with the eight octets
     * {@code transport}, and its payload; negative where it is not a sound TCP or UDP header.
     */
    private int meta(MemorySegment data, long at, long transport, int protocol, int length, int captured) {
        if (protocol == UDP_PROTOCOL) {
            int udp = (int) (transport >>> 16) & 0xFFFF;
            return fastUdp && udp >= UDP && udp <= length ? 0 : -1;
        }
        if (protocol != TCP_PROTOCOL || captured < TCP) {
            return -1;
        }
        int offsetAndFlags = data.get(SHORT, at + 12);
        int header = offsetAndFlags >>> 10 & 0x3C;
        if (header < TCP || header > length) {
            return -1;
        }
        return (offsetAndFlags & 0xFF) | FlowVector.HAS_FLAGS | (header < length ? FlowVector.HAS_PAYLOAD : 0);
    }

    /** Says what a sound TCP or UDP header says, of {@code length} octets with its payload. */
    private static void facts(FlowVector v, int i, MemorySegment data, long transport, int protocol, int length) {
        if (protocol == TCP_PROTOCOL) {
            int header = (data.get(ValueLayout.JAVA_BYTE, transport + 12) & 0xF0) >>> 2;
            v.facts(i, length - header, header, data.get(SHORT, transport + Tcp.WINDOW_AT) & 0xFFFF);
        } else {
            v.facts(i, length - UDP, UDP, -1);
        }
    }

    /** The same of any header that was parsed: what of it was captured, and could be true. */
    private static void facts(FlowVector v, int i, MemorySegment data, PacketVector p, Headers h) {
        if (h.transport < 0 || h.payloadBytes < 0) {
            v.facts(i, 0, 0, -1);
            return;
        }
        int header = h.network + h.ipBytes - h.transport - h.payloadBytes;
        boolean window = h.tcpFlags >= 0 && h.transport + Tcp.WINDOW_AT + 2 <= p.captured[i];
        v.facts(
                i,
                h.payloadBytes,
                header,
                window ? data.get(SHORT, p.offset[i] + h.transport + Tcp.WINDOW_AT) & 0xFFFF : -1);
    }

    private void slow(FlowVector v, int i, MemorySegment data) {
        PacketVector p = v.packets;
        Headers h = headers;
        int status = parser.parse(data, p.offset[i], p.captured[i], p.length[i], p.link[i], h);
        if (status != Malformed.NONE) {
            malformed[status]++;
        }
        if (h.family == 0) {
            v.unhandled(i);
            unhandled++;
            return;
        }
        int meta = 0;
        if (h.tcpFlags >= 0) {
            meta = (h.tcpFlags & 0xFF) | FlowVector.HAS_FLAGS | (h.payloadBytes > 0 ? FlowVector.HAS_PAYLOAD : 0);
        }
        int at = v.account(i, h.family, h.ipBytes, meta);
        v.place(i, h.network, Math.max(0, h.transport), h.icmpError ? Math.max(0, h.quoted) : 0);
        if (v.isMeasured()) {
            facts(v, i, data, p, h);
        }
        long network = p.offset[i] + h.network;
        key(v, at, data, network, tenant(p, i, h) << 8 | h.protocol, h.sourcePort, h.destinationPort);
        if (h.fragment != Headers.WHOLE) {
            v.addFragment(i, h.network, h.fragmentId, h.fragment == Headers.FIRST_FRAGMENT);
        }
    }

    private int tenant(PacketVector p, int i, Headers h) {
        return switch (tenants) {
            case NONE -> 0;
            case VLAN -> h.vlans == 0 ? 0 : (h.vlan & 0xFFF) | (h.vlans > 1 ? (h.innerVlan & 0xFFF) << 12 : 0);
            case VNI -> Math.max(0, h.vni);
            case INTERFACE -> portTenant(p.port[i]);
        };
    }

    private int portTenant(int port) {
        return port < portTenants.length ? portTenants[port] : port + 1 & 0xFF_FFFF;
    }

    /**
     * Extracts the key of the packet that packet {@code i}, an ICMP error, quotes ({@link FlowVector#quoted}), into
     * place {@code j} of {@code probe}: for {@link FlowTable#find}, in the error's own address space. What is quoted
     * may be cut off after the ports.
     *
     * @return whether there is one
     */
    public boolean extractQuoted(FlowVector v, int i, FlowVector probe, int j) {
        int quoted = v.quoted(i);
        PacketVector p = v.packets;
        if (quoted == 0 || quoted >= p.captured[i]) {
            return false;
        }
        Headers h = headers;
        parser.parse(p.data, p.offset[i] + quoted, p.captured[i] - quoted, p.length[i] - quoted, LinkType.RAW, headers);
        if (h.family == 0) {
            return false;
        }
        int at = probe.account(j, h.family, h.ipBytes, 0);
        long network = p.offset[i] + quoted + h.network;
        key(probe, at, p.data, network, v.tenant(i) << 8 | h.protocol, h.sourcePort, h.destinationPort);
        return true;
    }

    /** Gives the packet at {@code p} the key of the IP header at {@code network}, with these ports. */
    private void key(
            FlowVector v,
            int p,
            MemorySegment data,
            long network,
            int tenantAndProtocol,
            int sourcePort,
            int destinationPort) {
        boolean fromUpper;
        if (v.isV4(p)) {
            long source = (data.get(INT, network + 12) & 0xFFFF_FFFFL) << 16 | sourcePort;
            long destination = (data.get(INT, network + 16) & 0xFFFF_FFFFL) << 16 | destinationPort;
            fromUpper = source > destination;
            v.key4(p, source, destination, tenantAndProtocol, hasher);
        } else {
            long s0 = data.get(LONG, network + 8), s1 = data.get(LONG, network + 16);
            long d0 = data.get(LONG, network + 24), d1 = data.get(LONG, network + 32);
            fromUpper = FlowVector.fromUpper(s0, s1, sourcePort, d0, d1, destinationPort);
            v.key6(p, s0, s1, sourcePort, d0, d1, destinationPort, tenantAndProtocol, hasher);
        }
        v.fromUpper(p, fromUpper);
    }

    /**
     * Gives the later fragments of the vector the ports that their first fragments had, and remembers the first ones.
     * Vectors of one stream are to be given in their order, whoever extracted them; needed only where
     * {@link FlowVector#hasFragments}.
     */
    public void joinFragments(FlowVector v, FragmentTable fragments) {
        MemorySegment data = v.packets.data;
        for (int f = 0; f < v.fragments(); f++) {
            int i = v.fragmentPacket(f);
            int id = v.fragmentId(f);
            long network = v.packets.offset[i] + v.fragmentNetwork(f);
            long time = v.packets.time[i];
            int p = FlowVector.at(i);
            int family = v.family(i);
            int tenantAndProtocol = v.tenantAndProtocol(p);
            // Only a first fragment shows its network identifier: later ones are sought without, and take it over.
            int space = tenants == TenantMode.VNI ? tenantAndProtocol & 0xFF : tenantAndProtocol;
            long datagram = fragments.datagram(data, network, family, id, space);
            int kind = v.fragmentKind(f);
            if (kind == FlowVector.FIRST_FRAGMENT) {
                fragments.put(data, network, family, id, space, tenantAndProtocol, v.ports(p), time);
            } else {
                long found = fragments.find(data, network, family, id, space, time);
                kind = found == FragmentTable.NONE ? FlowVector.ORPHAN_FRAGMENT : FlowVector.JOINED_FRAGMENT;
                if (found != FragmentTable.NONE) {
                    int ports = (int) found;
                    key(v, p, data, network, (int) (found >>> 32), ports >>> 16, ports & 0xFFFF);
                }
            }
            v.joined(f, datagram, kind);
        }
    }

    /** How many packets were not IP or had no usable IP header. */
    public long unhandled() {
        return unhandled;
    }

    /**
     * Adds what was malformed to {@code totals}, by name. A header that the snap length cut off is no fault of the
     * packet.
     */
    public void addMalformed(Map<String, Long> totals) {
        for (int kind = Malformed.NOT_CAPTURED + 1; kind < Malformed.COUNT; kind++) {
            if (malformed[kind] != 0) {
                totals.merge(Malformed.name(kind), malformed[kind], Long::sum);
            }
        }
    }

    /** Adds what was malformed to {@code totals}, by code, of which the same are left out. Allocates nothing. */
    public void addMalformed(long[] totals) {
        for (int kind = Malformed.NOT_CAPTURED + 1; kind < Malformed.COUNT; kind++) {
            totals[kind] += malformed[kind];
        }
    }

    /** Whose headers make the keys. */
    public TunnelMode tunnels() {
        return tunnels;
    }
}
