package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.nodes.Packets;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.LinkType;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowTuple;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowAliasesTest {
    private static String address(SplittableRandom random, boolean v6) {
        byte[] octets = new byte[v6 ? 16 : 4];
        random.nextBytes(octets);
        octets[0] = (byte) (v6 ? 0x20 : 10);
        try {
            return InetAddress.getByAddress(octets).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] segment(SplittableRandom random, int protocol) {
        int source = random.nextInt(1, 1 << 16), destination = random.nextInt(1, 1 << 16);
        return switch (protocol) {
            case IpProtocol.UDP -> Frames.udp(source, destination, Frames.payload(4));
            case IpProtocol.TCP -> Frames.tcp(source, destination, Frames.SYN, Frames.payload(0));
            case IpProtocol.ICMP -> Packets.echo(8, source);
            case IpProtocol.ICMPV6 -> Packets.echo(128, source);
            default -> Frames.payload(16);
        };
    }

    private static void fill(Batch batch, byte[] frame) {
        batch.packets.data = MemorySegment.ofArray(frame);
        batch.packets.uniform(LinkType.ETHERNET, 0);
        batch.packets.offset[0] = 0;
        batch.packets.captured[0] = frame.length;
        batch.packets.length[0] = frame.length;
        batch.packets.size = 1;
    }

    /** What nodes are told of who owns a tuple is what the flow stage does with packets that have those ends. */
    @ParameterizedTest(name = "{0} workers, seed {1}")
    @CsvSource({"1, 1", "2, 2", "3, 3", "7, 4", "16, 5"})
    void owns_ofAnyTuple_agreesWithTheOwnerOfItsPackets(int workers, long seed) {
        var random = new SplittableRandom(seed);
        int[] protocols4 = {IpProtocol.UDP, IpProtocol.TCP, IpProtocol.ICMP, IpProtocol.GRE};
        int[] protocols6 = {IpProtocol.UDP, IpProtocol.TCP, IpProtocol.ICMPV6, IpProtocol.GRE};
        var batch = new Batch();
        var tuple = new FlowTuple();
        try (var table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(64))) {
            var extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
            List<FlowAliases> all = IntStream.range(0, workers)
                    .mapToObj(w -> FlowAliases.of(w, workers, table, (_, _) -> false))
                    .toList();
            for (int n = 0; n < 5000; n++) {
                boolean v6 = random.nextBoolean();
                int protocol = (v6 ? protocols6 : protocols4)[random.nextInt(4)];
                byte[] frame = Frames.ethernet(
                        Frames.ip(address(random, v6), address(random, v6), protocol, segment(random, protocol)));
                fill(batch, frame);
                extractor.extract(batch.flows);
                tuple.ofPacket(batch.flows, 0);
                int owner = FlowAliases.owner(batch.flows, 0, workers);
                for (int w = 0; w < workers; w++) {
                    assertThat(all.get(w).owns(tuple))
                            .as("seed=%d, %s", seed, tuple)
                            .isEqualTo(w == owner);
                }
                tuple.swap();
                assertThat(all.get(owner).owns(tuple))
                        .as("seed=%d, answer %s", seed, tuple)
                        .isTrue();
            }
            all.forEach(FlowAliases::close);
        }
    }

    /** One flow of a worker, whose packets another one answers for. */
    private static final class Translated implements AutoCloseable {
        private final FlowTable table =
                new FlowTable(FlowTableConfig.defaults().withMaxFlows(64).withAnnexBytes(16));
        private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        private final Arena arena = Arena.ofConfined();
        private final FlowRecords records = new FlowRecords(64, FlowEvent.ENDED, arena, 16);
        private final Letters[] letters = Letters.between(2, 2, arena, _ -> {});
        private final FlowAliases sender = new FlowAliases(0, table, 64, (_, _) -> 1, letters[0]);
        private final FlowAliases receiver = new FlowAliases(1, table, 64, (_, _) -> 1, letters[1]);
        private final Batch batch = new Batch();
        private final FlowTuple second = new FlowTuple();

        /** Begins a flow, or goes on with it, and gives it a second key. */
        int alias(int port) {
            byte[] frame = Frames.ethernet(
                    Frames.ip("10.0.0.1", "192.0.2.1", IpProtocol.UDP, Frames.udp(port, 53, Frames.payload(4))));
            fill(batch, frame);
            extractor.extract(batch.flows);
            table.track(4, batch.flows, new int[1], 0, 1, records);
            batch.flow[0] = batch.flows.flow(0);
            second.ofPacket(batch.flows, 0).destinationPort = 5353;
            return sender.alias(batch, 0, second);
        }

        void endAll() {
            records.clear();
            assertThat(table.flush(records)).isTrue();
            var view = new FlowRecord();
            for (int r = 0; r < records.size(); r++) {
                sender.ended(records.get(r, view));
            }
            records.clear();
        }

        @Override
        public void close() {
            sender.close();
            receiver.close();
            table.close();
            arena.close();
        }
    }

    @Test
    void letters_whereTheRingIsFull_refuseNewAliases() {
        try (var t = new Translated()) {
            assertThat(t.alias(1)).isEqualTo(NodeContext.ALIASED);
            assertThat(t.alias(2)).isEqualTo(NodeContext.ALIASED);
            assertThat(t.alias(3)).isEqualTo(NodeContext.FULL);
            assertThat(t.sender.size()).isEqualTo(2);
            t.receiver.refresh();
            assertThat(t.receiver.size()).isEqualTo(2);
            assertThat(t.alias(3)).isEqualTo(NodeContext.ALIASED);
        }
    }

    @Test
    void removal_thatFindsNoRoom_waitsAndIsNotLost() {
        try (var t = new Translated()) {
            t.alias(1);
            t.alias(2);
            t.endAll();
            assertThat(t.sender.size()).as("the ring is full").isEqualTo(2);
            t.sender.retry();
            assertThat(t.sender.size()).isEqualTo(2);
            t.receiver.refresh();
            t.sender.retry();
            assertThat(t.sender.size()).isZero();
            t.receiver.refresh();
            assertThat(t.receiver.size()).isZero();
            assertThat(t.receiver.clashes()).isZero();
        }
    }

    @Test
    void flowBegunAnew_whileItsRemovalWaits_keepsItsAlias() {
        try (var t = new Translated()) {
            t.alias(1);
            t.alias(2);
            t.endAll();
            assertThat(t.alias(1)).isEqualTo(NodeContext.ALIASED);
            t.receiver.refresh();
            t.sender.retry();
            t.receiver.refresh();
            assertThat(t.sender.size()).as("of the flow that goes on").isOne();
            assertThat(t.receiver.size()).isOne();
            t.endAll();
            t.receiver.refresh();
            assertThat(t.sender.size()).isZero();
            assertThat(t.receiver.size()).isZero();
        }
    }
}
