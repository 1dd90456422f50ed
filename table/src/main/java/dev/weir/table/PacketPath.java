package dev.weir.table;

import dev.weir.table.feature.FeatureTally;
import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.Memory;
import org.jspecify.annotations.Nullable;

/**
 * What packets do to the flows of one {@link FlowStore}: find or create, account, follow TCP, end. One per store and
 * owner; allocates nothing.
 *
 * <p>A vector goes through in passes. The first ones only read: every home bucket, then the candidate's number there,
 * then every candidate's hot line, in loops so small that dozens of loads are under way at once; so a vector costs few
 * memory latencies instead of one a packet. What they find is a guess, which the flow's key has to confirm. The last
 * pass does that and changes the table, packet by packet, in order.
 */
final class PacketPath {
    /** How many packets one call takes at the most. */
    static final int VECTOR = 256;

    private static final int TCP = 6;

    /** Up to so many flows a core's own cache holds the index, and touching it ahead would only cost. */
    static final int CACHED_FLOWS = 1 << 14;

    /**
     * How many records one packet can cause: two flows end (another recycled, its own by reuse), one is created,
     * changes state, ends.
     */
    static final int RECORDS_PER_PACKET = 5;

    private final FlowStore flows;
    private final Counters counters;
    /** How flows of the store end, by packets or otherwise. */
    final FlowEnds ends;

    private final int defaultLifetime;
    private final int[] tcpLifetimes = new int[TcpState.COUNT + 1];
    private final boolean tcpClose;
    private final long activeTimeout;
    /** Whether there is an active timeout. */
    private final boolean pieces;
    /** With more flows than this a vector's buckets are touched ahead. */
    private final int cachedFlows;

    /** What measures packets beyond the counters, where that is wanted. */
    private final @Nullable FeatureTally tally;

    private final int[] guess = new int[VECTOR];

    /** The latest time of a packet so far, or of {@link #notBefore}; no packet counts at an earlier one. */
    private long clock;

    /** Never read: it keeps the reading passes from being optimized away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    /** {@code cachedFlows} is {@link #CACHED_FLOWS}, or what a test wants. */
    PacketPath(FlowStore flows, FlowTableConfig config, Counters counters, int cachedFlows) {
        this.flows = flows;
        this.counters = counters;
        ends = new FlowEnds(flows, counters);
        this.cachedFlows = cachedFlows;
        defaultLifetime = config.lifetime();
        tcpClose = config.tcpClose();
        activeTimeout = Lifetime.nanos(config.activeTimeout());
        pieces = activeTimeout != Long.MAX_VALUE;
        tally = config.features().isEmpty() ? null : new FeatureTally(config.features());
        for (int state = 0; state < TcpState.COUNT; state++) {
            tcpLifetimes[state] = tcpClose ? config.tcpLifetimes().of(state) : defaultLifetime;
        }
        tcpLifetimes[TcpState.NONE] = defaultLifetime;
    }

    /**
     * Tracks {@code n} packets of the vector, in order; {@code picks} from {@code from} on says which. One that is
     * older than the clock counts at the clock's time, and is counted as late.
     *
     * @param n at most {@link #VECTOR}; {@code out} has room for {@link #RECORDS_PER_PACKET} times as many records
     */
    void track(FlowVector v, int[] picks, int from, int n, FlowRecords out) {
        if (flows.live() > cachedFlows) {
            touchBuckets(v, picks, from, n);
        }
        guess(v, picks, from, n);
        touchFlows(n);
        int freed = flows.freed();
        if (tally == null) {
            update(v, picks, from, n, out);
        } else {
            touchAnnexes(tally, n);
            measure(tally, v, picks, from, n, out);
        }
        if (v.found.length != 0) {
            tell(v, picks, from, n, flows.freed() != freed);
        }
    }

    /** Tells the vector which flow each packet has. Flows may have ended meanwhile, and their slots be others'. */
    private void tell(FlowVector v, int[] picks, int from, int n, boolean someEnded) {
        int family = flows.v6 ? FlowVector.V6 : 0;
        for (int j = 0; j < n; j++) {
            int i = picks[from + j];
            int slot = guess[j] & FlowVector.SLOT_MASK;
            boolean ended = slot == FlowVector.NO_FLOW || (someEnded && !flows.matches(slot, v, FlowVector.at(i)));
            v.found[i] = ended ? FlowVector.NO_FLOW : guess[j] | family;
        }
    }

