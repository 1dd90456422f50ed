package dev.weir.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Writes Ethernet frames with an IPv4 or IPv6 header (RFC 791, RFC 8200), a TCP or UDP header (RFC 9293, RFC 768), right checksums and a
 * payload of zeros. One thread; allocates nothing.
 */
public final class FrameWriter {
    static final int ETHERNET_HEADER = 14, ETHERNET_MINIMUM = 60;
    static final int IPV4_HEADER = 20, IPV6_HEADER = 40, UDP_HEADER = 8, TCP_HEADER = 20;
    static final int FIN = 0x01, SYN = 0x02, PSH = 0x08, ACK = 0x10;

    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    /** Locally administered. */
    private static final long CLIENT_MAC = 0x0200_0000_0001L, SERVER_MAC = 0x0200_0000_0002L;

    private static final long DOCUMENTATION = 0x2001_0DB8_0000_0000L;
    private static final int TCP = 6, UDP = 17, TTL = 64, WINDOW = 0xFFFF, DO_NOT_FRAGMENT = 0x4000;

    /** What the TCP header says beside the ports; not used for UDP. */
    int flags, sequence, acknowledgement;

    private MemorySegment memory = MemorySegment.NULL;

    /**
     * Writes one frame of that flow at {@code at}.
     *
     * @param frameBytes of the frame if it carries data
     * @param data whether it does
     * @return octets written
     */
    public int write(MemorySegment to, long at, FlowIdentity flow, boolean reverse, int frameBytes, boolean data) {
        memory = to;
        int transportBytes = flow.tcp ? TCP_HEADER : UDP_HEADER;
        int headers = ETHERNET_HEADER + (flow.ipv6 ? IPV6_HEADER : IPV4_HEADER) + transportBytes;
        int length = data ? frameBytes : Math.max(headers, ETHERNET_MINIMUM);
        int segment = transportBytes + (data ? frameBytes - headers : 0);
        to.asSlice(at, length).fill((byte) 0);
        ethernet(at, flow.ipv6, reverse);
        long network = at + ETHERNET_HEADER;
        long pseudo = flow.ipv6 ? ipv6(network, flow, reverse, segment) : ipv4(network, flow, reverse, segment);
        long transport = network + (flow.ipv6 ? IPV6_HEADER : IPV4_HEADER);
        to.set(
                INT,
                transport,
                reverse ? flow.serverPort << 16 | flow.clientPort : flow.clientPort << 16 | flow.serverPort);
        if (flow.tcp) {
            tcp(transport, pseudo);
        } else {
            udp(transport, segment, pseudo);
        }
        return length;
    }

    private void ethernet(long at, boolean ipv6, boolean reverse) {
        long destination = reverse ? CLIENT_MAC : SERVER_MAC, source = reverse ? SERVER_MAC : CLIENT_MAC;
        memory.set(LONG, at, destination << 16 | source >>> 32);
        memory.set(INT, at + 8, (int) source);
        memory.set(SHORT, at + 12, (short) (ipv6 ? 0x86DD : 0x0800));
    }

    /** Returns the sum of the pseudo header. */
    private long ipv4(long at, FlowIdentity flow, boolean reverse, int segment) {
        int protocol = flow.tcp ? TCP : UDP;
        memory.set(INT, at, 0x4500_0000 | (IPV4_HEADER + segment));
        memory.set(SHORT, at + 6, (short) DO_NOT_FRAGMENT);
        memory.set(JAVA_BYTE, at + 8, (byte) TTL);
        memory.set(JAVA_BYTE, at + 9, (byte) protocol);
        memory.set(INT, at + 12, reverse ? flow.server : flow.client);
        memory.set(INT, at + 16, reverse ? flow.client : flow.server);
        memory.set(SHORT, at + 10, (short) ~fold(sum(at, IPV4_HEADER)));
        return sum(at + 12, 8) + protocol + segment;
    }

    private long ipv6(long at, FlowIdentity flow, boolean reverse, int segment) {
        int protocol = flow.tcp ? TCP : UDP;
        memory.set(INT, at, 0x6000_0000);
        memory.set(INT, at + 4, segment << 16 | protocol << 8 | TTL);
        address6(at + (reverse ? 24 : 8), flow.client);
        address6(at + (reverse ? 8 : 24), flow.server);
        return sum(at + 8, 32) + protocol + segment;
    }

    private void address6(long at, int bits) {
        memory.set(LONG, at, DOCUMENTATION | (bits & 0xFFFF_FFFFL));
        memory.set(LONG, at + 8, bits & 0xFFFF_FFFFL);
    }

    private void tcp(long at, long pseudo) {
        memory.set(INT, at + 4, sequence);
        memory.set(INT, at + 8, acknowledgement);
        memory.set(INT, at + 12, TCP_HEADER << 26 | flags << 16 | WINDOW);
        memory.set(SHORT, at + 16, (short) ~fold(pseudo + sum(at, TCP_HEADER)));
    }

    private void udp(long at, int segment, long pseudo) {
        memory.set(SHORT, at + 4, (short) segment);
        int checksum = ~fold(pseudo + sum(at, UDP_HEADER)) & 0xFFFF;
        memory.set(SHORT, at + 6, (short) (checksum == 0 ? 0xFFFF : checksum)); // 0 would mean "none"
    }

    /** The octets as 32-bit words; folded, that is the sum of their 16-bit words (RFC 1071 section 2). */
    private long sum(long at, int octets) {
        long sum = 0;
        for (int i = 0; i < octets; i += 4) {
            sum += memory.get(INT, at + i) & 0xFFFF_FFFFL;
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        folded = (folded >>> 16) + (folded & 0xFFFF);
        return (int) ((folded >>> 16) + (folded & 0xFFFF));
    }
}
