package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.message.FlowMessage;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecordBuilder;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** How much is kept of what sensors call themselves and their runs. */
@SuppressWarnings("try") // the harness's close may be interrupted
class SightingFilterTest {
    private static KeyedOneInputStreamOperatorTestHarness<String, byte[], byte[]> harness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new SightingFilter()), Sighting::sensor, Types.STRING);
    }

    private static StreamRecord<byte[]> message(String sensor, String run, long sequence) {
        var flow = new FlowRecordBuilder().event(FlowEvent.ENDED, 0, 1000).record();
        return new StreamRecord<>(Sighting.of(new FlowMessage(sensor, run, sequence, flow, List.of())), 1000);
    }

    private static long counter(KeyedOneInputStreamOperatorTestHarness<String, byte[], byte[]> harness, String name) {
        Map<String, Accumulator<?, ?>> all =
                harness.getEnvironment().getAccumulatorRegistry().getUserMap();
        Accumulator<?, ?> counter = all.get(FlowOperator.COUNTER + name);
        return counter == null ? 0 : (Long) counter.getLocalValue();
    }

    @Test
    void sensors_beyondTheMost_areCountedAndLeftOut_afterARestartToo() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness()) {
            harness.open();
            for (int i = 0; i < SensorClocks.MOST_SENSORS; i++) {
                harness.processElement(message("s" + i, "r", 1));
            }
            harness.processElement(message("more", "r", 1));
            harness.processElement(message("s0", "r", 2));
            assertThat(harness.getOutput()).hasSize(SensorClocks.MOST_SENSORS + 1);
            assertThat(counter(harness, FlowOperator.TOO_MANY)).isEqualTo(1);
            assertThat(counter(harness, SightingFilter.SENSORS)).isEqualTo(SensorClocks.MOST_SENSORS);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness()) {
            harness.initializeState(state);
            harness.open();
            harness.processElement(message("more", "r", 2));
            harness.processElement(message("s1", "r", 2));
            harness.processElement(message("s1", "r", 2));
            assertThat(harness.getOutput()).hasSize(1);
            assertThat(counter(harness, FlowOperator.TOO_MANY)).isEqualTo(2);
            assertThat(counter(harness, "messages-doubled")).isEqualTo(1);
        }
    }

    @Test
    void runs_beyondTheMost_haveTheOldestForgotten_withWhatItMissed() throws Exception {
        try (var harness = harness()) {
            harness.open();
            harness.processElement(message("s", "run-0", 1));
            harness.processElement(message("s", "run-0", 5));
            for (int run = 1; run < SightingFilter.MOST_RUNS; run++) {
                harness.processElement(message("s", "run-" + run, 1));
            }
            assertThat(counter(harness, FlowOperator.LOST)).isZero();
            harness.processElement(message("s", "run-new", 1));
            assertThat(counter(harness, FlowOperator.LOST + ":s"))
                    .as("2 to 4 of the oldest")
                    .isEqualTo(3);
            harness.processElement(message("s", "run-1", 1));
            assertThat(counter(harness, "messages-doubled"))
                    .as("the second oldest is known")
                    .isEqualTo(1);
            harness.processElement(message("s", "run-0", 1));
            assertThat(counter(harness, "messages-doubled"))
                    .as("the oldest is not")
                    .isEqualTo(1);
            harness.processElement(message("s", "run-1", 1));
            assertThat(counter(harness, "messages-doubled"))
                    .as("the second oldest was forgotten for it")
                    .isEqualTo(1);
            harness.processWatermark(Long.MAX_VALUE);
            assertThat(counter(harness, FlowOperator.LOST)).isEqualTo(3);
        }
    }
}
