package dev.weir.bench.cache;

import dev.weir.table.cache.BoundedCache;
import dev.weir.table.cache.CacheConfig;
import dev.weir.table.parts.KeyHash;
import java.util.Arrays;

/**
 * A table of flows that a {@link BoundedCache} decides about, given the packets of a trace one after the other: each packet that finds no entry wants to add one. One
 * thread; a run allocates nothing.
 */
public final class CacheRun {
    private static final int NONE = -1;

    private final CacheTrace trace;
    private final BoundedCache cache;
    private final long[] hashes;
    private final int[] slotOf;
    private final int[] flowIn;
    private int fresh;

    public CacheRun(CacheTrace trace, CacheConfig config, long seed) {
        this.trace = trace;
        cache = new BoundedCache(config);
        KeyHash hasher = new KeyHash(seed);
        hashes = new long[trace.flows()];
        long[] key = new long[1];
        for (int flow = 0; flow < hashes.length; flow++) {
            key[0] = flow;
            hashes[flow] = hasher.hash(key, 0, 1);
        }
        slotOf = new int[trace.flows()];
        Arrays.fill(slotOf, NONE);
        flowIn = new int[config.capacity()];
    }

    public BoundedCache cache() {
        return cache;
    }

    /** All packets of the trace once. */
    public void run() {
        int[] flows = trace.flow(), bytes = trace.bytes();
        for (int i = 0; i < flows.length; i++) {
            int flow = flows[i];
            int slot = slotOf[flow];
            if (slot == NONE) {
                miss(flow, bytes[i]);
            } else {
                cache.hit(slot, bytes[i]);
            }
        }
    }

    private void miss(int flow, int bytes) {
        cache.missed(0, bytes);
        int slot = cache.offer(hashes[flow], 0, bytes);
        if (slot == BoundedCache.REJECTED) return;
        if (slot == BoundedCache.ROOM) {
            slot = fresh++;
        } else {
            slotOf[flowIn[slot]] = NONE;
            cache.evicted(slot);
        }
        slotOf[flow] = slot;
        flowIn[slot] = flow;
        cache.added(slot, hashes[flow], 0, bytes);
    }
}
