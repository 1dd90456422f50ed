package dev.weir.export.message;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.WireFormat;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Event;
import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.Lifetime;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.TcpState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Writes records as messages {@link Flow} and {@link Event} in protobuf's binary form, octet by octet into one array that
 * grows: a tenth of what it takes to make the objects first. Field numbers are those of the generated classes. One
 * thread; allocates nothing but when the array grows.
 *
 * <p>Source: the encoding section of the Protocol Buffers documentation; messages in messages are written with one octet
 * left for their length, and moved where it takes two.
 */
public final class FlowEncoder {
    /** No event is longer. */
    static final int MAX_EVENT = 512;

    private static final int INFOS = 16;
    private static final long SECOND = 1_000_000_000L;

    private byte[] out = new byte[MAX_EVENT];
    private int size;

    /** The array; what was written begins at 0. Another one after the next call, perhaps. */
    public byte[] array() {
        return out;
    }

    /** How many octets were written. */
    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Leaves the array to whoever got it, and begins another one. */
    public void release() {
        out = new byte[out.length];
        size = 0;
    }

    /** Appends a message Flow. */
    public void flow(FlowRecord r) {
        room(MAX_EVENT);
        flowFields(r);
    }

    /** Appends a message Event. */
    public void event(long sequence, FlowRecord r) {
        room(MAX_EVENT);
        eventFields(sequence, r);
    }

    /** The fields of a message Event; there must be room for {@link #MAX_EVENT}. */
    void eventFields(long sequence, FlowRecord r) {
        number(Event.SEQUENCE_FIELD_NUMBER, sequence);
        time(Event.TIME_FIELD_NUMBER, r.at());
        number(Event.KIND_FIELD_NUMBER, kind(r.kind()));
        number(Event.AUTHOR_FIELD_NUMBER, r.author());
        int flow = open(Event.FLOW_FIELD_NUMBER);
        flowFields(r);
        close(flow);
    }

    private static int kind(int kind) {
        return switch (kind) {
            case FlowEvent.CREATED -> EventKind.CREATED_VALUE;
            case FlowEvent.STATE_CHANGED -> EventKind.STATE_CHANGED_VALUE;
            case FlowEvent.UPDATED -> EventKind.UPDATED_VALUE;
            default -> EventKind.ENDED_VALUE;
        };
    }

