package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.DigestHead;
import dev.weir.export.message.DigestMessage;
import dev.weir.export.message.DigestWriter;
import dev.weir.packet.PacketVector;
import dev.weir.wire.Captures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lane of sensors that are more, and count under more names, than it keeps; its checkpoints hold what it does keep. */
@SuppressWarnings("try") // the harness's close may be interrupted
class SensorLaneTest {
    private static final int MOST = SensorClocks.MOST_SENSORS, MORE = 3, NAMES = 256;
    private static final FlowOptions OPTIONS = JobRunner.OPTIONS;

    @TempDir
    Path scratch;

    private KeyedOneInputStreamOperatorTestHarness<Integer, byte[], byte[]> harness() throws Exception {
        int key = new Lanes(1).key(0);
        var times = new SensorTimes(List.of(), 0, TopicOptions.NEVER);
        var harness = new KeyedOneInputStreamOperatorTestHarness<Integer, byte[], byte[]>(
                new FlowOperator(OPTIONS, times), _ -> key, Types.INT, Lanes.GROUPS, 1, 0);
        harness.setCheckpointStorage(
                new FileSystemCheckpointStorage(scratch.resolve("checkpoints").toUri()));
        return harness;
    }

    /** A message with the first packets of a capture. */
    private DigestMessage first(int packets) throws Exception {
        Path capture = scratch.resolve("busy.pcap");
        BusyCapture.write(capture, 100, 7);
        List<byte[]> messages = new ArrayList<>();
        var writer = new DigestWriter(
                "any", "run", OPTIONS.tunnels(), OPTIONS.tenants(), (_, _, message) -> messages.add(message));
        var vector = new PacketVector(packets);
        try (var source = Captures.open(List.of(capture.toString()))) {
            source.read(vector);
            writer.accept(vector);
        }
        writer.end(false);
        return DigestMessage.decode(messages.getFirst());
    }

    /** The same as another sensor's. */
    private static StreamRecord<byte[]> of(
            DigestMessage message, String sensor, long sequence, Map<String, Long> counters) {
        DigestHead head = message.head();
        var other = new DigestHead(
                sensor,
                head.run(),
                sequence,
                head.before(),
                head.packets(),
                head.clock(),
                head.tenants(),
                false,
                counters);
        byte[] octets = message.octets();
        int digests = octets.length - message.at();
        byte[] batch = SensorBatch.begin(new DigestMessage(other, octets, message.at()), 0, true, digests);
        System.arraycopy(octets, message.at(), batch, batch.length - digests, digests);
        return new StreamRecord<>(batch);
    }

    private static Map<String, Long> counters(KeyedOneInputStreamOperatorTestHarness<Integer, byte[], byte[]> closed) {
        var counters = new TreeMap<String, Long>();
        for (Map.Entry<String, Accumulator<?, ?>> each :
                closed.getEnvironment().getAccumulatorRegistry().getUserMap().entrySet()) {
            counters.put(each.getKey().substring(FlowOperator.COUNTER.length()), (Long)
                    each.getValue().getLocalValue());
        }
        return counters;
    }

    @Test
    void sensorsBeyondTheMost_areRefused_andThoseThatAreKnownKeepWhatTheyLost() throws Exception {
        DigestMessage message = first(2);
        OperatorSubtaskState state;
        try (var harness = harness()) {
            harness.open();
            for (long sequence = 1; sequence <= 3; sequence += 2) {
                for (int i = 0; i < MOST + MORE; i++) {
                    harness.processElement(of(message, "s" + i, sequence, Map.of("packets", 2L)));
                }
            }
            state = harness.snapshot(1, 1);
        }
        var again = harness();
        try (again) {
            again.initializeState(state);
            again.open();
            again.processElement(of(message, "s0", 3, Map.of()));
            again.endInput();
        }
        Map<String, Long> found = counters(again);
        assertThat(found)
                .containsEntry(FlowOperator.TOO_MANY, 2L * MORE)
                .containsEntry(
                        FlowOperator.TOO_MANY_PACKETS,
                        2L * MORE * message.head().packets())
                .containsEntry("messages", 2L * MOST)
                .containsEntry("messages-doubled", 1L)
                .containsEntry(FlowOperator.LOST, (long) MOST)
                .containsEntry("packets", 4L * MOST);
        assertThat(found.keySet().stream().filter(name -> name.startsWith(FlowOperator.LOST + ":s")))
                .hasSize(MOST);
        assertThat(found.getOrDefault("HIT", 0L) + found.getOrDefault("CREATED", 0L))
                .isEqualTo(2L * MOST * message.head().packets());
    }

    @Test
    void countersOfMoreNamesThanALaneKeeps_areSummedUnderOne_inCheckpointsToo() throws Exception {
        DigestMessage message = first(1);
        int messages = 300; // with more names in all than a checkpoint can number
        OperatorSubtaskState state;
        try (var harness = harness()) {
            harness.open();
            for (int i = 0; i < messages; i++) {
                var counters = new TreeMap<String, Long>();
                for (int name = 0; name < NAMES; name++) {
                    counters.put("made-up-" + (i * NAMES + name), 1L);
                }
                harness.processElement(of(message, "s", i + 1, counters));
            }
            state = harness.snapshot(1, 1);
        }
        var again = harness();
        try (again) {
            again.initializeState(state);
            again.open();
            again.endInput();
        }
        Map<String, Long> found = counters(again);
        long kept = found.keySet().stream()
                .filter(name -> name.startsWith("made-up-"))
                .count();
        assertThat(kept).as("and one is for the messages").isEqualTo(LaneCounters.MOST - 1);
        assertThat(found)
                .containsEntry("messages", (long) messages)
                .containsEntry(LaneCounters.OTHERS, (long) messages * NAMES - kept);
    }
}
