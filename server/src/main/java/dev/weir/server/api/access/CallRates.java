package dev.weir.server.api.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many calls each caller may still make: a bucket each that fills at the rate and holds a second's calls. Only the
 * callers of late are remembered, so strangers fill no memory; whoever was forgotten begins with a full bucket. Any thread.
 */
final class CallRates {
    private static final int REMEMBERED = 10_000;
    private static final double NANOS = 1e9;

    private static final class Bucket {
        double calls;
        long filled;
    }

    private final int perSecond;
    private final LongSupplier clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param clock nanoseconds that never go back */
    CallRates(int perSecond, LongSupplier clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Takes a call of the caller's; false when it has made too many. */
    synchronized boolean take(String account) {
        long now = clock.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(account, _ -> {
            Bucket full = new Bucket();
            full.calls = perSecond;
            full.filled = now;
            return full;
        });
        bucket.calls = Math.min(perSecond, bucket.calls + (now - bucket.filled) / NANOS * perSecond);
        bucket.filled = now;
        if (bucket.calls < 1) {
            return false;
        }
        bucket.calls--;
        return true;
    }
}
