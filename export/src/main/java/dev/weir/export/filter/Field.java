package dev.weir.export.filter;

import static dev.weir.export.filter.Type.*;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked about: the columns of {@code docs/formats.md} with their names, and what is derived from them. {@link FlowValues}
 * reads each by a method of its name.
 */
enum Field {
    TIME_OF_EVENT(
            TIME,
            "time",
            "when what is reported happened; of a flow that goes on: now",
            "time >= 2026-11-21T08:00:00Z"),
    EVENT_KIND(EVENT, "event", "what is reported; `none` of a flow that is listed", "event == ended"),
    AUTHOR_OF_EVENT(AUTHOR, "author", "who did what is reported", "author == timer"),
    FLOW_ID(NUMBER, Long.MAX_VALUE, "flow_id", "the flow's number", "flow_id == 17"),
    START_TIME(TIME, "start_time", "time of the first packet", "start_time < 2026-11-21T08:00:00Z"),
    END_TIME(TIME, "end_time", "time of the last packet", "end_time >= 2026-11-21T08:00:00Z"),
    DURATION_OF_FLOW(
            DURATION, "duration", "`end_time` minus `start_time`; a plain number means seconds", "duration > 5m"),
    AGE(DURATION, "age", "`time` minus `start_time`", "age > 1h"),
    IDLE(DURATION, "idle", "`time` minus `end_time`", "idle > 30s"),
    PROTOCOL_OF_FLOW(PROTOCOL, "protocol", "IP protocol, by name or number", "proto == tcp", "proto"),
    PROTOCOL_NUMBER(NUMBER, 0xFF, "protocol_number", "the same as a number, with an order", "protocol_number < 50"),
    IP_VERSION(NUMBER, 6, "ip_version", "4 or 6", "ip_version == 6"),
    SRC_ADDR(ADDRESS, "src_addr", "the initiator's address", "src in 10.0.0.0/8", "src"),
    SRC_PORT(NUMBER, 0xFFFF, "src_port", "the initiator's port, or the identifier of an ICMP echo", "src_port >= 1024"),
    DST_ADDR(ADDRESS, "dst_addr", "the responder's address", "dst == 2001:db8::1", "dst"),
    DST_PORT(NUMBER, 0xFFFF, "dst_port", "the responder's port", "dst_port in {80, 443}"),
    HOST(ADDRESS, "host", "either side's address", "host == 10.0.0.1", "addr", "net"),
    PORT(NUMBER, 0xFFFF, "port", "either side's port", "port == 53"),
    TENANT(NUMBER, 0xFF_FFFF, "tenant", "the address space", "tenant == 42"),
    FWD_PACKETS(NUMBER, Long.MAX_VALUE, "fwd_packets", "packets of the initiator", "fwd_packets == 1"),
    FWD_BYTES(NUMBER, Long.MAX_VALUE, "fwd_bytes", "IP octets of the initiator", "fwd_bytes > 64Ki"),
    FWD_FRAME_BYTES(
            NUMBER, Long.MAX_VALUE, "fwd_frame_bytes", "octets on the wire of the initiator", "fwd_frame_bytes > 1M"),
    REV_PACKETS(NUMBER, Long.MAX_VALUE, "rev_packets", "packets of the responder", "rev_packets == 0"),
    REV_BYTES(NUMBER, Long.MAX_VALUE, "rev_bytes", "IP octets of the responder", "rev_bytes > 1G"),
    REV_FRAME_BYTES(
            NUMBER, Long.MAX_VALUE, "rev_frame_bytes", "octets on the wire of the responder", "rev_frame_bytes > 1M"),
    PACKETS(NUMBER, Long.MAX_VALUE, "packets", "packets of both directions", "packets > 10k"),
    BYTES(NUMBER, Long.MAX_VALUE, "bytes", "IP octets of both directions", "bytes > 1M"),
    FRAME_BYTES(NUMBER, Long.MAX_VALUE, "frame_bytes", "octets on the wire of both directions", "frame_bytes > 1M"),
    RATE(
            NUMBER,
            Long.MAX_VALUE,
            "rate",
            "`bytes` a second of `duration`, rounded down; 0 of a flow without duration",
            "rate > 125k"),
    FWD_TCP_FLAGS(FLAGS, "fwd_tcp_flags", "TCP flags that the initiator sent", "fwd_tcp_flags has SA"),
    REV_TCP_FLAGS(FLAGS, "rev_tcp_flags", "TCP flags that the responder sent", "rev_tcp_flags == none"),
    TCP_FLAGS(FLAGS, "tcp_flags", "TCP flags that either side sent", "tcp_flags has R"),
    TCP_STATE(STATE, "tcp_state", "TCP state; `none` of what is not TCP", "state == ESTABLISHED", "state"),
    END_REASON(REASON, "end_reason", "why the flow ended; `none` of one that goes on", "end_reason != idle"),
    OFFLOADED(BOOLEAN, "offloaded", "whether the flow is offloaded; stands alone", "!offloaded"),
    CTX_ID(
            NUMBER,
            0xFFFF_FFFFL,
            "ctx_id",
            "first four octets of the flow's context, as the number that was set",
            "ctx_id == 0x10"),
    INFOS(OCTETS, "infos", "the context, sixteen octets in their order", "infos == 0x000102030405060708090a0b0c0d0e0f");