    private void flowFields(FlowRecord r) {
        number(Flow.FLOW_ID_FIELD_NUMBER, r.flowId());
        key(r);
        time(Flow.START_TIME_FIELD_NUMBER, r.startTime());
        time(Flow.END_TIME_FIELD_NUMBER, r.endTime());
        int forward = open(Flow.FORWARD_FIELD_NUMBER);
        direction(
                r.forwardPackets(),
                r.forwardBytes(),
                r.forwardFrameBytes(),
                r.forwardTcpFlags(),
                r.firstForward(),
                r.lastForward());
        close(forward);
        int reverse = open(Flow.REVERSE_FIELD_NUMBER);
        direction(
                r.reversePackets(),
                r.reverseBytes(),
                r.reverseFrameBytes(),
                r.reverseTcpFlags(),
                r.firstReverse(),
                r.lastReverse());
        close(reverse);
        number(Flow.TCP_STATE_FIELD_NUMBER, r.tcpState() == TcpState.NONE ? 0 : r.tcpState() + 1);
        number(Flow.END_REASON_FIELD_NUMBER, r.reason());
        number(Flow.OFFLOADED_FIELD_NUMBER, r.offloaded() ? 1 : 0);
        number(Flow.CTX_ID_FIELD_NUMBER, r.ctxId());
        tag(Flow.INFOS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out[size++] = INFOS;
        MemorySegment.copy(r.segment(), ValueLayout.JAVA_BYTE, r.infosAt(), out, size, INFOS);
        size += INFOS;
        lifetime(r.lifetimeMillis());
    }

    private void key(FlowRecord r) {
        int key = open(Flow.KEY_FIELD_NUMBER);
        number(FlowKey.PROTOCOL_FIELD_NUMBER, r.protocol());
        address(FlowKey.SOURCE_FIELD_NUMBER, r, r.sourceAt());
        number(FlowKey.SOURCE_PORT_FIELD_NUMBER, r.sourcePort());
        address(FlowKey.DESTINATION_FIELD_NUMBER, r, r.destinationAt());
        number(FlowKey.DESTINATION_PORT_FIELD_NUMBER, r.destinationPort());
        number(FlowKey.TENANT_FIELD_NUMBER, r.tenant());
        close(key);
    }

    private void address(int field, FlowRecord r, long at) {
        int text = open(field);
        size = Addresses.format(r.segment(), at, r.family(), out, size);
        close(text);
    }

    private void direction(long packets, long bytes, long frameBytes, int flags, long first, long last) {
        number(Direction.PACKETS_FIELD_NUMBER, packets);
        number(Direction.BYTES_FIELD_NUMBER, bytes);
        number(Direction.FRAME_BYTES_FIELD_NUMBER, frameBytes);
        number(Direction.TCP_FLAGS_FIELD_NUMBER, flags);
        if (packets != 0) {
            time(Direction.FIRST_TIME_FIELD_NUMBER, first);
            time(Direction.LAST_TIME_FIELD_NUMBER, last);
        }
    }

    private void lifetime(int millis) {
        int lifetime = open(Flow.LIFETIME_FIELD_NUMBER);
        if (millis == dev.weir.table.Lifetime.NEVER) {
            number(Lifetime.NEVER_FIELD_NUMBER, 1);
        } else {
            long wide = Integer.toUnsignedLong(millis);
            int idle = open(Lifetime.IDLE_FIELD_NUMBER);
            number(Duration.SECONDS_FIELD_NUMBER, wide / 1000);
            number(Duration.NANOS_FIELD_NUMBER, wide % 1000 * 1_000_000);
            close(idle);
        }
        close(lifetime);
    }

    /** An instant, nanoseconds since 1970. */
    private void time(int field, long nanos) {
        int time = open(field);
        long seconds = Math.floorDiv(nanos, SECOND);
        number(Timestamp.SECONDS_FIELD_NUMBER, seconds);
        number(Timestamp.NANOS_FIELD_NUMBER, nanos - seconds * SECOND);
        close(time);
    }

    /** Makes room for so many octets. */
    void room(int octets) {
        if (out.length - size < octets) {
            out = Arrays.copyOf(out, 2 * out.length + octets);
        }
    }

    void tag(int field, int wireType) {
        out[size++] = (byte) (field << 3 | wireType);
    }

    /** A number, unless it is 0, which is what is not there. */
    void number(int field, long value) {
        if (value != 0) {
            tag(field, WireFormat.WIRETYPE_VARINT);
            varint(value);
        }
    }

    void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[size++] = (byte) rest;
    }

    /** A number of 64 bits in little-endian order. */
    void fixed64(long value) {
        for (int shift = 0; shift < 64; shift += 8) {
            out[size++] = (byte) (value >>> shift);
        }
    }

    /** A letter of ASCII. */
    void letter(int letter) {
        out[size++] = (byte) letter;
    }

    /** Octets as a field: a string or a message that is encoded already. */
    void octets(int field, byte[] octets) {
        int from = open(field);
        System.arraycopy(octets, 0, out, size, octets.length);
        size += octets.length;
        close(from);
    }

    /** Begins a message in the message; where its octets begin. */
    int open(int field) {
        tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return ++size;
    }

    /** Ends it, and says how long it became: less than 2 to the 14. */
    void close(int from) {
        int length = size - from;
        if (length < 0x80) {
            out[from - 1] = (byte) length;
        } else {
            System.arraycopy(out, from, out, from + 1, length);
            out[from - 1] = (byte) (length | 0x80);
            out[from] = (byte) (length >>> 7);
            size++;
        }
    }
}
