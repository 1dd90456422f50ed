package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.Permissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table's own attributes as they are. Immutable.
 *
 * @param profiles nanoseconds, by number
 * @param hit what entries do that are added without a call; null for nothing
 * @param missed packets and bytes are not told apart: how many lookups found nothing, in all workers
 * @param cache null for a table that keeps what came first
 */
public record TableState(
        TableSchema table,
        Permissions permissions,
        List<Long> profiles,
        Table.Call miss,
        Table.@Nullable Call hit,
        int entries,
        long hits,
        long missed,
        @Nullable CacheState cache) {
    public TableState {
        profiles = List.copyOf(profiles);
    }
}
