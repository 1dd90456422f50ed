package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.JoinedFlow.Point;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecordBuilder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is joined, what stays apart, and whose counters are taken. Times are in arbitrary small units. */
class FlowJoinTest {
    private static final FlowJoin JOIN = new FlowJoin(10, 100);

    private long sequence;

    /** A record of a flow whose packets of each direction come from start to end; without packets a direction has no times. */
    private Sighting sighting(
            String sensor, long flow, boolean turned, long forward, long reverse, long start, long end, long at) {
        byte[] a = {10, 0, 0, 1}, b = {10, 0, 0, 2};
        var record = new FlowRecordBuilder()
                .flowId(flow)
                .event(FlowEvent.ENDED, 0, at)
                .ends(turned ? b : a, turned ? 80 : 4000, turned ? a : b, turned ? 4000 : 80, 4)
                .protocol(6, 0)
                .forward(forward, 100 * forward, 120 * forward, 2, start, end)
                .reverse(reverse, 50 * reverse, 70 * reverse, 16, start + 1, end)
                .reason(EndReason.IDLE)
                .record();
        return new Sighting(sensor, "r", ++sequence, record);
    }

    private static List<JoinedFlow> joined(List<Sighting> all) {
        var flows = new ArrayList<JoinedFlow>();
        JOIN.clusters(all).forEach(each -> flows.addAll(JOIN.flows(each)));
        return flows;
    }

    @Test
    void asymmetricRoutes_areOneFlow_eachDirectionOfWhoSawIt() {
        JoinedFlow flow = joined(List.of(
                        sighting("west", 7, true, 9, 0, 5, 60, 100), sighting("east", 3, false, 12, 0, 0, 59, 98)))
                .getFirst();
        assertThat(flow.record().sourcePort()).as("who was seen first began").isEqualTo(4000);
        assertThat(flow.record().forwardPackets()).isEqualTo(12);
        assertThat(flow.record().reversePackets()).isEqualTo(9);
        assertThat(flow.record().reverseBytes()).isEqualTo(900);
        assertThat(flow.record().flowId()).isEqualTo(3);
        assertThat(flow.record().startTime()).isZero();
        assertThat(flow.record().endTime()).isEqualTo(60);
        assertThat(flow.forwardFrom()).isEqualTo("east");
        assertThat(flow.reverseFrom()).isEqualTo("west");
        assertThat(flow.sensors()).isEqualTo(2);
    }

    @Test
    void path_goesByTheFirstPacket_andTellsWhatWasLost() {
        JoinedFlow flow = joined(List.of(
                        sighting("c", 1, false, 7, 10, 2, 50, 90),
                        sighting("a", 1, false, 10, 8, 0, 50, 90),
                        sighting("b", 1, false, 9, 9, 1, 50, 90)))
                .getFirst();
        assertThat(flow.forward()).containsExactly(new Point("a", 10), new Point("b", 9), new Point("c", 7));
        assertThat(JoinedFlow.lost(flow.forward())).isEqualTo(3);
        assertThat(flow.forwardFrom()).isEqualTo("a");
        assertThat(flow.reverseFrom()).isEqualTo("c");
        assertThat(flow.records()).isEqualTo(3);
    }

    @Test
    void pieces_withinTheWait_arePutTogether_othersStayApart() {
        Sighting first = sighting("a", 1, false, 5, 5, 0, 50, 50), second = sighting("a", 1, false, 4, 4, 60, 120, 120);
        Sighting later = sighting("a", 1, false, 3, 3, 300, 400, 400);
        List<JoinedFlow> flows = joined(List.of(later, first, second));
        assertThat(flows).extracting(each -> each.record().forwardPackets()).containsExactlyInAnyOrder(9L, 3L);
        assertThat(flows).extracting(JoinedFlow::records).containsExactlyInAnyOrder(2, 1);
    }

    @Test
    void flowsOfOneSensor_thatFollowEachOther_stayTwo_withTheirOthers() {
        List<JoinedFlow> flows = joined(List.of(
                sighting("a", 1, false, 5, 5, 0, 50, 60),
                sighting("a", 2, false, 4, 4, 52, 90, 100),
                sighting("b", 8, false, 5, 4, 1, 51, 61),
                sighting("b", 9, false, 4, 3, 53, 91, 101)));
        assertThat(flows)
                .extracting(each -> each.record().flowId() + ":" + each.sensors() + ":"
                        + each.record().forwardPackets())
                .containsExactlyInAnyOrder("1:2:5", "2:2:4");
    }

    @Test
    void records_whoseEndsOrTimesAreFarApart_areNotJoined() {
        assertThat(joined(List.of(sighting("a", 1, false, 5, 5, 0, 50, 60), sighting("b", 1, false, 5, 5, 0, 50, 161))))
                .hasSize(2);
        assertThat(joined(List.of(sighting("a", 1, false, 5, 5, 0, 50, 60), sighting("b", 1, false, 5, 5, 61, 70, 80))))
                .hasSize(2);
        assertThat(joined(
                        List.of(sighting("a", 1, false, 5, 5, 0, 50, 60), sighting("b", 1, false, 5, 5, 60, 70, 160))))
                .hasSize(1);
    }

    /** The order in which they come decides nothing. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void records_inAnyOrder_giveTheSameFlows(long seed) {
        var random = new Random(seed);
        var all = new ArrayList<Sighting>();
        for (int i = 0; i < 60; i++) {
            long start = random.nextInt(2000), end = start + random.nextInt(60);
            all.add(sighting(
                    "s" + random.nextInt(4),
                    random.nextInt(30),
                    random.nextBoolean(),
                    random.nextInt(5),
                    random.nextInt(5),
                    start,
                    end,
                    end + random.nextInt(50)));
        }
        List<String> expected = told(all);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(all, random);
            assertThat(told(all)).as("seed=" + seed).isEqualTo(expected);
        }
    }

    private static List<String> told(List<Sighting> all) {
        return joined(all).stream()
                .map(each -> each.record().flowId() + " " + each.record().forwardPackets() + " "
                        + each.record().startTime() + " " + each.forward() + each.reverse() + each.records())
                .sorted()
                .toList();
    }

    @Test
    void joinedFlow_writtenAndRead_isTheSame() throws Exception {
        JoinedFlow flow = joined(
                        List.of(sighting("a", 1, false, 5, 5, 0, 50, 60), sighting("b", 1, false, 5, 5, 0, 50, 60)))
                .getFirst();
        JoinedFlow again = JoinedFlow.read(flow.octets());
        assertThat(again.octets()).isEqualTo(flow.octets());
        assertThat(again.forward()).isEqualTo(flow.forward());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sequences_agreeWithASetOfNumbers(long seed) {
        var random = new Random(seed);
        var seen = new BitSet();
        long[] ranges = {};
        for (int i = 0; i < 5000; i++) {
            int number = 1 + random.nextInt(3000);
            assertThat(Sequences.has(ranges, number))
                    .as("seed=" + seed + " i=" + i)
                    .isEqualTo(seen.get(number));
            ranges = Sequences.with(ranges, number);
            seen.set(number);
        }
        assertThat(Sequences.missing(ranges))
                .as("seed=" + seed)
                .isEqualTo(seen.length() - seen.nextSetBit(0) - seen.cardinality());
        long hole = Sequences.lowestHole(ranges);
        assertThat(Sequences.missing(Sequences.withoutLowestHole(ranges))).isEqualTo(Sequences.missing(ranges) - hole);
    }
}
