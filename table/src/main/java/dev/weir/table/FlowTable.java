package dev.weir.table;

import dev.weir.table.parts.KeyHash;
import dev.weir.table.parts.OffHeap;
import dev.weir.table.parts.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The bidirectional flow table: packets in, flows kept, events out. It is two tables, one for each address family
 * ({@code FlowFamily}), with one clock; this class has the clock, says whose a call is, and keeps calls apart that do not
 * go together.
 *
 * <p>One thread owns it and makes every call. {@link #track}, {@link #expire} and {@link #flush} allocate nothing; the
 * control calls may. The memory is off the heap, fixed when the table is made or resized, and given back by
 * {@link #close}; calls that need it fail from then on. Bugs throw; what can happen comes back as a value.
 *
 * <p>The clock belongs to the table and is moved by its owner: {@link #track} moves it to the packets' times,
 * {@link #advance} to any later one; it never runs backwards. A flow whose deadline the clock has reached has ended, at
 * that deadline, whether or not {@link #expire} got there.
 *
 * <p>It is long since it is all that others see of the table: most methods check that the call may be made now and pass it to the family of the address, where
 * the work is done ({@code FlowFamily}, {@code FlowStore}). Two classes would have to share the clock and the guards.
 */
public final class FlowTable implements AutoCloseable {
    /** The most packets that one {@link #track} takes: a vector. */
    public static final int VECTOR = PacketPath.VECTOR;
    /** How many records a packet can cause. */
    public static final int RECORDS_PER_PACKET = PacketPath.RECORDS_PER_PACKET;

    private final KeyHash hasher;
    private final Counters counters = new Counters();
    private FlowTableConfig config;
    private FlowFamily v4, v6;
    private long now;
    private boolean started;
    private @Nullable FlushOrder flushing;

    private boolean closed, finished;
    /** Somebody's predicate is being asked about flows, and may not end them or take their memory away. */
    private boolean walking;

    private final KeyProbe probe = new KeyProbe();
    private final RecordReader restoring = new RecordReader();

    /**
     * Does ahead what the first table of a process needs some 20 ms for: binds the kernel's calls for its memory. Nobody
     * has to call this; a program that has other things to do before its first table calls it in a thread of its own.
     */
    public static void prepare() {
        OffHeap.prepare();
    }

    /** A table of its own, not a shard. */
    public FlowTable(FlowTableConfig config) {
        this(config, PacketPath.CACHED_FLOWS);
    }

    /** One that touches ahead with more flows than {@code cachedFlows}; for tests. */
    FlowTable(FlowTableConfig config, int cachedFlows) {
        this(config, newHasher(config), cachedFlows);
    }

    private FlowTable(FlowTableConfig config, KeyHash hasher, int cachedFlows) {
        this.config = config;
        this.hasher = hasher;
        v4 = new FlowFamily(false, config, hasher, counters, cachedFlows);
        try {
            v6 = new FlowFamily(true, config, hasher, counters, cachedFlows);
        } catch (Throwable e) {
            v4.close();
            throw e;
        }
    }

    private static KeyHash newHasher(FlowTableConfig config) {
        return new KeyHash(config.hashSeed().orElseGet(Secret::draw));
    }

    /**
     * Tables that share one hash, each to be owned by one worker; {@link FlowVector#shard} says whose a packet is.
     * Together they hold what {@code config} says, see {@link FlowTableConfig#shareOf}.
     */
    public static List<FlowTable> shards(FlowTableConfig config, int count) {
        KeyHash hasher = newHasher(config);
        FlowTableConfig share = config.shareOf(count);
        var shards = new ArrayList<FlowTable>(count);
        try {
            for (int i = 0; i < count; i++) {
                shards.add(new FlowTable(share, hasher, PacketPath.CACHED_FLOWS));
            }
        } catch (Throwable e) {
            shards.forEach(FlowTable::close);
            throw e;
        }
        return List.copyOf(shards);
    }

    KeyHash hasher() {
        return hasher;
    }

    public FlowTableConfig config() {
        return config;
    }

    /** Nanoseconds since 1970; the time of the last packet or {@link #advance}. */
    public long now() {
        return now;
    }

    /** How many flows there are. */
    public int size() {
        return finished ? 0 : v4.flows.live() + v6.flows.live();
    }

    /** Octets that the tables take when full. */
    public long bytes() {
        return v4.flows.bytes() + v6.flows.bytes();
    }

    /**
     * Tracks packets of one family, in order. Their keys were made by an extractor of this table
     * ({@link KeyExtractor}). A packet that is older than an earlier one of its family, or than the clock when
     * {@link #advance}, {@link #expire}, {@link #settle} or {@link #flush} was last called, counts at that time and is
     * counted ({@link #late}). So of one vector one family may be tracked after the
     * other, with none of those calls in between.
     *
     * @param family 4 or 6, and every packet picked is of it
     * @param picks indices into the vector, {@code n} of them beginning at {@code from}
     * @param n at most {@link #VECTOR}
     * @param out has room for {@code n *} {@link #RECORDS_PER_PACKET} records
     */
    public void track(int family, FlowVector vector, int[] picks, int from, int n, FlowRecords out) {
        requireOpen(out);
        if (n == 0) {
            return;
        }
        moveTo(vector.packets.time[picks[from]]);
        FlowFamily flows = family(family);
        flows.track(vector, picks, from, n, out);
        moveTo(flows.clock());
    }

    /**
     * Moves the clock; an earlier time than its own does nothing. Flows end only when {@link #expire} is called or a
     * packet meets them.
     */
    public void advance(long time) {
        moveTo(time);
        settleClock();
    }

    private void moveTo(long time) {
        if (!started) {
            started = true;
            now = Math.max(0, time);
            v4.startAt(now);
            v6.startAt(now);
        } else if (time > now) {
            now = time;
        }
    }

    /** What happens now happens to both families: no packet of either counts at an earlier time from here on. */
    private void settleClock() {
        v4.notBefore(now);
        v6.notBefore(now);
    }

    /**
     * Ends the flows whose time has run out, up to the clock's tick.
     *
     * @return whether it got through; false means that {@code out} is full: empty it and call again
     */
    public boolean expire(FlowRecords out) {
        expire(out, Integer.MAX_VALUE);
        return out.room() != 0;
    }

    /**
     * The same for an owner whose packets cannot wait. A flow that had packets is looked at once more when its earlier deadline comes, and a far deadline once more on its way
     * through the wheel: an owner who passes on n packets between calls keeps up by looking at 2n flows and a few.
     *
     * @param most how many flows it may look at, those that turn out to have more time included
     * @return how many it looked at: fewer than {@code most}, and with room left in {@code out}, when it got through
     */
    public int expire(FlowRecords out, int most) {
        requireOpen(out);
        settleClock();
        int looked = v4.expire(now, out, most);
        return looked + v6.expire(now, out, most - looked);
    }

    /** No flow will end by itself at an earlier instant than this, once {@link #expire} got through. */
    public long watermark() {
        return Math.min(v4.watermark(), v6.watermark());
    }

    /**
     * Ends every flow whose deadline the clock has reached, to the nanosecond; looks at all of them.
     *
     * @return whether it got through; false means that {@code out} is full: empty it and call again
     */
    public boolean settle(FlowRecords out) {
        requireOpen(out);
        settleClock();
        return v4.settle(now, out) && v6.settle(now, out);
    }

    /**
     * Ends all flows in the order of their ids, because the source has ended: as flushed, now; or as idle or closed
     * where the clock has reached the deadline. Takes eight octets a flow while it is under way.
     *
     * @return whether it got through; false means that {@code out} is full: empty it and call again, with nothing else
     *     in between
     */
    public boolean flush(FlowRecords out) {
        requireOpen(out);
        FlushOrder order = flushOrder();
        while (order.hasNext()) {
            if (out.room() == 0) {
                return false;
            }
            FlowFamily flows = order.nextIsV6() ? v6 : v4;
            flows.endOrExpire(order.takeSlot(), EndReason.FLUSHED, now, out);
        }
        flushing = null;
        return true;
    }

    /**
     * The same of a table that is done with: the flows have ended and are not taken out of its memory one by one, which spares more than half of the
     * work. Only counters may be asked from then on, and {@link #close} called.
     *
     * @return whether it got through; false means that {@code out} is full: empty it and call again
     */
    public boolean finish(FlowRecords out) {
        if (!finished) {
            requireOpen(out);
            flushing = null;
            flushOrder();
            finished = true;
        }
        requireMemory();
        out.requireAlive();
        FlushOrder order = flushing;
        if (order == null) {
            return true;
        }
        while (order.hasNext()) {
            if (out.room() == 0) {
                return false;
            }
            FlowFamily flows = order.nextIsV6() ? v6 : v4;
            flows.tellEnd(order.takeSlot(), EndReason.FLUSHED, now, out);
        }
        flushing = null;
        return true;
    }

    private FlushOrder flushOrder() {
        FlushOrder order = flushing;
        if (order == null) {
            settleClock();
            order = FlushOrder.of(v4.flows, v6.flows);
            flushing = order;
        }
        return order;
    }

    /**
     * Points {@code view} at the flow as it is now; false when there is none. The view is valid until the next control
     * call.
     */
    public boolean lookup(FlowKey key, FlowRecord view) {
        int slot = find(key);
        if (slot == FlowStore.NONE) {
            return false;
        }
        family(key.family()).snapshot(slot, now, view);
        return true;
    }

    /**
     * The flow of that name, either orientation, as {@link FlowContext#at} takes it; {@link FlowVector#NO_FLOW} where
     * there is none.
     */
    public int flow(FlowKey key) {
        int slot = find(key);
        if (slot == FlowStore.NONE) {
            return FlowVector.NO_FLOW;
        }
        return numbered(key.family(), slot);
    }

    /** A view of this table's flows by the numbers that {@link FlowVector#flow} gives. */
    public FlowContext context() {
        return new FlowContext(this);
    }

    /**
     * The flow of packet {@code i} as {@link FlowVector#flow} would say, without counting the packet;
     * {@link FlowVector#NO_FLOW} where there is none. Allocates nothing.
     */
    public int find(FlowVector vector, int i) {
        int family = vector.family(i);
        int slot = family == 0 ? FlowStore.NONE : family(family).find(vector, FlowVector.at(i), now);
        return slot == FlowStore.NONE ? FlowVector.NO_FLOW : numbered(family, slot);
    }

    private static int numbered(int family, int slot) {
        return family == 6 ? slot | FlowVector.V6 : slot;
    }

    /**
     * Whether packet {@code i}, of the flow that {@link #find} said, goes from the responder to the initiator. Allocates
     * nothing.
     */
    public boolean isReverse(FlowVector vector, int i, int flow) {
        int state = familyOf(flow).flows.state(flow & FlowVector.SLOT_MASK);
        return ((vector.meta(FlowVector.at(i)) ^ state >>> 1) >>> 8 & 1) != 0;
    }

    /** The family of the flow of that number. */
    FlowFamily familyOf(int flow) {
        return (flow & FlowVector.V6) != 0 ? v6 : v4;
    }

    /** The flows of a family, for who copies them. */
    FlowStore store(int family) {
        requireOpen();
        return family(family).flows;
    }

    private FlowFamily family(int family) {
        return family == 6 ? v6 : v4;
    }

    /** Changes a flow; false when there is none. Nobody is told. */
    public boolean update(FlowKey key, FlowUpdate update) {
        int slot = find(key);
        if (slot == FlowStore.NONE) {
            return false;
        }
        family(key.family()).update(slot, update);
        return true;
    }

    /** The same, told as {@link FlowEvent#UPDATED} to {@code out}, which has room for a record. */
    public boolean update(FlowKey key, FlowUpdate update, FlowRecords out) {
        requireOpen(out);
        int slot = find(key);
        if (slot == FlowStore.NONE) {
            return false;
        }
        FlowFamily flows = family(key.family());
        flows.update(slot, update);
        flows.tellUpdated(slot, FlowEvent.BY_CONTROL, now, out);
        return true;
    }

    /**
     * Tells that a flow was changed, as {@link FlowEvent#UPDATED} to {@code out}, which has room for a record; for who
     * changed it by {@link FlowContext}. Allocates nothing.
     *
     * @param flow as {@link FlowVector#flow} says it
     * @param author {@link FlowEvent#BY_DATA_PATH} or another
     */
    public void tellUpdated(int flow, int author, FlowRecords out) {
        requireOpen(out);
        familyOf(flow).tellUpdated(flow & FlowVector.SLOT_MASK, author, now, out);
    }

    /**
     * Counts what something below carried of a flow since it was last asked; the flow is one that is held
     * ({@link FlowContext#hold}). {@code out} has room for two records.
     *
     * @param flow as {@link #flow} says it
     */
    public void carried(int flow, FlowTraffic forward, FlowTraffic reverse, FlowRecords out) {
        requireOpen(out);
        int slot = flow & FlowVector.SLOT_MASK;
        FlowFamily family = familyOf(flow);
        family.carried(slot, 0, forward, out);
        family.carried(slot, 1, reverse, out);
    }

    /** Ends a flow as deleted; false when there is none. {@code out} has room for a record. */
    public boolean delete(FlowKey key, FlowRecords out) {
        requireOpen(out);
        int slot = find(key);
        if (slot == FlowStore.NONE) {
            return false;
        }
        family(key.family()).endOrExpire(slot, EndReason.DELETED, now, out);
        return true;
    }

    /**
     * Ends the flows that {@code which} chooses as deleted. It may look flows up and update them; calls that end flows
     * or move them fail while it is asked.
     *
     * @return whether it got through; false means that {@code out} is full: empty it and call again
     */
    public boolean purge(Predicate<FlowRecord> which, FlowRecords out) {
        requireOpen(out);
        walking = true;
        try {
            return purge(v4, which, out) && purge(v6, which, out);
        } finally {
            walking = false;
        }
    }

    private boolean purge(FlowFamily family, Predicate<FlowRecord> which, FlowRecords out) {
        int all = family.flows.fresh();
        return family.purge(0, all, which, now, out) == all;
    }

    /**
     * A piece of {@link #purge} that takes bounded time: looks at {@code slots} places from {@code cursor} on.
     *
     * @param cursor 0 at first
     * @param out has room for {@code slots} records
     * @return the cursor to go on with, {@link #THROUGH} when there is no more. Flows that begin meanwhile may be missed
     */
    public long purge(long cursor, int slots, Predicate<FlowRecord> which, FlowRecords out) {
        requireOpen(out);
        FlowFamily family = familyAt(cursor);
        int to = end(family, cursor, slots);
        walking = true;
        try {
            return after(family, family.purge((int) cursor, to, which, now, out));
        } finally {
            walking = false;
        }
    }

    /** Of cursors: the end. */
    public static final long THROUGH = -1;

    /** Of {@link #restore}: there is a flow of that key; there is no room; the record cannot be a flow. */
    public static final int THERE = -2, FULL = -3, UNSOUND = -4;

    private static final int CURSOR_V6 = 32;

    private FlowFamily familyAt(long cursor) {
        return cursor >>> CURSOR_V6 == 0 ? v4 : v6;
    }

    /** The first slot that a piece of {@code slots} from {@code cursor} on does not look at. */
    private static int end(FlowFamily family, long cursor, int slots) {
        return (int) Math.min(family.flows.fresh(), (int) cursor + (long) slots);
    }

    private static long after(FlowFamily family, int slot) {
        if (slot >= family.flows.fresh()) {
            return family.flows.v6 ? THROUGH : 1L << CURSOR_V6;
        }
        return (family.flows.v6 ? 1L << CURSOR_V6 : 0) | slot;
    }

    /**
     * A piece of {@link #forEach} that takes bounded time: looks at {@code slots} places from {@code cursor} on.
     *
     * @param cursor 0 at first
     * @return the cursor to go on with, {@link #THROUGH} when there is no more or the visitor said false. Flows that
     *     begin meanwhile may be missed
     */
    public long forEach(long cursor, int slots, Predicate<FlowRecord> visitor) {
        requireOpen();
        FlowFamily family = familyAt(cursor);
        int to = end(family, cursor, slots);
        return visit(family, (int) cursor, to, visitor) ? after(family, to) : THROUGH;
    }

    /**
     * Copies flows as they are, as records of no kind, from a place on: looks at {@code slots} places at the most, and stops where {@code out} is full. Allocates
     * nothing. Where {@code out} keeps annexes, it keeps all of them that this table has, or less.
     *
     * @param cursor 0 at first
     * @return the cursor to go on with, {@link #THROUGH} when there is no more. Flows that begin meanwhile may be missed, and so may others where the table gets
     *     another size
     */
    public long copy(long cursor, int slots, FlowRecords out) {
        requireOpen(out);
        if (out.annexBytes() > config.annexBytes()) {
            throw new IllegalArgumentException("annex: bytes=" + config.annexBytes() + ", wanted=" + out.annexBytes());
        }
        FlowFamily family = familyAt(cursor);
        int from = (int) cursor;
        return after(
                family, from >= family.flows.fresh() ? from : family.copy(from, end(family, cursor, slots), now, out));
    }

    /**
     * From now on places are marked whose flows begin, end, or change in state, lifetime, or by order, and all that there are at once; a packet that is only counted marks nothing.
     * Costs a bit a place. Ends by itself where the table gets another size.
     */
    public void markChanges() {
        requireOpen();
        v4.flows.beginMarks();
        v6.flows.beginMarks();
    }

    /** Marks nothing any more. */
    public void stopMarking() {
        requireOpen();
        v4.flows.marks.end();
        v6.flows.marks.end();
    }

    /** Whether changes are marked. */
    public boolean marksChanges() {
        return v4.flows.marks.isOn();
    }

    /**
     * Marks the flows of {@code slots} places from {@code cursor} on, as if they had changed: for what changes without a mark. Allocates nothing.
     *
     * @param cursor 0 at first
     * @return the cursor to go on with, {@link #THROUGH} when there is no more
     */
    public long mark(long cursor, int slots) {
        requireOpen();
        FlowFamily family = familyAt(cursor);
        int from = (int) cursor, to = Math.max(from, end(family, cursor, slots));
        family.mark(from, to);
        return after(family, to);
    }

    /** How many places have ever been a flow's: as many as a walk over all of them looks at. */
    public int usedPlaces() {
        return v4.flows.fresh() + v6.flows.fresh();
    }

    /**
     * Copies marked flows as {@link #copy} does, and takes their marks away: looks at the marks of {@code slots} places at the most, and stops where there is no more room.
     *
     * @param places gets where they are, and which marked places are empty; has room for as many as {@code out} in all
     * @return the cursor to go on with, {@link #THROUGH} when there is no more
     */
    public long copyChanged(long cursor, int slots, FlowRecords out, ChangedPlaces places) {
        requireOpen(out);
        if (out.annexBytes() > config.annexBytes()) {
            throw new IllegalArgumentException("annex: bytes=" + config.annexBytes() + ", wanted=" + out.annexBytes());
        }
        FlowFamily family = familyAt(cursor);
        int from = (int) cursor, to = Math.max(from, end(family, cursor, slots));
        int number = family.flows.v6 ? FlowVector.V6 : 0;
        return after(family, family.copyChanged(from, to, number, now, out, places));
    }

    /**
     * Takes a flow back that {@link #copy} has copied, here or in another process: with its key, times, counters, state and lifetime, its annex all zeros. Nobody is
     * told, and nothing counted. What its time has run out of ends as ever, at its deadline. The table's clock has begun. Allocates nothing.
     *
     * @param shift nanoseconds that its times are earlier than the record says
     * @return the flow as {@link FlowContext#at} takes it, {@link #THERE}, {@link #FULL} or {@link #UNSOUND}
     */
    public int restore(FlowRecord record, long shift) {
        requireOpen();
        requireNotWalking();
        if (!RecordReader.isSound(record)) {
            return UNSOUND;
        }
        FlowStore flows = family(record.family()).flows;
        if (flows.isFull()) {
            return FULL;
        }
        int slot = restoring.read(record, shift, flows, hasher);
        return slot == FlowStore.NONE ? THERE : numbered(record.family(), slot);
    }

    /** Takes a flow away that {@link #restore} has brought back; nobody is told. */
    public void forget(int flow) {
        FlowStore flows = familyOf(flow).flows;
        int slot = flow & FlowVector.SLOT_MASK;
        flows.remove(slot, flows.hash(slot));
    }

    /** Goes on counting from what {@link #counters} gave elsewhere. */
    public void addCounters(Map<String, Long> counted) {
        counters.add(counted);
    }

    /** Shows every flow to {@code visitor}, until it says false. What it may do is what {@link #purge}'s may. */
    public void forEach(Predicate<FlowRecord> visitor) {
        requireOpen();
        if (visit(v4, 0, v4.flows.fresh(), visitor)) {
            visit(v6, 0, v6.flows.fresh(), visitor);
        }
    }

    private boolean visit(FlowFamily family, int from, int to, Predicate<FlowRecord> visitor) {
        boolean outer = walking;
        walking = true;
        try {
            return family.visit(from, to, visitor, now);
        } finally {
            walking = outer;
        }
    }

    /**
     * Gives each family's table room for another number of flows. Takes about 50 ns a flow, between vectors. A table
     * that has more is brought down to it: those nearest their deadline are recycled.
     *
     * @return whether it got through; false means that {@code out} is full: empty it and call again
     */
    public boolean resize(int maxFlows, FlowRecords out) {
        return resize(config.withMaxFlows(maxFlows), out);
    }

    /** The same, which may also give each flow's annex another size: what there is of it is kept from its beginning. */
    public boolean resizeAnnex(int annexBytes, FlowRecords out) {
        return resize(config.withAnnexBytes(annexBytes), out);
    }

    /**
     * The same with all that {@code wanted} says, but for the secret, which stays. Flows that there are keep their
     * lifetimes until a packet or a TCP state gives them others.
     */
    public boolean reconfigure(FlowTableConfig wanted, FlowRecords out) {
        return resize(wanted, out);
    }

    private boolean resize(FlowTableConfig wanted, FlowRecords out) {
        requireOpen(out);
        if (!v4.shrink(wanted.maxFlows(), now, out) || !v6.shrink(wanted.maxFlows(), now, out)) {
            return false;
        }
        v4 = v4.movedTo(wanted);
        v6 = v6.movedTo(wanted);
        config = wanted;
        return true;
    }

    /** How many packets were older than the clock, and so were counted at its time. */
    public long late() {
        return counters.late;
    }

    /** The counters by their names in listings; those of {@link EndReason} as {@code ended:reason}. */
    public Map<String, Long> counters() {
        return counters.byName();
    }

    /** The names of the counters, in the order of {@link #copyCounters}. */
    public static List<String> counterNames() {
        return Counters.NAMES;
    }

    /** Copies the counters to an array from a place on. Allocates nothing. */
    public void copyCounters(long[] to, int at) {
        counters.copyTo(to, at);
    }

    /** Clears the counters. */
    public void clearCounters() {
        counters.clear();
    }

    /** The slot of a flow that has not ended, in either orientation of its key. */
    private int find(FlowKey key) {
        requireOpen();
        return family(key.family()).find(probe.of(key, hasher), 0, now);
    }

    /** Checks what must hold between calls; for tests. */
    void assertValid() {
        requireMemory();
        v4.flows.assertValid();
        v6.flows.assertValid();
    }

    /** Tables are reached by address, so nothing but this keeps a call from memory that is gone. */
    private void requireOpen() {
        requireMemory();
        if (finished) {
            throw new IllegalStateException("flow table is finished: its flows have ended; make another");
        }
    }

    private void requireMemory() {
        if (closed) {
            throw new IllegalStateException("flow table is closed");
        }
    }

    private void requireOpen(FlowRecords out) {
        requireOpen();
        requireNotWalking();
        out.requireAlive();
    }

    private void requireNotWalking() {
        if (walking) {
            throw new IllegalStateException(
                    "flow table is being walked: a predicate may not end or move flows; do it after the walk");
        }
    }

    /**
     * Gives the memory back; nothing can be done to flows any more. A second call does nothing. Fails while a predicate
     * of {@link #purge} or {@link #forEach} is asked.
     */
    @Override
    public void close() {
        requireNotWalking();
        if (!closed) {
            closed = true;
            v4.close();
            v6.close();
        }
    }
}
