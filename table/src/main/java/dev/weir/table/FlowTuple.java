package dev.weir.table;

import static java.nio.ByteOrder.BIG_ENDIAN;

import dev.weir.packet.Addresses;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The two ends of a conversation in one direction, as numbers to compute with: what translation makes of a packet, and
 * what a flow was before. Made once and filled again; public fields as its readers' loops are inner ones. Allocates
 * nothing but in {@link #toString}.
 */
public final class FlowTuple {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);

    /** 4 or 6. */
    public int family;
    /** Addresses: IPv6 in halves, its first octet the highest; IPv4 in the lower 32 bits of the low half, the rest 0. */
    public long sourceHigh, sourceLow, destinationHigh, destinationLow;
    /** 0..65535: 0 for what has no ports, the identifier twice for echo. */
    public int sourcePort, destinationPort;
    /** IP protocol number. */
    public int protocol;
    /** The address space, 24 bits. */
    public int tenant;

    /** Makes it the same as another. */
    public FlowTuple set(FlowTuple other) {
        family = other.family;
        sourceHigh = other.sourceHigh;
        sourceLow = other.sourceLow;
        destinationHigh = other.destinationHigh;
        destinationLow = other.destinationLow;
        sourcePort = other.sourcePort;
        destinationPort = other.destinationPort;
        protocol = other.protocol;
        tenant = other.tenant;
        return this;
    }

    /** Turns it to the other direction. */
    public FlowTuple swap() {
        long high = sourceHigh, low = sourceLow;
        sourceHigh = destinationHigh;
        sourceLow = destinationLow;
        destinationHigh = high;
        destinationLow = low;
        int port = sourcePort;
        sourcePort = destinationPort;
        destinationPort = port;
        return this;
    }

    /**
     * Fills it with what packet {@code i}, which has a key, says now: addresses and ports as its bytes have them, which
     * may be others than those of its flow's key. Ports that it does not show are the key's.
     */
    public FlowTuple ofPacket(FlowVector v, int i) {
        MemorySegment data = v.packets.data;
        long base = v.packets.offset[i];
        ofAddresses(data, base + v.network(i), v.family(i));
        protocol = v.protocol(i);
        tenant = v.tenant(i);
        sourcePort = v.sourcePort(i);
        destinationPort = v.destinationPort(i);
        int transport = v.transport(i);
        if (transport != 0 && hasPorts(protocol) && v.packets.captured[i] >= transport + 4) {
            sourcePort = data.get(SHORT, base + transport) & 0xFFFF;
            destinationPort = data.get(SHORT, base + transport + 2) & 0xFFFF;
        } else if (transport != 0 && sourcePort == destinationPort && isEcho(data, base, transport, v, i)) {
            sourcePort = data.get(SHORT, base + transport + 4) & 0xFFFF;
            destinationPort = sourcePort;
        }
        return this;
    }

    private boolean isEcho(MemorySegment data, long base, int transport, FlowVector v, int i) {
        if (v.packets.captured[i] < transport + 6) {
            return false;
        }
        int type = data.get(ValueLayout.JAVA_BYTE, base + transport) & 0xFF;
        return protocol == IpProtocol.ICMP
                ? type == Icmp.ECHO_REQUEST || type == Icmp.ECHO_REPLY
                : protocol == IpProtocol.ICMPV6 && (type == Icmp.V6_ECHO_REQUEST || type == Icmp.V6_ECHO_REPLY);
    }

    /** Whether packets of this protocol begin with two ports. */
    private static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP
                || protocol == IpProtocol.UDP
                || protocol == IpProtocol.UDP_LITE
                || protocol == IpProtocol.SCTP
                || protocol == IpProtocol.DCCP;
    }

    private void ofAddresses(MemorySegment data, long network, int family) {
        this.family = family;
        if (family == 4) {
            sourceHigh = 0;
            sourceLow = data.get(INT, network + 12) & 0xFFFF_FFFFL;
            destinationHigh = 0;
            destinationLow = data.get(INT, network + 16) & 0xFFFF_FFFFL;
        } else {
            sourceHigh = data.get(LONG, network + 8);
            sourceLow = data.get(LONG, network + 16);
            destinationHigh = data.get(LONG, network + 24);
            destinationLow = data.get(LONG, network + 32);
        }
    }

    /** Fills it with a flow's ends, initiator to responder, from the key's words at an address. */
    void ofKey(boolean v6, long key, boolean fromUpper) {
        long k0 = Memory.getLong(key), k1 = Memory.getLong(key + 8);
        int tenantAndProtocol;
        family = v6 ? 6 : 4;
        if (v6) {
            long k4 = Memory.getLong(key + 32);
            tenantAndProtocol = (int) k4;
            sourceHigh = k0;
            sourceLow = k1;
            destinationHigh = Memory.getLong(key + 16);
            destinationLow = Memory.getLong(key + 24);
            sourcePort = (int) (k4 >>> 48);
            destinationPort = (int) (k4 >>> 32) & 0xFFFF;
        } else {
            tenantAndProtocol = (int) (k1 >>> 32);
            sourceHigh = 0;
            sourceLow = k0 >>> 16 & 0xFFFF_FFFFL;
            destinationHigh = 0;
            destinationLow = k1 & 0xFFFF_FFFFL;
            sourcePort = (int) k0 & 0xFFFF;
            destinationPort = (int) (k0 >>> 48);
        }
        protocol = tenantAndProtocol & 0xFF;
        tenant = tenantAndProtocol >>> 8;
        if (fromUpper) {
            swap();
        }
    }

    /** Fills it with a flow's ends, initiator to responder. */
    public FlowTuple ofRecord(FlowRecord record) {
        MemorySegment s = record.segment();
        long source = record.sourceAt(), destination = record.destinationAt();
        family = record.family();
        if (family == 6) {
            sourceHigh = s.get(LONG, source);
            sourceLow = s.get(LONG, source + 8);
            destinationHigh = s.get(LONG, destination);
            destinationLow = s.get(LONG, destination + 8);
        } else {
            sourceHigh = 0;
            sourceLow = s.get(INT, source) & 0xFFFF_FFFFL;
            destinationHigh = 0;
            destinationLow = s.get(INT, destination) & 0xFFFF_FFFFL;
        }
        sourcePort = record.sourcePort();
        destinationPort = record.destinationPort();
        protocol = record.protocol();
        tenant = record.tenant();
        return this;
    }

    /** Makes packet {@code i} of {@code v} one with these ends, as far as its key goes. */
    void writeKey(FlowVector v, int i, KeyHash hasher) {
        int p = v.account(i, family, 0, isFromUpper() ? FlowVector.FROM_UPPER : 0);
        int tenantAndProtocol = tenant << 8 | protocol;
        if (family == 4) {
            v.key4(p, sourceLow << 16 | sourcePort, destinationLow << 16 | destinationPort, tenantAndProtocol, hasher);
        } else {
            v.key6(
                    p,
                    sourceHigh,
                    sourceLow,
                    sourcePort,
                    destinationHigh,
                    destinationLow,
                    destinationPort,
                    tenantAndProtocol,
                    hasher);
        }
    }

    /** Whether the source is the key's upper endpoint. */
    private boolean isFromUpper() {
        return FlowVector.fromUpper(
                sourceHigh, sourceLow, sourcePort, destinationHigh, destinationLow, destinationPort);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof FlowTuple t && Arrays.equals(values(), t.values());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values());
    }

    private long[] values() {
        return new long[] {
            family,
            sourceHigh,
            sourceLow,
            sourcePort,
            destinationHigh,
            destinationLow,
            destinationPort,
            protocol,
            tenant
        };
    }

    /** {@code 10.0.0.1:1000 > 10.0.0.2:80}. */
    @Override
    public String toString() {
        return end(sourceHigh, sourceLow, sourcePort) + " > " + end(destinationHigh, destinationLow, destinationPort);
    }

    private String end(long high, long low, int port) {
        byte[] text = new byte[Addresses.MAX_TEXT];
        int length = family == 4 ? Addresses.formatIpv4((int) low, text, 0) : Addresses.formatIpv6(high, low, text, 0);
        String address = new String(text, 0, length, StandardCharsets.US_ASCII);
        return (family == 4 ? address : "[" + address + "]") + ":" + port;
    }
}