    private void touchBuckets(FlowVector v, int[] picks, int from, int n) {
        HashIndex index = flows.index;
        long[] words = v.words;
        long sum = 0;
        for (int j = from; j < from + n; j++) {
            sum += index.touch(words[FlowVector.at(picks[j]) + FlowVector.HASH]);
        }
        touched += sum;
    }

    private void guess(FlowVector v, int[] picks, int from, int n) {
        HashIndex index = flows.index;
        long[] words = v.words;
        for (int j = 0; j < n; j++) {
            guess[j] = index.candidate(words[FlowVector.at(picks[from + j]) + FlowVector.HASH]);
        }
    }

    /** Four a turn, since the launcher's options keep the JIT from unrolling. */
    private void touchFlows(int n) {
        FlowStore f = flows;
        int[] guess = this.guess;
        long sum = 0;
        int j = 0;
        for (; j < n - 3; j += 4) {
            sum += line(f, guess[j]) + line(f, guess[j + 1]) + line(f, guess[j + 2]) + line(f, guess[j + 3]);
        }
        for (; j < n; j++) {
            sum += line(f, guess[j]);
        }
        touched += sum;
    }

    private static long line(FlowStore f, int slot) {
        return Memory.getLong(f.at(Math.max(0, slot)));
    }

    /** A guess is right where the key is the packet's, whatever became of its slot since: free slots have no packet's. */
    private void update(FlowVector v, int[] picks, int from, int n, FlowRecords out) {
        for (int j = hits(v, picks, from, 0, n); j < n; j = hits(v, picks, from, j + 1, n)) {
            one(v, picks[from + j], j, out);
        }
        counters.through += n;
    }

    /**
     * The same, where packets are measured: those of a run of {@link #hits} after it, since none of them ends a flow;
     * each of the others by itself, before its flow can be told of.
     */
    private void measure(FeatureTally tally, FlowVector v, int[] picks, int from, int n, FlowRecords out) {
        int j = 0;
        while (j < n) {
            int end = hits(v, picks, from, j, n);
            for (; j < end; j++) {
                int i = picks[from + j];
                int slot = guess[j] & FlowVector.SLOT_MASK;
                tally(tally, slot, guess[j] >>> 28 & 1, v.packets.time[i], v, FlowVector.at(i));
            }
            if (j < n) {
                one(v, picks[from + j], j, out);
                j++;
            }
        }
        counters.through += n;
    }

    private void tally(FeatureTally tally, int slot, int direction, long time, FlowVector v, int p) {
        tally.add(flows.annexAt(slot), direction, time, v.ipBytes(p), v.facts(p), v.tcpFlagsAt(p));
    }

    /** Annexes are of several lines each; all of a vector are asked for before the first is written. */
    private void touchAnnexes(FeatureTally tally, int n) {
        long sum = 0;
        for (int j = 0; j < n; j++) {
            sum += guess[j] < 0 ? 0 : tally.touch(flows.annexAt(guess[j]));
        }
        touched += sum;
    }

    /**
     * Accounts packets from the {@code j}-th on for the flows that were guessed, up to the first packet that does more
     * than add to counters; returns its number, {@code n} where there is none. A loop of its own, without a call: what
     * it needs stays in registers.
     */
    private int hits(FlowVector v, int[] picks, int from, int start, int n) {
        FlowStore f = flows;
        int[] guess = this.guess;
        long[] words = v.words;
        long[] times = v.packets.time;
        int[] lengths = v.packets.length;
        boolean tells = v.found.length != 0 || tally != null;
        long time = clock;
        int j = start;
        while (j < n && !pieces) {
            int i = picks[from + j];
            int slot = guess[j];
            long packetTime = times[i];
            if (slot < 0 || packetTime < time || !f.matches(slot, words, FlowVector.at(i), v)) {
                break;
            }
            long at = f.at(slot);
            long about = words[FlowVector.at(i) + FlowVector.META];
            long lifetimeAndState = f.lifetimeAndStateAt(at);
            int state = (int) (lifetimeAndState >>> 32);
            int meta = (int) (about >>> 32);
            int direction = (meta ^ state >>> 1) >>> 8 & 1;
            if (next(state, meta, direction) != state
                    || begins(state, meta)
                    || !f.countSmall(at, direction, packetTime, lifetimeAndState, about & 0xFFFF_FFFFL, lengths[i])) {
                break;
            }
            if (tells) {
                guess[j] = slot | direction << 28 | (state & FlowStore.OFFLOADED) << 17;
            }
            time = packetTime;
            j++;
        }
        clock = time;
        counters.hit += j - start;
        return j;
    }

