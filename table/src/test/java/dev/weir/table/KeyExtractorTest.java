package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.Headers;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketParser;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.feature.FeatureTally;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyExtractorTest {
    private static final int BATCH = 64, BATCHES = 150;

    static Stream<Arguments> modes() {
        return Stream.of(TunnelMode.values())
                .flatMap(tunnels -> Stream.of(TenantMode.values()).map(tenants -> Arguments.of(tunnels, tenants)));
    }

    /** What the parser alone says of every frame, whole, damaged or cut, is what arrives in the records. */
    @ParameterizedTest(name = "{0}, tenants by {1}")
    @MethodSource("modes")
    void extract_randomFrames_agreesWithTheParser(TunnelMode tunnels, TenantMode tenants) {
        long seed = 7;
        var random = new SplittableRandom(seed);
        var vectors = new Vectors(new PacketVector(BATCH), false, true);
        var everyPacketAFlow =
                FlowTableConfig.defaults().withMaxFlows(4).withLifetime(0).withTcpClose(false);
        try (var table = new FlowTable(everyPacketAFlow);
                Arena arena = Arena.ofConfined()) {
            var extractor = new KeyExtractor(table, tunnels, tenants);
            var records = new FlowRecords(BATCH * FlowTable.RECORDS_PER_PACKET, FlowEvent.ENDED, arena);
            long unhandled = 0;
            for (int batch = 0; batch < BATCHES; batch++) {
                vectors.clear();
                for (int i = 0; i < BATCH; i++) {
                    byte[] frame = RandomFrames.next(random);
                    int length = random.nextInt(3) == 0 ? frame.length + random.nextInt(100) : frame.length;
                    int link = random.nextInt(20) == 0 ? LinkType.RAW : LinkType.ETHERNET;
                    vectors.add(1, frame, length, link, random.nextInt(3));
                }
                extractor.extract(vectors.flows);
                vectors.track(table, records);
                Map<Long, Event> byNumber = new HashMap<>();
                Event.allOf(records).forEach(event -> byNumber.put(event.flowId(), event));
                records.clear();
                for (int i = 0; i < BATCH; i++) {
                    String expected = parsed(vectors, i, tunnels, tenants);
                    Event event = byNumber.get(vectors.packets.first + i);
                    assertThat(event == null ? "unhandled" : shown(event))
                            .as("seed=%d batch=%d packet=%d", seed, batch, i)
                            .isEqualTo(expected);
                    unhandled += event == null ? 1 : 0;
                    if (event != null) {
                        assertThat(vectors.flows.facts(FlowVector.at(i)))
                                .as("facts, seed=%d batch=%d packet=%d", seed, batch, i)
                                .isEqualTo(facts(vectors, i, tunnels));
                    }
                }
            }
            assertThat(extractor.unhandled()).isEqualTo(unhandled);
        }
    }

    private static String shown(Event e) {
        boolean fromResponder = e.forward().packets() == 0;
        Event.Direction d = fromResponder ? e.reverse() : e.forward();
        String initiator = e.source() + ":" + e.sourcePort(), responder = e.destination() + ":" + e.destinationPort();
        String ends = fromResponder ? responder + " > " + initiator : initiator + " > " + responder;
        return ends
                + " protocol=%d tenant=%d bytes=%d frame=%d flags=%d packets=%d state=%s"
                        .formatted(
                                e.protocol(),
                                e.tenant(),
                                d.bytes(),
                                d.frameBytes(),
                                d.tcpFlags(),
                                d.packets(),
                                TcpState.name(e.tcpState()));
    }

    private static String parsed(Vectors vectors, int i, TunnelMode tunnels, TenantMode tenants) {
        var p = vectors.packets;
        var h = new Headers();
        new PacketParser(tunnels).parse(p.data, p.offset[i], p.captured[i], p.length[i], p.link[i], h);
        if (h.family == 0) {
            return "unhandled";
        }
        int tenant = switch (tenants) {
            case NONE -> 0;
            case VLAN -> h.vlan + (h.vlans > 1 ? h.innerVlan * 4096 : 0);
            case VNI -> h.vni < 0 ? 0 : h.vni;
            case INTERFACE -> p.port[i] + 1;
        };
        int flags = Math.max(h.tcpFlags, 0);
        int start = h.protocol == Frames.TCP ? TcpState.START : TcpState.NONE;
        int state = h.tcpFlags < 0 ? start : TcpState.next(TcpState.START, flags, h.payloadBytes > 0);
        long at = p.offset[i] + h.network;
        int octets = h.family == 4 ? 4 : 16, source = h.family == 4 ? 12 : 8;
        return address(p.data, at + source, octets) + ":" + h.sourcePort + " > "
                + address(p.data, at + source + octets, octets) + ":" + h.destinationPort
                + " protocol=%d tenant=%d bytes=%d frame=%d flags=%d packets=1 state=%s"
                        .formatted(h.protocol, tenant, h.ipBytes, p.length[i], flags, TcpState.name(state));
    }

    /** Payload, transport header and window of what the parser found. */
    private static long facts(Vectors vectors, int i, TunnelMode tunnels) {
        var p = vectors.packets;
        var h = new Headers();
        new PacketParser(tunnels).parse(p.data, p.offset[i], p.captured[i], p.length[i], p.link[i], h);
        if (h.transport < 0 || h.payloadBytes < 0) {
            return FeatureTally.facts(0, 0, -1);
        }
        int window = -1;
        if (h.tcpFlags >= 0 && p.captured[i] >= h.transport + 16) {
            long at = p.offset[i] + h.transport + 14;
            int high = p.data.get(ValueLayout.JAVA_BYTE, at) & 0xFF, low = p.data.get(ValueLayout.JAVA_BYTE, at + 1);
            window = high << 8 | (low & 0xFF);
        }
        int end = h.network + h.ipBytes;
        return FeatureTally.facts(h.payloadBytes, end - h.payloadBytes - h.transport, window);
    }

    private static String address(MemorySegment data, long at, int octets) {
        Integer[] address = new Integer[octets];
        for (int i = 0; i < octets; i++) {
            address[i] = data.get(ValueLayout.JAVA_BYTE, at + i) & 0xFF;
        }
        return java.util.List.of(address).toString();
    }

    /** Both directions of a conversation have one key and hash, whoever is the lower endpoint; other keys are others. */
    @Test
    void extract_bothDirections_giveOneKey() {
        try (var table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(4))) {
            var vectors = new Vectors(8);
            byte[] ping = Frames.udp(5000, 53, Frames.payload(4)), pong = Frames.udp(53, 5000, Frames.payload(9));
            vectors.add(1, Frames.ethernet(Frames.ipv4(0xC0000201, 0x0A000001, Frames.UDP, ping)));
            vectors.add(2, Frames.ethernet(Frames.ipv4(0x0A000001, 0xC0000201, Frames.UDP, pong)));
            vectors.add(3, Frames.ethernet(Frames.ipv4(0x0A000001, 0xC0000201, Frames.UDP, ping)));
            vectors.add(4, Frames.ethernet(Frames.ipv6(-1, 1, Frames.UDP, ping)));
            vectors.add(5, Frames.ethernet(Frames.ipv6(1, -1, Frames.UDP, pong)));
            vectors.add(6, Frames.ethernet(Frames.ipv6(1, -1, Frames.TCP, Frames.tcp(53, 5000, 0, new byte[0]))));
            new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE).extract(vectors.flows);
            long[] hash = new long[6];
            for (int i = 0; i < hash.length; i++) {
                hash[i] = vectors.flows.words[FlowVector.at(i) + FlowVector.HASH];
                assertThat(vectors.flows.shard(i, 3)).isBetween(0, 2);
            }
            assertThat(hash[0]).isEqualTo(hash[1]).isNotEqualTo(hash[2]);
            assertThat(hash[3]).isEqualTo(hash[4]).isNotEqualTo(hash[5]);
        }
    }
}
