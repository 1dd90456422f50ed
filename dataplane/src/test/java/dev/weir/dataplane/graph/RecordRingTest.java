package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import dev.weir.testing.Frames;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** When nobody takes records for long: events are dropped and counted, final records wait and come in order. */
class RecordRingTest {
    private static final int FLOWS = 60_000;

    @Test
    void ring_notEmptied_losesEventsAndNoFinalRecord() throws IOException {
        try (Arena arena = Arena.ofConfined();
                var table = new FlowTable(FlowTableConfig.defaults().withLifetime(0))) {
            var ring = new RecordRing(FlowEvent.CREATED | FlowEvent.ENDED, arena);
            var block = new FlowRecords(
                    Batch.CAPACITY * FlowTable.RECORDS_PER_PACKET, FlowEvent.CREATED | FlowEvent.ENDED, arena);
            feed(table, ring, block, arena);
            assertThat(ring.isWaiting()).isTrue();
            long[] seen = new long[3];
            while (ring.isWaiting() || !ring.isFinished()) {
                int n = ring.drainTo(record -> {
                    if (record.kind() == FlowEvent.ENDED) {
                        assertThat(record.flowId()).isGreaterThan(seen[2]);
                        seen[2] = record.flowId();
                        seen[1]++;
                    } else {
                        seen[0]++;
                    }
                });
                ring.advance();
                if (n == 0) {
                    ring.end();
                }
            }
            assertThat(seen[1]).isEqualTo(FLOWS);
            assertThat(seen[0] + ring.droppedEvents()).isEqualTo(FLOWS);
            assertThat(ring.droppedEvents()).isPositive();
            ring.close();
        }
    }

    /** Every packet begins a flow and ends it. */
    private static void feed(FlowTable table, RecordRing ring, FlowRecords block, Arena arena) {
        var packets = new PacketVector(1);
        packets.data = arena.allocate(100);
        byte[] frame = Frames.ethernet(Frames.ipv4(1, 2, Frames.UDP, Frames.udp(1, 2, Frames.payload(8))));
        MemorySegment.copy(frame, 0, packets.data, ValueLayout.JAVA_BYTE, 0, frame.length);
        packets.uniform(LinkType.ETHERNET, 0);
        packets.size = 1;
        packets.captured[0] = frame.length;
        packets.length[0] = frame.length;
        var flows = new FlowVector(packets);
        var extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        for (int flow = 1; flow <= FLOWS; flow++) {
            packets.first = flow;
            packets.time[0] = flow;
            extractor.extract(flows);
            table.track(4, flows, new int[1], 0, 1, block);
            if (block.room() < FlowTable.RECORDS_PER_PACKET || flow == FLOWS) {
                ring.accept(block);
                block.clear();
            }
        }
    }
}
