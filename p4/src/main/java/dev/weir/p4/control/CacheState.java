package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import dev.weir.table.cache.BoundedCache;
import dev.weir.table.cache.CacheFigures;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a table that is a cache has seen, and keeps. Immutable.
 *
 * @param says what the program says of it
 * @param all of all tenants
 * @param tenants by their numbers, which are unsigned
 */
public record CacheState(Table.Cache says, CacheFigures all, SortedMap<Long, CacheFigures> tenants) {
    public CacheState {
        tenants = Collections.unmodifiableSortedMap(new TreeMap<>(tenants));
    }

    /** Of one worker, in its thread; {@code null} for a table that is no cache. */
    static @Nullable CacheState of(Table table, @Nullable BoundedCache cache) {
        return table.cache() == null || cache == null
                ? null
                : new CacheState(table.cache(), cache.figures(), cache.tenants());
    }

    /** Of all workers together; {@code null} where none has such a table. */
    static @Nullable CacheState sum(List<CacheState> workers) {
        if (workers.isEmpty()) return null;
        CacheFigures all = CacheFigures.NONE;
        SortedMap<Long, CacheFigures> tenants = new TreeMap<>(Long::compareUnsigned);
        for (CacheState each : workers) {
            all = all.plus(each.all);
            each.tenants.forEach((tenant, figures) -> tenants.merge(tenant, figures, CacheFigures::plus));
        }
        return new CacheState(workers.getFirst().says, all, tenants);
    }
}