    /** What {@link #hits} leaves: a packet that needs a search, is late, or changes more of its flow than counters. */
    private void one(FlowVector v, int i, int j, FlowRecords out) {
        int p = FlowVector.at(i);
        long time = v.packets.time[i];
        if (time < clock) {
            counters.late++;
        } else {
            clock = time;
        }
        int slot = guess[j];
        if (slot < 0 || !flows.matches(slot, v, p)) {
            slot = find(v, p, slot >= 0);
        }
        if (slot >= 0) {
            counters.hit++;
            guess[j] = hit(slot, v, p, clock, out);
        } else {
            guess[j] = create(v, p, clock, out);
        }
    }

    long clock() {
        return clock;
    }

    /** From here on no packet counts at an earlier time. */
    void notBefore(long time) {
        clock = Math.max(clock, time);
    }

    private int find(FlowVector v, int p, boolean guessed) {
        if (guessed) {
            counters.collision++;
        }
        return flows.find(v, p);
    }

    /** The methods of a hit are kept below the size up to which the JIT inlines, so that all of it is one loop. */
    private int hit(int slot, FlowVector v, int p, long time, FlowRecords out) {
        FlowStore f = flows;
        long at = f.at(slot);
        long lifetimeAndState = f.lifetimeAndStateAt(at);
        long deadline = FlowStore.deadline(f.lastAt(at), (int) lifetimeAndState);
        int state = (int) (lifetimeAndState >>> 32);
        int meta = v.meta(p);
        if (time >= deadline || pieces || begins(state, meta)) {
            if (endsFirst(slot, v, p, time, deadline, out)) {
                return create(v, p, time, out);
            }
            state = f.stateAt(at);
        }
        int direction = (meta ^ state >>> 1) >>> 8 & 1;
        f.count(at, direction, time, v.ipBytes(p), v.frameBytes(p));
        if (tally != null) {
            tally(tally, slot, direction, time, v, p);
        }
        int next = next(state, meta, direction);
        if (next != state) {
            change(slot, at, state, next, direction, deadline, time, out);
        }
        return slot | direction << 28 | (state & FlowStore.OFFLOADED) << 17;
    }

    /** Whether a plain SYN reuses the ports of a conversation that is over. */
    private boolean begins(int state, int meta) {
        return tcpClose
                && (meta & FlowVector.HAS_FLAGS) != 0
                && TcpState.plainSyn(meta)
                && TcpState.reusable(state & FlowStore.TCP_STATE_MASK);
    }

    /** The state word after a packet. */
    private static int next(int state, int meta, int direction) {
        int next = state | FlowStore.SEEN << direction;
        if ((meta & FlowVector.HAS_FLAGS) == 0) {
            return next;
        }
        int tcp = TcpState.next(state & FlowStore.TCP_STATE_MASK, meta, (meta & FlowVector.HAS_PAYLOAD) != 0);
        return (next & ~FlowStore.TCP_STATE_MASK) | tcp | (meta & 0xFF) << (FlowStore.FLAGS_SHIFT + 8 * direction);
    }

    /** The seldom cases of a hit: what the flow was ends, wholly (then this says true) or a piece of it. */
    private boolean endsFirst(int slot, FlowVector v, int p, long time, long deadline, FlowRecords out) {
        int state = flows.state(slot);
        if (time >= deadline && (state & FlowStore.HELD) == 0) {
            counters.hit--;
            ends.expired(slot, v.words[p + FlowVector.HASH], deadline, out);
            return true;
        }
        if (begins(state, v.meta(p))) {
            counters.hit--;
            ends.end(slot, v.words[p + FlowVector.HASH], time, EndReason.CLOSED, FlowEvent.BY_DATA_PATH, out);
            return true;
        }
        endsPiece(slot, time, out);
        return false;
    }

