package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.PacketVector;
import dev.weir.table.EndReason;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.PacketDigests;
import dev.weir.wire.Captures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator that keeps flows, fed by hand: late packets, packets in any order, checkpoints taken up by other lanes. */
@SuppressWarnings("try") // the harness's close may be interrupted
class FlowOperatorTest {
    private static final FlowOptions OPTIONS = JobRunner.OPTIONS.withLifetime(2000);

    @TempDir
    Path scratch;

    private Path capture = Path.of("");

    @BeforeEach
    void write() throws Exception {
        capture = scratch.resolve("busy.pcap");
        BusyCapture.write(capture, 4000, 11);
    }

    /** A packet's digest, its time, and the group that keeps its flow. */
    @SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
    private record Digest(byte[] octets, long time, int group) {}

    /** All packets of the capture, as its reader would send them. */
    private List<Digest> digests() throws Exception {
        var digests = new ArrayList<Digest>();
        try (var table = new FlowTable(OPTIONS.table(1).withMaxFlows(1));
                var source = Captures.open(List.of(capture.toString()))) {
            var extractor = new KeyExtractor(table, OPTIONS.tunnels(), OPTIONS.tenants());
            var codec = new PacketDigests(table, OPTIONS.tenants());
            var vector = new FlowVector(new PacketVector(256));
            long clock = 0;
            while (source.read(vector.packets) > 0) {
                for (int i = 0; i < vector.packets.size; i++) {
                    clock = Math.max(clock, vector.packets.time[i]);
                    vector.packets.time[i] = clock;
                }
                extractor.extract(vector);
                codec.begin();
                for (int i = 0; i < vector.packets.size; i++) {
                    byte[] octets = new byte[PacketDigests.SIZE_V4];
                    assertThat(codec.write(vector, i, vector.packets.first + i, octets, 0))
                            .isEqualTo(octets.length);
                    digests.add(new Digest(octets, vector.packets.time[i], codec.place(vector, i, Lanes.GROUPS)));
                }
            }
        }
        return digests;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, byte[], byte[]> harness(
            FlowOptions options, int lanes, int lane) throws Exception {
        int key = new Lanes(lanes).key(lane);
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new FlowOperator(options), batch -> key, Types.INT, Lanes.GROUPS, lanes, lane);
    }

    private static StreamRecord<byte[]> batch(Digest digest, int lane, long stream) {
        byte[] batch = new byte[Batch.HEAD + digest.octets.length];
        Batch.head(batch, Batch.PACKETS, lane, stream);
        System.arraycopy(digest.octets, 0, batch, Batch.HEAD, digest.octets.length);
        return new StreamRecord<>(batch);
    }

