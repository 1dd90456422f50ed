package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.SensorClocks.Outcome;
import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.DigestHead;
import dev.weir.table.TenantMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How time goes on with the clocks of sensors. */
class SensorClocksTest {
    private static final long SLACK = 10, IDLE = 1000;

    private final SensorClocks clocks = new SensorClocks(new SensorTimes(List.of("a", "b"), SLACK, IDLE), 0);

    private static DigestHead message(String sensor, String run, long sequence, long clock, boolean last) {
        return new DigestHead(sensor, run, sequence, 5 * (sequence - 1), 5, clock, TenantMode.NONE, last, Map.of());
    }

    @Test
    void time_goesWithTheSlowestSensorThatIsWaitedFor() {
        clocks.take(message("a", "r", 1, 500, false), 0);
        assertThat(clocks.until()).as("b was named and not heard of").isEqualTo(Long.MIN_VALUE);
        clocks.take(message("b", "r", 1, 300, false), 1);
        assertThat(clocks.until()).isEqualTo(300 - SLACK - 1);
        clocks.take(message("c", "r", 1, 200, false), 1);
        assertThat(clocks.until()).as("c was heard of").isEqualTo(200 - SLACK - 1);
        clocks.take(message("c", "r", 2, 250, true), 1);
        assertThat(clocks.until()).as("c has ended").isEqualTo(300 - SLACK - 1);
        clocks.take(message("a", "r", 2, 600, false), IDLE + 1);
        assertThat(clocks.until()).as("b is silent").isEqualTo(600 - SLACK - 1);
        clocks.take(message("b", "r", 2, 400, false), 5 * IDLE);
        assertThat(clocks.until()).as("b speaks again").isEqualTo(400 - SLACK - 1);
    }

    @Test
    void messages_ofARun_areNextOrDoubledOrAfterALoss() {
        assertThat(clocks.take(message("a", "r", 7, 1, false), 0))
                .as("the job begins here")
                .isEqualTo(Outcome.NEXT);
        assertThat(clocks.take(message("a", "r", 8, 2, false), 0)).isEqualTo(Outcome.NEXT);
        assertThat(clocks.take(message("a", "r", 8, 2, false), 0)).isEqualTo(Outcome.DOUBLE);
        assertThat(clocks.take(message("a", "r", 12, 3, false), 0)).isEqualTo(Outcome.AFTER_LOSS);
        assertThat(clocks.lostMessages()).isEqualTo(3);
        assertThat(clocks.lostPackets()).isEqualTo(15);
        assertThat(clocks.take(message("a", "s", 1, 4, false), 0))
                .as("another run")
                .isEqualTo(Outcome.NEXT);
        assertThat(clocks.take(message("a", "r", 9, 3, false), 0)).isEqualTo(Outcome.DOUBLE);
    }

    @Test
    void sensors_beyondTheMost_areRefused_andHoldNobodyBack() {
        for (int i = 0; i < SensorClocks.MOST_SENSORS - 2; i++) {
            assertThat(clocks.take(message("s" + i, "r", 1, 500, false), 0)).isEqualTo(Outcome.NEXT);
        }
        assertThat(clocks.take(message("more", "r", 1, 100, false), 0)).isEqualTo(Outcome.REFUSED);
        for (String named : List.of("a", "b")) {
            assertThat(clocks.take(message(named, "r", 1, 500, false), 0)).isEqualTo(Outcome.NEXT);
        }
        assertThat(clocks.until()).isEqualTo(500 - SLACK - 1);
        assertThat(clocks.take(message("s1", "r", 2, 501, false), 0))
                .as("those that are known go on")
                .isEqualTo(Outcome.NEXT);
        assertThat(clocks.size()).isEqualTo(SensorClocks.MOST_SENSORS);
    }

    @Test
    void state_thatOtherLanesTakeUp_isTheSame() throws Exception {
        clocks.take(message("a", "r", 1, 500, false), 0);
        clocks.take(message("b", "r", 1, 700, true), 0);
        var octets = new ByteArrayOutputStream();
        clocks.write(new DataOutputStream(octets));
        var again = new SensorClocks(new SensorTimes(List.of("a", "b"), SLACK, IDLE), 9000);
        for (int lane = 0; lane < 2; lane++) {
            again.read(new DataInputStream(new ByteArrayInputStream(octets.toByteArray())), 9000);
        }
        assertThat(again.until()).isEqualTo(clocks.until());
        assertThat(again.take(message("a", "r", 1, 500, false), 9000)).isEqualTo(Outcome.DOUBLE);
        assertThat(again.take(message("a", "r", 2, 501, false), 9000)).isEqualTo(Outcome.NEXT);
    }
}
