package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to begin a packet, before one and the same IP datagram. */
class LinkLayerTest {
    /** 10.0.0.1:1000 to 10.0.0.2:53, UDP, 4 octets. */
    private static final String IPV4 = "45000020 00010000 40110000 0a000001 0a000002 03e80035 000c0000 61626364";

    private static final String IPV4_TEXT = "17 10.0.0.1:1000 > 10.0.0.2:53, ip 32, payload 4, none";

    /** 2001:db8::1 port 1000 to 2001:db8::2 port 53, UDP, no data. */
    private static final String IPV6 =
            "60000000 00081140 20010db8000000000000000000000001 20010db8000000000000000000000002 03e80035 00080000";

    private static final String IPV6_TEXT = "17 2001:db8::1:1000 > 2001:db8::2:53, ip 48, payload 0, none";

    private static final String MACS = "020000000002 020000000001";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        Ethernet                          |   1 | MACS 0800
        Ethernet, 802.3 length, SNAP      |   1 | MACS 0028 aaaa03 000000 0800
        Ethernet, 802.3 length, LLC of IP |   1 | MACS 0023 060603
        Ethernet, SNAP of 802.1H          |   1 | MACS 0028 aaaa03 0000f8 0800
        802.1Q                            |   1 | MACS 8100 0064 0800
        QinQ, 802.1ad                     |   1 | MACS 88a8 0064 8100 00c8 0800
        QinQ, older type                  |   1 | MACS 9100 0064 8100 00c8 0800
        802.1Q, 802.3 length              |   1 | MACS 8100 0064 0028 aaaa03 000000 0800
        MPLS, one label                   |   1 | MACS 8847 00064140
        MPLS, three labels                |   1 | MACS 8847 00064040 00065040 00066140
        PPPoE                             |   1 | MACS 8864 1100 0001 0022 0021
        PPPoE in 802.1Q                   |   1 | MACS 8100 0064 8864 1100 0001 0022 0021
        PPP                               |   9 | 0021
        PPP, short protocol               |   9 | 21
        PPP, address and control          |   9 | ff03 0021
        PPP, Cisco HDLC                   |   9 | 0f00 0800
        PPP HDLC                          |  50 | ff03 0021
        PPP HDLC, short protocol          |  50 | ff03 21
        PPP, MPLS                         |  50 | ff03 0281 00064140
        PPP over Ethernet                 |  51 | 1100 0001 0022 0021
        Cisco HDLC                        | 104 | 0f00 0800
        Cisco HDLC, 802.1Q                | 104 | 0f00 8100 0064 0800
        raw                               | 101 | ''
        raw, BSD                          |  12 | ''
        raw, OpenBSD                      |  14 | ''
        raw IPv4                          | 228 | ''
        BSD loopback, little endian       |   0 | 02000000
        BSD loopback, big endian          |   0 | 00000002
        OpenBSD loopback                  | 108 | 00000002
        Linux cooked                      | 113 | 0000 0001 0006 020000000001 0000 0800
        Linux cooked, 802.1Q              | 113 | 0000 0001 0006 020000000001 0000 8100 0064 0800
        Linux cooked, LLC                 | 113 | 0000 0001 0006 020000000001 0000 0004 aaaa03 000000 0800
        Linux cooked 2                    | 276 | 0800 0000 00000002 0001 00 06 020000000001 0000
        Linux cooked 2, 802.1Q            | 276 | 8100 0000 00000002 0001 00 06 020000000001 0000 0064 0800
        802.11, to the access point       | 105 | 0801 0000 MACS 020000000003 1000 aaaa03 000000 0800
        802.11, QoS                       | 105 | 8802 0000 MACS 020000000003 1000 0000 aaaa03 000000 0800
        802.11, four addresses            | 105 | 0803 0000 MACS 020000000003 1000 020000000004 aaaa03 000000 0800
        802.11, QoS and HT control        | 105 | 8882 0000 MACS 020000000003 1000 0000 00000000 aaaa03 000000 0800
        802.11, aggregate                 | 105 | 8802 0000 MACS 020000000003 1000 8000 MACS 0028 aaaa03 000000 0800
        radiotap                          | 127 | 0000 0800 00000000 0801 0000 MACS 020000000003 1000 aaaa03 000000 0800
        radiotap, padded header           | 127 | 0000 0900 02000000 20 8802 0000 MACS 020000000003 1000 0000 0000 aaaa03 000000 0800
        """)
    void parse_linkHeader_leadsToIpv4(String title, int link, String header) {
        byte[] packet = Parsed.hex(header.replace("MACS", MACS) + IPV4);
        assertThat(Parsed.text(packet, Parsed.outer(link, packet))).isEqualTo(IPV4_TEXT);
        assertThat(Parsed.text(packet, Parsed.inner(link, packet))).isEqualTo(IPV4_TEXT);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        Ethernet                     |   1 | MACS 86dd
        802.1Q                       |   1 | MACS 8100 0064 86dd
        MPLS, explicit null          |   1 | MACS 8847 00002140
        PPPoE                        |   1 | MACS 8864 1100 0001 0032 0057
        PPP                          |   9 | ff03 0057
        raw                          | 101 | ''
        raw IPv6                     | 229 | ''
        BSD loopback, NetBSD         |   0 | 18000000
        BSD loopback, FreeBSD        |   0 | 1c000000
        BSD loopback, macOS          |   0 | 1e000000
        BSD loopback, Linux          |   0 | 0000000a
        OpenBSD loopback             | 108 | 00000018
        Linux cooked                 | 113 | 0000 0001 0006 020000000001 0000 86dd
        Linux cooked 2               | 276 | 86dd 0000 00000002 0001 00 06 020000000001 0000
        """)
    void parse_linkHeader_leadsToIpv6(String title, int link, String header) {
        byte[] packet = Parsed.hex(header.replace("MACS", MACS) + IPV6);
        assertThat(Parsed.text(packet, Parsed.outer(link, packet))).isEqualTo(IPV6_TEXT);
        assertThat(Parsed.text(packet, Parsed.inner(link, packet))).isEqualTo(IPV6_TEXT);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        ARP                               |   1 | MACS 0806 00010800 06040001       | none
        spanning tree                     |   1 | MACS 0026 424203                  | none
        SNAP of another organization      |   1 | MACS 0010 aaaa03 00000c 2000      | none
        type between length and EtherType |   1 | MACS 05ff 45000020                | none
        cut within Ethernet               |   1 | 020000000002                      | truncated-link
        cut within a VLAN tag             |   1 | MACS 8100 0064 08                 | truncated-vlan
        cut within a second VLAN tag      |   1 | MACS 88a8 0064 8100 0064          | truncated-vlan
        MPLS without an end               |   1 | MACS 8847 00064040                | truncated-mpls
        MPLS pseudo-wire                  |   1 | MACS 8847 00064140 00000000       | none
        PPPoE cut                         |   1 | MACS 8864 1100 0001               | truncated-ppp
        PPPoE longer than the wire        |   1 | MACS 8864 1100 0001 0005 c021 0901 | bad-pppoe
        PPPoE version 2                   |   1 | MACS 8864 2100 0001 0004 c021 0901 | bad-pppoe
        PPPoE, link control               |   1 | MACS 8864 1100 0001 0004 c021 0901 | none
        PPP, link control                 |   9 | ff03 c021 01010004                | none
        PPP cut                           |   9 | ff                                | truncated-ppp
        loopback of something else        |   0 | 07000000                          | none
        loopback cut                      |   0 | 0200                              | truncated-link
        netlink in Linux cooked           | 113 | 0004 0338 0000 0000000000000000 0800 45000020 | none
        802.11 beacon                     | 105 | 8000 0000 MACS 020000000003 1000  | none
        802.11 null data                  | 105 | 4801 0000 MACS 020000000003 1000  | none
        802.11 encrypted                  | 105 | 0841 0000 MACS 020000000003 1000 aaaa03 | none
        802.11 later fragment             | 105 | 0801 0000 MACS 020000000003 1100 aaaa03 000000 0800 | none
        802.11 cut                        | 105 | 0801 0000 MACS                    | truncated-link
        radiotap of another version       | 127 | 0100 0800 00000000                | bad-radiotap
        radiotap too short for itself     | 127 | 0000 0700 00000000                | bad-radiotap
        radiotap longer than the packet   | 127 | 0000 ff00 00000000                | truncated-link
        raw, neither version              | 101 | 00000000                          | none
        raw IPv4 of another version       | 228 | 65000014 00000000 40110000 0a000001 0a000002 | bad-ip-version
        a link type that is not known     | 147 | 45000020                          | none
        nothing at all                    |   1 | ''                                | truncated-link
        """)
    void parse_noIp_makesNoKey(String title, int link, String packet, String status) {
        byte[] bytes = Parsed.hex(packet.replace("MACS", MACS));
        assertThat(Parsed.text(bytes, Parsed.outer(link, bytes))).isEqualTo("no key, " + status);
        assertThat(Parsed.text(bytes, Parsed.inner(link, bytes))).isEqualTo("no key, " + status);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        no tag    | 0800                               | 0 |   0 |   0
        one       | 8100 e064 0800                     | 1 | 100 |   0
        two       | 88a8 0064 8100 00c8 0800           | 2 | 100 | 200
        three     | 88a8 0064 8100 00c8 8100 012c 0800 | 3 | 100 | 200
        """)
    void parse_vlanTags_areCountedAndTold(String title, String tags, int count, int outermost, int next) {
        Headers headers = Parsed.outer(LinkType.ETHERNET, Parsed.hex(MACS + tags + IPV4));
        assertThat(headers.vlans).isEqualTo(count);
        assertThat(headers.vlan).isEqualTo(outermost);
        assertThat(headers.innerVlan).isEqualTo(next);
    }

    @ParameterizedTest(name = "frame check sequence: {0}")
    @CsvSource({"true, 10, 24", "false, 00, 28"})
    void parse_radiotapFlags_sayWhetherAChecksumEndsTheFrame(boolean present, String flags, int ipBytes) {
        String lengthByTheWire = "45000000 00010000 40ff0000 0a000001 0a000002 61626364";
        byte[] packet = Parsed.hex("0000 1100 03000000 0102030405060708 " + flags + "0801 0000" + MACS
                + "020000000003 1000 aaaa03 000000 0800" + lengthByTheWire + "ffffffff");
        assertThat(Parsed.outer(LinkType.IEEE802_11_RADIOTAP, packet).ipBytes).isEqualTo(ipBytes);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "5000"})
    void parse_ethernetPadding_neverCounts(int padding) {
        byte[] frame = Parsed.hex(MACS + "0800" + IPV4);
        byte[] padded = java.util.Arrays.copyOf(frame, frame.length + padding);
        assertThat(Parsed.text(padded, Parsed.outer(LinkType.ETHERNET, padded))).isEqualTo(IPV4_TEXT);
    }
}
