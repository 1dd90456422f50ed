package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.packet.Addresses;
import java.lang.foreign.MemorySegment;
import java.time.Instant;

/** A record made by hand, with the layout of {@link FlowRecord}; a TCP flow of one packet unless told otherwise. */
public final class TestRecord {
    private final MemorySegment bytes = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);

    public TestRecord() {
        id(1).family("10.0.0.1", "10.0.0.2")
                .ports(40_000, 80)
                .protocol(6)
                .state(TcpState.SYN)
                .flags(0x02, 0);
        forward("2026-11-21T08:00:00.000001Z", "2026-11-21T08:00:00.000001Z", 1, 60, 74);
        kind(FlowEvent.ENDED, FlowEvent.BY_TIMER, EndReason.IDLE).at("2026-11-21T08:00:15.000001Z");
    }

    public FlowRecord view() {
        return new FlowRecord().wrap(bytes, 0);
    }

    public TestRecord id(long id) {
        return put(FlowRecord.FLOW_ID, id);
    }

    public TestRecord at(String instant) {
        return at(nanos(instant));
    }

    public TestRecord at(long nanos) {
        return put(FlowRecord.AT, nanos);
    }

    /** Both addresses, which also say the family. */
    public TestRecord family(String source, String destination) {
        byte[] octets = new byte[16];
        int family = Addresses.parse(source, octets);
        MemorySegment.copy(octets, 0, bytes, JAVA_BYTE, FlowRecord.SOURCE, 16);
        Addresses.parse(destination, octets);
        MemorySegment.copy(octets, 0, bytes, JAVA_BYTE, FlowRecord.DESTINATION, 16);
        return put(FlowRecord.FAMILY, (byte) family);
    }

    public TestRecord ports(int source, int destination) {
        bytes.set(JAVA_SHORT, FlowRecord.SOURCE_PORT, (short) source);
        bytes.set(JAVA_SHORT, FlowRecord.DESTINATION_PORT, (short) destination);
        return this;
    }

    public TestRecord protocol(int protocol) {
        return put(FlowRecord.PROTOCOL, (byte) protocol);
    }

    public TestRecord tenant(int tenant) {
        bytes.set(JAVA_INT, FlowRecord.TENANT, tenant);
        return this;
    }

    public TestRecord state(int state) {
        return put(FlowRecord.TCP_STATE, (byte) state);
    }

    public TestRecord flags(int forward, int reverse) {
        return put(FlowRecord.FORWARD_FLAGS, (byte) forward).put(FlowRecord.REVERSE_FLAGS, (byte) reverse);
    }

    public TestRecord forward(String first, String last, long packets, long octets, long frameOctets) {
        return forward(nanos(first), nanos(last), packets, octets, frameOctets);
    }

    public TestRecord forward(long first, long last, long packets, long octets, long frameOctets) {
        return put(FlowRecord.FIRST_FORWARD, first)
                .put(FlowRecord.LAST_FORWARD, last)
                .put(FlowRecord.FORWARD_PACKETS, packets)
                .put(FlowRecord.FORWARD_BYTES, octets)
                .put(FlowRecord.FORWARD_FRAME_BYTES, frameOctets);
    }

    public TestRecord reverse(String first, String last, long packets, long octets, long frameOctets) {
        return reverse(nanos(first), nanos(last), packets, octets, frameOctets);
    }

    public TestRecord reverse(long first, long last, long packets, long octets, long frameOctets) {
        return put(FlowRecord.FIRST_REVERSE, first)
                .put(FlowRecord.LAST_REVERSE, last)
                .put(FlowRecord.REVERSE_PACKETS, packets)
                .put(FlowRecord.REVERSE_BYTES, octets)
                .put(FlowRecord.REVERSE_FRAME_BYTES, frameOctets);
    }

    public TestRecord kind(int kind, int author, int reason) {
        return put(FlowRecord.KIND, (byte) kind)
                .put(FlowRecord.AUTHOR, (byte) author)
                .put(FlowRecord.REASON, (byte) reason);
    }

    public TestRecord context(int ctxId, boolean offloaded) {
        bytes.set(JAVA_INT, FlowRecord.INFOS, ctxId);
        return put(FlowRecord.OFFLOADED, (byte) (offloaded ? 1 : 0));
    }

    /** All sixteen octets that others own, the first the highest of {@code high}. */
    public TestRecord infos(long high, long low) {
        return put(FlowRecord.INFOS, Long.reverseBytes(high)).put(FlowRecord.INFOS + 8, Long.reverseBytes(low));
    }

    private TestRecord put(int at, byte value) {
        bytes.set(JAVA_BYTE, at, value);
        return this;
    }

    private TestRecord put(int at, long value) {
        bytes.set(JAVA_LONG, at, value);
        return this;
    }

    public static long nanos(String instant) {
        Instant i = Instant.parse(instant);
        return Math.addExact(Math.multiplyExact(i.getEpochSecond(), 1_000_000_000L), i.getNano());
    }
}
