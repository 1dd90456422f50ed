package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checksums are held to those that {@link Checksums} computes from all the bytes, whatever {@link Rewrite} did. */
class RewriteTest {
    private static final int NETWORK = Ethernet.SIZE, ROOM = 512;
    private static final int[] PROTOCOLS = {
        IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.SCTP, IpProtocol.ICMP, IpProtocol.GRE
    };

    private final byte[] bytes = new byte[ROOM];
    private final MemorySegment s = MemorySegment.ofArray(bytes);
    private final PacketVector packets = new PacketVector(1, true);
    private final Headers headers = new Headers();
    private final PacketParser parser = new PacketParser(TunnelMode.OUTER);
    private final Rewrite rewrite = new Rewrite();

    RewriteTest() {
        packets.data = s;
        packets.size = 1;
    }

    /** An end of a conversation; IPv4 addresses are the lower 32 bits of {@code low}. */
    private record End(long high, long low, int port) {
        static End any(SplittableRandom random) {
            return new End(random.nextLong(), random.nextLong(), random.nextInt(0x10000));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void rewrite_anyPacket_keepsChecksumsTrueAndGoesBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 4_000; step++) {
            boolean v4 = random.nextBoolean();
            int protocol = protocol(random.nextInt(PROTOCOLS.length), v4);
            End source = End.any(random), destination = End.any(random);
            int length = packet(NETWORK, v4, protocol, source, destination, random.nextInt(100), random);
            boolean error = random.nextInt(4) == 0;
            if (error) {
                length = error(length, v4, /* source= */ destination, /* destination= */ source, random);
            }
            there(length, "seed=%d step=%d protocol=%d error=%b".formatted(seed, step, protocol, error), random, error);
        }
    }

    private void there(int length, String what, SplittableRandom random, boolean error) {
        End source = end(true), destination = end(false);
        byte[] before = bytes.clone();
        assertVerifies(length, what + " before");
        End otherSource = End.any(random), otherDestination = End.any(random);
        at(length);
        assertThat(rewrite.source(otherSource.high, otherSource.low, otherSource.port))
                .as(what)
                .isTrue();
        assertThat(rewrite.destination(otherDestination.high, otherDestination.low, otherDestination.port))
                .as(what)
                .isTrue();
        assertVerifies(length, what);
        if (!error) {
            assertThat(end(true).low & 0xFFFF_FFFFL).as(what).isEqualTo(otherSource.low & 0xFFFF_FFFFL);
        }
        at(length);
        rewrite.source(source.high, source.low, source.port);
        rewrite.destination(destination.high, destination.low, destination.port);
        assertThat(bytes).as(what).isEqualTo(before);
    }

    private void at(int length) {
        packets.captured[0] = length;
        packets.length[0] = length;
        parser.parse(s, 0, length, length, LinkType.ETHERNET, headers);
        rewrite.at(packets, 0, headers.network, headers.transport, headers.protocol, headers.quoted);
    }

    /** What the packet has; of an ICMP error the port of the end that its quotation gives. */
    private End end(boolean source) {
        boolean v4 = bytes[NETWORK] >>> 4 == 4;
        int at = NETWORK + (v4 ? (source ? Ipv4.SOURCE : Ipv4.DESTINATION) : source ? Ipv6.SOURCE : Ipv6.DESTINATION);
        parser.parse(s, 0, ROOM, ROOM, LinkType.ETHERNET, headers);
        int port = source ? headers.sourcePort : headers.destinationPort;
        if (headers.quoted > 0) {
            parser.parse(s, headers.quoted, ROOM - headers.quoted, 0xFFFF, LinkType.RAW, headers);
            port = source ? headers.destinationPort : headers.sourcePort;
        }
        return v4 ? new End(0, Bytes.u32(s, at), port) : new End(Bytes.i64(s, at), Bytes.i64(s, at + 8), port);
    }

