package dev.weir.p4.run;

import dev.weir.p4.ir.Table;
import dev.weir.table.cache.BoundedCache;
import dev.weir.table.cache.CacheConfig;
import dev.weir.table.cache.CacheHash;
import dev.weir.table.match.ExactTable;
import dev.weir.table.match.KeyLayout;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a table's {@link Table.Cache} says, done: tells a {@link BoundedCache} of the table's keys, and whose they are. The worker's thread; nothing allocates after
 * it was made.
 */
final class TableCache {
    final BoundedCache cache;
    private final ExactTable entries;
    private final CacheHash hasher;
    private final KeyLayout layout;
    private final int tenantKey;
    private final long[] scratch;

    private TableCache(CacheConfig config, ExactTable entries, OptionalLong seed, int tenantKey) {
        cache = new BoundedCache(config);
        this.entries = entries;
        this.tenantKey = tenantKey;
        layout = entries.layout();
        hasher = new CacheHash(seed);
        scratch = new long[layout.words()];
    }

    /** {@code null} for a table that is no cache. */
    static @Nullable TableCache of(Table table, @Nullable ExactTable entries, OptionalLong seed) {
        Table.Cache says = table.cache();
        if (says == null || entries == null) return null;
        return new TableCache(config(table, says), entries, seed, table.tenantKey());
    }

    private static CacheConfig config(Table table, Table.Cache says) {
        int quota = Math.min(says.quota(), table.size());
        return new CacheConfig(says.policy(), table.size(), says.byBytes(), says.tenant() != null, quota);
    }

    private long hash(long[] key) {
        return hasher.of(key);
    }

    private long tenant(long[] key) {
        return tenantKey < 0 ? 0 : layout.getLong(key, 0, tenantKey);
    }

    void missed(long[] key, long bytes) {
        cache.missed(tenant(key), bytes);
    }

    /** @return as {@link BoundedCache#offer} */
    int offer(long[] key, long bytes) {
        return cache.offer(hash(key), tenant(key), bytes);
    }

    void added(int number, long[] key, long bytes) {
        cache.added(number, hash(key), tenant(key), bytes);
    }

    /** An entry is there that no packet has added. */
    void put(int number, boolean pinned) {
        entries.loadKey(number, scratch, 0);
        cache.put(number, hash(scratch), tenant(scratch), pinned);
    }

    void pin(int number, boolean pinned) {
        if (cache.isPinned(number) == pinned) return;
        entries.loadKey(number, scratch, 0);
        cache.pin(number, hash(scratch), pinned);
    }
}
