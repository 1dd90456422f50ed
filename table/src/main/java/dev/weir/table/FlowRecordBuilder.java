package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Makes records that no table wrote: received from another process, or for tests. What is not set is zero, or for the TCP
 * state {@link TcpState#NONE}. The record stays in the builder's own memory until the next {@link #clear}. One thread;
 * allocates nothing after it was made.
 */
public final class FlowRecordBuilder {
    private final MemorySegment octets = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
    private final FlowRecord view = new FlowRecord().wrap(octets, 0);

    public FlowRecordBuilder() {
        clear();
    }

    /** Begins another record. */
    public FlowRecordBuilder clear() {
        octets.fill((byte) 0);
        return tcpState(TcpState.NONE);
    }

    /** The record as it is now; the same view each time. */
    public FlowRecord record() {
        return view;
    }

    public FlowRecordBuilder flowId(long id) {
        octets.set(JAVA_LONG, FlowRecord.FLOW_ID, id);
        return this;
    }

    /** What is reported: a kind and an author of {@link FlowEvent}, and when it happened, in nanoseconds since 1970. */
    public FlowRecordBuilder event(int kind, int author, long at) {
        octets.set(JAVA_BYTE, FlowRecord.KIND, (byte) kind);
        octets.set(JAVA_BYTE, FlowRecord.AUTHOR, (byte) author);
        octets.set(JAVA_LONG, FlowRecord.AT, at);
        return this;
    }

    /**
     * Both ends.
     *
     * @param source the initiator's address in network order, 4 or 16 octets of it by the family
     * @param family 4 or 6
     */
    public FlowRecordBuilder ends(byte[] source, int sourcePort, byte[] destination, int destinationPort, int family) {
        int length = family == 4 ? 4 : 16;
        MemorySegment.copy(source, 0, octets, JAVA_BYTE, FlowRecord.SOURCE, length);
        MemorySegment.copy(destination, 0, octets, JAVA_BYTE, FlowRecord.DESTINATION, length);
        octets.set(JAVA_SHORT, FlowRecord.SOURCE_PORT, (short) sourcePort);
        octets.set(JAVA_SHORT, FlowRecord.DESTINATION_PORT, (short) destinationPort);
        octets.set(JAVA_BYTE, FlowRecord.FAMILY, (byte) family);
        return this;
    }

    /** The rest of the key: the IP protocol's number, and the address space. */
    public FlowRecordBuilder protocol(int protocol, int tenant) {
        octets.set(JAVA_BYTE, FlowRecord.PROTOCOL, (byte) protocol);
        octets.set(JAVA_INT, FlowRecord.TENANT, tenant);
        return this;
    }

    /** What the initiator has sent; times in nanoseconds since 1970. */
    public FlowRecordBuilder forward(long packets, long bytes, long frameBytes, int tcpFlags, long first, long last) {
        octets.set(JAVA_LONG, FlowRecord.FORWARD_PACKETS, packets);
        octets.set(JAVA_LONG, FlowRecord.FORWARD_BYTES, bytes);
        octets.set(JAVA_LONG, FlowRecord.FORWARD_FRAME_BYTES, frameBytes);
        octets.set(JAVA_BYTE, FlowRecord.FORWARD_FLAGS, (byte) tcpFlags);
        octets.set(JAVA_LONG, FlowRecord.FIRST_FORWARD, first);
        octets.set(JAVA_LONG, FlowRecord.LAST_FORWARD, last);
        return this;
    }

    /** What the responder has sent; times in nanoseconds since 1970. */
    public FlowRecordBuilder reverse(long packets, long bytes, long frameBytes, int tcpFlags, long first, long last) {
        octets.set(JAVA_LONG, FlowRecord.REVERSE_PACKETS, packets);
        octets.set(JAVA_LONG, FlowRecord.REVERSE_BYTES, bytes);
        octets.set(JAVA_LONG, FlowRecord.REVERSE_FRAME_BYTES, frameBytes);
        octets.set(JAVA_BYTE, FlowRecord.REVERSE_FLAGS, (byte) tcpFlags);
        octets.set(JAVA_LONG, FlowRecord.FIRST_REVERSE, first);
        octets.set(JAVA_LONG, FlowRecord.LAST_REVERSE, last);
        return this;
    }

    /** A {@link TcpState}. */
    public FlowRecordBuilder tcpState(int state) {
        octets.set(JAVA_BYTE, FlowRecord.TCP_STATE, (byte) state);
        return this;
    }

    /** An {@link EndReason}. */
    public FlowRecordBuilder reason(int reason) {
        octets.set(JAVA_BYTE, FlowRecord.REASON, (byte) reason);
        return this;
    }

    /** A {@link Lifetime}. */
    public FlowRecordBuilder lifetimeMillis(int lifetime) {
        octets.set(JAVA_INT, FlowRecord.LIFETIME, lifetime);
        return this;
    }

    public FlowRecordBuilder offloaded(boolean offloaded) {
        octets.set(JAVA_BYTE, FlowRecord.OFFLOADED, (byte) (offloaded ? 1 : 0));
        return this;
    }

    /** The first four of the sixteen octets that others own, as a number in native order. */
    public FlowRecordBuilder contextId(int id) {
        octets.set(JAVA_INT, FlowRecord.INFOS, id);
        return this;
    }

    /** Octet {@code i} of the sixteen that others own. */
    public FlowRecordBuilder info(int i, byte octet) {
        octets.set(JAVA_BYTE, FlowRecord.INFOS + Objects.checkIndex(i, 16), octet);
        return this;
    }
}
