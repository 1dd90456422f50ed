package dev.weir.server.api;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.api.v1.Event;
import dev.weir.api.v1.Position;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchFlowsResponse.Gap;
import dev.weir.api.v1.WatchFlowsResponse.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Some entries of the event log, as a message for all watchers that want the same of them. Made and read by the thread
 * that tells watchers.
 */
final class WatchRange {
    private final long end, sequence, missed;
    private final byte[] octets;
    private final int[] ends;
    private final String run;
    private @Nullable WatchFlowsResponse binary, objects;

    /**
     * @param end the entry after the last one
     * @param sequence the last sequence number that is covered
     * @param missed how many events are missing before the first one
     * @param octets the events, one after the other; {@code ends} where each ends
     */
    WatchRange(String run, long end, long sequence, long missed, byte[] octets, int[] ends) {
        this.run = run;
        this.end = end;
        this.sequence = sequence;
        this.missed = missed;
        this.octets = octets;
        this.ends = ends;
    }

    long end() {
        return end;
    }

    long sequence() {
        return sequence;
    }

    /** Whether there is anything to tell. */
    boolean tells() {
        return ends.length != 0 || missed != 0;
    }

    /** The message; {@code encoded} as of {@link Messages#scan}. */
    WatchFlowsResponse message(boolean encoded) {
        WatchFlowsResponse made = encoded ? binary : objects;
        if (made == null) {
            made = encoded ? binary() : objects();
            if (encoded) {
                binary = made;
            } else {
                objects = made;
            }
        }
        return made;
    }

    private WatchFlowsResponse.Builder beginning() {
        WatchFlowsResponse.Builder message = message(run, sequence);
        return missed == 0 ? message : message.setGap(gap(missed, Reason.OVERRUN));
    }

    private WatchFlowsResponse binary() {
        return beginning()
                .setUnknownFields(Messages.encoded(WatchFlowsResponse.EVENTS_FIELD_NUMBER, octets, ends, ends.length))
                .build();
    }

    private WatchFlowsResponse objects() {
        WatchFlowsResponse.Builder message = beginning();
        int from = 0;
        for (int to : ends) {
            message.addEvents(event(from, to));
            from = to;
        }
        return message.build();
    }

    private Event event(int from, int to) {
        try {
            return Event.parser().parseFrom(octets, from, to - from);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A message that tells but a position. */
    static WatchFlowsResponse.Builder message(String run, long sequence) {
        return WatchFlowsResponse.newBuilder()
                .setPosition(Position.newBuilder().setRun(run).setSequence(sequence));
    }

    static Gap gap(long missed, Reason reason) {
        return Gap.newBuilder().setMissed(missed).setReason(reason).build();
    }
}
