package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transport headers behind an IPv4 header from 10.0.0.1 to 10.0.0.2. */
class TransportTest {
    private static byte[] packet(int protocol, String transport) {
        byte[] payload = Parsed.hex(transport);
        return Parsed.hex(
                "4500%04x 00010000 40%02x0000 0a000001 0a000002".formatted(20 + payload.length, protocol) + transport);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        TCP                             |   6 | 005003e8 00000001 00000002 50180000 00000000 6162     | 80 > 1000, payload 2, flags 24, none
        TCP, options                    |   6 | 005003e8 00000001 00000002 60020000 00000000 020405b4 | 80 > 1000, payload 0, flags 2, none
        TCP, header below 20            |   6 | 005003e8 00000001 00000002 40180000 00000000 6162     | 80 > 1000, payload -1, flags 24, bad-tcp-header-length
        TCP, header past the end        |   6 | 005003e8 00000001 00000002 60180000 00000000 6162     | 80 > 1000, payload -1, flags 24, bad-tcp-header-length
        TCP, cut behind the flags       |   6 | 005003e8 00000001 00000002 5018                       | 80 > 1000, payload -1, flags 24, truncated-tcp
        TCP, cut behind the ports       |   6 | 005003e8                                              | 80 > 1000, payload -1, flags -1, truncated-tcp
        TCP, cut within the ports       |   6 | 005003                                                | 0 > 0, payload -1, flags -1, truncated-tcp
        TCP, nothing                    |   6 | ''                                                    | 0 > 0, payload -1, flags -1, truncated-tcp
        UDP                             |  17 | 03e80035 000a0000 6162                                | 1000 > 53, payload 2, flags -1, none
        UDP, length below 8             |  17 | 03e80035 00070000                                     | 1000 > 53, payload 0, flags -1, bad-udp-length
        UDP, length 0                   |  17 | 03e80035 00000000                                     | 1000 > 53, payload 0, flags -1, bad-udp-length
        UDP, length past the end        |  17 | 03e80035 00090000                                     | 1000 > 53, payload 0, flags -1, bad-udp-length
        UDP, length before the end      |  17 | 03e80035 00080000 61                                  | 1000 > 53, payload 1, flags -1, none
        UDP, cut                        |  17 | 03e80035 0008                                         | 1000 > 53, payload -1, flags -1, truncated-udp
        UDP-Lite, all covered           | 136 | 03e80035 00000000 6162                                | 1000 > 53, payload 2, flags -1, none
        UDP-Lite, header covered        | 136 | 03e80035 00080000 6162                                | 1000 > 53, payload 2, flags -1, none
        UDP-Lite, coverage below header | 136 | 03e80035 00070000 6162                                | 1000 > 53, payload 2, flags -1, bad-udp-lite-coverage
        UDP-Lite, coverage past the end | 136 | 03e80035 000b0000 6162                                | 1000 > 53, payload 2, flags -1, bad-udp-lite-coverage
        UDP-Lite, cut                   | 136 | 03e80035 0008                                         | 1000 > 53, payload -1, flags -1, truncated-udp-lite
        SCTP                            | 132 | 0b590b5a 00000001 00000000 01000004                   | 2905 > 2906, payload 4, flags -1, none
        SCTP, cut                       | 132 | 0b590b5a 00000001                                     | 2905 > 2906, payload -1, flags -1, truncated-sctp
        DCCP                            |  33 | 138913ba 04000000 00000001 00000000                   | 5001 > 5050, payload 0, flags -1, none
        DCCP, header below 12           |  33 | 138913ba 02000000 00000001 00000000                   | 5001 > 5050, payload -1, flags -1, bad-dccp-header-length
        DCCP, cut                       |  33 | 138913ba 04000000                                     | 5001 > 5050, payload -1, flags -1, truncated-dccp
        ICMP echo request               |   1 | 08000000 12340001 6162                                | 4660 > 4660, payload 2, flags -1, none
        ICMP echo reply                 |   1 | 00000000 12340001                                     | 4660 > 4660, payload 0, flags -1, none
        ICMP timestamp                  |   1 | 0d000000 12340001                                     | 0 > 0, payload 0, flags -1, none
        ICMP echo, cut                  |   1 | 08000000 1234                                         | 4660 > 4660, payload -1, flags -1, truncated-icmp
        ICMPv6 echo request             |  58 | 80000000 12340001                                     | 4660 > 4660, payload 0, flags -1, none
        ICMPv6 neighbour solicitation   |  58 | 87000000 00000000                                     | 0 > 0, payload 0, flags -1, none
        ESP                             |  50 | 00000001 00000001                                     | 0 > 0, payload -1, flags -1, none
        IGMP                            |   2 | 16000904 e00000fb                                     | 0 > 0, payload -1, flags -1, none
        """)
    void parse_transportHeader_isTold(String title, int protocol, String transport, String expected) {
        Headers h = Parsed.outer(LinkType.RAW, packet(protocol, transport));
        assertThat(h.family).isEqualTo(4);
        assertThat(h.protocol).isEqualTo(protocol);
        assertThat("%d > %d, payload %d, flags %d, %s"
                        .formatted(
                                h.sourcePort, h.destinationPort, h.payloadBytes, h.tcpFlags, Malformed.name(h.status)))
                .isEqualTo(expected);
    }

    /** Its length is that of the whole datagram, of which the first fragment has only the beginning. */
    @Test
    void parse_firstFragmentOfUdp_mayBeShorterThanTheUdpLength() {
        byte[] packet = Parsed.hex("45000024 12342000 40110000 0a000001 0a000002 00010002 05dc0000 0000000000000000");
        assertThat(Malformed.name(Parsed.outer(LinkType.RAW, packet).status)).isEqualTo("none");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        destination unreachable | 1 | 03010000 00000000 45000014 00010000 40110000 0a000002 0a000001 | true  | 28
        source quench           | 1 | 04000000 00000000 45000014 00010000 40110000 0a000002 0a000001 | true  | 28
        redirect                | 1 | 05000000 0a0000fe 45000014 00010000 40110000 0a000002 0a000001 | true  | 28
        time exceeded           | 1 | 0b000000 00000000 45000014 00010000 40110000 0a000002 0a000001 | true  | 28
        parameter problem       | 1 | 0c000000 00000000 45000014 00010000 40110000 0a000002 0a000001 | true  | 28
        quotation cut           | 1 | 03010000 00000000 45000014 00010000 40110000 0a000002          | true  | -1
        quotes no IPv4          | 1 | 03010000 00000000 60000014 00010000 40110000 0a000002 0a000001 | true  | -1
        quotes a short header   | 1 | 03010000 00000000 44000014 00010000 40110000 0a000002 0a000001 | true  | -1
        echo request            | 1 | 08000000 00000000 45000014 00010000 40110000 0a000002 0a000001 | false | -1
        packet too big          | 58 | 02000000 00000500 60000000 00003b40 20010db8000000000000000000000001 20010db8000000000000000000000002 | true | 28
        quotes no IPv6          | 58 | 01000000 00000000 45000000 00003b40 20010db8000000000000000000000001 20010db8000000000000000000000002 | true | -1
        """)
    void parse_icmpError_tellsWhatItQuotes(String title, int protocol, String message, boolean isError, int quoted) {
        Headers headers = Parsed.outer(LinkType.RAW, packet(protocol, message));
        assertThat(headers.icmpError).isEqualTo(isError);
        assertThat(headers.quoted).isEqualTo(quoted);
    }
}
