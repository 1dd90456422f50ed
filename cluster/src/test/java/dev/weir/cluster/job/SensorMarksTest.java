package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.FlowMessage;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecordBuilder;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

/** The watermarks of a partition with messages of several sensors. */
class SensorMarksTest {
    private static final long SLACK = 10, IDLE = 1000, NONE = Long.MIN_VALUE;

    private long now;
    private long mark = NONE;
    private boolean idle;

    private final WatermarkOutput output = new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {
            mark = watermark.getTimestamp();
            idle = false;
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    };

    private SensorMarks marks(List<String> sensors, long idleMillis) {
        return new SensorMarks(new SensorTimes(sensors, SLACK, idleMillis), false, () -> now);
    }

    private void hear(SensorMarks marks, String sensor, long time) {
        var flow = new FlowRecordBuilder().event(FlowEvent.ENDED, 0, time).record();
        byte[] octets = Sighting.of(new FlowMessage(sensor, "r", 1, flow, List.of()));
        marks.onEvent(octets, Sighting.time(octets), output);
        marks.onPeriodicEmit(output);
    }

    @Test
    void marks_goWithTheSlowestSensorThatIsWaitedFor() {
        SensorMarks marks = marks(List.of("a", "b"), IDLE);
        hear(marks, "a", 500);
        assertThat(mark).as("b was named").isEqualTo(NONE);
        hear(marks, "b", 300);
        assertThat(mark).isEqualTo(300 - SLACK - 1);
        hear(marks, "c", 200);
        assertThat(mark).as("marks do not go back").isEqualTo(300 - SLACK - 1);
        now = IDLE;
        hear(marks, "a", 700);
        assertThat(mark).as("b and c are silent").isEqualTo(700 - SLACK - 1);
        now = 3 * IDLE;
        marks.onPeriodicEmit(output);
        assertThat(idle).as("all are silent").isTrue();
        hear(marks, "b", 900);
        assertThat(mark).isEqualTo(900 - SLACK - 1);
        assertThat(idle).isFalse();
    }

    @Test
    void partitionOfAJobThatEnds_isNeverIdle() {
        var marks = new SensorMarks(new SensorTimes(List.of(), SLACK, IDLE), true, () -> now);
        now = 5000;
        marks.onPeriodicEmit(output);
        assertThat(idle).isFalse();
        hear(marks, "a", 500);
        now = 50_000;
        hear(marks, "b", 300);
        assertThat(mark).as("a is waited for, and b").isEqualTo(500 - SLACK - 1);
        now = 500_000;
        marks.onPeriodicEmit(output);
        assertThat(idle).isFalse();
    }

    @Test
    void partitionWithoutMessages_holdsOthersBackOnlyWhereSensorsWereNamed() {
        SensorMarks marks = marks(List.of(), TopicOptions.NEVER);
        marks.onPeriodicEmit(output);
        assertThat(idle).isFalse();
        now = 5000;
        marks.onPeriodicEmit(output);
        assertThat(idle).isTrue();
        idle = false;
        SensorMarks named = marks(List.of("a"), TopicOptions.NEVER);
        now = 1_000_000;
        named.onPeriodicEmit(output);
        assertThat(idle).isFalse();
        assertThat(mark).isEqualTo(NONE);
        hear(named, "", 7);
        assertThat(mark).as("what was no message says nothing").isEqualTo(NONE);
    }
}
