package dev.weir.table;

import dev.weir.table.parts.KeyHash;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;

/**
 * The flows of one address family: where they are kept, what packets do to them and what their owner's orders do. It has
 * no clock: every call says what time it is. A {@link FlowTable} is two of them and calls in its owner's thread;
 * {@link #track} and the calls that end flows allocate nothing. Addresses of memory are used unchecked, so nothing may be
 * called after {@link #close} or {@link #movedTo}.
 */
final class FlowFamily {
    final FlowStore flows;
    private final PacketPath path;
    private final KeyHash hasher;
    private final Counters counters;
    private final int cachedFlows;
    private final MemorySegment scratch = Arena.ofAuto().allocate(FlowRecord.SIZE, 8);

    /** An empty one; memory that cannot be had throws and leaves nothing behind. */
    FlowFamily(boolean v6, FlowTableConfig config, KeyHash hasher, Counters counters, int cachedFlows) {
        this(
                FlowStore.create(v6, config.maxFlows(), config.annexBytes(), hasher, 0),
                config,
                hasher,
                counters,
                cachedFlows);
    }

    private FlowFamily(FlowStore flows, FlowTableConfig config, KeyHash hasher, Counters counters, int cachedFlows) {
        this.flows = flows;
        this.hasher = hasher;
        this.counters = counters;
        this.cachedFlows = cachedFlows;
        path = new PacketPath(flows, config, counters, cachedFlows);
    }

    /** Before any packet: the wheel begins to turn at {@code time}. */
    void startAt(long time) {
        flows.timers.startAt(time);
    }

    /** The time of the last packet, or of {@link #notBefore} if that was later. */
    long clock() {
        return path.clock();
    }

    /** No packet counts at an earlier time from here on. */
    void notBefore(long time) {
        path.notBefore(time);
    }

    /** No flow will end by itself at an earlier instant. */
    long watermark() {
        return flows.timers.current();
    }

    void track(FlowVector vector, int[] picks, int from, int n, FlowRecords out) {
        path.track(vector, picks, from, n, out);
    }

    /** Ends what the wheel has due at {@code now}: see {@link FlowEnds#expire}. */
    int expire(long now, FlowRecords out, int most) {
        return path.ends.expire(now, out, most);
    }

    /** Ends, flow by flow, every one whose deadline is not after {@code now}; false when {@code out} is full first. */
    boolean settle(long now, FlowRecords out) {
        for (int slot = 0; slot < flows.fresh(); slot++) {
            if (flows.isLive(slot) && flows.deadline(slot) <= now) {
                if (out.room() == 0) {
                    return false;
                }
                endOrExpire(slot, EndReason.FLUSHED, now, out);
            }
        }
        return true;
    }

    /** Ends a flow by order, for that reason, unless it had ended by itself. */
    void endOrExpire(int slot, int reason, long now, FlowRecords out) {
        long deadline = flows.deadline(slot);
        long hash = flows.hash(slot);
        if (deadline <= now) {
            path.ends.expired(slot, hash, deadline, out);
        } else {
            path.ends.end(slot, hash, now, reason, FlowEvent.BY_CONTROL, out);
        }
    }

    /** Tells of a flow that it ended so, and leaves it where it is. */
    void tellEnd(int slot, int reason, long now, FlowRecords out) {
        path.ends.tellEnd(slot, reason, now, out);
    }

    /** The slot of the flow whose key stands in {@code vector} at {@code at}, if it has not ended. */
    int find(FlowVector vector, int at, long now) {
        int slot = flows.find(vector, at);
        return slot == FlowStore.NONE || flows.deadline(slot) <= now ? FlowStore.NONE : slot;
    }

    void update(int slot, FlowUpdate update) {
        Boolean offloaded = update.offloaded();
        if (offloaded != null) {
            flows.offloaded(slot, offloaded);
        }
        byte[] infos = update.infos();
        if (infos != null) {
            flows.infos(slot, infos);
        }
        if (update.lifetime().isPresent()) {
            flows.overrideLifetime(slot, update.lifetime().getAsInt());
        }
    }

    /** Counts what something below carried of a direction, 0 or 1. */
    void carried(int slot, int direction, FlowTraffic traffic, FlowRecords out) {
        path.carried(slot, direction, traffic, out);
    }

