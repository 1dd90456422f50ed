package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import dev.weir.bench.TrafficShape.Order;
import dev.weir.packet.Headers;
import dev.weir.packet.Malformed;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficGeneratorTest {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** One packet as the parser of the data plane sees it. */
    private record Seen(String flow, boolean reverse, int protocol, int family, int flags, int payload, int length) {}

    @ParameterizedTest(name = "{0} packets, {1} flows, {2} B, {3} % IPv6, {4} % TCP, {5}, {6} packets a flow")
    @CsvSource({
        "5000, 100,  128,   0,   0, RANDOM,      0",
        "5000, 100,  128,  50,  50, ROUND_ROBIN, 0",
        "5000, 100, 1514, 100, 100, RANDOM,     20",
        "5000, 100,   78,  50,  50, RANDOM,      1",
        "  10,   1,   60,   0,   0, ZIPF,        0",
    })
    void packets_ofAnyShape_areWhatItSays(
            int packets, int flows, int size, int ipv6, int tcp, Order order, int packetsPerFlow) {
        List<Seen> seen =
                see(new TrafficShape(packets, flows, size, ipv6, tcp, 50, order, 1, packetsPerFlow, 1_000, 7));
        assertThat(seen).hasSize(packets).allMatch(s -> s.length() >= 60 && s.length() <= size);
        double ipv6Share = 100.0 * seen.stream().filter(s -> s.family() == 6).count() / packets;
        double tcpShare = 100.0 * seen.stream().filter(s -> s.protocol() == 6).count() / packets;
        assertThat(ipv6Share).isCloseTo(ipv6, offset(ipv6 % 100 == 0 ? 0.0 : 15.0));
        assertThat(tcpShare).isCloseTo(tcp, offset(tcp % 100 == 0 ? 0.0 : 15.0));
    }

    @Test
    void flows_inWhateverOrder_haveAKeyEachAndAreTheSame() {
        Set<String> byTurns = flows(TrafficShape.of(5_000, 5_000).withOrder(Order.ROUND_ROBIN));
        assertThat(byTurns).hasSize(5_000);
        assertThat(byTurns).containsAll(flows(TrafficShape.of(5_000, 5_000)));
    }

    @Test
    void flows_thatEnd_areReplacedAfterTheirPackets() {
        var shape = new TrafficShape(10_000, 50, 128, 30, 30, 50, Order.RANDOM, 1, 8, 1_000, 7);
        Map<String, Integer> counts = counts(shape);
        assertThat(counts.values()).allMatch(count -> count <= 8);
        assertThat(counts.values().stream().filter(count -> count < 8).count()).isLessThanOrEqualTo(50);
    }

    @Test
    void tcpFlow_thatEnds_isAWholeConversation() {
        var shape = new TrafficShape(9, 1, 128, 0, 100, 50, Order.ROUND_ROBIN, 1, 9, 1_000, 7);
        assertThat(see(shape).stream()
                        .map(s -> (s.reverse() ? "<" : ">")
                                + Integer.toHexString(s.flags())
                                + (s.payload() > 0 ? "+" : ""))
                        .toList())
                .containsExactly(">2", "<12", ">10", ">18+", "<18+", ">18+", ">11", "<11", ">10");
    }

    @Test
    void zipf_withSkew1_givesTheFirstItsShare() {
        var shape = new TrafficShape(20_000, 1_000, 128, 0, 0, 0, Order.ZIPF, 1, 0, 1_000, 7);
        int most = counts(shape).values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElseThrow();
        assertThat(most).isBetween(2_400, 2_950); // 1 / H(1000) = 13.4 % of 20,000
    }

    @Test
    void octets_ofOneSeed_areTheSameEachTime() {
        var three = new TrafficShape(1_000, 50, 200, 50, 50, 50, Order.RANDOM, 1, 0, 1_000, 3);
        var four = new TrafficShape(1_000, 50, 200, 50, 50, 50, Order.RANDOM, 1, 0, 1_000, 4);
        assertThat(octets(three)).isEqualTo(octets(three)).isNotEqualTo(octets(four));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0 | 1  | 128   | 0   | 0   | packets=0
        1 | 0  | 128   | 0   | 0   | flows=0
        1 | 1  | 59    | 0   | 0   | size=59
        1 | 1  | 73    | 100 | 100 | size=73
        1 | 1  | 99999 | 0   | 0   | size=99999
        1 | 1  | 128   | 101 | 0   | ipv6=101
        1 | 1  | 128   | 0   | -1  | tcp=-1
        """)
    void shape_outOfRange_isRefusedByName(long packets, int flows, int size, int ipv6, int tcp, String named) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrafficShape(packets, flows, size, ipv6, tcp, 50, Order.RANDOM, 1, 0, 1, 1))
                .withMessageContaining(named)
                .withMessageContaining("limits=");
    }

    private static Set<String> flows(TrafficShape shape) {
        return new HashSet<>(see(shape).stream().map(Seen::flow).toList());
    }

    private static Map<String, Integer> counts(TrafficShape shape) {
        var counts = new HashMap<String, Integer>();
        see(shape).forEach(s -> counts.merge(s.flow(), 1, Integer::sum));
        return counts;
    }

    private static List<Seen> see(TrafficShape shape) {
        var seen = new ArrayList<Seen>();
        var parser = new PacketParser(TunnelMode.OUTER);
        var headers = new Headers();
        forEachVector(shape, vector -> {
            for (int i = 0; i < vector.size; i++) {
                int status = parser.parse(
                        vector.data, vector.offset[i], vector.captured[i], vector.length[i], vector.link[i], headers);
                assertThat(Malformed.name(status)).isEqualTo(Malformed.name(Malformed.NONE));
                assertThat(vector.time[i]).isEqualTo(TrafficGenerator.START + seen.size() * shape.stepNanos());
                assertChecksums(vector.data, vector.offset[i], headers);
                seen.add(seen(vector, i, headers));
            }
        });
        return seen;
    }

    private static Seen seen(PacketVector vector, int i, Headers h) {
        int octets = h.family == 4 ? 4 : 16;
        long addresses = vector.offset[i] + h.network + (h.family == 4 ? 12 : 8);
        String source = hex(vector.data, addresses, octets) + ":" + h.sourcePort;
        String destination = hex(vector.data, addresses + octets, octets) + ":" + h.destinationPort;
        boolean reverse = h.sourcePort < 0x8000;
        String flow = h.protocol + " " + (reverse ? destination + " " + source : source + " " + destination);
        return new Seen(flow, reverse, h.protocol, h.family, h.tcpFlags, h.payloadBytes, vector.length[i]);
    }

    /** Over all that a checksum covers, itself included, the ones' complement sum is 0xFFFF (RFC 1071). */
    private static void assertChecksums(MemorySegment data, long packet, Headers h) {
        long network = packet + h.network;
        if (h.family == 4) assertThat(fold(sum(data, network, 20))).isEqualTo(0xFFFF);
        int segment = h.ipBytes - (h.transport - h.network);
        long pseudo = sum(data, network + (h.family == 4 ? 12 : 8), h.family == 4 ? 8 : 32) + h.protocol + segment;
        assertThat(fold(pseudo + sum(data, packet + h.transport, segment))).isEqualTo(0xFFFF);
    }

    private static long sum(MemorySegment data, long at, int octets) {
        long sum = 0;
        for (int i = 0; i + 1 < octets; i += 2) {
            sum += data.get(SHORT, at + i) & 0xFFFF;
        }
        return octets % 2 == 0 ? sum : sum + ((data.get(ValueLayout.JAVA_BYTE, at + octets - 1) & 0xFF) << 8);
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded > 0xFFFF) {
            folded = (folded >>> 16) + (folded & 0xFFFF);
        }
        return (int) folded;
    }

    private static String octets(TrafficShape shape) {
        var all = new StringBuilder();
        forEachVector(shape, vector -> {
            for (int i = 0; i < vector.size; i++) {
                all.append(hex(vector.data, vector.offset[i], vector.captured[i]))
                        .append('\n');
            }
        });
        return all.toString();
    }

    private static String hex(MemorySegment data, long at, int octets) {
        return HexFormat.of().formatHex(data.asSlice(at, octets).toArray(ValueLayout.JAVA_BYTE));
    }

    private static void forEachVector(TrafficShape shape, Consumer<PacketVector> consumer) {
        var generator = new TrafficGenerator(shape);
        var vector = new PacketVector(300);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(300L * TrafficGenerator.strideBytes(shape.frameBytes()));
            memory.fill((byte) 0xA5); // what was there before must not show
            while (generator.fill(vector, memory, 0) > 0) {
                consumer.accept(vector);
            }
        }
    }
}