    private static int protocol(int n, boolean v4) {
        return PROTOCOLS[n] == IpProtocol.ICMP && !v4 ? IpProtocol.ICMPV6 : PROTOCOLS[n];
    }

    /** Writes an IP packet with right checksums. @return where it ends */
    private int packet(int at, boolean v4, int protocol, End source, End destination, int payload, SplittableRandom r) {
        int t = at + (v4 ? Ipv4.SIZE : Ipv6.SIZE);
        int header = switch (protocol) {
            case IpProtocol.TCP -> Tcp.write(s, t, source.port, destination.port, r.nextInt(), 0, Tcp.ACK, 9);
            case IpProtocol.UDP, IpProtocol.UDP_LITE ->
                Udp.write(s, t, source.port, destination.port, Udp.SIZE + payload);
            case IpProtocol.ICMP -> Icmp.write(s, t, Icmp.ECHO_REQUEST, 0, r.nextInt());
            case IpProtocol.ICMPV6 -> Icmp.write(s, t, Icmp.V6_ECHO_REPLY, 0, r.nextInt());
            case IpProtocol.SCTP -> 12;
            default -> 4;
        };
        if (protocol == IpProtocol.SCTP) {
            Bytes.put16(s, t, source.port);
            Bytes.put16(s, t + 2, destination.port);
        }
        for (int i = 0; i < payload; i++) {
            bytes[t + header + i] = (byte) r.nextInt();
        }
        int length = header + payload;
        ip(at, v4, length, protocol, source, destination);
        fill(at, t, length, protocol);
        if (!v4) {
            Bytes.put16(s, NETWORK - 2, EtherType.IPV6);
        } else {
            Bytes.put16(s, NETWORK - 2, EtherType.IPV4);
        }
        return t + length;
    }

    private void ip(int at, boolean v4, int length, int protocol, End source, End destination) {
        if (v4) {
            Ipv4.write(s, at, 0, 20 + length, 7, 0, 64, protocol, (int) source.low, (int) destination.low);
        } else {
            Ipv6.write(s, at, 0, 5, length, protocol, 64, source.high, source.low, destination.high, destination.low);
        }
    }

    private void fill(int network, int at, int length, int protocol) {
        switch (protocol) {
            case IpProtocol.TCP -> Tcp.fillChecksum(s, network, at, length);
            case IpProtocol.UDP -> Udp.fillChecksum(s, network, at);
            case IpProtocol.UDP_LITE ->
                Udp.setChecksum(s, at, Checksums.udpField(Checksums.transport(s, network, at, length, protocol)));
            case IpProtocol.ICMP -> Icmp.fillChecksum(s, at, length);
            case IpProtocol.ICMPV6 -> Icmp.fillChecksumV6(s, network, at, length);
            case IpProtocol.SCTP -> new SctpChecksum().fill(s, at, length);
            default -> {}
        }
    }

    /** Makes the packet that ends at {@code end} the quotation of an error to its source; all of it, or its beginning. */
    private int error(int end, boolean v4, End source, End destination, SplittableRandom random) {
        int quote = random.nextBoolean() ? end - NETWORK : Math.min(end - NETWORK, (v4 ? 20 : 40) + 8);
        int t = NETWORK + (v4 ? Ipv4.SIZE : Ipv6.SIZE);
        System.arraycopy(bytes, NETWORK, bytes, t + Icmp.SIZE, quote);
        int protocol = v4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        Icmp.write(s, t, v4 ? Icmp.TIME_EXCEEDED : Icmp.V6_TIME_EXCEEDED, 0, 0);
        ip(NETWORK, v4, Icmp.SIZE + quote, protocol, source, destination);
        fill(NETWORK, t, Icmp.SIZE + quote, protocol);
        return t + Icmp.SIZE + quote;
    }

