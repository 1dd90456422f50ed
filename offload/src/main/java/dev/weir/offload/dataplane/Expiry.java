package dev.weir.offload.dataplane;

import dev.weir.offload.driver.FlowEvent.Cause;
import dev.weir.offload.model.Timeouts;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Which flows may have timed out: each is looked at when its time was once thought to be over. Guarded by its driver. Times are the data plane's. */
final class Expiry {
    private static final long NANOS = 1_000_000;

    private record Look(long at, long ifindex, Entry entry) {}

    /** A flow whose time is over. */
    record Over(long ifindex, Entry entry, Cause cause) {}

    private final PriorityQueue<Look> looks = new PriorityQueue<>(Comparator.comparingLong(Look::at));

    void add(long ifindex, Entry entry) {
        if (!entry.flow.timeouts().equals(Timeouts.NONE)) {
            looks.add(new Look(Math.min(idleEnd(entry), hardEnd(entry)), ifindex, entry));
        }
    }

    /** A flow that is over, which may have gone already; null where there is none. */
    @Nullable
    Over poll(long now) {
        for (Look look = looks.peek(); look != null && look.at <= now; look = looks.peek()) {
            looks.poll();
            Entry entry = look.entry;
            long idle = idleEnd(entry);
            long hard = hardEnd(entry);
            if (Math.min(idle, hard) <= now) {
                return new Over(look.ifindex, entry, hard <= idle ? Cause.HARD_TIMEOUT : Cause.IDLE_TIMEOUT);
            }
            add(look.ifindex, entry);
        }
        return null;
    }

    private static long idleEnd(Entry entry) {
        return end(entry.counts.lastSeen(), entry.flow.timeouts().idleMillis());
    }

    private static long hardEnd(Entry entry) {
        return end(entry.counts.setAt(), entry.flow.timeouts().hardMillis());
    }

    private static long end(long from, long millis) {
        return millis == 0 ? Long.MAX_VALUE : from + millis * NANOS;
    }
}
