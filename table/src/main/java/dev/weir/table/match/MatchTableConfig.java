package dev.weir.table.match;

import java.util.OptionalLong;

/**
 * How a {@link MatchTable} is made; immutable.
 *
 * @param layout the fields of its keys, which decide what kind of table it is
 * @param capacity how many entries it holds at the most
 * @param payloadBytes octets kept with each entry for the table's owner, a multiple of 8
 * @param idleTimeout what becomes of entries that are not hit
 * @param hashSeed fixes the secret of the hash; empty for one drawn at random
 */
public record MatchTableConfig(
        KeyLayout layout, int capacity, int payloadBytes, IdleTimeout idleTimeout, OptionalLong hashSeed) {
    /** The most entries that a table holds. */
    public static final int MAX_CAPACITY = (1 << 28) - 2;

    /** The most octets that are kept with an entry for its owner. */
    public static final int MAX_PAYLOAD_BYTES = 4096;

    public MatchTableConfig {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "table size: " + capacity + " entries is out of range; give 1 to " + MAX_CAPACITY);
        }
        if (payloadBytes < 0 || payloadBytes > MAX_PAYLOAD_BYTES || payloadBytes % Long.BYTES != 0) {
            throw new IllegalArgumentException("table payload: " + payloadBytes
                    + " octets an entry is out of range; give 0 to " + MAX_PAYLOAD_BYTES + " in steps of 8");
        }
    }

    /** A table of such keys and size, without payload, without timers, with a random secret. */
    public static MatchTableConfig of(KeyLayout layout, int capacity) {
        return new MatchTableConfig(layout, capacity, 0, IdleTimeout.NONE, OptionalLong.empty());
    }

    public MatchTableConfig withPayloadBytes(int bytes) {
        return new MatchTableConfig(layout, capacity, bytes, idleTimeout, hashSeed);
    }

    public MatchTableConfig withIdleTimeout(IdleTimeout idle) {
        return new MatchTableConfig(layout, capacity, payloadBytes, idle, hashSeed);
    }

    public MatchTableConfig withHashSeed(long seed) {
        return new MatchTableConfig(layout, capacity, payloadBytes, idleTimeout, OptionalLong.of(seed));
    }

    MatchTableConfig withCapacity(int entries) {
        return new MatchTableConfig(layout, entries, payloadBytes, idleTimeout, hashSeed);
    }
}
