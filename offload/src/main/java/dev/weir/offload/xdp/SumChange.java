package dev.weir.offload.xdp;

import dev.weir.table.FlowKey;
import java.net.InetAddress;

/**
 * By how much new addresses and ports change the checksums of a flow's packets: the one's complement sum of what goes,
 * complemented, and of what comes (RFC 1624, equation 3); 16 bits.
 */
final class SumChange {
    private SumChange() {}

    static int ofAddresses(FlowKey key, XdpRewrite.Ends ends) {
        int gone = add(sum(key.source()), sum(key.destination()));
        return add(~gone & 0xFFFF, add(sum(ends.source()), sum(ends.destination())));
    }

    /** @param addresses what {@link #ofAddresses} is, which ICMP's checksum does not take in */
    static int ofTransport(FlowKey key, XdpRewrite.Ends ends, int addresses) {
        int protocol = key.protocol();
        boolean isEcho = protocol == XdpFlow.ICMP || protocol == XdpFlow.ICMPV6;
        int before = isEcho ? key.sourcePort() : add(key.sourcePort(), key.destinationPort());
        int after = isEcho ? ends.sourcePort() : add(ends.sourcePort(), ends.destinationPort());
        int ports = add(~before & 0xFFFF, after);
        return protocol == XdpFlow.ICMP ? ports : add(ports, addresses);
    }

    private static int sum(InetAddress address) {
        byte[] octets = address.getAddress();
        int sum = 0;
        for (int i = 0; i < octets.length; i += 2) {
            sum = add(sum, (octets[i] & 0xFF) << 8 | (octets[i + 1] & 0xFF));
        }
        return sum;
    }

    /** The one's complement sum of two of 16 bits. */
    static int add(int one, int other) {
        int sum = one + other;
        return (sum & 0xFFFF) + (sum >>> 16);
    }
}
