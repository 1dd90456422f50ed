package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.table.FlowKey;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * Keys as the kernel's program makes them of a packet: what the packet has, in its order, then the tenant and the protocol
 * in native byte order.
 *
 * <pre>
 * IPv4:  0 source 4, destination 4, ports 4, 12 tenant &lt;&lt; 8 | protocol
 * IPv6:  0 source 16, destination 16, ports 4, 36 tenant &lt;&lt; 8 | protocol
 * </pre>
 */
final class KeyLayout {
    static final int SIZE4 = 16, SIZE6 = 40;
    /** Where the ports are. */
    static final int PORTS4 = 8, PORTS6 = 32;
    /** Where the tenant and the protocol are. */
    static final int SPACE4 = 12, SPACE6 = 36;

    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private KeyLayout() {}

    static void write(FlowKey key, MemorySegment to) {
        byte[] source = key.source().getAddress();
        byte[] destination = key.destination().getAddress();
        int ports = source.length * 2;
        MemorySegment.copy(source, 0, to, JAVA_BYTE, 0, source.length);
        MemorySegment.copy(destination, 0, to, JAVA_BYTE, source.length, source.length);
        to.set(NETWORK_SHORT, ports, (short) key.sourcePort());
        to.set(NETWORK_SHORT, ports + 2, (short) key.destinationPort());
        to.set(JAVA_INT_UNALIGNED, ports + 4, key.tenant() << 8 | key.protocol());
    }

    static FlowKey read(MemorySegment from, long at, int family) {
        int octets = family == 4 ? 4 : 16;
        long ports = at + 2L * octets;
        int space = from.get(JAVA_INT_UNALIGNED, ports + 4);
        return new FlowKey(
                address(from, at, octets),
                from.get(NETWORK_SHORT, ports) & 0xFFFF,
                address(from, at + octets, octets),
                from.get(NETWORK_SHORT, ports + 2) & 0xFFFF,
                space & 0xFF,
                space >>> 8);
    }

    private static InetAddress address(MemorySegment from, long at, int octets) {
        byte[] address = from.asSlice(at, octets).toArray(JAVA_BYTE);
        try {
            return octets == 4
                    ? InetAddress.getByAddress(address)
                    : Inet6Address.getByAddress(null, address, -1); // keeps IPv4-mapped ones IPv6
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + octets + " octets", e);
        }
    }
}