    /** All checksums of the packet, and of what it quotes if that is whole. */
    private void assertVerifies(int length, String what) {
        parser.parse(s, 0, length, length, LinkType.ETHERNET, headers);
        int network = headers.network, t = headers.transport, protocol = headers.protocol, quoted = headers.quoted;
        verify(network, t, length - t, protocol, what);
        if (quoted > 0) {
            parser.parse(s, quoted, length - quoted, 0xFFFF, LinkType.RAW, headers);
            int end = quoted + headers.ipBytes;
            if (end == length && headers.protocol != IpProtocol.SCTP) {
                int inner = quoted + headers.transport;
                verify(quoted, inner, length - inner, headers.protocol, what + " quoted");
            }
        }
    }

    private void verify(int network, int t, int length, int protocol, String what) {
        if (bytes[network] >>> 4 == 4) {
            assertThat(Checksums.ipv4Header(s, network)).as(what).isZero();
        }
        switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.ICMPV6 ->
                assertThat(Checksums.transport(s, network, t, length, protocol))
                        .as(what)
                        .isZero();
            case IpProtocol.ICMP ->
                assertThat(Checksums.internet(s, t, length)).as(what).isZero();
            case IpProtocol.SCTP ->
                assertThat(new SctpChecksum().isRight(s, t, length)).as(what).isTrue();
            default -> {}
        }
    }

    private static final End CLIENT = new End(1, 0x0A000001, 1000), SERVER = new End(2, 0x0A000002, 53);
    private static final End OTHER = new End(3, 0xC0A80001L, 2000);

    @Test
    void udp_withoutChecksum_keepsNone() {
        int length = packet(NETWORK, true, IpProtocol.UDP, CLIENT, SERVER, 5, new SplittableRandom(1));
        Udp.setChecksum(s, NETWORK + Ipv4.SIZE, 0);
        at(length);
        rewrite.source(0, OTHER.low, OTHER.port);
        assertThat(Udp.checksum(s, NETWORK + Ipv4.SIZE)).isZero();
        assertThat(end(true)).isEqualTo(new End(0, OTHER.low, OTHER.port));
    }

    @ParameterizedTest(name = "IPv{0}, protocol {1}")
    @CsvSource({"4, 6", "4, 17", "6, 6", "6, 17"})
    void unfinishedChecksum_isThePseudoHeaderOfTheNewAddresses(int family, int protocol) {
        boolean v4 = family == 4;
        int length = packet(NETWORK, v4, protocol, CLIENT, SERVER, 9, new SplittableRandom(1));
        int t = NETWORK + (v4 ? Ipv4.SIZE : Ipv6.SIZE);
        int field = protocol == IpProtocol.TCP ? Tcp.CHECKSUM : Udp.CHECKSUM;
        unfinish(t, length - t, field, protocol);
        packets.offload[0] = Offload.of(Offload.NEEDS_CHECKSUM, Offload.WHOLE, 0, t, field);
        at(length);
        rewrite.source(OTHER.high, OTHER.low, OTHER.port);
        rewrite.destination(OTHER.high, OTHER.low + 1, 7);
        Bytes.put16(s, t + field, Checksums.internet(s, t, length - t));
        assertVerifies(length, "finished");
    }

    /** What a network card is given: the folded sum of the pseudo header, not complemented. */
    private void unfinish(int t, int length, int field, int protocol) {
        byte[] segment = new byte[length];
        System.arraycopy(bytes, t, segment, 0, length);
        java.util.Arrays.fill(bytes, t, t + length, (byte) 0);
        int pseudo = ~Checksums.transport(s, NETWORK, t, length, protocol) & 0xFFFF;
        System.arraycopy(segment, 0, bytes, t, length);
        Bytes.put16(s, t + field, pseudo);
    }

    @Test
    void laterFragment_changesAddressesOnly() {
        int length = packet(NETWORK, true, IpProtocol.UDP, CLIENT, SERVER, 20, new SplittableRandom(1));
        Bytes.put16(s, NETWORK + Ipv4.FRAGMENT, 3);
        Bytes.put16(s, NETWORK + Ipv4.CHECKSUM, 0);
        Bytes.put16(s, NETWORK + Ipv4.CHECKSUM, Checksums.ipv4Header(s, NETWORK));
        byte[] before = bytes.clone();
        at(length);
        assertThat(rewrite.source(0, OTHER.low, OTHER.port)).isTrue();
        assertThat(Checksums.ipv4Header(s, NETWORK)).isZero();
        assertThat(Ipv4.source(s, NETWORK)).isEqualTo((int) OTHER.low);
        int t = NETWORK + Ipv4.SIZE;
        assertThat(bytes).startsWith(java.util.Arrays.copyOf(before, NETWORK + Ipv4.CHECKSUM));
        assertThat(java.util.Arrays.copyOfRange(bytes, t, length))
                .isEqualTo(java.util.Arrays.copyOfRange(before, t, length));
    }

    /** The checksum of the whole datagram is in its first fragment and is updated though the rest is not there. */
    @Test
    void firstFragment_checksumOfTheWholeStaysTrue() {
        int length = packet(NETWORK, true, IpProtocol.UDP, CLIENT, SERVER, 100, new SplittableRandom(1));
        Bytes.put16(s, NETWORK + Ipv4.FRAGMENT, Ipv4.MORE_FRAGMENTS);
        Bytes.put16(s, NETWORK + Ipv4.TOTAL_LENGTH, Ipv4.SIZE + 40);
        Bytes.put16(s, NETWORK + Ipv4.CHECKSUM, 0);
        Bytes.put16(s, NETWORK + Ipv4.CHECKSUM, Checksums.ipv4Header(s, NETWORK));
        at(NETWORK + Ipv4.SIZE + 40);
        assertThat(rewrite.source(0, OTHER.low, OTHER.port)).isTrue();
        int t = NETWORK + Ipv4.SIZE;
        assertThat(Checksums.transport(s, NETWORK, t, length - t, IpProtocol.UDP))
                .isZero();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"another port, 2000, false", "its own port, 1000, true", "its address only, -1, true"})
    void sctpFragment_takesWhatNeedsNoChecksum(String what, int port, boolean done) {
        packet(NETWORK, true, IpProtocol.SCTP, CLIENT, SERVER, 100, new SplittableRandom(1));
        Bytes.put16(s, NETWORK + Ipv4.FRAGMENT, Ipv4.MORE_FRAGMENTS);
        Bytes.put16(s, NETWORK + Ipv4.TOTAL_LENGTH, Ipv4.SIZE + 40);
        byte[] before = bytes.clone();
        at(NETWORK + Ipv4.SIZE + 40);
        assertThat(rewrite.source(0, OTHER.low, port)).isEqualTo(done);
        if (!done) {
            assertThat(bytes).isEqualTo(before);
        }
    }

    /** Any bytes, cut off anywhere: nothing is read or written outside of the packet, and nothing thrown. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void rewrite_damagedPackets_staysInside(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 20_000; step++) {
            boolean v4 = random.nextBoolean();
            int protocol = protocol(random.nextInt(PROTOCOLS.length), v4);
            int length = packet(NETWORK, v4, protocol, CLIENT, SERVER, random.nextInt(40), random);
            if (random.nextBoolean()) {
                length = error(length, v4, /* source= */ SERVER, /* destination= */ CLIENT, random);
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                bytes[random.nextInt(NETWORK, length)] = (byte) random.nextInt();
            }
            int cut = random.nextInt(length + 1);
            packets.data = MemorySegment.ofArray(java.util.Arrays.copyOf(bytes, cut));
            packets.captured[0] = cut;
            parser.parse(packets.data, 0, cut, length, LinkType.ETHERNET, headers);
            if (headers.family != 0) {
                rewrite.at(packets, 0, headers.network, headers.transport, headers.protocol, headers.quoted);
                rewrite.source(OTHER.high, OTHER.low, OTHER.port);
                rewrite.destination(OTHER.high, OTHER.low, Rewrite.KEEP_PORT);
            }
        }
        packets.data = s;
    }
}
