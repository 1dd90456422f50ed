package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the writers write, the parser reads, the views tell, and checksums hold. */
class HeaderViewsTest {
    private final byte[] bytes = new byte[256];
    private final MemorySegment s = MemorySegment.ofArray(bytes);

    private byte[] written(long end) {
        return Arrays.copyOf(bytes, (int) end);
    }

    @Test
    void write_ethernetVlanIpv4Tcp_isReadBack() {
        long at = Ethernet.write(s, 0, 0x020000000002L, 0x020000000001L, EtherType.VLAN);
        at += Vlan.write(s, at, 5, 100, EtherType.IPV4);
        long network = at;
        at += Ipv4.write(s, at, 0x2E, 44, 7, Ipv4.DONT_FRAGMENT, 64, IpProtocol.TCP, 0x0A000001, 0x0A000002);
        long transport = at;
        at += Tcp.write(s, at, 80, 1000, 0xFFFFFFFE, 3, Tcp.RST | Tcp.ACK, 4096);
        Bytes.put32(s, at, 0x61626364);
        at += 4;
        Tcp.fillChecksum(s, network, transport, 24);

        byte[] packet = written(at);
        Headers headers = Parsed.outer(LinkType.ETHERNET, packet);
        assertThat(Parsed.text(packet, headers)).isEqualTo("6 10.0.0.1:80 > 10.0.0.2:1000, ip 44, payload 4, none");
        assertThat(headers.tcpFlags).isEqualTo(Tcp.RST | Tcp.ACK);
        assertThat(headers.vlan).isEqualTo(100);
        assertThat(headers.network).isEqualTo((int) network);
        assertThat(headers.transport).isEqualTo((int) transport);

        assertThat(Ethernet.check(packet.length)).isZero();
        assertThat(Ethernet.destination(s, 0)).isEqualTo(0x020000000002L);
        assertThat(Ethernet.source(s, 0)).isEqualTo(0x020000000001L);
        assertThat(Vlan.isTag(Ethernet.type(s, 0))).isTrue();
        assertThat(Vlan.check(4)).isZero();
        assertThat(Vlan.priority(s, 14)).isEqualTo(5);
        assertThat(Vlan.type(s, 14)).isEqualTo(EtherType.IPV4);
        assertThat(Ipv4.check(s, network, 44)).isZero();
        assertThat(Ipv4.trafficClass(s, network)).isEqualTo(0x2E);
        assertThat(Ipv4.identification(s, network)).isEqualTo(7);
        assertThat(Ipv4.fragment(s, network)).isEqualTo(Ipv4.DONT_FRAGMENT);
        assertThat(Checksums.ipv4Header(s, network)).isZero();
        assertThat(Tcp.check(s, transport, 24)).isZero();
        assertThat(Tcp.sequence(s, transport)).isEqualTo(0xFFFFFFFE);
        assertThat(Tcp.acknowledgement(s, transport)).isEqualTo(3);
        assertThat(Tcp.window(s, transport)).isEqualTo(4096);
        assertThat(Checksums.transport(s, network, transport, 24, IpProtocol.TCP))
                .isZero();
    }

    @Test
    void write_ipv6Udp_isReadBack() {
        long at = Ipv6.write(
                s, 0, 0x2E, 0xABCDE, 10, IpProtocol.UDP, 63, 0x20010DB8_00000000L, 1, 0x20010DB8_00000000L, 2);
        Udp.write(s, at, 1000, 53, 10);
        Bytes.put16(s, at + 8, 0x6162);
        Udp.fillChecksum(s, 0, at);

        byte[] packet = written(at + 10);
        assertThat(Parsed.text(packet, Parsed.outer(LinkType.RAW, packet)))
                .isEqualTo("17 2001:db8::1:1000 > 2001:db8::2:53, ip 50, payload 2, none");
        assertThat(Ipv6.check(s, 0, 50)).isZero();
        assertThat(Ipv6.trafficClass(s, 0)).isEqualTo(0x2E);
        assertThat(Ipv6.flowLabel(s, 0)).isEqualTo(0xABCDE);
        assertThat(Ipv6.hopLimit(s, 0)).isEqualTo(63);
        assertThat(Ipv6.nextHeader(s, 0)).isEqualTo(IpProtocol.UDP);
        assertThat(Udp.check(s, at, 10)).isZero();
        assertThat(Checksums.transport(s, 0, at, 10, IpProtocol.UDP)).isZero();
    }

