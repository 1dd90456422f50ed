package dev.weir.export.ipfix;

import static dev.weir.export.ipfix.Slot.CONTEXT;
import static dev.weir.export.ipfix.Slot.DESTINATION;
import static dev.weir.export.ipfix.Slot.DESTINATION_PORT;
import static dev.weir.export.ipfix.Slot.DIRECTION;
import static dev.weir.export.ipfix.Slot.DURATION;
import static dev.weir.export.ipfix.Slot.END;
import static dev.weir.export.ipfix.Slot.FLOW_ID;
import static dev.weir.export.ipfix.Slot.FRAME_OCTETS;
import static dev.weir.export.ipfix.Slot.INIT;
import static dev.weir.export.ipfix.Slot.OCTETS;
import static dev.weir.export.ipfix.Slot.OFFLOADED;
import static dev.weir.export.ipfix.Slot.PACKETS;
import static dev.weir.export.ipfix.Slot.PROTOCOL;
import static dev.weir.export.ipfix.Slot.REASON;
import static dev.weir.export.ipfix.Slot.REVERSE;
import static dev.weir.export.ipfix.Slot.SOURCE;
import static dev.weir.export.ipfix.Slot.SOURCE_PORT;
import static dev.weir.export.ipfix.Slot.START;
import static dev.weir.export.ipfix.Slot.TCP_FLAGS;
import static dev.weir.export.ipfix.Slot.TCP_STATE;
import static dev.weir.export.ipfix.Slot.TENANT;
import static dev.weir.export.ipfix.Slot.WEIR_REASON;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.TcpState;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of one data record, and the {@link FlowRecord} that they make. What the sender does not give is 0. Numbers that no record can hold
 * are taken as the nearest that it can. One thread; allocates nothing.
 */
final class ReceivedFlow {
    private static final long MILLI = 1_000_000L, MICRO = 1_000L, SECOND = 1_000_000_000L;
    private static final long TENANTS = 0xFF_FFFFL, REVERSE_INITIATOR = 2;
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int[] REASONS = {
        EndReason.NONE, EndReason.IDLE, EndReason.ACTIVE, EndReason.CLOSED, EndReason.FLUSHED, EndReason.RECYCLED
    };

    private final long[] values = new long[Slot.COUNT];
    /** Of the field that gave a value; 0 where none did. */
    private final int[] ranks = new int[Slot.COUNT];

    private final byte[] source = new byte[16], destination = new byte[16];
    private final FlowRecordBuilder builder = new FlowRecordBuilder();

    /** Of the message: nanoseconds since 1970; the boot is {@link Long#MIN_VALUE} where nobody knows. */
    private long exported, boot, uptime;

    /** Begins the records of a message. */
    void message(long exportedNanos, long bootNanos, long uptimeMillis) {
        exported = exportedNanos;
        boot = bootNanos;
        uptime = uptimeMillis;
    }

    /** Begins a record. */
    void clear() {
        Arrays.fill(values, 0);
        Arrays.fill(ranks, 0);
    }

    /** Takes a field's value. */
    void set(int field, byte[] octets, int at, int length) {
        int slot = Slot.slot(field), rank = Slot.rank(field);
        if (rank < ranks[slot]) {
            return;
        }
        long value = 0;
        if (Slot.reading(field) == Slot.ADDRESS) {
            System.arraycopy(octets, at, slot == SOURCE ? source : destination, 0, length);
        } else {
            long number = Octets.get(octets, at, length);
            if (Slot.reading(field) == Slot.UPTIME && boot == Long.MIN_VALUE && ranks[INIT] == 0) {
                return;
            }
            value = value(Slot.reading(field), number);
        }
        ranks[slot] = rank;
        values[slot] = value;
    }

