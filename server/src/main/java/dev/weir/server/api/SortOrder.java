package dev.weir.server.api;

import dev.weir.table.FlowRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a list is sorted by: a column, the least or the greatest first, and among equals the flow id, the least first. So
 * every flow has one place. Immutable; any thread.
 *
 * @param column what is compared
 * @param descending the greatest first
 */
record SortOrder(Column column, boolean descending) {
    private static final long SECOND = 1_000_000_000L;

    /** What can be sorted by: the columns of records, and sums of both directions. */
    enum Column {
        FLOW_ID,
        START_TIME,
        END_TIME,
        DURATION,
        PROTOCOL,
        PROTOCOL_NUMBER,
        SRC_ADDR,
        SRC_PORT,
        DST_ADDR,
        DST_PORT,
        TENANT,
        FWD_PACKETS,
        FWD_BYTES,
        FWD_FRAME_BYTES,
        REV_PACKETS,
        REV_BYTES,
        REV_FRAME_BYTES,
        FWD_TCP_FLAGS,
        REV_TCP_FLAGS,
        TCP_STATE,
        END_REASON,
        OFFLOADED,
        CTX_ID,
        PACKETS,
        BYTES,
        FRAME_BYTES,
        RATE;

        private static @Nullable Column byName(String name) {
            for (Column column : values()) {
                if (column.label().equals(name)) {
                    return column;
                }
            }
            return null;
        }

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The order that a request means.
     *
     * @throws Refusal when there is none of that name
     */
    static SortOrder read(String text, String path) {
        List<String> words = Arrays.asList(text.strip().toLowerCase(Locale.ROOT).split("\\s+", 3));
        String direction = words.size() == 2 ? words.getLast() : "asc";
        if (words.size() > 2 || !(direction.equals("asc") || direction.equals("desc"))) {
            throw Refusal.field(path, "is no order; give a column, and desc after it for the greatest first");
        }
        Column column = Calls.required(
                Column.byName(words.getFirst()),
                () -> Refusal.field(
                        path,
                        "there is no such column; give one of "
                                + Arrays.stream(Column.values())
                                        .map(Column::label)
                                        .collect(Collectors.joining(", "))));
        return new SortOrder(column, direction.equals("desc"));
    }

    /** As requests write it. */
    @Override
    public String toString() {
        return column.label() + (descending ? " desc" : "");
    }

    /** The upper half of what a flow is compared by; 0 but for IPv6 addresses. */
    long high(FlowRecord r) {
        return switch (column) {
            case SRC_ADDR -> high(r, r.sourceAt());
            case DST_ADDR -> high(r, r.destinationAt());
            default -> 0;
        };
    }

    /** The lower half of what a flow is compared by, unsigned. */
    long low(FlowRecord r) {
        return switch (column) {
            case FLOW_ID -> r.flowId();
            case START_TIME -> r.startTime();
            case END_TIME -> r.endTime();
            case DURATION -> r.endTime() - r.startTime();
            case PROTOCOL, PROTOCOL_NUMBER -> r.protocol();
            case SRC_ADDR -> low(r, r.sourceAt());
            case SRC_PORT -> r.sourcePort();
            case DST_ADDR -> low(r, r.destinationAt());
            case DST_PORT -> r.destinationPort();
            case TENANT -> r.tenant();
            case FWD_PACKETS -> r.forwardPackets();
            case FWD_BYTES -> r.forwardBytes();
            case FWD_FRAME_BYTES -> r.forwardFrameBytes();
            case REV_PACKETS -> r.reversePackets();
            case REV_BYTES -> r.reverseBytes();
            case REV_FRAME_BYTES -> r.reverseFrameBytes();
            case FWD_TCP_FLAGS -> r.forwardTcpFlags();
            case REV_TCP_FLAGS -> r.reverseTcpFlags();
            case TCP_STATE -> r.tcpState();
            case END_REASON -> r.reason();
            case OFFLOADED -> r.offloaded() ? 1 : 0;
            case CTX_ID -> r.ctxId();
            case PACKETS -> r.forwardPackets() + r.reversePackets();
            case BYTES -> bytes(r);
            case FRAME_BYTES -> r.forwardFrameBytes() + r.reverseFrameBytes();
            case RATE -> rate(r);
        };
    }

    private static long bytes(FlowRecord r) {
        return r.forwardBytes() + r.reverseBytes();
    }

    /** IP octets a second; 0 of a flow that took no time. */
    private static long rate(FlowRecord r) {
        long duration = r.endTime() - r.startTime();
        return duration <= 0 ? 0 : (long) ((double) bytes(r) * SECOND / duration);
    }

    private static long high(FlowRecord r, long at) {
        return r.family() == 4 ? 0 : Octets.getLong(r.segment(), at);
    }

    /** IPv4 stands where IPv6 has it: {@code ::ffff:0:0/96}. */
    private static long low(FlowRecord r, long at) {
        return r.family() == 4
                ? 0xFFFF_0000_0000L | Octets.getUnsignedInt(r.segment(), at)
                : Octets.getLong(r.segment(), at + 8);
    }

    /** Negative where the first of two flows comes first, given what they are compared by and their ids. */
    int compare(long high1, long low1, long id1, long high2, long low2, long id2) {
        int byValue = Long.compareUnsigned(high1, high2);
        if (byValue == 0) {
            byValue = Long.compareUnsigned(low1, low2);
        }
        if (byValue != 0) {
            return descending ? -byValue : byValue;
        }
        return Long.compare(id1, id2);
    }
}
