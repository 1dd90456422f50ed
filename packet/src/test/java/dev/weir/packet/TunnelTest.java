package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tunnels within IPv4 from 192.0.2.1 to 192.0.2.2, with one and the same UDP datagram or something else in them. */
class TunnelTest {
    private static final String IPV4 = "45000020 00010000 40110000 0a000001 0a000002 03e80035 000c0000 61626364";
    private static final String IPV6 =
            "60000000 00081140 20010db8000000000000000000000001 20010db8000000000000000000000002 03e80035 00080000";
    private static final String MACS = "020000000002 020000000001";
    private static final String INSIDE = "17 10.0.0.1:1000 > 10.0.0.2:53, ip 32, payload 4, none";
    private static final String INSIDE_V6 = "17 2001:db8::1:1000 > 2001:db8::2:53, ip 48, payload 0, none";

    private static String ip(int protocol, String payload) {
        int bytes = Parsed.hex(payload).length;
        return "4500%04x 00010000 40%02x0000 c0000201 c0000202".formatted(Ipv4.SIZE + bytes, protocol) + payload;
    }

    private static String udp(int port, String payload) {
        int bytes = Parsed.hex(payload).length;
        return ip(IpProtocol.UDP, "c000%04x %04x0000".formatted(port, Udp.SIZE + bytes) + payload);
    }

