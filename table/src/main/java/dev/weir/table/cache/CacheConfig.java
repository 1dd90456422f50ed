package dev.weir.table.cache;

/**
 * How a {@link BoundedCache} is made; immutable.
 *
 * @param capacity how many entries the table holds
 * @param byBytes whether use is counted in octets of packets, not in packets
 * @param tenants whether entries belong to tenants, who have figures of their own
 * @param quota how many entries that are not pinned a tenant has at the most; 0 for as many as there is room for
 */
public record CacheConfig(CachePolicy policy, int capacity, boolean byBytes, boolean tenants, int quota) {
    /** The most entries: a slot's number and two for the ends of lists fit an int. */
    public static final int MAX_CAPACITY = 1 << 28;

    public CacheConfig {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "cache size: " + capacity + " entries is out of range; give 1 to " + MAX_CAPACITY);
        }
        if (quota < 0 || quota > capacity) {
            throw new IllegalArgumentException("cache quota: " + quota + " entries of " + capacity
                    + " is out of range; give 1 to " + capacity + ", or 0 for none");
        }
        if (quota > 0 && !tenants) {
            throw new IllegalArgumentException(
                    "cache quota: " + quota + " entries, but there are no tenants; say whose");
        }
    }

    /** By packets, without tenants. */
    public static CacheConfig of(CachePolicy policy, int capacity) {
        return new CacheConfig(policy, capacity, false, false, 0);
    }

    public CacheConfig withBytes() {
        return new CacheConfig(policy, capacity, true, tenants, quota);
    }

    /** Entries belong to tenants, of whom none has more than {@code most}; 0 for no such limit. */
    public CacheConfig withTenants(int most) {
        return new CacheConfig(policy, capacity, byBytes, true, most);
    }
}
