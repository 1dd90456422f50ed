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
import java.lang.foreign.ValueLayout;

/**
 * What one worker of the data plane does with a vector, and nothing else: read, parse and make keys, track, expire. Records are written and
 * thrown away. One thread; allocates nothing after it was made.
 */
final class TableLoop implements AutoCloseable {
    private static final int RECORDS = 4 * FlowTable.VECTOR * FlowTable.RECORDS_PER_PACKET;

    private final FlowTable table;
    private final KeyExtractor extractor;
    /** As many packets as the tracker's workers take at once; the table gets them vector by vector. */
    private static final int CHUNK = 2048;

    private final PacketVector packets = new PacketVector(CHUNK);
    private final int[] ipv4 = new int[CHUNK], ipv6 = new int[CHUNK];
    private final Arena arena = Arena.ofShared();
    private final FlowVector keys = new FlowVector(packets);
    private final FlowRecords records = new FlowRecords(RECORDS, FlowEvent.ENDED, arena);
    private long ended;
    private long cachedNanos;
    private long sum;

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

    /**
     * The same, with every chunk's packets brought into the core's cache before, where a network card's driver or a
     * packet generator leaves them. {@link #cachedNanos} counts the time on the wall, without the bringing.
     */
    void runCached(Trace trace) {
        while (trace.read(packets) > 0) {
            for (int i = 0; i < packets.size; i++) {
                sum += packets.data.get(ValueLayout.JAVA_BYTE, packets.offset[i]);
            }
            long start = System.nanoTime();
            step();
            cachedNanos += System.nanoTime() - start;
        }
    }

    /** What {@link #runCached} has taken so far. */
    long cachedNanos() {
        return cachedNanos;
    }

    /** What the touching read; of no use but to be asked for. */
    long sum() {
        return sum;
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
        track(4, ipv4, n4);
        track(6, ipv6, n6);
        boolean done;
        do {
            done = table.expire(records);
            ended += records.size();
            records.clear();
        } while (!done);
    }

    private void track(int family, int[] picks, int count) {
        for (int from = 0; from < count; from += FlowTable.VECTOR) {
            table.track(family, keys, picks, from, Math.min(FlowTable.VECTOR, count - from), records);
            ended += records.size();
            records.clear();
        }
    }

    @Override
    public void close() {
        table.close();
        arena.close();
    }
}
