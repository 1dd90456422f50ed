package dev.weir.table;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Movable view of one event about a flow, with the flow as it was then: the final record when {@link #kind} is
 * {@link FlowEvent#ENDED}. No state of its own: wrap, read, wrap again. Allocates nothing but in {@link #toString}.
 *
 * <p>Native byte order but for the addresses, which are in network order (IPv4 in the first four of sixteen octets).
 * Times in nanoseconds since 1970-01-01T00:00Z; the first and last times of a direction mean nothing while it has no
 * packets. Source is the initiator, forward is initiator to responder.
 *
 * <pre>
 *   0 flow id                  8 at (when this happened)
 *  16 first forward           24 first reverse
 *  32 last forward            40 last reverse
 *  48 forward packets         56 forward IP bytes          64 forward frame bytes
 *  72 reverse packets         80 reverse IP bytes          88 reverse frame bytes
 *  96 source address (16)    112 destination address (16)
 * 128 source port u16        130 destination port u16     132 protocol u8  133 family u8  134 kind u8  135 author u8
 * 136 tenant u32             140 fwd TCP flags u8         141 rev TCP flags u8  142 TCP state u8  143 reason u8
 * 144 infos (16; the first four double as ctx_id)
 * 160 lifetime u32 ms        164 offloaded u8             165 lifetime by order u8  166 unused (2)
 * </pre>
 */
public final class FlowRecord {
    /** Bytes that one record takes. */
    public static final int SIZE = 168;

    /** Where each field begins, in octets: for readers that take many records apart at once. */
    public static final int FLOW_ID = 0, AT = 8, FIRST_FORWARD = 16, FIRST_REVERSE = 24, LAST_FORWARD = 32;

    public static final int LAST_REVERSE = 40, FORWARD_PACKETS = 48, FORWARD_BYTES = 56, FORWARD_FRAME_BYTES = 64;
    public static final int REVERSE_PACKETS = 72, REVERSE_BYTES = 80, REVERSE_FRAME_BYTES = 88;
    public static final int SOURCE = 96, DESTINATION = 112, SOURCE_PORT = 128, DESTINATION_PORT = 130;
    public static final int PROTOCOL = 132, FAMILY = 133, KIND = 134, AUTHOR = 135, TENANT = 136;
    public static final int FORWARD_FLAGS = 140, REVERSE_FLAGS = 141, TCP_STATE = 142, REASON = 143;
    public static final int INFOS = 144, LIFETIME = 160, OFFLOADED = 164, OVERRIDDEN = 165;

    private MemorySegment records = MemorySegment.NULL;
    private long at;

    /** Moves the view to the record that begins at {@code offset}. */
    public FlowRecord wrap(MemorySegment segment, long offset) {
        this.records = segment;
        this.at = offset;
        return this;
    }

    /** The segment that is viewed. */
    public MemorySegment segment() {
        return records;
    }

    /** Where in {@link #segment} the record begins. */
    public long offset() {
        return at;
    }

    /** Number of the flow, unique in this process run; 63 bits. Captures: the number of the packet that began it. */
    public long flowId() {
        return records.get(JAVA_LONG, at + FLOW_ID);
    }

    /** When what is reported happened, to the nanosecond; for an idle flow its last packet plus its lifetime. */
    public long at() {
        return records.get(JAVA_LONG, at + AT);
    }

    /** Time of the flow's first packet, in either direction. */
    public long startTime() {
        if (reversePackets() == 0) {
            return firstForward();
        }
        return forwardPackets() == 0 ? firstReverse() : Math.min(firstForward(), firstReverse());
    }

    /** Time of the flow's last packet, in either direction. */
    public long endTime() {
        if (reversePackets() == 0) {
            return lastForward();
        }
        return forwardPackets() == 0 ? lastReverse() : Math.max(lastForward(), lastReverse());
    }

    public long firstForward() {
        return records.get(JAVA_LONG, at + FIRST_FORWARD);
    }

    public long firstReverse() {
        return records.get(JAVA_LONG, at + FIRST_REVERSE);
    }

    public long lastForward() {
        return records.get(JAVA_LONG, at + LAST_FORWARD);
    }

    public long lastReverse() {
        return records.get(JAVA_LONG, at + LAST_REVERSE);
    }

    public long forwardPackets() {
        return records.get(JAVA_LONG, at + FORWARD_PACKETS);
    }

    /** IP octets, headers included (IPFIX octetDeltaCount). */
    public long forwardBytes() {
        return records.get(JAVA_LONG, at + FORWARD_BYTES);
    }

    /** Octets on the wire, link header included, whatever was captured. */
    public long forwardFrameBytes() {
        return records.get(JAVA_LONG, at + FORWARD_FRAME_BYTES);
    }

    public long reversePackets() {
        return records.get(JAVA_LONG, at + REVERSE_PACKETS);
    }

    public long reverseBytes() {
        return records.get(JAVA_LONG, at + REVERSE_BYTES);
    }

    public long reverseFrameBytes() {
        return records.get(JAVA_LONG, at + REVERSE_FRAME_BYTES);
    }

    /** 4 or 6. */
    public int family() {
        return records.get(JAVA_BYTE, at + FAMILY);
    }

    /** Octet {@code i} of the initiator's address, 0..3 or 0..15. */
    public int sourceOctet(int i) {
        return records.get(JAVA_BYTE, at + SOURCE + i) & 0xFF;
    }

    /** Octet {@code i} of the responder's address, 0..3 or 0..15. */
    public int destinationOctet(int i) {
        return records.get(JAVA_BYTE, at + DESTINATION + i) & 0xFF;
    }

    /** Where in {@link #segment} the initiator's address begins, in network order. */
    public long sourceAt() {
        return at + SOURCE;
    }

    /** Where in {@link #segment} the responder's address begins, in network order. */
    public long destinationAt() {
        return at + DESTINATION;
    }

    public int sourcePort() {
        return records.get(JAVA_SHORT, at + SOURCE_PORT) & 0xFFFF;
    }

    public int destinationPort() {
        return records.get(JAVA_SHORT, at + DESTINATION_PORT) & 0xFFFF;
    }

    /** IP protocol number. */
    public int protocol() {
        return records.get(JAVA_BYTE, at + PROTOCOL) & 0xFF;
    }

    /** The address space, 24 bits; 0 when there is only one. */
    public int tenant() {
        return records.get(JAVA_INT, at + TENANT);
    }

    /** OR of the TCP flags octets of the initiator's packets. */
    public int forwardTcpFlags() {
        return records.get(JAVA_BYTE, at + FORWARD_FLAGS) & 0xFF;
    }

    public int reverseTcpFlags() {
        return records.get(JAVA_BYTE, at + REVERSE_FLAGS) & 0xFF;
    }

    /** A {@link TcpState}, {@link TcpState#NONE} for what is not TCP. */
    public int tcpState() {
        return records.get(JAVA_BYTE, at + TCP_STATE) & 0xFF;
    }

    /**
     * {@link FlowEvent#CREATED}, {@link FlowEvent#STATE_CHANGED}, {@link FlowEvent#UPDATED} or {@link FlowEvent#ENDED}; 0
     * of a flow that was looked up.
     */
    public int kind() {
        return records.get(JAVA_BYTE, at + KIND);
    }

    /** Who did it: {@link FlowEvent#BY_DATA_PATH}, {@link FlowEvent#BY_TIMER} or {@link FlowEvent#BY_CONTROL}. */
    public int author() {
        return records.get(JAVA_BYTE, at + AUTHOR);
    }

    /** Why it ended: an {@link EndReason}; {@link EndReason#NONE} where it has not. */
    public int reason() {
        return records.get(JAVA_BYTE, at + REASON);
    }

    /** Octet {@code i} of the sixteen that others own. */
    public int info(int i) {
        return records.get(JAVA_BYTE, at + INFOS + i) & 0xFF;
    }

    /** Where in {@link #segment} the sixteen octets begin that others own. */
    public long infosAt() {
        return at + INFOS;
    }

    /** The first four octets of the infos, as an unsigned number in native order. */
    public long ctxId() {
        return records.get(JAVA_INT, at + INFOS) & 0xFFFF_FFFFL;
    }

    /** Idle lifetime in milliseconds, {@link Lifetime#NEVER} for none. */
    public int lifetimeMillis() {
        return records.get(JAVA_INT, at + LIFETIME);
    }

    /** What names the flow, source first. Allocates. */
    public FlowKey key() {
        return new FlowKey(
                address(SOURCE), sourcePort(), address(DESTINATION), destinationPort(), protocol(), tenant());
    }

    private InetAddress address(int field) {
        byte[] octets = records.asSlice(at + field, family() == 4 ? 4 : 16).toArray(JAVA_BYTE);
        try {
            return family() == 4
                    ? InetAddress.getByAddress(octets)
                    : Inet6Address.getByAddress(null, octets, -1); // keeps IPv4-mapped ones IPv6
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + octets.length + " octets", e);
        }
    }

    /** Adds what something below had carried of a direction before the flow ended. */
    public void add(boolean reverse, FlowTraffic traffic) {
        if (traffic.packets() == 0) {
            return;
        }
        long counters = at + (reverse ? REVERSE_PACKETS : FORWARD_PACKETS), times = at + (reverse ? Long.BYTES : 0);
        if (records.get(JAVA_LONG, counters) == 0) {
            records.set(JAVA_LONG, times + FIRST_FORWARD, traffic.last());
        }
        add(counters, traffic.packets());
        add(counters + 8, traffic.ipOctets());
        add(counters + 16, traffic.frameOctets());
        long last = times + LAST_FORWARD;
        records.set(JAVA_LONG, last, Math.max(records.get(JAVA_LONG, last), traffic.last()));
        records.set(JAVA_LONG, at + AT, Math.max(at(), traffic.last()));
        long flags = at + (reverse ? REVERSE_FLAGS : FORWARD_FLAGS);
        records.set(JAVA_BYTE, flags, (byte) (records.get(JAVA_BYTE, flags) | traffic.tcpFlags()));
    }

    private void add(long counter, long n) {
        records.set(JAVA_LONG, counter, records.get(JAVA_LONG, counter) + n);
    }

    /** Eight octets of the flow's annex as it was then; only of records that were made with it. */
    public long annexLong(int annexOffset) {
        return records.get(JAVA_LONG, at + SIZE + annexOffset);
    }

    /** Four octets of the flow's annex as it was then; only of records that were made with it. */
    public int annexInt(int annexOffset) {
        return records.get(JAVA_INT, at + SIZE + annexOffset);
    }

    /** Sets four octets of the flow's annex, in this record alone. */
    public void setAnnexInt(int annexOffset, int value) {
        records.set(JAVA_INT, at + SIZE + annexOffset, value);
    }

    /** Whether the lifetime was set by order, so that TCP state does not. */
    public boolean isLifetimeOverridden() {
        return records.get(JAVA_BYTE, at + OVERRIDDEN) != 0;
    }

    public boolean offloaded() {
        return records.get(JAVA_BYTE, at + OFFLOADED) != 0;
    }
}
