package dev.weir.offload.memory;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of a device by their uid. What is asked for is mostly what was asked for before. Guarded by its device. */
final class TableSet {
    private final Map<Long, MemoryTable> tables = new HashMap<>();
    private long lastUid;
    private @Nullable MemoryTable last;

    void add(MemoryTable table) {
        tables.put(table.check().table().uid(), table);
    }

    /** Null where there is none. */
    @Nullable
    MemoryTable find(long uid) {
        MemoryTable found = last;
        if (found != null && lastUid == uid) return found;
        found = tables.get(uid);
        lastUid = uid;
        last = found;
        return found;
    }
}
