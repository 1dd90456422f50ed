package dev.weir.wire;

import static dev.weir.wire.CaptureFiles.octets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.packet.LinkType;
import dev.weir.wire.CaptureFiles.Packet;
import dev.weir.wire.CaptureFiles.Pcapng;
import dev.weir.wire.CaptureFiles.Reading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilteredSourceTest {
    private static final byte[] IPV4_UDP = {
        0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 53, 0, 99, 0, 8, 0, 0
    };

    @BeforeAll
    static void libpcapIsThere() {
        try {
            PacketFilter.compile("ip", LinkType.ETHERNET);
        } catch (CaptureException e) {
            assumeTrue(false, String.valueOf(e.getMessage()));
        }
    }

    private static PacketSource memory(byte[] file) throws CaptureException {
        var channel = Channels.newChannel(new ByteArrayInputStream(file));
        return CaptureOpener.open("memory", new ChannelInput(channel, file.length));
    }

    private static byte[] twoLinkTypes(int packets) {
        Pcapng file = new Pcapng(ByteOrder.LITTLE_ENDIAN).anInterface(1).anInterface(LinkType.RAW);
        for (int i = 0; i < packets; i++) {
            file.enhanced(0, i, 60, octets(60, 1)).enhanced(1, i, 28, IPV4_UDP);
        }
        return file.toBytes();
    }

    @Test
    void read_severalLinkTypes_compilesForEach() throws IOException {
        try (PacketSource source = new FilteredSource(memory(twoLinkTypes(100)), "udp port 53")) {
            Reading reading = CaptureFiles.readAll(source, 64);

            assertThat(reading.packets()).hasSize(100).allMatch(packet -> packet.link() == LinkType.RAW);
            assertThat(reading.packets())
                    .extracting(Packet::number)
                    .startsWith(1L, 2L, 3L)
                    .endsWith(99L, 100L);
        }
    }

    @Test
    void read_expressionThatDoesNotSuitALinkType_saysSoBehindThePacketsBefore() throws IOException {
        Pcapng file = new Pcapng(ByteOrder.LITTLE_ENDIAN).anInterface(1).anInterface(LinkType.RAW);
        file.enhanced(0, 1, 60, new byte[60]).enhanced(1, 1, 28, IPV4_UDP);

        try (PacketSource source = new FilteredSource(memory(file.toBytes()), "ether host 0:0:0:0:0:0")) {
            Reading reading = CaptureFiles.readAll(source, 64);

            assertThat(reading.packets()).hasSize(1);
            assertThat(reading.error())
                    .startsWith("filter 'ether host 0:0:0:0:0:0': ethernet addresses supported only");
            assertThat(CaptureFiles.readAll(source, 64).complete()).isTrue();
        }
    }

    @Test
    void compile_badExpression_saysWhatLibpcapSays() {
        assertThatThrownBy(() -> PacketFilter.compile("tcp prot 80", LinkType.ETHERNET))
                .isInstanceOf(CaptureException.class)
                .hasMessageStartingWith("filter 'tcp prot 80': ")
                .hasMessageContaining("syntax error");
    }

    @Test
    void find_libraryThatIsNotThere_givesNone() {
        assertThat(Libpcap.find(List.of("libweir-is-not-there.so", "libpcap-is-not-there.so.0")))
                .isNull();
    }

    @Test
    void read_limited_stopsThere() throws IOException {
        try (PacketSource source = new LimitedSource(memory(twoLinkTypes(100)), 33)) {
            assertThat(CaptureFiles.readAll(source, 10).packets()).hasSize(33);
        }
        try (PacketSource source = new LimitedSource(memory(twoLinkTypes(2)), 33)) {
            assertThat(CaptureFiles.readAll(source, 10).packets()).hasSize(4);
        }
        try (PacketSource source = new LimitedSource(memory(twoLinkTypes(2)), 0)) {
            assertThat(CaptureFiles.readAll(source, 10).packets()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            1kxun.pcap       | tcp port 80 or udp
            1kxun.pcap       | ip6 and not icmp6
            1kxun.pcap       | tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
            1kxun.pcap       | ip[0] & 0xf = 5 and len > 100 and (ip[2:2] - (ip[0] & 15) * 4) % 7 != 3
            1kxun.pcap       | net 192.168.0.0/16 or ether multicast or greater 1000
            teams.pcap       | portrange 1000-50000 and not port 443
            vxlan.pcap       | udp port 4789 and udp[12:4] > 0
            ip_fragmented_garbage.pcap | ip[6:2] & 0x3fff != 0
            6in4tunnel.pcap  | ip proto 41 or ip6 protochain 6
            badpackets.pcap  | tcp or vlan
            dlt_ppp.pcap     | ip host 10.0.0.1 or udp
            anydesk.pcapng   | tcp port 443 or tcp port 80
            """)
    void read_realCapture_acceptsWhatTcpdumpAccepts(String file, String expression) throws IOException {
        String path = RealCaptures.folder().resolve(file).toString();
        assumeTrue(RealCaptures.runs("tcpdump"), "tcpdump is not installed");
        List<Long> ours = new ArrayList<>();

        try (PacketSource source = new FilteredSource(Captures.open(List.of(path)), expression)) {
            for (Packet packet : CaptureFiles.readAll(source, 100).packets()) ours.add(packet.time() / 1000);
        }

        assertThat(ours).isEqualTo(tcpdump(path, expression));
    }

    private static List<Long> tcpdump(String path, String expression) throws IOException {
        Process process = new ProcessBuilder("tcpdump", "-tt", "-n", "-q", "-r", path, expression)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = process.inputReader(StandardCharsets.ISO_8859_1)) {
            return lines.lines()
                    .filter(line -> line.matches("\\d+\\.\\d{6} .*"))
                    .map(line ->
                            Long.parseLong(line.substring(0, line.indexOf(' ')).replace(".", "")))
                    .toList();
        }
    }
}
