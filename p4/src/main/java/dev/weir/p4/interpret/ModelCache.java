package dev.weir.p4.interpret;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MatchKeys;
import dev.weir.table.cache.CacheConfig;
import dev.weir.table.cache.CacheHash;
import dev.weir.table.cache.PlainCache;
import dev.weir.table.match.KeyLayout;
import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Which entries a table keeps that is a cache. */
final class ModelCache {
    private final PlainCache<ModelTable.Held> plain;
    private final CacheHash hasher;
    private final KeyLayout layout;
    private final int tenantKey;

    private ModelCache(Table table, Table.Cache says, long seed) {
        int quota = Math.min(says.quota(), table.size());
        plain = new PlainCache<>(
                new CacheConfig(says.policy(), table.size(), says.byBytes(), says.tenant() != null, quota));
        hasher = new CacheHash(OptionalLong.of(seed));
        layout = MatchKeys.layout(table.fields());
        tenantKey = table.tenantKey();
    }

    /** {@code null} for a table that is no cache. */
    static @Nullable ModelCache of(Table table, long seed) {
        return table.cache() == null || table.keys().isEmpty() ? null : new ModelCache(table, table.cache(), seed);
    }

    private long hash(List<BigInteger> keys) {
        long[] words = new long[layout.words()];
        for (int i = 0; i < keys.size(); i++) layout.put(words, 0, i, keys.get(i));
        return hasher.of(words);
    }

    private long tenant(List<BigInteger> keys) {
        return tenantKey < 0 ? 0 : keys.get(tenantKey).longValue();
    }

    private static List<BigInteger> keys(ModelTable.Held held) {
        return held.entry.matches().stream()
                .map(match -> ((Match.Exactly) match).number())
                .toList();
    }

    void hit(ModelTable.Held held, long bytes) {
        plain.hit(held, bytes);
    }

    PlainCache.Offer<ModelTable.Held> offer(List<BigInteger> keys, long bytes) {
        return plain.offer(hash(keys), tenant(keys), bytes);
    }

    void added(ModelTable.Held held, long bytes) {
        plain.added(held, hash(keys(held)), tenant(keys(held)), bytes);
    }

    void put(ModelTable.Held held) {
        plain.put(held, hash(keys(held)), tenant(keys(held)), held.lifetime == 0);
    }

    ModelTable.@Nullable Held victim() {
        return plain.victim();
    }

    void removed(ModelTable.Held held) {
        plain.removed(held);
    }
}
