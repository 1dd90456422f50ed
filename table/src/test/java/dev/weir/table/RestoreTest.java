package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows that are copied out of a table and taken back by another are what they were, to the octet, and end when they would have. */
class RestoreTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int ANNEX = 24;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    private static FlowTable table(int maxFlows) {
        return new FlowTable(FlowTableConfig.defaults().withMaxFlows(maxFlows).withAnnexBytes(ANNEX));
    }

    /** Conversations of both families, in both directions, with states, orders and annexes from a seed. */
    private static void fill(FlowTable table, long seed, Arena arena) {
        var random = new SplittableRandom(seed);
        var extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        var records = new FlowRecords(4096, FlowEvent.ENDED, arena);
        FlowContext context = table.context();
        for (int packet = 0; packet < 600; packet++) {
            var vectors = new Vectors(new PacketVector(1, true), true);
            int source = 1 + random.nextInt(12), destination = 1 + random.nextInt(12);
            int[] flags = {Frames.SYN, Frames.SYN | Frames.ACK, Frames.ACK, Frames.FIN | Frames.ACK};
            boolean tcp = random.nextBoolean();
            byte[] segment = tcp
                    ? Frames.tcp(1000, 80, flags[random.nextInt(flags.length)], Frames.payload(random.nextInt(50)))
                    : Frames.udp(1000, 53, Frames.payload(random.nextInt(50)));
            int protocol = tcp ? Frames.TCP : Frames.UDP;
            byte[] ip = random.nextInt(3) == 0
                    ? Frames.ip("fd00::" + source, "fd00::" + destination, protocol, segment)
                    : Frames.ipv4(source, destination, protocol, segment);
            vectors.add(SECOND + packet * 1000L, Frames.ethernet(ip));
            extractor.extract(vectors.flows);
            vectors.track(table, records);
            if (vectors.flows.hasFlow(0)) {
                context.at(vectors.flows.flow(0)).setLong(8, random.nextLong());
                if (random.nextInt(10) == 0) {
                    context.setLifetime(random.nextInt(1, 200_000));
                    context.setCtxId(random.nextInt());
                    context.setOffloaded(true);
                }
            }
        }
    }

    private static List<String> copies(FlowTable table, int room, Arena arena) {
        var texts = new ArrayList<String>();
        var block = new FlowRecords(room, 0, arena, ANNEX);
        var view = new FlowRecord();
        for (long cursor = 0; cursor != FlowTable.THROUGH; block.clear()) {
            cursor = table.copy(cursor, 50, block);
            for (int i = 0; i < block.size(); i++) {
                block.get(i, view);
                byte[] octets =
                        view.segment().asSlice(view.offset(), FlowRecord.SIZE).toArray(ValueLayout.JAVA_BYTE);
                // when it was copied is another time
                java.util.Arrays.fill(octets, FlowRecord.AT, FlowRecord.AT + 8, (byte) 0);
                texts.add(HexFormat.of().formatHex(octets));
            }
        }
        return texts;
    }

    private static void restore(FlowTable from, FlowTable to, long shift, Arena arena) {
        var block = new FlowRecords(5000, 0, arena, ANNEX);
        assertThat(from.copy(0, Integer.MAX_VALUE, block)).isNotNegative();
        assertThat(from.copy(1L << 32, Integer.MAX_VALUE, block)).isEqualTo(FlowTable.THROUGH);
        to.advance(from.now());
        for (int i = 0; i < block.size(); i++) {
            assertThat(to.restore(block.get(i, new FlowRecord()), shift)).isNotNegative();
        }
    }

    private static List<String> ends(FlowTable table, long seconds, Arena arena) {
        var records = new FlowRecords(5000, FlowEvent.ENDED, arena);
        table.advance(seconds * SECOND);
        assertThat(table.settle(records)).isTrue();
        var texts = new ArrayList<String>();
        var view = new FlowRecord();
        for (int i = 0; i < records.size(); i++) {
            records.get(i, view);
            texts.add(view.key() + " " + view.at() + " " + view.reason() + " " + view.forwardPackets() + " "
                    + view.reverseBytes() + " " + view.tcpState());
        }
        return texts;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void flows_goOver_andEndWhenTheyWouldHave(long seed) {
        try (var from = table(1000);
                var to = table(1000)) {
            fill(from, seed, arena);
            restore(from, to, 0, arena);
            to.assertValid();
            assertThat(copies(to, 7, arena))
                    .as("seed=%d", seed)
                    .containsExactlyInAnyOrderElementsOf(copies(from, 64, arena))
                    .hasSizeGreaterThan(100);
            for (long seconds : new long[] {4, 20, 70, 400}) {
                assertThat(ends(to, seconds, arena))
                        .as("seed=%d, %d s", seed, seconds)
                        .containsExactlyInAnyOrderElementsOf(ends(from, seconds, arena));
                to.assertValid();
            }
            assertThat(to.size()).isZero();
        }
    }

    @Test
    void flow_thatIsThereOrHasNoRoom_isTold() {
        try (var from = table(1000);
                var to = table(2)) {
            fill(from, 4, arena);
            to.advance(from.now());
            var block = new FlowRecords(500, 0, arena, ANNEX);
            from.copy(0, 500, block);
            var view = new FlowRecord();
            assertThat(to.restore(block.get(0, view), 0)).isNotNegative();
            assertThat(to.restore(block.get(0, view), 0)).isEqualTo(FlowTable.THERE);
            int second = to.restore(block.get(1, view), 0);
            assertThat(second).isNotNegative();
            assertThat(to.restore(block.get(2, view), 0)).isEqualTo(FlowTable.FULL);
            to.forget(second);
            to.assertValid();
            assertThat(to.restore(block.get(2, view), 0)).isNotNegative();
            to.assertValid();
        }
    }

    @Test
    void flow_withLargeCounters_keepsThem() {
        try (var from = table(10);
                var to = table(10)) {
            fill(from, 5, arena);
            var block = new FlowRecords(10, 0, arena, ANNEX);
            from.copy(0, 10, block);
            FlowRecord record = block.get(0, new FlowRecord());
            for (int field = FlowRecord.FORWARD_PACKETS; field <= FlowRecord.REVERSE_FRAME_BYTES; field += 8) {
                record.segment().set(ValueLayout.JAVA_LONG, record.offset() + field, (1L << 50) + field);
            }
            to.advance(from.now());
            int flow = to.restore(record, 0);
            FlowRecord back = to.context().at(flow).record(new FlowRecord());
            assertThat(back.forwardPackets()).isEqualTo((1L << 50) + FlowRecord.FORWARD_PACKETS);
            assertThat(back.reverseFrameBytes()).isEqualTo((1L << 50) + FlowRecord.REVERSE_FRAME_BYTES);
            to.assertValid();
        }
    }

    @ParameterizedTest(name = "octet {0} is {1}")
    @CsvSource({"133, 5", "142, 8", "142, 7", "23, -1", "55, -128", "139, 1", "47, 127", "7, -1"})
    void record_thatCannotBeAFlow_isUnsound(int octet, byte value) {
        try (var from = table(10);
                var to = table(10)) {
            var extractor = new KeyExtractor(from, TunnelMode.OUTER, TenantMode.NONE);
            var vectors = new Vectors(new PacketVector(1, true), true);
            vectors.add(
                    SECOND,
                    Frames.ethernet(Frames.ipv4(1, 2, Frames.TCP, Frames.tcp(1, 2, Frames.SYN, Frames.payload(0)))));
            extractor.extract(vectors.flows);
            vectors.track(from, new FlowRecords(10, 0, arena));
            var block = new FlowRecords(10, 0, arena, ANNEX);
            from.copy(0, 10, block);
            FlowRecord record = block.get(0, new FlowRecord());
            MemorySegment octets = record.segment();
            octets.set(ValueLayout.JAVA_BYTE, record.offset() + octet, value);
            to.advance(SECOND);
            assertThat(to.restore(record, 0)).isEqualTo(FlowTable.UNSOUND);
            assertThat(to.size()).isZero();
        }
    }
}
