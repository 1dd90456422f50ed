package dev.weir.bench;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import java.util.ArrayList;
import java.util.List;

/** Vectors of generated packets of one family whose keys were extracted beforehand, so that the table can be measured on its own. */
final class KeyedVectors implements AutoCloseable {
    private final Trace trace;
    private final int family;
    private final List<FlowVector> vectors = new ArrayList<>();
    private final int[] picks = new int[FlowTable.VECTOR];

    /** @param table whose hash secret makes the keys; another table with the same fixed secret can track them too */
    KeyedVectors(TrafficShape shape, FlowTable table) {
        trace = new Trace(shape);
        family = shape.ipv6Percent() == 0 ? 4 : 6;
        var extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        var vector = new PacketVector(FlowTable.VECTOR);
        while (trace.read(vector) > 0) {
            var keys = new FlowVector(vector);
            extractor.extract(keys);
            vectors.add(keys);
            vector = new PacketVector(FlowTable.VECTOR);
        }
        for (int i = 0; i < picks.length; i++) {
            picks[i] = i;
        }
    }

    int size() {
        return vectors.size();
    }

    /** Tracks the packets of vector {@code i}. */
    void track(int i, FlowTable table, FlowRecords records) {
        FlowVector keys = vectors.get(i);
        table.track(family, keys, picks, 0, keys.packets.size, records);
        records.clear();
    }

    void trackAll(FlowTable table, FlowRecords records) {
        for (int i = 0; i < vectors.size(); i++) {
            track(i, table, records);
        }
    }

    @Override
    public void close() {
        trace.close();
    }
}
