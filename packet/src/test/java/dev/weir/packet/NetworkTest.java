package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IPv4 and IPv6 headers, options, extension headers and fragments, as raw IP packets. */
class NetworkTest {
    private static final String V6_ADDRESSES = "20010db8000000000000000000000001 20010db8000000000000000000000002";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        without payload             | 45000014 00010000 40ff0000 0a000001 0a000002                   | 255 10.0.0.1:0 > 10.0.0.2:0, ip 20, payload -1, none
        options                     | 48000024 00010000 40110000 0a000001 0a000002 94040000 01010101 00000000 (udp) 00010002 | 17 10.0.0.1:1 > 10.0.0.2:2, ip 36, payload -1, truncated-udp
        total length below options' | 46000014 00010000 40110000 0a000001 0a000002 94040000          | no key, bad-total-length
        options past the wire       | 4f00003c 00010000 40110000 0a000001 0a000002 94040000          | 17 10.0.0.1:0 > 10.0.0.2:0, ip 24, payload -1, bad-ip-header-length
        header length below 20      | 44000014 00010000 40110000 0a000001 0a000002                   | no key, bad-ip-header-length
        total length below header's | 45000013 00010000 40110000 0a000001 0a000002                   | no key, bad-total-length
        total length above the wire | 4500001d 00010000 40110000 0a000001 0a000002 03e80035 00080000 | 17 10.0.0.1:1000 > 10.0.0.2:53, ip 28, payload 0, bad-total-length
        total length left to card   | 45000000 00010000 40110000 0a000001 0a000002 03e80035 00080000 | 17 10.0.0.1:1000 > 10.0.0.2:53, ip 28, payload 0, none
        cut                         | 45000014 00010000 40110000 0a000001 0a0000                     | no key, truncated-ipv4
        """)
    void parse_ipv4Header_isJudged(String title, String packet, String expected) {
        byte[] bytes = Parsed.hex(packet);
        assertThat(Parsed.text(bytes, Parsed.outer(LinkType.RAW, bytes))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        no extension header            | 0008 11 | 00010002 00080000                              | 17, transport 40, none
        hop-by-hop                     | 0010 00 | 1100 0502 0000 0100 00010002 00080000           | 17, transport 48, none
        destination options            | 0010 3c | 1100 0104 00000000 00010002 00080000            | 17, transport 48, none
        destination options, 16 octets | 0018 3c | 1101 010c 0000000000000000 00000000 00010002 00080000 | 17, transport 56, none
        routing                        | 0010 2b | 1100 0000 00000000 00010002 00080000            | 17, transport 48, none
        authentication                 | 0014 33 | 1101 0000 00000001 00000001 00010002 00080000   | 17, transport 52, none
        four in a row                  | 002c 00 | 2b00 0104 00000000 3c00 0000 00000000 3300 0104 00000000 1101 0000 00000001 00000001 00010002 00080000 | 17, transport 76, none
        mobility, nothing after        | 0008 87 | 3b00 0500 00000000                             | 135, transport 40, none
        mobility, UDP after            | 0010 87 | 1100 0500 00000000 00010002 00080000            | 17, transport 48, none
        HIP                            | 0008 8b | 3b00 0111 00000000                             | 139, transport 40, none
        no next header                 | 0008 3b | 0000000000000000                               | 59, transport -1, none
        encrypted                      | 0008 32 | 0000000100000001                               | 50, transport 40, none
        hop-by-hop not first           | 0018 3c | 0000 0104 00000000 1100 0104 00000000 00010002 00080000 | 17, transport 56, misplaced-hop-by-hop
        extension header past the end  | 0008 3c | 1101 0104 00000000                             | 60, transport -1, truncated-ipv6-extension
        extension header missing       | 0008 3c | 3c00 0104 00000000                             | 60, transport -1, truncated-ipv6-extension
        payload length above the wire  | 0009 11 | 00010002 00080000                              | 17, transport 40, bad-total-length
        payload length 0               | 0000 11 | 00010002 00080000                              | 17, transport -1, truncated-udp
        """)
    void parse_ipv6ExtensionHeaders_areSteppedOver(String title, String lengthAndNext, String rest, String expected) {
        byte[] packet = Parsed.hex("60000000" + lengthAndNext + "40" + V6_ADDRESSES + rest);
        Headers headers = Parsed.outer(LinkType.RAW, packet);
        assertThat(headers.family).isEqualTo(6);
        assertThat(headers.protocol + ", transport " + headers.transport + ", " + Malformed.name(headers.status))
                .isEqualTo(expected);
    }

    /** In IPv4 it is a protocol like others, and what it protects is not looked at: the key has IPv4's protocol field. */
    @Test
    void parse_authenticationHeaderInIpv4_isTheProtocol() {
        byte[] packet = Parsed.hex(
                "45000028 00010000 40330000 0a000001 0a000002 1101 0000 00000001 00000001 00010002 00080000");
        assertThat(Parsed.text(packet, Parsed.outer(LinkType.RAW, packet)))
                .isEqualTo("51 10.0.0.1:0 > 10.0.0.2:0, ip 40, payload -1, none");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        whole, do not fragment   | 4000 | 0 | 20 | 4660 | 1 | none
        first                    | 2000 | 1 | 20 | 4660 | 1 | none
        middle                   | 2001 | 2 | -1 | 4660 | 0 | none
        last                     | 0001 | 2 | -1 | 4660 | 0 | none
        last, past 65535 octets  | 1ffe | 2 | -1 | 4660 | 0 | bad-fragment
        """)
    void parse_ipv4Fragment_isTold(
            String title, String field, int fragment, int transport, int id, int sourcePort, String status) {
        byte[] packet =
                Parsed.hex("45000024 1234" + field + "40110000 0a000001 0a000002 00010002 00100000 0000000000000000");
        Headers headers = Parsed.outer(LinkType.RAW, packet);
        assertThat(headers.fragment).isEqualTo(fragment);
        assertThat(headers.transport).isEqualTo(transport);
        assertThat(headers.fragmentId).isEqualTo(id);
        assertThat(headers.sourcePort).isEqualTo(sourcePort);
        assertThat(Malformed.name(headers.status)).isEqualTo(status);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        atomic                  | 0000 | 0 | 48 | 1
        first                   | 0001 | 1 | 48 | 1
        middle                  | 0009 | 2 | -1 | 0
        last                    | 0008 | 2 | -1 | 0
        """)
    void parse_ipv6Fragment_isTold(String title, String field, int fragment, int transport, int sourcePort) {
        byte[] packet =
                Parsed.hex("60000000 0010 2c 40" + V6_ADDRESSES + "1100" + field + "12345678 00010002 00080000");
        Headers headers = Parsed.outer(LinkType.RAW, packet);
        assertThat(headers.fragment).isEqualTo(fragment);
        assertThat(headers.transport).isEqualTo(transport);
        assertThat(headers.fragmentId).isEqualTo(0x12345678);
        assertThat(headers.sourcePort).isEqualTo(sourcePort);
        assertThat(headers.protocol).isEqualTo(IpProtocol.UDP);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        as long as the wire | 00010010 | 65552 | 65592 | none
        Ethernet padding    | 00010010 | 65556 | 65592 | none
        below 65536         | 0000ffff | 65552 | 65592 | bad-jumbo-length
        above the wire      | 7fffffff | 65552 | 65592 | bad-total-length
        above 2 GiB         | ffffffff | 65552 | 65592 | bad-total-length
        """)
    void parse_jumboPayload_isTheLength(String title, String option, int wirePayload, int ipBytes, String status) {
        byte[] start = Parsed.hex("60000000 0000 00 40" + V6_ADDRESSES + "1100 c204" + option + "00010002 0000");
        byte[] packet = java.util.Arrays.copyOf(start, Ipv6.SIZE + wirePayload);
        Headers headers = Parsed.outer(LinkType.RAW, packet);
        assertThat(headers.ipBytes).isEqualTo(ipBytes);
        assertThat(headers.sourcePort).isEqualTo(1);
        assertThat(Malformed.name(headers.status)).isEqualTo(status);
    }

    /** More than 65535 octets cannot be told by the payload length: the sender's network card was to segment them. */
    @Test
    void parse_payloadLengthLeftToCard_isWhatTheWireHad() {
        byte[] start =
                Parsed.hex("60000000 0000 06 40" + V6_ADDRESSES + "005003e8 00000001 00000002 50180000 00000000");
        byte[] packet = java.util.Arrays.copyOf(start, Ipv6.SIZE + 65_536);
        Headers headers = Parsed.outer(LinkType.RAW, packet);
        assertThat(headers.ipBytes).isEqualTo(packet.length);
        assertThat(headers.payloadBytes).isEqualTo(65_536 - Tcp.SIZE);
        assertThat(headers.status).isEqualTo(Malformed.NONE);
    }

    @ParameterizedTest(name = "{0} octets captured")
    @CsvSource(delimiter = '|', textBlock = """
        19 | no key, not-captured
        20 | 6 10.0.0.1:0 > 10.0.0.2:0, ip 1500, payload -1, not-captured
        23 | 6 10.0.0.1:0 > 10.0.0.2:0, ip 1500, payload -1, not-captured
        24 | 6 10.0.0.1:80 > 10.0.0.2:1000, ip 1500, payload -1, none
        34 | 6 10.0.0.1:80 > 10.0.0.2:1000, ip 1500, payload 1460, none
        40 | 6 10.0.0.1:80 > 10.0.0.2:1000, ip 1500, payload 1460, none
        """)
    void parse_snapLength_isNoFaultOfThePacket(int captured, String expected) {
        byte[] header =
                Parsed.hex("450005dc 00010000 40060000 0a000001 0a000002 005003e8 00000000 00000000 50180000 00000000");
        byte[] packet = java.util.Arrays.copyOf(header, captured);
        assertThat(Parsed.text(packet, Parsed.parse(TunnelMode.OUTER, LinkType.RAW, packet, 1500)))
                .isEqualTo(expected);
    }
}