    /** What a node does that translates addresses: every checksum by update, none anew. */
    @Test
    void set_addressAndPort_keepChecksumsRight() {
        Ipv4.write(s, 0, 0, 30, 1, 0, 64, IpProtocol.UDP, 0x0A000001, 0x0A000002);
        Udp.write(s, 20, 1000, 53, 10);
        Bytes.put16(s, 28, 0x6162);
        Udp.fillChecksum(s, 0, 20);

        int checksum = Checksums.update32(Udp.checksum(s, 20), Ipv4.source(s, 0), 0xC0000201);
        checksum = Checksums.update16(checksum, Udp.sourcePort(s, 20), 40_000);
        Ipv4.setSource(s, 0, 0xC0000201);
        Ipv4.setDestination(s, 0, Ipv4.destination(s, 0));
        Udp.setSourcePort(s, 20, 40_000);
        Udp.setChecksum(s, 20, Checksums.udpField(checksum));
        Ipv4.setTtl(s, 0, Ipv4.ttl(s, 0) - 1);
        Ipv4.setTrafficClass(s, 0, 0xB8);

        assertThat(Checksums.ipv4Header(s, 0)).isZero();
        assertThat(Checksums.transport(s, 0, 20, 10, IpProtocol.UDP)).isZero();
        assertThat(Ipv4.ttl(s, 0)).isEqualTo(63);
        assertThat(Ipv4.protocol(s, 0)).isEqualTo(IpProtocol.UDP);
        byte[] packet = written(30);
        assertThat(Parsed.text(packet, Parsed.outer(LinkType.RAW, packet)))
                .isEqualTo("17 192.0.2.1:40000 > 10.0.0.2:53, ip 30, payload 2, none");
    }

    @ParameterizedTest(name = "VXLAN: {0}")
    @CsvSource({"true", "false"})
    void write_overlay_leadsInside(boolean vxlan) {
        int innerBytes = Ethernet.SIZE + Ipv4.SIZE + Udp.SIZE;
        long at = Ipv4.write(s, 0, 0, 36 + innerBytes, 1, 0, 64, IpProtocol.UDP, 0xC0000201, 0xC0000202);
        at += Udp.write(s, at, 49_152, vxlan ? Vxlan.PORT : Geneve.PORT, 16 + innerBytes);
        long overlay = at;
        at += vxlan ? Vxlan.write(s, at, 0xABCDEF) : Geneve.write(s, at, 0xABCDEF, EtherType.TRANSPARENT_BRIDGING);
        at += Ethernet.write(s, at, 2, 1, EtherType.IPV4);
        at += Ipv4.write(s, at, 0, 28, 1, 0, 64, IpProtocol.UDP, 0x0A000001, 0x0A000002);
        at += Udp.write(s, at, 1000, 53, 8);

        byte[] packet = written(at);
        Headers headers = Parsed.inner(LinkType.RAW, packet);
        assertThat(Parsed.text(packet, headers)).isEqualTo("17 10.0.0.1:1000 > 10.0.0.2:53, ip 28, payload 0, none");
        assertThat(headers.vni).isEqualTo(0xABCDEF);
        assertThat(vxlan ? Vxlan.vni(s, overlay) : Geneve.vni(s, overlay)).isEqualTo(0xABCDEF);
        assertThat(vxlan ? Vxlan.check(s, overlay, 8) : Geneve.check(s, overlay, 8))
                .isZero();
    }