    private static String fill(String text) {
        return text.replace("MACS", MACS).replace("IPV4", IPV4).replace("IPV6", IPV6);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        VXLAN                          | 4789 | 08000000 00045700 MACS 0800 IPV4                        | 1111
        VXLAN, older port              | 8472 | 08000000 00045700 MACS 0800 IPV4                        | 1111
        VXLAN, tagged inside           | 4789 | 08000000 00045700 MACS 8100 0064 0800 IPV4              | 1111
        Geneve                         | 6081 | 00006558 00045700 MACS 0800 IPV4                        | 1111
        Geneve, options                | 6081 | 02006558 00045700 0102800100000000 MACS 0800 IPV4       | 1111
        Geneve, IP inside              | 6081 | 00000800 00045700 IPV4                                  | 1111
        GTP-U                          | 2152 | 30ff0020 00000001 IPV4                                  | -1
        GTP-U, sequence number         | 2152 | 32ff0024 00000001 00010000 IPV4                         | -1
        GTP-U, two extension headers   | 2152 | 34ff002c 00000001 00000085 01100085 01100000 IPV4       | -1
        """)
    void parse_udpTunnel_leadsInside(String title, int port, String payload, int vni) {
        byte[] packet = Parsed.hex(udp(port, fill(payload)));
        Headers outer = Parsed.outer(LinkType.RAW, packet);
        assertThat(outer.destinationPort).isEqualTo(port);
        assertThat(outer.vni).isEqualTo(vni);
        assertThat(outer.tunnels).isZero();
        assertThat(outer.vlans).isZero();
        Headers inner = Parsed.inner(LinkType.RAW, packet);
        assertThat(Parsed.text(packet, inner)).isEqualTo(INSIDE);
        assertThat(inner.vni).isEqualTo(vni);
        assertThat(inner.tunnels).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        IPv4 in IPv4                   |  4 | IPV4
        GRE                            | 47 | 00000800 IPV4
        GRE, checksum                  | 47 | 80000800 00000000 IPV4
        GRE, key                       | 47 | 20000800 00000001 IPV4
        GRE, checksum, key, sequence   | 47 | b0000800 00000000 00000001 00000001 IPV4
        GRE, Ethernet                  | 47 | 00006558 MACS 0800 IPV4
        GRE, MPLS                      | 47 | 00008847 00064140 IPV4
        GRE, PPP of PPTP               | 47 | 3001880b 00240001 00000001 ff03 0021 IPV4
        GRE, PPP of PPTP, acknowledged | 47 | 3081880b 00240001 00000001 00000001 ff03 0021 IPV4
        """)
    void parse_ipTunnel_leadsInside(String title, int protocol, String payload) {
        byte[] packet = Parsed.hex(ip(protocol, fill(payload)));
        assertThat(Parsed.outer(LinkType.RAW, packet).protocol).isEqualTo(protocol);
        assertThat(Parsed.text(packet, Parsed.inner(LinkType.RAW, packet))).isEqualTo(INSIDE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        IPv6 in IPv4 | 41 | 04
        IPv6 in IPv6 | 41 | 06
        IPv4 in IPv6 |  4 | 06
        """)
    void parse_ipInIp_goesBetweenVersions(String title, int protocol, String outside) {
        String payload = protocol == IpProtocol.IPV4 ? IPV4 : IPV6;
        int bytes = Parsed.hex(payload).length;
        String header = outside.equals("04")
                ? ip(protocol, "").replaceFirst("45000014", "4500%04x".formatted(Ipv4.SIZE + bytes))
                : "60000000 %04x %02x 40".formatted(bytes, protocol) + "20010db8".repeat(8);
        byte[] packet = Parsed.hex(header + payload);
        assertThat(Parsed.outer(LinkType.RAW, packet).protocol).isEqualTo(protocol);
        assertThat(Parsed.text(packet, Parsed.inner(LinkType.RAW, packet)))
                .isEqualTo(protocol == IpProtocol.IPV4 ? INSIDE : INSIDE_V6);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        VXLAN without identifier       | 4789 | 00000000 00045700 MACS 0800 IPV4        | none
        VXLAN cut                      | 4789 | 08000000                                | truncated-tunnel
        VXLAN, ARP inside, tagged      | 4789 | 08000000 00045700 MACS 8100 0064 0806   | none
        VXLAN, inner IPv4 cut          | 4789 | 08000000 00045700 MACS 0800 45000014    | truncated-ipv4
        VXLAN, inner IPv4 damaged      | 4789 | 08000000 00045700 MACS 0800 44000014 00010000 40110000 0a000001 0a000002 | bad-ip-header-length
        Geneve of another version      | 6081 | 40006558 00045700 MACS 0800 IPV4        | none
        Geneve, options past the end   | 6081 | 3f006558 00045700 MACS                  | truncated-tunnel
        GTP-U echo                     | 2152 | 32010004 00000000 00010000              | none
        GTP-U, extension of length 0   | 2152 | 34ff0008 00000001 00000085 00000000     | bad-tunnel
        GTP-U, length past the end     | 2152 | 30ff0020 00000001                       | bad-tunnel
        GTP-U, neither version inside  | 2152 | 30ff0004 00000001 00000000              | none
        """)
    void parse_noIpInside_fallsBackToTheOuterHeader(String title, int port, String payload, String status) {
        byte[] packet = Parsed.hex(udp(port, fill(payload)));
        Headers inner = Parsed.inner(LinkType.RAW, packet);
        assertThat(inner.network).isZero();
        assertThat(inner.destinationPort).isEqualTo(port);
        assertThat(inner.tunnels).isZero();
        assertThat(inner.vlans).isZero();
        assertThat(Malformed.name(inner.status)).isEqualTo(status);
        assertThat(Malformed.name(Parsed.outer(LinkType.RAW, packet).status)).isEqualTo("none");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        GRE, source route      | 40000800 IPV4
        GRE, version 2         | 00020800 IPV4
        GRE, acknowledges only | 2081880b 00000001 00000001
        GRE, ERSPAN            | 100088be 00000001 1000000000000000 MACS 0800 IPV4
        GRE, keep-alive        | 00000000
        """)
    void parse_greThatIsNotFollowed_staysOutside(String title, String payload) {
        Headers inner = Parsed.inner(LinkType.RAW, Parsed.hex(ip(IpProtocol.GRE, fill(payload))));
        assertThat(inner.network).isZero();
        assertThat(Malformed.name(inner.status)).isEqualTo("none");
    }

    @ParameterizedTest(name = "{0} tunnels")
    @CsvSource({"1, 1, none", "7, 7, none", "8, 8, none", "9, 8, nested-too-deep", "40, 8, nested-too-deep"})
    void parse_nestedTunnels_areFollowedToALimit(int depth, int followed, String status) {
        String packet = IPV4;
        for (int i = 0; i < depth; i++) {
            packet = ip(IpProtocol.IPV4, packet);
        }
        Headers headers = Parsed.inner(LinkType.RAW, Parsed.hex(packet));
        assertThat(headers.tunnels).isEqualTo(followed);
        assertThat(headers.network).isEqualTo(followed * Ipv4.SIZE);
        assertThat(Malformed.name(headers.status)).isEqualTo(status);
    }

    /** So that the first fragment's key has the addresses that the later ones show. */
    @Test
    void parse_tunnelInAFragment_isNotEntered() {
        byte[] packet = Parsed.hex(ip(IpProtocol.GRE, "00000800" + IPV4));
        packet[Ipv4.FRAGMENT] = 0x20;
        assertThat(Parsed.inner(LinkType.RAW, packet).network).isZero();
    }

    @Test
    void parse_tunnelsOfSeveralKinds_tellsTheInnermostIdentifier() {
        String vxlan = udp(Vxlan.PORT, "08000000 00002a00" + MACS + "0800" + IPV4);
        String geneve = udp(Geneve.PORT, "00000800 00000700" + vxlan);
        byte[] packet = Parsed.hex(ip(IpProtocol.GRE, "00000800" + geneve));
        Headers inner = Parsed.inner(LinkType.RAW, packet);
        assertThat(Parsed.text(packet, inner)).isEqualTo(INSIDE);
        assertThat(inner.tunnels).isEqualTo(3);
        assertThat(inner.vni).isEqualTo(0x2a);
    }

    @Test
    void parse_packetAnywhereInMemory_readsOnlyItsOwnBytes() {
        byte[] packet = Parsed.hex(udp(Vxlan.PORT, "08000000 00045700" + MACS + "0800" + IPV4));
        try (Arena arena = Arena.ofConfined()) {
            long at = 1_000_003;
            MemorySegment data = arena.allocate(at + packet.length);
            MemorySegment.copy(packet, 0, data, java.lang.foreign.ValueLayout.JAVA_BYTE, at, packet.length);
            Headers headers = new Headers();
            new PacketParser(TunnelMode.INNER).parse(data, at, packet.length, packet.length, LinkType.RAW, headers);
            assertThat(Parsed.text(packet, headers)).isEqualTo(INSIDE);
        }
    }
}