    private long value(int reading, long number) {
        return switch (reading) {
            case Slot.SECONDS -> scaled(number, SECOND);
            case Slot.MILLIS, Slot.SPAN_MILLIS -> scaled(number, MILLI);
            case Slot.SPAN_MICROS -> scaled(number, MICRO);
            case Slot.NTP -> Math.max(0, NtpTime.nanos(number));
            case Slot.BEFORE_EXPORT -> Math.max(0, exported - scaled(number, MICRO));
            case Slot.UPTIME -> Math.max(0, upAt(number));
            default -> number < 0 ? Long.MAX_VALUE : number;
        };
    }

    private static long scaled(long number, long unit) {
        return number < 0 || number > Long.MAX_VALUE / unit ? Long.MAX_VALUE : number * unit;
    }

    /** Milliseconds of uptime have 32 bits and begin anew after 49 days. */
    private long upAt(long millis) {
        long began = ranks[INIT] != 0 ? values[INIT] : boot;
        long lower = millis & 0xFFFF_FFFFL;
        long since = uptime >= 0 && lower - uptime > Integer.MAX_VALUE ? lower - (1L << 32) : lower;
        return began + since * MILLI;
    }

    /** When its sender began, if the record says so; {@link Long#MIN_VALUE} otherwise. */
    long init() {
        return ranks[INIT] == 0 ? Long.MIN_VALUE : values[INIT];
    }

    /** The record, valid until the next; null for what has no IP addresses. */
    @Nullable
    FlowRecord record() {
        if (ranks[SOURCE] == 0 || ranks[SOURCE] != ranks[DESTINATION]) {
            return null;
        }
        boolean back = values[DIRECTION] == REVERSE_INITIATOR;
        int forward = back ? REVERSE : 0, reverse = back ? 0 : REVERSE;
        times(0);
        times(REVERSE);
        int family = ranks[SOURCE] == 1 ? 4 : 6;
        builder.clear().flowId(values[FLOW_ID]);
        builder.ends(
                back ? destination : source,
                (int) values[back ? DESTINATION_PORT : SOURCE_PORT],
                back ? source : destination,
                (int) values[back ? SOURCE_PORT : DESTINATION_PORT],
                family);
        builder.protocol((int) values[PROTOCOL], (int) (values[TENANT] & TENANTS));
        builder.forward(
                values[PACKETS + forward],
                values[OCTETS + forward],
                values[FRAME_OCTETS + forward],
                (int) values[TCP_FLAGS + forward],
                values[START + forward],
                values[END + forward]);
        builder.reverse(
                values[PACKETS + reverse],
                values[OCTETS + reverse],
                values[FRAME_OCTETS + reverse],
                (int) values[TCP_FLAGS + reverse],
                values[START + reverse],
                values[END + reverse]);
        builder.tcpState(within(values[TCP_STATE], ranks[TCP_STATE], TcpState.NONE, TcpState.NONE));
        builder.reason(reason());
        builder.offloaded(values[OFFLOADED] == 1);
        for (int i = 0; i < 4; i++) {
            int shift = LITTLE_ENDIAN ? 8 * i : 24 - 8 * i;
            builder.info(i, (byte) (values[CONTEXT] >>> shift));
        }
        builder.event(FlowEvent.ENDED, FlowEvent.BY_DATA_PATH, builder.record().endTime());
        return builder.record();
    }

    /** A time that is missing follows from the other and the duration; without a duration it is the other. */
    private void times(int direction) {
        int start = START + direction, end = END + direction;
        if (ranks[start] == 0 && ranks[end] != 0) {
            values[start] = Math.max(0, values[end] - values[DURATION]);
        } else if (ranks[end] == 0 && ranks[start] != 0) {
            long sum = values[start] + values[DURATION];
            values[end] = sum < 0 ? Long.MAX_VALUE : sum;
        }
    }

    private int reason() {
        int plain = within(values[REASON], ranks[REASON], REASONS.length - 1, 0);
        return within(values[WEIR_REASON], ranks[WEIR_REASON], EndReason.FLUSHED, REASONS[plain]);
    }

    private static int within(long value, int rank, int most, int otherwise) {
        return rank != 0 && value <= most ? (int) value : otherwise;
    }
}
