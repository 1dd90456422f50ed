package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.feature.FeatureSet;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ten million packets in steady state allocate nothing, from their bytes to their records. */
class AllocationTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int SOURCE = 14 + 12, FLAGS = 14 + 20 + 13;
    private static final long PACKETS = 10_000_000;
    private static final int[] CONVERSATION = {0x02, 0x12, 0x10, 0x18, 0x11, 0x11, 0x10, 0x10};

    /** The clock moves {@code nanos} a packet; every flow has all of a conversation's packets, {@code flows} side by side. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            conversations begin and end,  1000, 2000, 100000, false
            flows expire,                10000, 20000, 2000000, false
            flows are recycled,          10000,  1000,    100, false
            all features of conversations,  1000, 2000, 100000, true
            """)
    void table_inSteadyState_allocatesNothing(String what, int flows, int maxFlows, long nanos, boolean measured) {
        FeatureSet features = measured ? FeatureSet.all(FeatureSet.FIRST_PACKETS) : FeatureSet.NONE;
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var table = new FlowTable(
                        FlowTableConfig.defaults().withMaxFlows(maxFlows).withFeatures(features));
                Arena arena = Arena.ofConfined()) {
            var traffic = new Traffic(table, arena, flows, nanos);
            for (int i = 0; i < 20_000; i++) {
                traffic.vector();
            }
            table.clearCounters();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (long sent = 0; sent < PACKETS; sent += FlowTable.VECTOR) {
                traffic.vector();
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            table.assertValid();
            assertThat(allocated * 100 / PACKETS)
                    .as("octets a hundred packets, %s", what)
                    .isZero();
            assertThat(table.counters()).as(what).containsEntry("THRU", (PACKETS + 255) / 256 * 256);
            assertThat(traffic.ended).as(what).isGreaterThan(PACKETS / 20);
        }
    }

    private static final class Traffic {
        private final FlowTable table;
        private final KeyExtractor extractor;
        private final Vectors vectors;
        private final int[] all = new int[FlowTable.VECTOR];
        private final FlowRecords records;
        private final int flows;
        private final long nanos;
        private long sent;
        private long ended;

        private Traffic(FlowTable table, Arena arena, int flows, long nanos) {
            this.table = table;
            boolean measured = !table.config().features().isEmpty();
            vectors = new Vectors(new PacketVector(FlowTable.VECTOR), false, measured);
            this.flows = flows;
            this.nanos = nanos;
            extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
            records = new FlowRecords(
                    FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET,
                    FlowEvent.ENDED,
                    arena,
                    table.config().annexBytes());
            byte[] frame = Frames.ethernet(Frames.ipv4(0, 1, Frames.TCP, Frames.tcp(1, 2, 0, new byte[0])));
            for (int i = 0; i < FlowTable.VECTOR; i++) {
                all[i] = i;
                vectors.add(0, frame);
            }
        }

        private void vector() {
            for (int i = 0; i < FlowTable.VECTOR; i++) {
                long round = sent / flows;
                long source = sent % flows + round / CONVERSATION.length % 1000 * flows;
                long at = vectors.packets.offset[i];
                vectors.packets.data.set(INT, at + SOURCE, (int) source);
                int flags = CONVERSATION[(int) (round % CONVERSATION.length)];
                vectors.packets.data.set(ValueLayout.JAVA_BYTE, at + FLAGS, (byte) flags);
                vectors.packets.time[i] = sent++ * nanos;
            }
            vectors.packets.first += FlowTable.VECTOR;
            extractor.extract(vectors.flows);
            table.track(4, vectors.flows, all, 0, FlowTable.VECTOR, records);
            take();
            while (!table.expire(records)) {
                take();
            }
            take();
        }

        private void take() {
            ended += records.size();
            records.clear();
        }
    }
}
