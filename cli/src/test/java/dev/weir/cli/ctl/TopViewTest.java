package dev.weir.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Port;
import dev.weir.api.v1.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the picture says, and that it fits every screen. */
class TopViewTest {
    private static final Instant TIME = Instant.parse("2026-11-21T10:32:33Z");
    private static final long SECOND = 1_000_000_000L;

    private static Flow flow(long id, String source, long bytes) {
        return Flow.newBuilder()
                .setFlowId(id)
                .setKey(FlowKey.newBuilder()
                        .setProtocol(6)
                        .setSource(source)
                        .setSourcePort(1000)
                        .setDestination("10.0.0.2")
                        .setDestinationPort(80))
                .setStartTime(Timestamp.newBuilder().setSeconds(TIME.getEpochSecond() - 100))
                .setForward(Direction.newBuilder().setPackets(bytes / 100).setBytes(bytes))
                .build();
    }

    private static TopSample sample(long seconds, int workers, int ports, Flow... flows) {
        long n = 1000 * seconds;
        List<Worker> all = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            all.add(Worker.newBuilder()
                    .setNumber(i)
                    .setLoad(i / 10.0)
                    .setPackets(n)
                    .setVectors(n / 10)
                    .build());
        }
        List<Port> some = new ArrayList<>();
        for (int i = 0; i < ports; i++) {
            some.add(Port.newBuilder()
                    .setName("interface-of-a-long-name-" + i)
                    .setState("up")
                    .setRxPackets(n)
                    .setRxBytes(100 * n)
                    .build());
        }
        Node node = Node.newBuilder()
                .setName("wall")
                .putDrops("denied", 5 * seconds)
                .build();
        GetCountersResponse counters = GetCountersResponse.newBuilder()
                .setFlows(2)
                .setMaxFlows(10)
                .putFlowTable("CREATED", 7 * seconds)
                .build();
        return new TopSample(seconds * SECOND, TIME, counters, some, all, List.of(node), List.of(flows));
    }

    private static List<String> view(TopSample before, TopSample now, int rows, int columns, boolean color) {
        return TopView.of(
                before,
                now,
                "unix:/run/weir/weir.sock",
                TopSample.Order.BYTES,
                new TerminalMode.Size(rows, columns),
                color,
                "q quit");
    }

    @Test
    void picture_showsRatesBetweenTwoSamples() {
        TopSample before = sample(10, 1, 1, flow(1, "10.0.0.1", 1000));
        TopSample now =
                sample(12, 1, 1, flow(1, "10.0.0.1", 3000), flow(2, "2001:db8:1111:2222:3333:4444:5555:6666", 500));
        assertThat(view(before, now, 16, 80, false))
                .containsExactly(
                        "weir unix:/run/weir/weir.sock                                       10:32:33 UTC",
                        "flows 2 of 10 (20.0 %), created 7/s, expired 0/s, recycled 0/s",
                        "in 1000 packets/s 800kbit/s, out 0 packets/s 0bit/s",
                        "WORKER  LOAD                           PACKETS/S  VECTOR   FLOWS  HANDED/S",
                        "     0  [                    ]   0.0%       1000    10.0       0         0",
                        "INTERFACE        STATE   IN/S   BIT/S   OUT/S   BIT/S  DROP/S",
                        "interface-of-a~ up       1000    800k       0       0       0",
                        "drops: wall denied 5/s",
                        "PROTO SOURCE                DESTINATION           packets   BYTES   bit/s    age",
                        "tcp   10.0.0.1:1000         10.0.0.2:80                30    3000    8000   1m40",
                        "tcp   [2001:db8:1111:2222:~ 10.0.0.2:80                 5     500      40   1m40",
                        "",
                        "",
                        "",
                        "",
                        "q quit");
    }

    @ParameterizedTest
    @CsvSource({"24,80", "5,20", "6,500", "100,100", "24,79"})
    void picture_fitsTheScreen(int rows, int columns) {
        TopSample before = sample(10, 64, 64), now = sample(12, 64, 64, flow(1, "10.0.0.1", 1), flow(2, "10.0.0.3", 2));
        List<String> lines = view(before, now, rows, columns, false);
        assertThat(lines).hasSize(rows).allMatch(line -> line.length() <= columns);
        assertThat(lines.getLast()).isEqualTo("q quit");
    }

    @Test
    void manyWorkers_areTheBusiest() {
        List<String> lines = view(sample(10, 64, 1), sample(12, 64, 1), 24, 80, false);
        assertThat(lines.get(4)).startsWith("    63  [||||||||||||||||||||]");
        assertThat(lines.get(8)).isEqualTo("        and 60 more workers, less busy");
    }

    @Test
    void color_isThatOfTitles_andOnlyWhereItIsWanted() {
        assertThat(view(sample(1, 1, 1), sample(2, 1, 1), 24, 80, true))
                .anyMatch(line -> line.startsWith("\033[1mWORKER"));
        assertThat(view(sample(1, 1, 1), sample(2, 1, 1), 24, 80, false)).noneMatch(line -> line.contains("\033"));
    }

    @Test
    void countersThatWereCleared_makeNoNegativeRates() {
        assertThat(view(sample(12, 1, 1), sample(12, 1, 1), 24, 80, false).get(1))
                .contains("created 0/s");
        assertThat(TopSample.rate(10, 1_000_000, 2)).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"-5,0s", "59.4,59s", "60,1m00", "3725,1h02", "90061,1d01"})
    void age_isShort(double seconds, String text) {
        assertThat(TopView.age(seconds)).isEqualTo(text);
    }
}
