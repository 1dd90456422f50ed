package dev.weir.cluster.job;

import dev.weir.table.FlowRecord;
import java.util.Comparator;
import java.util.List;

/**
 * One flow as one sensor saw it, its pieces put together. Immutable.
 *
 * @param last the last piece, which says how it ended
 * @param forward what the initiator sent, as this sensor takes it for
 * @param at when it ended
 * @param records how many pieces it had
 */
record FlowView(
        String sensor,
        String run,
        long flowId,
        FlowRecord last,
        Counted forward,
        Counted reverse,
        long at,
        int records) {
    private static final Comparator<Sighting> ORDER =
            Comparator.<Sighting>comparingLong(each -> each.flow().at()).thenComparingLong(Sighting::sequence);

    /** What was counted of one direction; the times mean nothing without packets. */
    record Counted(long packets, long octets, long frameOctets, int flags, long first, long last) {
        static final Counted NONE = new Counted(0, 0, 0, 0, Long.MAX_VALUE, Long.MIN_VALUE);

        Counted with(Counted other) {
            return new Counted(
                    packets + other.packets,
                    octets + other.octets,
                    frameOctets + other.frameOctets,
                    flags | other.flags,
                    Math.min(first, other.first),
                    Math.max(last, other.last));
        }

        static Counted forward(FlowRecord r) {
            return r.forwardPackets() == 0
                    ? NONE
                    : new Counted(
                            r.forwardPackets(),
                            r.forwardBytes(),
                            r.forwardFrameBytes(),
                            r.forwardTcpFlags(),
                            r.firstForward(),
                            r.lastForward());
        }

        static Counted reverse(FlowRecord r) {
            return r.reversePackets() == 0
                    ? NONE
                    : new Counted(
                            r.reversePackets(),
                            r.reverseBytes(),
                            r.reverseFrameBytes(),
                            r.reverseTcpFlags(),
                            r.firstReverse(),
                            r.lastReverse());
        }
    }

    /** @param pieces of one flow of one run */
    static FlowView of(List<Sighting> pieces) {
        List<Sighting> all = pieces.stream().sorted(ORDER).toList();
        Counted forward = Counted.NONE, reverse = Counted.NONE;
        for (Sighting each : all) {
            forward = forward.with(Counted.forward(each.flow()));
            reverse = reverse.with(Counted.reverse(each.flow()));
        }
        Sighting last = all.getLast();
        return new FlowView(
                last.sensor(),
                last.run(),
                last.flow().flowId(),
                last.flow(),
                forward,
                reverse,
                last.flow().at(),
                all.size());
    }

    /** Time of the first packet, in either direction. */
    long start() {
        return isEmpty() ? last.startTime() : Math.min(forward.first, reverse.first);
    }

    /** Time of the last packet, in either direction. */
    long end() {
        return isEmpty() ? last.endTime() : Math.max(forward.last, reverse.last);
    }

    private boolean isEmpty() {
        return packets() == 0;
    }

    long packets() {
        return forward.packets + reverse.packets;
    }

    boolean hasBoth() {
        return forward.packets > 0 && reverse.packets > 0;
    }

    /** Whether the initiator is the same as that view's. */
    boolean isOriented(FlowView other) {
        FlowRecord a = last, b = other.last;
        boolean same = a.sourcePort() == b.sourcePort();
        for (int i = 0; same && i < (a.family() == 4 ? 4 : 16); i++) {
            same = a.sourceOctet(i) == b.sourceOctet(i);
        }
        return same;
    }

    /** The same with the other end as the initiator. */
    FlowView turned() {
        return new FlowView(sensor, run, flowId, last, /* forward= */ reverse, /* reverse= */ forward, at, records);
    }
}
