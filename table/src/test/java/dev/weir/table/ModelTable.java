package dev.weir.table;

import dev.weir.testing.Frames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The specification of {@link FlowTable} in plain Java, for one family: a hash map of flows and their deadlines, no timers, no
 * vectors. Where the real table is free to choose (which of several flows with equal deadlines is recycled) the model takes the
 * choice that it made.
 */
final class ModelTable {
    private static final long TICK_NANOS = 1 << 24;

    /** A packet as the table sees it. */
    record Packet(
            int family,
            List<Integer> source,
            int sourcePort,
            List<Integer> destination,
            int destinationPort,
            int protocol,
            int flags,
            boolean payload,
            int ipBytes,
            int frameBytes) {
        boolean isTcp() {
            return protocol == 6;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        private boolean plainSyn() {
            return has(Frames.SYN) && !has(Frames.ACK) && !has(Frames.RST) && !has(Frames.FIN);
        }

        Set<List<Integer>> key() {
            return keyOf(source, sourcePort, destination, destinationPort, protocol);
        }
    }

    /** Both endpoints without order, and the protocol with each: the same for both directions. */
    static Set<List<Integer>> keyOf(
            List<Integer> source, int sourcePort, List<Integer> destination, int destinationPort, int protocol) {
        var one = new ArrayList<>(source);
        one.addAll(List.of(sourcePort, protocol));
        var other = new ArrayList<>(destination);
        other.addAll(List.of(destinationPort, protocol));
        return one.equals(other) ? Set.of(one) : Set.of(one, other);
    }

    /** One direction's counters. */
    private static final class Counts {
        private long packets, bytes, frameBytes, first, last;
        private int flags;

        private void count(Packet p, long time) {
            first = packets == 0 ? time : first;
            last = time;
            packets++;
            bytes += p.ipBytes;
            frameBytes += p.frameBytes;
            flags |= p.isTcp() ? p.flags : 0;
        }

        private Event.Direction snapshot() {
            return new Event.Direction(packets, bytes, frameBytes, first, last, flags);
        }
    }

    static final class Flow {
        final long id;
        private final Packet initiator;
        private final boolean swapped;
        private final Counts[] counts = {new Counts(), new Counts()};
        private int state = TcpState.NONE;
        private int lifetime;
        private boolean overridden, offloaded;
        private byte[] infos = new byte[16];
        private long last;

        private Flow(long id, Packet first) {
            this.id = id;
            this.initiator = first;
            this.swapped = first.isTcp() && first.has(Frames.SYN) && first.has(Frames.ACK) && !first.has(Frames.RST);
        }

        long deadline() {
            return lifetime == Lifetime.NEVER ? Long.MAX_VALUE : last + (lifetime & 0xFFFF_FFFFL) * 1_000_000;
        }

        private boolean endedBy(long time) {
            return deadline() <= time;
        }

        private int direction(Packet p) {
            boolean asFirst = p.source.equals(initiator.source) && p.sourcePort == initiator.sourcePort;
            return asFirst != swapped ? 0 : 1;
        }

        private long start() {
            return counts[0].packets == 0
                    ? counts[1].first
                    : counts[1].packets == 0 ? counts[0].first : Math.min(counts[0].first, counts[1].first);
        }

        private boolean isOver() {
            return state == TcpState.FIN_ACK || state == TcpState.RST;
        }

        private boolean isClosing() {
            return state == TcpState.FIN || state == TcpState.FIN_ACK || state == TcpState.RST;
        }

        private Event event(int kind, int author, int reason, long at) {
            List<Integer> octets = new ArrayList<>();
            for (byte info : infos) {
                octets.add(info & 0xFF);
            }
            Packet p = initiator;
            return new Event(
                    kind,
                    author,
                    reason,
                    at,
                    id,
                    p.family,
                    swapped ? p.destination : p.source,
                    swapped ? p.destinationPort : p.sourcePort,
                    swapped ? p.source : p.destination,
                    swapped ? p.sourcePort : p.destinationPort,
                    p.protocol,
                    0,
                    counts[0].snapshot(),
                    counts[1].snapshot(),
                    state,
                    lifetime,
                    offloaded,
                    octets);
        }
    }

    final Map<Set<List<Integer>>, Flow> flows = new HashMap<>();
    final List<Event> events = new ArrayList<>();
    private FlowTableConfig config;

    ModelTable(FlowTableConfig config) {
        this.config = config;
    }

    private int lifetimeOf(int state) {
        return state == TcpState.NONE || !config.tcpClose()
                ? config.lifetime()
                : config.tcpLifetimes().of(state);
    }

    /** The event of RFC 9293 flags in the order RST, SYN, FIN, then acknowledgement or data. */
    private static int stateAfter(int state, Packet p) {
        int next = state;
        if (state == TcpState.RST || p.has(Frames.RST)) {
            next = TcpState.RST;
        } else if (p.has(Frames.SYN)) {
            int opening = p.has(Frames.ACK) ? TcpState.SYN_ACK : TcpState.SYN;
            next = state < TcpState.ESTABLISHED ? Math.max(state, opening) : state;
        } else if (p.has(Frames.FIN)) {
            next = Math.max(state, p.has(Frames.ACK) ? TcpState.FIN_ACK : TcpState.FIN);
        } else if (p.has(Frames.ACK) || p.payload) {
            next = Math.max(state, TcpState.ESTABLISHED);
        }
        return next;
    }

    /** {@code chosen} holds the ids of the flows that the real table ended meanwhile, in its order. */
    void packet(long id, Packet p, long time, List<Long> chosen) {
        @Nullable Flow flow = flows.get(p.key());
        if (flow != null && flow.endedBy(time)) {
            endIdle(flow);
            flow = null;
        }
        if (flow != null && flow.isOver() && config.tcpClose() && p.isTcp() && p.plainSyn()) {
            end(flow, FlowEvent.BY_DATA_PATH, EndReason.CLOSED, time);
            flow = null;
        }
        if (flow == null) {
            create(id, p, time, chosen);
        } else {
            hit(flow, p, time);
        }
    }

    private void create(long id, Packet p, long time, List<Long> chosen) {
        var flow = new Flow(id, p);
        flow.state = p.isTcp() ? stateAfter(TcpState.START, p) : TcpState.NONE;
        flow.lifetime = lifetimeOf(flow.state);
        flow.last = time;
        if (flows.size() == config.maxFlows() && flow.lifetime != 0) {
            recycle(time, FlowEvent.BY_DATA_PATH, chosen);
        }
        flow.counts[flow.direction(p)].count(p, time);
        events.add(flow.event(FlowEvent.CREATED, FlowEvent.BY_DATA_PATH, EndReason.NONE, time));
        flows.put(p.key(), flow);
        if (flow.lifetime == 0) {
            endIdle(flow);
        }
    }

    private void hit(Flow flow, Packet p, long time) {
        if (config.activeTimeout() != Lifetime.NEVER && time - flow.start() >= Lifetime.nanos(config.activeTimeout())) {
            events.add(flow.event(FlowEvent.ENDED, FlowEvent.BY_DATA_PATH, EndReason.ACTIVE, time));
            flow.counts[0] = new Counts();
            flow.counts[1] = new Counts();
        }
        flow.last = time;
        flow.counts[flow.direction(p)].count(p, time);
        int state = p.isTcp() ? stateAfter(flow.state, p) : flow.state;
        if (state != flow.state) {
            flow.state = state;
            flow.lifetime = flow.overridden ? flow.lifetime : lifetimeOf(state);
            events.add(flow.event(FlowEvent.STATE_CHANGED, FlowEvent.BY_DATA_PATH, EndReason.NONE, time));
        }
    }

    /** The flow with the smallest deadline goes; of several, the one that the real table ended first. */
    void recycle(long time, int author, List<Long> chosen) {
        long nearest = flows.values().stream().mapToLong(Flow::deadline).min().orElseThrow();
        Flow victim = flows.values().stream()
                .filter(flow -> flow.deadline() == nearest)
                .min(Comparator.comparingInt(
                        flow -> chosen.contains(flow.id) ? chosen.indexOf(flow.id) : Integer.MAX_VALUE))
                .orElseThrow();
        endOrExpire(victim, author, EndReason.RECYCLED, time);
    }

    void resize(int maxFlows, long now, List<Long> chosen) {
        config = config.withMaxFlows(maxFlows);
        while (flows.size() > maxFlows) {
            recycle(now, FlowEvent.BY_CONTROL, chosen);
        }
    }

    /** Ends the flows whose deadline is in a tick before that of {@code now}. */
    void expire(long now) {
        endAll(flow -> flow.endedBy(now / TICK_NANOS * TICK_NANOS - 1), now, EndReason.NONE);
    }

    /** The same when the table was stopped: of these flows, it ended only some. */
    void expireSome(long now, List<Long> chosen) {
        endAll(
                flow -> chosen.contains(flow.id) && flow.endedBy(now / TICK_NANOS * TICK_NANOS - 1),
                now,
                EndReason.NONE);
    }

    void settle(long now) {
        endAll(flow -> flow.endedBy(now), now, EndReason.NONE);
    }

    void flush(long now) {
        endAll(_ -> true, now, EndReason.FLUSHED);
    }

    void purge(long now, Predicate<Flow> which) {
        endAll(which, now, EndReason.DELETED);
    }

    private void endAll(Predicate<Flow> which, long now, int reason) {
        for (Flow flow : List.copyOf(flows.values())) {
            if (which.test(flow)) {
                endOrExpire(flow, FlowEvent.BY_CONTROL, reason, now);
            }
        }
    }

    boolean delete(Set<List<Integer>> key, long now) {
        Flow flow = find(key, now);
        if (flow != null) {
            end(flow, FlowEvent.BY_CONTROL, EndReason.DELETED, now);
        }
        return flow != null;
    }

    boolean update(
            Set<List<Integer>> key,
            long now,
            @Nullable Integer lifetime,
            @Nullable Boolean offloaded,
            byte @Nullable [] infos) {
        Flow flow = find(key, now);
        if (flow == null) {
            return false;
        }
        if (lifetime != null) {
            flow.lifetime = lifetime;
            flow.overridden = true;
        }
        flow.offloaded = offloaded != null ? offloaded : flow.offloaded;
        if (infos != null) {
            System.arraycopy(infos, 0, flow.infos, 0, infos.length);
        }
        return true;
    }

    /** A flow that has not ended. */
    @Nullable
    Flow find(Set<List<Integer>> key, long now) {
        Flow flow = flows.get(key);
        return flow == null || flow.endedBy(now) ? null : flow;
    }

    static Event snapshot(Flow flow, long now) {
        return flow.event(0, FlowEvent.BY_CONTROL, EndReason.NONE, now);
    }

    private void endOrExpire(Flow flow, int author, int reason, long time) {
        if (flow.endedBy(time)) {
            endIdle(flow);
        } else {
            end(flow, author, reason, time);
        }
    }

    private void endIdle(Flow flow) {
        end(flow, FlowEvent.BY_TIMER, flow.isClosing() ? EndReason.CLOSED : EndReason.IDLE, flow.deadline());
    }

    private void end(Flow flow, int author, int reason, long at) {
        events.add(flow.event(FlowEvent.ENDED, author, reason, at));
        flows.remove(flow.initiator.key());
    }
}
