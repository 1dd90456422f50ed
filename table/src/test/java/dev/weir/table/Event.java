package dev.weir.table;

import java.util.Arrays;
import java.util.List;

/** A {@link FlowRecord} as a value, so that tests can compare and print whole records. Times that mean nothing are 0. */
record Event(
        int kind,
        int author,
        int reason,
        long at,
        long flowId,
        int family,
        List<Integer> source,
        int sourcePort,
        List<Integer> destination,
        int destinationPort,
        int protocol,
        int tenant,
        Direction forward,
        Direction reverse,
        int tcpState,
        int lifetime,
        boolean offloaded,
        List<Integer> infos) {

    record Direction(long packets, long bytes, long frameBytes, long first, long last, int tcpFlags) {
        Direction {
            first = packets == 0 ? 0 : first;
            last = packets == 0 ? 0 : last;
        }
    }

    static Event of(FlowRecord r) {
        int octets = r.family() == 4 ? 4 : 16;
        Integer[] source = new Integer[octets], destination = new Integer[octets], infos = new Integer[16];
        Arrays.setAll(source, r::sourceOctet);
        Arrays.setAll(destination, r::destinationOctet);
        Arrays.setAll(infos, r::info);
        return new Event(
                r.kind(),
                r.author(),
                r.reason(),
                r.at(),
                r.flowId(),
                r.family(),
                List.of(source),
                r.sourcePort(),
                List.of(destination),
                r.destinationPort(),
                r.protocol(),
                r.tenant(),
                new Direction(
                        r.forwardPackets(),
                        r.forwardBytes(),
                        r.forwardFrameBytes(),
                        r.firstForward(),
                        r.lastForward(),
                        r.forwardTcpFlags()),
                new Direction(
                        r.reversePackets(),
                        r.reverseBytes(),
                        r.reverseFrameBytes(),
                        r.firstReverse(),
                        r.lastReverse(),
                        r.reverseTcpFlags()),
                r.tcpState(),
                r.lifetimeMillis(),
                r.offloaded(),
                List.of(infos));
    }

    static List<Event> allOf(FlowRecords records) {
        Event[] all = new Event[records.size()];
        var view = new FlowRecord();
        Arrays.setAll(all, i -> of(records.get(i, view)));
        return List.of(all);
    }

    boolean ends() {
        return kind == FlowEvent.ENDED && reason != EndReason.ACTIVE;
    }
}
