package dev.weir.offload.circle;

import dev.weir.dataplane.graph.FrameHead;
import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a frame whose flow a driver can recognize: up to two tags, IPv4 without options or IPv6 without extension
 * headers, whole TCP, UDP or echo. Immutable.
 *
 * @param tags VLAN tags, the outer one first
 * @param network where the IP header begins
 * @param transport where TCP, UDP or the echo begins
 */
record FrameView(FrameHead frame, List<VlanTag> tags, int network, int transport, int protocol) {
    static final int TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58;
    private static final int TYPE = 12, TAG = 4, MAX_TAGS = 2;
    private static final int IPV4 = 0x0800,
            IPV6 = 0x86DD,
            CUSTOMER_TAG = 0x8100,
            SERVICE_TAG = 0x88A8,
            OLD_TAG = 0x9100;
    private static final int IPV4_OCTETS = 20, IPV6_OCTETS = 40, NO_OPTIONS = 0x45, FRAGMENT_BITS = 0x3FFF;
    private static final int ECHO_REQUEST = 8, ECHO_REPLY = 0, ECHO_REQUEST6 = 128, ECHO_REPLY6 = 129;

    /** Null where it is another frame. */
    static @Nullable FrameView of(FrameHead frame) {
        byte[] octets = frame.octets();
        List<VlanTag> tags = new ArrayList<>();
        int at = TYPE;
        while (octets.length >= at + 2 + TAG && isTag(u16(octets, at)) && tags.size() < MAX_TAGS) {
            tags.add(new VlanTag(u16(octets, at), u16(octets, at + 2)));
            at += TAG;
        }
        int type = octets.length >= at + 2 ? u16(octets, at) : 0, network = at + 2;
        int transport = network + (type == IPV6 ? IPV6_OCTETS : IPV4_OCTETS);
        if (octets.length < transport + 8 || (type != IPV4 && type != IPV6)) {
            return null;
        }
        boolean isIpv4 = type == IPV4;
        int protocol = octets[network + (isIpv4 ? 9 : 6)] & 0xFF;
        FrameView view = new FrameView(frame, List.copyOf(tags), network, transport, protocol);
        boolean isPlain =
                !isIpv4 || ((octets[network] & 0xFF) == NO_OPTIONS && (u16(octets, network + 6) & FRAGMENT_BITS) == 0);
        return isPlain && view.isKnown() ? view : null;
    }

    private static boolean isTag(int type) {
        return type == CUSTOMER_TAG || type == SERVICE_TAG || type == OLD_TAG;
    }

    private boolean isKnown() {
        int message = frame.octets()[transport] & 0xFF;
        return switch (protocol) {
            case TCP -> frame.octets().length >= transport + 20;
            case UDP -> true;
            case ICMP -> isIpv4() && (message == ECHO_REQUEST || message == ECHO_REPLY);
            case ICMPV6 -> !isIpv4() && (message == ECHO_REQUEST6 || message == ECHO_REPLY6);
            default -> false;
        };
    }

    boolean isIpv4() {
        return transport - network == IPV4_OCTETS;
    }

    boolean isEcho() {
        return protocol == ICMP || protocol == ICMPV6;
    }

    private static int u16(byte[] octets, int at) {
        return (octets[at] & 0xFF) << 8 | (octets[at + 1] & 0xFF);
    }

    private long mac(int at) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | (frame.octets()[at + i] & 0xFF);
        }
        return mac;
    }

    long destinationMac() {
        return mac(0);
    }

    long sourceMac() {
        return mac(6);
    }

    /** With the marks of congestion, 8 bits. */
    int typeOfService() {
        return isIpv4() ? frame.octets()[network + 1] & 0xFF : u16(frame.octets(), network) >>> 4 & 0xFF;
    }

    int ttl() {
        return frame.octets()[ttlAt()] & 0xFF;
    }

    private int ttlAt() {
        return network + (isIpv4() ? 8 : 7);
    }

    private int addressesAt() {
        return network + (isIpv4() ? 12 : 8);
    }

    private int addressOctets() {
        return isIpv4() ? 4 : 16;
    }

    InetAddress source() {
        return address(addressesAt());
    }

    InetAddress destination() {
        return address(addressesAt() + addressOctets());
    }

    private InetAddress address(int at) {
        byte[] address = Arrays.copyOfRange(frame.octets(), at, at + addressOctets());
        try {
            return isIpv4() ? InetAddress.getByAddress(address) : Inet6Address.getByAddress(null, address, -1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " octets", e);
        }
    }

    int sourcePort() {
        return u16(frame.octets(), transport + (isEcho() ? 4 : 0));
    }

    int destinationPort() {
        return u16(frame.octets(), transport + (isEcho() ? 4 : 2));
    }

    /** What is left of the headers, and what is known behind them, when all is zero that a driver can change. */
    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(frame.octets(), network, frame.octets().length);
        int ip = addressesAt() - network, payload = transport - network;
        Arrays.fill(rest, ip, ip + 2 * addressOctets(), (byte) 0);
        rest[ttlAt() - network] = 0;
        if (isIpv4()) {
            Arrays.fill(rest, 10, 12, (byte) 0);
        }
        int ports = isEcho() ? 4 : 0, sum = isEcho() ? 2 : protocol == TCP ? 16 : 6;
        Arrays.fill(rest, payload + ports, payload + ports + (isEcho() ? 2 : 4), (byte) 0);
        Arrays.fill(rest, payload + sum, payload + sum + 2, (byte) 0);
        return rest;
    }
}
