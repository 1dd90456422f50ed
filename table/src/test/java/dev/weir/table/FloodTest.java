package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloodTest {
    private static final int MAX_FLOWS = 4096, ESTABLISHED = 3000, FLOOD = 100 * MAX_FLOWS;
    private static final long MILLI = 1_000_000L;
    private static final int SERVER = 0x0A000001;

    /** A hundred times the table's size in opening packets from random sources, while the conversations that were there go quiet. */
    @Test
    void synFlood_onAFullTable_leavesEstablishedFlowsInPlace() throws UnknownHostException {
        var random = new SplittableRandom(5);
        try (var table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(MAX_FLOWS));
                Arena arena = Arena.ofConfined()) {
            var extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
            var vectors = new Vectors(FlowTable.VECTOR);
            var records = new FlowRecords(
                    FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET, FlowEvent.CREATED | FlowEvent.ENDED, arena);
            var open = new BitSet();
            long recycled = 0, ended = 0;
            for (int n = 0; n < ESTABLISHED + FLOOD; n++) {
                int source = n < ESTABLISHED ? n : random.nextInt() | 0x4000_0000;
                int flags = n < ESTABLISHED ? Frames.ACK : Frames.SYN;
                byte[] tcp = Frames.tcp(random.nextInt(1024, 65536), 443, flags, new byte[0]);
                if (n < ESTABLISHED) {
                    tcp = Frames.tcp(5000, 443, flags, new byte[0]);
                }
                vectors.add(n * MILLI / 5, Frames.ethernet(Frames.ipv4(source, SERVER, Frames.TCP, tcp)));
                if (vectors.packets.size == FlowTable.VECTOR || n == ESTABLISHED + FLOOD - 1) {
                    extractor.extract(vectors.flows);
                    vectors.track(table, records);
                    vectors.clear();
                    for (Event e : Event.allOf(records)) {
                        boolean creation = e.kind() == FlowEvent.CREATED;
                        assertThat(open.get((int) e.flowId())).isEqualTo(!creation);
                        open.flip((int) e.flowId());
                        ended += creation ? 0 : 1;
                        recycled += e.reason() == EndReason.RECYCLED ? 1 : 0;
                    }
                    records.clear();
                }
            }
            table.assertValid();
            assertThat(table.size()).isEqualTo(MAX_FLOWS).isEqualTo(open.cardinality());
            assertThat(recycled).isPositive();
            assertThat(table.counters())
                    .containsEntry("CREATED", ended + MAX_FLOWS)
                    .containsEntry("RECYCLE", recycled);
            var server = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
            for (int n = 0; n < ESTABLISHED; n++) {
                var client = InetAddress.getByAddress(new byte[] {0, 0, (byte) (n >>> 8), (byte) n});
                var key = new FlowKey(client, 5000, server, 443, Frames.TCP, 0);
                assertThat(table.lookup(key, new FlowRecord()))
                        .as("established flow %d", n)
                        .isTrue();
            }
        }
    }
}
