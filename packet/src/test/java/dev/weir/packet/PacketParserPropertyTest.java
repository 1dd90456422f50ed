package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Allocation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of packets however they are cut or damaged. */
class PacketParserPropertyTest {
    private static final int[] LINKS = {
        LinkType.NULL,
        LinkType.ETHERNET,
        LinkType.PPP,
        LinkType.PPP_HDLC,
        LinkType.PPP_ETHER,
        LinkType.RAW,
        LinkType.C_HDLC,
        LinkType.IEEE802_11,
        LinkType.LOOP,
        LinkType.LINUX_SLL,
        LinkType.IEEE802_11_RADIOTAP,
        LinkType.IPV4,
        LinkType.IPV6,
        LinkType.LINUX_SLL2,
        147
    };

    static final class Sample {
        final String title;
        final int link;
        final byte[] packet;

        Sample(String title, int link, byte[] packet) {
            this.title = title;
            this.link = link;
            this.packet = packet;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    private static Sample sample(String title, int link, String hex) {
        return new Sample(title, link, Parsed.hex(hex));
    }

    static Stream<Sample> samples() {
        String macs = "020000000002 020000000001";
        String udp = "45000020 00010000 40110000 0a000001 0a000002 03e80035 000c0000 61626364";
        String tcp =
                "4600002c 00010000 40060000 0a000001 0a000002 01010100 005003e8 00000001 00000002 50180000 00000000";
        String v6 = "20010db8000000000000000000000001 20010db8000000000000000000000002";
        return Stream.of(
                sample("IPv4, TCP", LinkType.ETHERNET, macs + "0800" + tcp),
                sample("QinQ, MPLS", LinkType.ETHERNET, macs + "88a8 0064 8100 00c8 8847 00064140" + udp),
                sample("PPPoE", LinkType.ETHERNET, macs + "8864 1100 0001 0022 0021" + udp),
                sample("SNAP", LinkType.ETHERNET, macs + "0028 aaaa03 000000 0800" + udp),
                sample(
                        "VXLAN",
                        LinkType.ETHERNET,
                        macs + "0800 45000052 00010000 40110000 c0000201 c0000202 c00012b5 003e0000 08000000 00045700"
                                + macs + "0800" + udp),
                sample(
                        "Geneve",
                        LinkType.RAW,
                        "45000048 00010000 40110000 c0000201 c0000202 c00017c1 00340000 01000800 00045700 01028000"
                                + udp),
                sample(
                        "GRE",
                        LinkType.RAW,
                        "45000044 00010000 402f0000 c0000201 c0000202 b0000800 00000000 00000001 00000001" + udp),
                sample(
                        "GTP-U",
                        LinkType.RAW,
                        "45000048 00010000 40110000 c0000201 c0000202 08680868 00340000 34ff0024 00000001 00000000"
                                + udp),
                sample(
                        "IPv6, extension headers",
                        LinkType.RAW,
                        "60000000 0034 00 40" + v6
                                + "2b00 0104 00000000 3c00 0000 00000000 3300 0104 00000000 1101 0000 00000001 00000001 00010002 0010 0000 0000000000000000"),
                sample(
                        "IPv6, fragment",
                        LinkType.RAW,
                        "60000000 0010 2c 40" + v6 + "1100 0001 12345678 00010002 00080000"),
                sample(
                        "ICMP error",
                        LinkType.RAW,
                        "45000030 00010000 40010000 0a000001 0a000002 03010000 00000000 45000014 00010000 40110000 0a000002 0a000001"),
                sample(
                        "radiotap",
                        LinkType.IEEE802_11_RADIOTAP,
                        "0000 0900 02000000 10 8802 0000" + macs + "020000000003 1000 0000 aaaa03 000000 0800" + udp
                                + "ffffffff"));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void parse_samples_areWellFormed(Sample sample) {
        assertThat(Malformed.name(Parsed.outer(sample.link, sample.packet).status))
                .isEqualTo("none");
        assertThat(Malformed.name(Parsed.inner(sample.link, sample.packet).status))
                .isEqualTo("none");
    }

    /** A snap length takes away what lies behind it, and changes nothing of what was found before. */
    @ParameterizedTest
    @MethodSource("samples")
    void parse_everySnapLength_changesNothingBefore(Sample sample) {
        Headers whole = Parsed.outer(sample.link, sample.packet);
        for (int captured = 0; captured < sample.packet.length; captured++) {
            byte[] here = Arrays.copyOf(sample.packet, captured);
            Parsed.parse(TunnelMode.INNER, sample.link, here, sample.packet.length);
            Headers cut = Parsed.parse(TunnelMode.OUTER, sample.link, here, sample.packet.length);
            assertThat(cut.status).as("captured=%d", captured).isIn(Malformed.NONE, Malformed.NOT_CAPTURED);
            int headerBytes = whole.family == 4 ? Ipv4.SIZE : Ipv6.SIZE;
            assertThat(cut.family).isEqualTo(captured >= whole.network + headerBytes ? whole.family : 0);
            if (cut.family != 0) {
                assertThat(cut.network).isEqualTo(whole.network);
                assertThat(cut.ipBytes).isEqualTo(whole.ipBytes);
                assertThat(cut.vlan).isEqualTo(whole.vlan);
                assertThat(cut.innerVlan).isEqualTo(whole.innerVlan);
                assertThat(cut.sourcePort).isIn(0, whole.sourcePort);
                assertThat(cut.tcpFlags).isIn(-1, whole.tcpFlags);
            }
            boolean portsAreHere = captured >= whole.transport + 4;
            if (portsAreHere && !whole.icmpError) {
                assertThat(cut.sourcePort).isEqualTo(whole.sourcePort);
                assertThat(cut.destinationPort).isEqualTo(whole.destinationPort);
                assertThat(cut.transport).isEqualTo(whole.transport);
            }
        }
    }

    /** A packet that the wire cut short is malformed, or has no IP header left to be wrong. */
    @ParameterizedTest
    @MethodSource("samples")
    void parse_everyTruncation_isNamed(Sample sample) {
        for (int length = 0; length < sample.packet.length; length++) {
            byte[] here = Arrays.copyOf(sample.packet, length);
            Headers cut = Parsed.outer(sample.link, here);
            Parsed.inner(sample.link, here);
            boolean hasIp = cut.family != 0;
            boolean inTheCheckSequence = cut.status == Malformed.NONE && sample.link == LinkType.IEEE802_11_RADIOTAP;
            if (hasIp && !inTheCheckSequence) {
                assertThat(Malformed.name(cut.status)).as("length=%d", length).isNotEqualTo("none");
            }
            assertThat(cut.status).isNotEqualTo(Malformed.NOT_CAPTURED);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void parse_damagedPackets_keepsTheInvariants(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Sample[] samples = samples().toArray(Sample[]::new);
        for (int step = 0; step < 60_000; step++) {
            Sample sample = samples[random.nextInt(samples.length)];
            byte[] packet = Arrays.copyOf(sample.packet, random.nextInt(sample.packet.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && packet.length > 0; flips--) {
                packet[random.nextInt(packet.length)] = (byte) random.nextInt(256);
            }
            int link = random.nextInt(8) == 0 ? LINKS[random.nextInt(LINKS.length)] : sample.link;
            int length = random.nextBoolean() ? packet.length : random.nextInt();
            TunnelMode mode = random.nextBoolean() ? TunnelMode.OUTER : TunnelMode.INNER;
            try {
                Parsed.parse(mode, link, packet, length);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed=%d step=%d link=%d length=%d mode=%s packet=%s"
                                .formatted(
                                        seed,
                                        step,
                                        link,
                                        length,
                                        mode,
                                        java.util.HexFormat.of().formatHex(packet)),
                        e);
            }
        }
    }

    @Test
    void parse_lengthBelowCaptured_isTakenAsCaptured() {
        byte[] packet = samples().findFirst().orElseThrow().packet;
        Headers headers = Parsed.parse(TunnelMode.OUTER, LinkType.ETHERNET, packet, -1);
        assertThat(headers.status).isEqualTo(Malformed.NONE);
    }

    @ParameterizedTest
    @EnumSource(TunnelMode.class)
    void parse_millionPackets_allocatesNothing(TunnelMode mode) {
        Sample[] samples = samples().toArray(Sample[]::new);
        MemorySegment[] data =
                Stream.of(samples).map(s -> MemorySegment.ofArray(s.packet)).toArray(MemorySegment[]::new);
        PacketParser parser = new PacketParser(mode);
        Headers headers = new Headers();
        int packets = 1_000_000;
        long allocated = Allocation.octetsOfRound(9_999, () -> parseAll(parser, samples, data, headers, packets));
        assertThat(allocated).as("octets for %d packets", packets).isLessThan(10_000);
    }

    private static void parseAll(
            PacketParser parser, Sample[] samples, MemorySegment[] data, Headers headers, int packets) {
        for (int i = 0; i < packets; i++) {
            int which = i % samples.length;
            int bytes = samples[which].packet.length;
            parser.parse(data[which], 0, bytes, bytes, samples[which].link, headers);
        }
    }
}