    private static void collect(AbstractStreamOperatorTestHarness<byte[]> harness, List<String> into) {
        for (Object each : harness.getOutput()) {
            if (each instanceof StreamRecord<?> record && record.getValue() instanceof byte[] octets) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment segment = arena.allocate(octets.length, 8);
                    segment.copyFrom(MemorySegment.ofArray(octets));
                    var view = new FlowRecord();
                    for (long at = 0; at < octets.length; at += FlowRecord.SIZE) {
                        view.wrap(segment, at);
                        into.add(view.flowId() + " " + view.forwardPackets() + " " + view.reversePackets() + " "
                                + view.forwardBytes() + " " + EndReason.name(view.reason()));
                    }
                }
            }
        }
        harness.getOutput().clear();
    }

    private List<String> inOrder() throws Exception {
        var records = new ArrayList<String>();
        try (var harness = harness(OPTIONS, 1, 0)) {
            harness.open();
            for (Digest each : digests()) {
                harness.processElement(batch(each, 0, 0));
            }
            end(harness, 0);
            collect(harness, records);
        }
        records.sort(null);
        return records;
    }

    /** The stream ends, and its end is told as a reader tells it. */
    private void end(KeyedOneInputStreamOperatorTestHarness<Integer, byte[], byte[]> harness, int lane)
            throws Exception {
        long clock = digests().getLast().time;
        harness.processElement(new StreamRecord<>(Batch.end(lane, 0, clock, Map.of())));
        harness.processWatermark(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void packets_inAnyOrderWithinTheWatermark_giveTheSameRecords(long seed) throws Exception {
        List<Digest> digests = digests();
        List<String> expected = inOrder();
        var random = new Random(seed);
        var records = new ArrayList<String>();
        try (var harness = harness(OPTIONS, 1, 0)) {
            harness.open();
            List<Digest> window = new ArrayList<>();
            for (int i = 0; i < digests.size(); i++) {
                window.add(digests.get(i));
                if (window.size() == 150 || i == digests.size() - 1) {
                    Collections.shuffle(window, random);
                    for (Digest each : window) {
                        harness.processElement(batch(each, 0, random.nextInt(4)));
                    }
                    window.clear();
                    harness.processWatermark(digests.get(i).time - 1);
                }
            }
            end(harness, 0);
            collect(harness, records);
        }
        records.sort(null);
        assertThat(records).as("seed=%d", seed).isEqualTo(expected).hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @CsvSource({"false, 3", "true, 2"})
    void packet_afterTheWatermark_countsAtTheClockOrIsDropped(boolean drop, int counted) throws Exception {
        var options = new FlowOptions(
                1000, 60_000, OPTIONS.tcp(), true, -1, OPTIONS.tunnels(), OPTIONS.tenants(), OPTIONS.seed(), drop);
        Digest first = digests().getFirst();
        Map<String, ?> counters;
        var records = new ArrayList<String>();
        try (var harness = harness(options, 1, 0)) {
            harness.open();
            harness.processElement(batch(first, 0, 0));
            harness.processWatermark(first.time + 1_000_000);
            harness.processElement(batch(first, 0, 0));
            harness.processElement(batch(later(first, 2_000_000), 0, 0));
            harness.processWatermark(Long.MAX_VALUE);
            collect(harness, records);
            counters = harness.getEnvironment().getAccumulatorRegistry().getUserMap();
        }
        // Closing the harness finishes the operator.
        assertThat(counters.get(FlowOperator.COUNTER + FlowOperator.AFTER_WATERMARK))
                .asString()
                .contains("1");
        assertThat(records).hasSize(1);
        String[] said = records.getFirst().split(" ", -1);
        assertThat(Long.parseLong(said[1]) + Long.parseLong(said[2])).isEqualTo(counted);
    }

    private static Digest later(Digest digest, long nanos) {
        byte[] octets = digest.octets.clone();
        ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).putLong(0, digest.time + nanos);
        return new Digest(octets, digest.time + nanos, digest.group);
    }

    @Test
    void checkpoint_takenUpByMoreLanesAndByFewer_losesNothing() throws Exception {
        List<Digest> digests = digests();
        List<String> expected = inOrder();
        var records = new ArrayList<String>();
        int at = 0;
        List<OperatorSubtaskState> states = List.of();
        int lanesBefore = 0;
        for (int lanes : new int[] {1, 3, 2}) {
            int to = lanes == 2 ? digests.size() : at + digests.size() / 3;
            var all = new Lanes(lanes);
            List<OperatorSubtaskState> next = new ArrayList<>();
            for (int lane = 0; lane < lanes; lane++) {
                try (var harness = harness(OPTIONS, lanes, lane)) {
                    if (lanesBefore > 0) {
                        OperatorSubtaskState whole = AbstractStreamOperatorTestHarness.repackageState(
                                states.toArray(new OperatorSubtaskState[0]));
                        harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                whole, Lanes.GROUPS, lanesBefore, lanes, lane));
                    }
                    harness.open();
                    for (Digest each : digests.subList(at, to)) {
                        if (all.ofGroup(each.group) == lane) {
                            harness.processElement(batch(each, lane, 7));
                        }
                    }
                    // Some packets wait when the checkpoint is taken.
                    if (lanes == 2) {
                        end(harness, lane);
                    } else {
                        harness.processWatermark(digests.get(to - 100).time - 1);
                        next.add(harness.snapshot(1, 1));
                    }
                    collect(harness, records);
                }
            }
            states = next;
            lanesBefore = lanes;
            at = to;
        }
        records.sort(null);
        assertThat(records).isEqualTo(expected);
    }

    @Test
    void packet_ofAnotherLane_isRefused() throws Exception {
        var lanes = new Lanes(2);
        Digest strange = digests().stream()
                .filter(d -> lanes.ofGroup(d.group) == 1)
                .findFirst()
                .orElseThrow();
        try (var harness = harness(OPTIONS, 2, 0)) {
            harness.open();
            assertThatThrownBy(() -> harness.processElement(batch(strange, 0, 0)))
                    .hasMessageContaining("another parallelism");
        }
    }
}