    private static final Map<String, Field> BY_NAME = new LinkedHashMap<>();

    /** What other tools call things. */
    private static final Map<String, String> FOREIGN = Map.ofEntries(
            Map.entry("sport", "src_port"),
            Map.entry("dport", "dst_port"),
            Map.entry("srcport", "src_port"),
            Map.entry("dstport", "dst_port"),
            Map.entry("ip", "host"),
            Map.entry("ip.addr", "host"),
            Map.entry("ip.src", "src"),
            Map.entry("ip.dst", "dst"),
            Map.entry("ip.proto", "proto"),
            Map.entry("tcp.port", "port"),
            Map.entry("udp.port", "port"),
            Map.entry("tcp.flags", "tcp_flags"),
            Map.entry("flags", "tcp_flags"),
            Map.entry("reason", "end_reason"),
            Map.entry("pkts", "packets"),
            Map.entry("octets", "bytes"),
            Map.entry("length", "bytes"));

    static {
        for (Field field : values()) {
            BY_NAME.put(field.label, field);
            field.aliases.forEach(alias -> BY_NAME.put(alias, field));
        }
    }

    final Type type;
    /** The largest number it can be; of numbers. */
    final long max;
    /** As the normal form and listings spell it. */
    final String label;

    final String meaning;
    /** A test that uses it. */
    final String example;
    /** Other names of it. */
    @SuppressWarnings("ImmutableEnumChecker") // unmodifiable
    final List<String> aliases;

    Field(Type type, String label, String meaning, String example, String... aliases) {
        this(type, Long.MAX_VALUE, label, meaning, example, aliases);
    }

    Field(Type type, long max, String label, String meaning, String example, String... aliases) {
        this.type = type;
        this.max = max;
        this.label = label;
        this.meaning = meaning;
        this.example = example;
        this.aliases = List.of(aliases);
    }

    /** The field of that name, in any case; null where there is none. */
    static @Nullable Field byName(String name) {
        return BY_NAME.get(name.toLowerCase(Locale.ROOT));
    }

    /** What somebody meant who wrote that name; null where nothing is near. */
    static @Nullable String nearest(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String foreign = FOREIGN.get(lower);
        return foreign != null ? foreign : Spelling.nearest(lower, BY_NAME.keySet());
    }

    /** The fields that it stands for: both sides of one that means either, else itself. */
    List<Field> sides() {
        return switch (this) {
            case HOST -> List.of(SRC_ADDR, DST_ADDR);
            case PORT -> List.of(SRC_PORT, DST_PORT);
            default -> List.of(this);
        };
    }

    /** Whether what it holds in one long has only zeros above its lowest 32 bits. */
    boolean isNarrow() {
        return switch (type) {
            case NUMBER -> max <= 0xFFFF_FFFFL;
            case TIME, DURATION, OCTETS -> false;
            default -> true;
        };
    }

    /** What it is compared with, for messages. */
    String compared() {
        if (type == NUMBER) {
            return max == Long.MAX_VALUE ? "a whole number" : "a whole number from 0 to " + max;
        }
        if (type.words.isEmpty() || type == PROTOCOL || type == BOOLEAN) {
            return type.description;
        }
        return type.description + ": " + String.join(", ", type.words.keySet());
    }

    /** The method of {@link FlowValues} that reads it; for addresses the beginning of its name. */
    String reader() {
        StringBuilder name = new StringBuilder();
        for (String part : Arrays.asList(label.split("_", -1))) {
            name.append(name.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return name.toString();
    }
}
