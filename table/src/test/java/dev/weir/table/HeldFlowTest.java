package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A flow whose packets something below counts: it ends by what that has counted. */
class HeldFlowTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LIFETIME = 60;
    private static final FlowKey KEY =
            new FlowKey(InetAddress.ofLiteral("0.0.0.1"), 1000, InetAddress.ofLiteral("0.0.0.2"), 53, Frames.UDP, 0);

    private final Arena arena = Arena.ofConfined();
    private final FlowRecords records = new FlowRecords(1000, FlowEvent.ENDED, arena);
    private final FlowRecord record = new FlowRecord();
    private FlowTable table = new FlowTable(config());
    private KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    private FlowContext context = table.context();

    private static FlowTableConfig config() {
        return FlowTableConfig.defaults().withMaxFlows(2).withHashSeed(1);
    }

    @BeforeEach
    void begin() {
        packet(1, 1000, 0);
    }

    @AfterEach
    void close() {
        table.assertValid();
        table.close();
        arena.close();
    }

    private void packet(int source, int port, long seconds) {
        Vectors vectors = new Vectors(new PacketVector(16, true), true);
        byte[] datagram = Frames.udp(port, 53, Frames.payload(10));
        vectors.add(seconds * SECOND, Frames.ethernet(Frames.ipv4(source, 2, Frames.UDP, datagram)));
        extractor.extract(vectors.flows);
        vectors.track(table, records);
    }

    private FlowContext flow() {
        return context.at(table.flow(KEY));
    }

    private int expire(long seconds) {
        table.advance(seconds * SECOND);
        assertThat(table.expire(records)).isTrue();
        return records.size();
    }

    @Test
    void held_livesBeyondItsDeadline_andEndsAtItWhenLetGoOf() {
        flow().hold(true);
        assertThat(expire(1000)).isZero();
        assertThat(table.size()).isEqualTo(1);
        assertThat(flow().idleDeadline()).isEqualTo(LIFETIME * SECOND);

        flow().hold(false);
        assertThat(expire(1001)).isEqualTo(1);
        assertThat(records.get(0, record).at()).isEqualTo(LIFETIME * SECOND);
        assertThat(record.reason()).isEqualTo(EndReason.IDLE);
    }

    @Test
    void carried_isCounted_andMovesTheDeadline() {
        flow().hold(true);
        table.advance(100 * SECOND);
        FlowTraffic forward = new FlowTraffic(1L << 40, 1L << 50, 1L << 51, 0x18, 90 * SECOND);
        FlowTraffic reverse = new FlowTraffic(3, 300, 342, 0x10, 95 * SECOND);
        table.carried(table.flow(KEY), forward, reverse, records);
        flow().hold(false);

        assertThat(expire(154)).isZero();
        assertThat(expire(156)).isEqualTo(1);
        records.get(0, record);
        assertThat(record.at()).isEqualTo((95 + LIFETIME) * SECOND);
        assertThat(record.forwardPackets()).isEqualTo((1L << 40) + 1);
        assertThat(record.forwardBytes()).isEqualTo((1L << 50) + 38);
        assertThat(record.forwardTcpFlags()).isEqualTo(0x18);
        assertThat(record.firstReverse()).isEqualTo(95 * SECOND);
        assertThat(record.reversePackets()).isEqualTo(3);
        assertThat(record.lastReverse()).isEqualTo(95 * SECOND);
    }

    @Test
    void packetAfterTheDeadline_ofAHeldFlow_goesOnWithIt() {
        flow().hold(true);
        packet(1, 1000, 100);

        assertThat(table.size()).isEqualTo(1);
        assertThat(flow().packets(0)).isEqualTo(2);
        assertThat(records.size()).isZero();
    }

    @Test
    void fullTable_recyclesOthersFirst() {
        flow().hold(true);
        packet(3, 1000, 1);
        packet(4, 1000, 2);

        assertThat(records.size()).isEqualTo(1);
        assertThat(records.get(0, record).key().source()).isEqualTo(InetAddress.ofLiteral("0.0.0.3"));
        assertThat(record.reason()).isEqualTo(EndReason.RECYCLED);
    }

    @Test
    void resizedTable_stillHolds() {
        flow().hold(true);
        assertThat(table.resize(10, records)).isTrue();
        assertThat(expire(1000)).isZero();
        assertThat(flow().isHeld()).isTrue();
    }

    @Test
    void carried_longerThanTheActiveTimeout_isReportedInPieces() {
        table.close();
        table = new FlowTable(config().withActiveTimeout(30_000));
        extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        context = table.context();
        begin();
        flow().hold(true);
        for (long at = 10; at <= 80; at += 10) {
            table.advance(at * SECOND);
            FlowTraffic ten = new FlowTraffic(10, 1000, 1140, 0, at * SECOND);
            table.carried(table.flow(KEY), ten, FlowTraffic.NONE, records);
        }

        assertThat(records.size()).isEqualTo(2);
        assertThat(records.get(0, record).forwardPackets()).isEqualTo(21);
        assertThat(record.reason()).isEqualTo(EndReason.ACTIVE);
        assertThat(records.get(1, record).forwardPackets()).isEqualTo(30);
    }
}
