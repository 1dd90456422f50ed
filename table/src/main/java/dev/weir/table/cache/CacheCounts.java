package dev.weir.table.cache;

/** The numbers behind {@link CacheFigures}, for each tenant: 80 octets. One thread; allocates nothing after it was made. */
final class CacheCounts {
    static final int HITS = 0, HIT_BYTES = 1, MISSES = 2, MISS_BYTES = 3;
    static final int ADMITTED = 4, REJECTED = 5, EVICTED = 6, EXPIRED = 7, MEMBERS = 8, PINNED = 9;
    private static final int KINDS = 10;

    private final long[] counts;

    CacheCounts(int tenants) {
        counts = new long[tenants * KINDS];
    }

    void add(int tenant, int kind, long n) {
        counts[tenant * KINDS + kind] += n;
    }

    /** Counts a packet, and behind it its octets. */
    void packet(int tenant, int kind, long bytes) {
        counts[tenant * KINDS + kind]++;
        counts[tenant * KINDS + kind + 1] += bytes;
    }

    long get(int tenant, int kind) {
        return counts[tenant * KINDS + kind];
    }

    CacheFigures figures(int tenant) {
        return new CacheFigures(
                get(tenant, HITS),
                get(tenant, HIT_BYTES),
                get(tenant, MISSES),
                get(tenant, MISS_BYTES),
                get(tenant, ADMITTED),
                get(tenant, REJECTED),
                get(tenant, EVICTED),
                get(tenant, EXPIRED),
                get(tenant, MEMBERS) + get(tenant, PINNED),
                get(tenant, PINNED));
    }

    long bytes() {
        return (long) counts.length * Long.BYTES;
    }
}
