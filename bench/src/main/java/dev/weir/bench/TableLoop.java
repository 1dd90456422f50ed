package dev.weir.bench;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import java.lang.foreign.Arena;

/**
 * What one worker of the data plane does with a vector, and nothing else: read, parse and make keys, track, expire. Records are written and
 * thrown away. One thread; allocates nothing after it was made.
 */
final class TableLoop implements AutoCloseable {
    private static final int RECORDS = 4 * FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET;

    private final FlowTable table;
    private final KeyExtractor extractor;
    private final PacketVector packets = new PacketVector(FlowTable.VECTOR);
    private final int[] ipv4 = new int[FlowTable.VECTOR], ipv6 = new int[FlowTable.VECTOR];
    private final Arena arena = Arena.ofShared();
    private final FlowVector keys = new FlowVector(packets);
    private final FlowRecords records = new FlowRecords(RECORDS, FlowEvent.ENDED, arena);
    private long ended;

    TableLoop(FlowTableConfig config) {
        table = new FlowTable(config);
        extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    }

    FlowTable table() {
        return table;
    }

    /** Records of ended flows so far. */
    long ended() {
        return ended;
    }

    /** Takes all packets that the trace has before it ends. */
    void run(Trace trace) {
        while (trace.read(packets) > 0) {
            step();
        }
    }

    private void step() {
        extractor.extract(keys);
        int n4 = 0, n6 = 0;
        for (int i = 0; i < packets.size; i++) {
            if (keys.family(i) == 4) {
                ipv4[n4++] = i;
            } else {
                ipv6[n6++] = i;
            }
        }
        table.track(4, keys, ipv4, 0, n4, records);
        table.track(6, keys, ipv6, 0, n6, records);
        ended += records.size();
        records.clear();
        boolean done;
        do {
            done = table.expire(records);
            ended += records.size();
            records.clear();
        } while (!done);
    }

    @Override
    public void close() {
        table.close();
        arena.close();
    }
}
