package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a live vector tells of its packets' flows, and what can be read and written there. */
class FlowContextTest {
    private static final long MILLI = 1_000_000L;
    private static final int ANNEX = 16;

    private final Arena arena = Arena.ofConfined();
    private final FlowRecords records = new FlowRecords(1000, FlowEvent.ENDED, arena, ANNEX);
    private final FlowTable table = new FlowTable(
            FlowTableConfig.defaults().withMaxFlows(4).withHashSeed(1).withAnnexBytes(ANNEX));
    private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    private final FlowContext context = table.context();
    private final Vectors vectors = new Vectors(new PacketVector(16, true), true);
    private final FlowVector flows = vectors.flows;

    @AfterEach
    void close() {
        table.assertValid();
        table.close();
        arena.close();
    }

    private void add(int source, int destination, int sourcePort, int destinationPort, long millis) {
        byte[] datagram = Frames.udp(sourcePort, destinationPort, Frames.payload(10));
        vectors.add(millis * MILLI, Frames.ethernet(Frames.ipv4(source, destination, Frames.UDP, datagram)));
    }

    private void track() {
        extractor.extract(flows);
        vectors.track(table, records);
    }

    @Test
    void track_bothDirectionsInOneVector_oneFlowFirstAndReverse() {
        add(1, 2, 1000, 53, 0);
        add(2, 1, 53, 1000, 0);
        add(3, 2, 1000, 53, 0);
        track();

        assertThat(flows.flow(0)).isEqualTo(flows.flow(1)).isNotEqualTo(flows.flow(2));
        assertThat(flows.isFirst(0)).isTrue();
        assertThat(flows.isFirst(1)).isFalse();
        assertThat(flows.isReverse(0)).isFalse();
        assertThat(flows.isReverse(1)).isTrue();
        assertThat(flows.isFirst(2)).isTrue();
        assertThat(flows.network(0)).isEqualTo(14);
        assertThat(flows.transport(0)).isEqualTo(34);
    }

    @Test
    void track_notIp_hasNoFlow() {
        vectors.add(0, new byte[60]);
        track();

        assertThat(flows.hasFlow(0)).isFalse();
        assertThat(flows.flow(0)).isEqualTo(FlowVector.NO_FLOW);
    }

    @Test
    void track_flowRecycledWithinItsVector_earlierPacketHasNoFlow() {
        for (int n = 0; n < 6; n++) {
            add(100 + n, 2, 1000, 53, n);
        }
        track();

        assertThat(flows.hasFlow(0)).isFalse();
        assertThat(flows.hasFlow(1)).isFalse();
        for (int i = 2; i < 6; i++) {
            assertThat(flows.hasFlow(i)).isTrue();
            assertThat(context.at(flows.flow(i)).flowId()).isEqualTo(flows.packets.first + i);
        }
    }

    @Test
    void offloaded_setByANode_seenByTheNextPacketAndTheRecord() {
        add(1, 2, 1000, 53, 0);
        track();
        assertThat(flows.isOffloaded(0)).isFalse();
        context.at(flows.flow(0)).setOffloaded(true);
        vectors.clear();
        add(1, 2, 1000, 53, 1);
        track();
        assertThat(flows.isOffloaded(0)).isTrue();
        assertThat(context.record(new FlowRecord()).offloaded()).isTrue();
    }

    @Test
    void annex_writtenToAFlow_isInItsRecordAndGoneWithIt() {
        add(1, 2, 1000, 53, 0);
        track();
        context.at(flows.flow(0));
        assertThat(context.getLong(0)).isZero();
        context.setLong(0, 42);
        context.setInt(12, 7);
        vectors.clear();
        add(1, 2, 1000, 53, 60_000);
        track();

        var ended = records.get(0, new FlowRecord());
        assertThat(ended.reason()).isEqualTo(EndReason.IDLE);
        assertThat(ended.annexLong(0)).isEqualTo(42);
        assertThat(ended.annexInt(12)).isEqualTo(7);
        assertThat(context.at(flows.flow(0)).getLong(0)).isZero();
    }

    @Test
    void annex_resized_keepsWhatItHad() {
        add(1, 2, 1000, 53, 0);
        track();
        context.at(flows.flow(0)).setLong(8, 42);
        var larger = new FlowRecords(10, FlowEvent.ENDED, arena, 2 * ANNEX);
        assertThat(table.resizeAnnex(2 * ANNEX, larger)).isTrue();
        vectors.clear();
        add(1, 2, 1000, 53, 1);
        extractor.extract(flows);
        vectors.track(table, larger);
        context.at(flows.flow(0));
        assertThat(context.getLong(8)).isEqualTo(42);
        assertThat(context.getLong(24)).isZero();
    }

    @Test
    void annex_outOfBounds_isRefused() {
        add(1, 2, 1000, 53, 0);
        track();
        context.at(flows.flow(0));
        assertThatThrownBy(() -> context.getLong(ANNEX - 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> context.setInt(-4, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void find_packetOfAFlow_countsNothing() {
        add(1, 2, 1000, 53, 0);
        track();
        int flow = flows.flow(0);
        vectors.clear();
        add(2, 1, 53, 1000, 1);
        add(9, 1, 53, 1000, 1);
        extractor.extract(flows);

        assertThat(table.find(flows, 0)).isEqualTo(flow);
        assertThat(table.find(flows, 1)).isEqualTo(FlowVector.NO_FLOW);
        assertThat(context.at(flow).record(new FlowRecord()).reversePackets()).isZero();
    }
}
