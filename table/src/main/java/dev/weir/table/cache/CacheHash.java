package dev.weir.table.cache;

import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.Secret;
import java.util.OptionalLong;

/** The hash of keys that a {@link BoundedCache} is told of: 64 uniform bits, keyed, so that nobody outside can aim at its counters. Any thread; allocates nothing. */
public final class CacheHash {
    private final KeyHash hash;

    /** @param secret empty for one drawn at random; the same secret gives the same decisions */
    public CacheHash(OptionalLong secret) {
        hash = new KeyHash(secret.orElseGet(Secret::draw));
    }

    /** Of all words of a key. */
    public long of(long[] key) {
        return hash.hash(key, 0, key.length);
    }
}
