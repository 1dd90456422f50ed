package dev.weir.export;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * The columns of flow records, in their order: the one place that names them. CSV headers and JSON keys are made from it;
 * {@link ColumnWriter} renders the values. {@code docs/formats.md} is the contract.
 */
enum Column {
    /** Only in events: when it happened. */
    TIME(Kind.TEXT),
    /** Only in events: created, state-changed, updated or ended. */
    EVENT(Kind.TEXT),
    /** Only in events: data-path, timer or control. */
    AUTHOR(Kind.TEXT),
    FLOW_ID(Kind.NUMBER),
    START_TIME(Kind.TEXT),
    END_TIME(Kind.TEXT),
    DURATION(Kind.NUMBER),
    PROTOCOL(Kind.TEXT),
    PROTOCOL_NUMBER(Kind.NUMBER),
    SRC_ADDR(Kind.TEXT),
    SRC_PORT(Kind.NUMBER),
    DST_ADDR(Kind.TEXT),
    DST_PORT(Kind.NUMBER),
    TENANT(Kind.NUMBER),
    FWD_PACKETS(Kind.NUMBER),
    FWD_BYTES(Kind.NUMBER),
    FWD_FRAME_BYTES(Kind.NUMBER),
    REV_PACKETS(Kind.NUMBER),
    REV_BYTES(Kind.NUMBER),
    REV_FRAME_BYTES(Kind.NUMBER),
    FWD_TCP_FLAGS(Kind.TEXT),
    REV_TCP_FLAGS(Kind.TEXT),
    TCP_STATE(Kind.TEXT),
    END_REASON(Kind.TEXT),
    OFFLOADED(Kind.BOOLEAN),
    CTX_ID(Kind.NUMBER),
    /** Only of flows that live: seconds without a packet; {@code null} for no end. */
    LIFETIME(Kind.NUMBER),
    /** Only of flows that live: the sixteen octets that applications own, in hexadecimal. */
    INFOS(Kind.TEXT),
    /** Only in messages: of the direction's first packet; empty while it has none. */
    FWD_START_TIME(Kind.TEXT),
    FWD_END_TIME(Kind.TEXT),
    REV_START_TIME(Kind.TEXT),
    REV_END_TIME(Kind.TEXT);

    /** What a value is in formats that know types. */
    enum Kind {
        NUMBER,
        TEXT,
        BOOLEAN
    }

    /** Of final records. */
    static final List<Column> RECORD = List.copyOf(EnumSet.range(FLOW_ID, CTX_ID));
    /** Of events: who, what, when, and the flow as it was then. */
    static final List<Column> EVENTS = List.copyOf(EnumSet.range(TIME, CTX_ID));
    /** Of flows that live: those of records, and what is kept for the flow. */
    static final List<Column> FLOWS = List.copyOf(EnumSet.range(FLOW_ID, INFOS));
    /** Of events of a running daemon. */
    static final List<Column> FLOW_EVENTS = List.copyOf(EnumSet.range(TIME, INFOS));
    /** Of messages to a broker: all there is. */
    static final List<Column> MESSAGES = List.copyOf(EnumSet.allOf(Column.class));

    /** No line of any format is longer. */
    static final int MAX_LINE = 2048;

    final Kind kind;

    Column(Kind kind) {
        this.kind = kind;
    }

    /** As headers and keys spell it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