    /** Tells the flow as it is to {@code out}, as updated by order. */
    void tellUpdated(int slot, int author, long now, FlowRecords out) {
        flows.record(slot, FlowEvent.UPDATED, author, EndReason.NONE, now, out);
    }

    /** Copies a flow to where {@code view} then points; the next copy takes the same place. */
    FlowRecord snapshot(int slot, long now, FlowRecord view) {
        RecordWriter.write(flows, slot, 0, FlowEvent.BY_CONTROL, EndReason.NONE, now, scratch.address());
        return view.wrap(scratch, 0);
    }

    /**
     * Ends as deleted those that {@code which} chooses of the slots {@code from} to before {@code to}.
     *
     * @return where it stopped: {@code to}, or earlier because {@code out} is full
     */
    int purge(int from, int to, Predicate<FlowRecord> which, long now, FlowRecords out) {
        var view = new FlowRecord();
        for (int slot = from; slot < to; slot++) {
            if (flows.isLive(slot) && which.test(snapshot(slot, now, view))) {
                if (out.room() == 0) {
                    return slot;
                }
                endOrExpire(slot, EndReason.DELETED, now, out);
            }
        }
        return to;
    }

    /**
     * Copies flows of the slots {@code from} to before {@code to}, as they are.
     *
     * @return where it stopped: {@code to}, or earlier because {@code out} is full
     */
    int copy(int from, int to, long now, FlowRecords out) {
        for (int slot = from; slot < to; slot++) {
            if (flows.isLive(slot) && flows.deadline(slot) > now) {
                if (out.room() == 0) {
                    return slot;
                }
                flows.copy(slot, now, out);
            }
        }
        return to;
    }

    /**
     * Copies marked flows of the slots {@code from} to before {@code to} as they are, and takes their marks away; where a marked slot has none it says so.
     *
     * @param number of the slot 0
     * @return where it stopped: {@code to}, or earlier because there is no more room
     */
    int copyChanged(int from, int to, int number, long now, FlowRecords out, ChangedPlaces places) {
        ChangeMarks marks = flows.marks;
        int slot = marks.next(from, to);
        while (slot < to) {
            boolean lives = flows.isLive(slot) && flows.deadline(slot) > now;
            if (lives ? out.room() == 0 : places.isFull()) {
                return slot;
            }
            marks.clear(slot);
            if (lives) {
                places.putChanged(out.size(), number | slot);
                flows.copy(slot, now, out);
            } else {
                places.putEmpty(number | slot);
            }
            slot = marks.next(slot + 1, to);
        }
        return to;
    }

    /** Marks the live flows of those slots. */
    void mark(int from, int to) {
        for (int slot = from; slot < to; slot++) {
            if (flows.isLive(slot)) {
                flows.marks.set(slot);
            }
        }
    }

    /** Shows the flows of those slots to {@code visitor}; false as soon as it says so. */
    boolean visit(int from, int to, Predicate<FlowRecord> visitor, long now) {
        var view = new FlowRecord();
        for (int slot = from; slot < to; slot++) {
            if (flows.isLive(slot) && flows.deadline(slot) > now && !visitor.test(snapshot(slot, now, view))) {
                return false;
            }
        }
        return true;
    }

    /** Recycles flows until there are no more than {@code limit}; false when {@code out} is full first. */
    boolean shrink(int limit, long now, FlowRecords out) {
        while (flows.live() > limit) {
            if (out.room() == 0) {
                return false;
            }
            path.ends.recycle(now, FlowEvent.BY_CONTROL, out);
        }
        return true;
    }

    /** The same flows in memory as {@code wanted} asks for, which has room for them. This one is closed. */
    FlowFamily movedTo(FlowTableConfig wanted) {
        var room = FlowStore.create(flows.v6, wanted.maxFlows(), wanted.annexBytes(), hasher, flows.timers.current());
        for (int slot = 0; slot < flows.fresh(); slot++) {
            if (flows.isLive(slot)) {
                room.adopt(flows, slot);
            }
        }
        flows.close();
        var moved = new FlowFamily(room, wanted, hasher, counters, cachedFlows);
        moved.notBefore(clock());
        return moved;
    }

    void close() {
        flows.close();
    }
}
