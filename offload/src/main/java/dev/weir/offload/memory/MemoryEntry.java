package dev.weir.offload.memory;

import dev.weir.offload.check.Match;
import dev.weir.offload.memory.FlowEngine.Counts;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowStats;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A flow that is set, and what it has seen. Guarded by its device. Times are nanoseconds of the driver's clock. */
final class MemoryEntry {
    static final long NEVER = Long.MAX_VALUE;

    final Flow flow;
    final Match match;
    final long setAt;
    long lastHit;
    long packets;
    long bytes;

    /** The flow with equal match and the next smaller priority. */
    @Nullable
    MemoryEntry next;

    /** When {@link Deadlines} looks at it; meaningful while it is queued. */
    long wakeAt;

    boolean queued;
    boolean live;
    /** What it had seen before the engine counted what it counts now; missing where that is nothing. */
    private @Nullable Counts countedBefore;

    MemoryEntry(Flow flow, Match match, long now) {
        this.flow = flow;
        this.match = match;
        this.setAt = now;
        this.lastHit = now;
    }

    /** The same flow asked for otherwise: it has seen what the one before has. */
    MemoryEntry(Flow flow, Match match, MemoryEntry before) {
        this.flow = flow;
        this.match = match;
        this.setAt = before.setAt;
        this.lastHit = before.lastHit;
        this.packets = before.packets;
        this.bytes = before.bytes;
        this.countedBefore = before.countedBefore;
    }

    void hit(long octets, long now) {
        packets++;
        bytes += octets;
        lastHit = now;
    }

    /** Takes over what the engine counted. */
    void saw(Counts counts) {
        Counts earlier = countedBefore;
        packets = counts.packets() + (earlier == null ? 0 : earlier.packets());
        bytes = counts.bytes() + (earlier == null ? 0 : earlier.bytes());
        lastHit = Math.max(lastHit, counts.lastSeen());
    }

    /** Goes on from what is final of the flow under another match; the engine counts it anew. */
    void goesOnFrom(MemoryEntry other) {
        packets = other.packets;
        bytes = other.bytes;
        lastHit = Math.max(lastHit, other.lastHit);
        countedBefore = new Counts(packets, bytes, lastHit);
    }

    long idleDeadline() {
        return after(lastHit, flow.timeouts().idleMillis());
    }

    long hardDeadline() {
        return after(setAt, flow.timeouts().hardMillis());
    }

    long deadline() {
        return Math.min(idleDeadline(), hardDeadline());
    }

    /** The flow, with what it has seen. */
    Flow told(long now) {
        return flow.with(new FlowStats(packets, bytes, millis(now - setAt), millis(now - lastHit)));
    }

    private static long after(long start, long millis) {
        return millis == 0 ? NEVER : start + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static long millis(long nanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos));
    }
}