    @ParameterizedTest(name = "key: {0}")
    @CsvSource({"true", "false"})
    void write_gre_leadsInside(boolean key) {
        int greBytes = key ? 8 : 4;
        long at = Ipv4.write(s, 0, 0, 20 + greBytes + 28, 1, 0, 64, IpProtocol.GRE, 0xC0000201, 0xC0000202);
        assertThat(key ? Gre.writeKeyed(s, at, EtherType.IPV4, 9) : Gre.write(s, at, EtherType.IPV4))
                .isEqualTo(greBytes);
        assertThat(Gre.headerBytes(s, at)).isEqualTo(greBytes);
        assertThat(Gre.check(s, at, greBytes)).isZero();
        assertThat(Gre.check(s, at, greBytes - 1)).isEqualTo(Malformed.TRUNCATED_TUNNEL);
        at += greBytes;
        at += Ipv4.write(s, at, 0, 28, 1, 0, 64, IpProtocol.UDP, 0x0A000001, 0x0A000002);
        at += Udp.write(s, at, 1000, 53, 8);
        byte[] packet = written(at);
        assertThat(Parsed.text(packet, Parsed.inner(LinkType.RAW, packet)))
                .isEqualTo("17 10.0.0.1:1000 > 10.0.0.2:53, ip 28, payload 0, none");
    }

    @Test
    void write_icmpErrors_quoteAndVerify() {
        long at = Ipv4.write(s, 0, 0, 56, 1, 0, 64, IpProtocol.ICMP, 0x0A000002, 0x0A000001);
        at += Icmp.write(s, at, Icmp.DESTINATION_UNREACHABLE, 4, 1400);
        at += Ipv4.write(s, at, 0, 1500, 1, 0, 64, IpProtocol.UDP, 0x0A000001, 0x0A000002);
        at += Udp.write(s, at, 1000, 53, 1480);
        Icmp.fillChecksum(s, 20, 36);
        Headers headers = Parsed.outer(LinkType.RAW, written(at));
        assertThat(headers.icmpError).isTrue();
        assertThat(headers.quoted).isEqualTo(28);
        assertThat(Checksums.internet(s, 20, 36)).isZero();

        Ipv6.write(s, 0, 0, 0, 8, IpProtocol.ICMPV6, 64, 1, 2, 3, 4);
        Icmp.write(s, 40, Icmp.V6_ECHO_REQUEST, 0, 0x12340001);
        Icmp.fillChecksumV6(s, 0, 40, 8);
        assertThat(Checksums.transport(s, 0, 40, 8, IpProtocol.ICMPV6)).isZero();
        Icmp.setIdentifier(s, 40, 0x4321);
        assertThat(Checksums.transport(s, 0, 40, 8, IpProtocol.ICMPV6)).isZero();
        assertThat(Parsed.outer(LinkType.RAW, written(48)).sourcePort).isEqualTo(0x4321);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        minimal               | 45000014 00000000 00000000 00000000 00000000 | 20 | none
        total length below    | 45000013 00000000 00000000 00000000 00000000 | 20 | bad-total-length
        cut short             | 45000014 00000000 00000000 00000000 00000000 | 19 | truncated-ipv4
        another version       | 65000014 00000000 00000000 00000000 00000000 | 20 | bad-ip-version
        header below 20       | 44000014 00000000 00000000 00000000 00000000 | 20 | bad-ip-header-length
        options not all here  | 46000018 00000000 00000000 00000000 00000000 | 20 | bad-ip-header-length
        """)
    void check_ipv4_namesWhatIsWrong(String title, String header, int here, String expected) {
        MemorySegment segment = MemorySegment.ofArray(Parsed.hex(header));
        assertThat(Malformed.name(Ipv4.check(segment, 0, here))).isEqualTo(expected);
    }
}