    /** Reports what the flow was so far, and begins to count anew, where it has gone on for long. */
    private void endsPiece(int slot, long time, FlowRecords out) {
        if (time - flows.start(slot) >= activeTimeout) {
            flows.record(slot, FlowEvent.ENDED, FlowEvent.BY_DATA_PATH, EndReason.ACTIVE, time, out);
            counters.ended[EndReason.ACTIVE]++;
            flows.resetCounters(slot);
            if (tally != null) {
                tally.restart(flows.annexAt(slot));
            }
        }
    }

    /** Counts what something below carried of a direction; {@code out} has room for a record. */
    void carried(int slot, int direction, FlowTraffic traffic, FlowRecords out) {
        if (traffic.packets() == 0) {
            return;
        }
        if (pieces) {
            endsPiece(slot, traffic.last(), out);
        }
        flows.carried(slot, direction, traffic);
    }

    /**
     * The state word changed: a first packet of a direction, new TCP flags, a new TCP state. {@code deadline} was the
     * flow's before.
     */
    private void change(
            int slot, long at, int state, int next, int direction, long deadline, long time, FlowRecords out) {
        FlowStore f = flows;
        if ((state & FlowStore.SEEN << direction) == 0) {
            f.first(slot, direction, time);
        }
        int widened = f.stateAt(at) & FlowStore.WIDE;
        Memory.setInt(at + FlowStore.STATE, next | widened);
        f.marks.set(slot);
        int tcp = next & FlowStore.TCP_STATE_MASK;
        if (tcp == (state & FlowStore.TCP_STATE_MASK)) {
            return;
        }
        if ((state & FlowStore.OVERRIDDEN) == 0) {
            Memory.setInt(at + FlowStore.LIFETIME, tcpLifetimes[tcp]);
            if (f.deadlineAt(at) < deadline) {
                f.timers.rearm(slot);
            }
        }
        f.record(slot, FlowEvent.STATE_CHANGED, FlowEvent.BY_DATA_PATH, EndReason.NONE, time, out);
    }

    private int create(FlowVector v, int p, long time, FlowRecords out) {
        FlowStore f = flows;
        int meta = v.meta(p);
        int fromUpper = meta >>> 8 & 1;
        int direction = 0;
        int tcp = TcpState.NONE;
        if ((v.tenantAndProtocol(p) & 0xFF) == TCP) {
            tcp = TcpState.START;
            if ((meta & FlowVector.HAS_FLAGS) != 0) {
                tcp = TcpState.next(TcpState.START, meta, (meta & FlowVector.HAS_PAYLOAD) != 0);
                direction = TcpState.synAck(meta) ? 1 : 0;
            }
        }
        int state = tcp
                | (fromUpper ^ direction) << 9
                | FlowStore.SEEN << direction
                | (meta & 0xFF) << (FlowStore.FLAGS_SHIFT + 8 * direction);
        int lifetime = tcpLifetimes[tcp];
        if (lifetime != 0 && f.isFull()) {
            ends.recycle(time, FlowEvent.BY_DATA_PATH, out);
        }
        int slot = f.allocate();
        f.write(slot, v, p, time, state, lifetime);
        f.count(f.at(slot), direction, time, v.ipBytes(p), v.frameBytes(p));
        if (tally != null) {
            tally(tally, slot, direction, time, v, p);
        }
        counters.created++;
        f.record(slot, FlowEvent.CREATED, FlowEvent.BY_DATA_PATH, EndReason.NONE, time, out);
        if (lifetime == 0) {
            f.record(slot, FlowEvent.ENDED, FlowEvent.BY_TIMER, FlowEnds.idleReason(tcp), time, out);
            counters.ended[FlowEnds.idleReason(tcp)]++;
            counters.timerExpire++;
            f.free(slot);
            return FlowVector.NO_FLOW;
        }
        f.index.insert(v.words[p + FlowVector.HASH], slot);
        f.timers.arm(slot, FlowStore.deadline(time, lifetime));
        return slot | direction << 28 | FlowVector.CREATED;
    }
}
