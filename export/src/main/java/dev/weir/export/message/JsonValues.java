package dev.weir.export.message;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpState;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of one JSON object by key, and how they become a record. One thread. */
final class JsonValues {
    /** A number as it was written. */
    record Digits(String text) {}

    /** An object or a list, which no key of a flow has. */
    static final Object NESTED = new Object();

    private static final String[] ENDS = {"src_addr", "src_port", "dst_addr", "dst_port"};
    private static final String FLAGS = "FSRPAUEC";

    private final Map<String, @Nullable Object> values;

    JsonValues(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    void fill(FlowRecordBuilder flow) throws MessageFault {
        flow.event(kind(), author(), time("time"))
                .flowId(number("flow_id", Long.MAX_VALUE))
                .protocol((int) number("protocol_number", Checks.MAX_OCTET), (int) number("tenant", Checks.MAX_TENANT));
        Checks.ends(
                flow,
                ENDS,
                text("src_addr"),
                number("src_port", Checks.MAX_PORT),
                text("dst_addr"),
                number("dst_port", Checks.MAX_PORT));
        long forward = number("fwd_packets", Long.MAX_VALUE), reverse = number("rev_packets", Long.MAX_VALUE);
        boolean none = forward == 0 && reverse == 0;
        flow.forward(
                forward,
                number("fwd_bytes", Long.MAX_VALUE),
                number("fwd_frame_bytes", Long.MAX_VALUE),
                flags("fwd_tcp_flags"),
                none ? time("start_time") : time("fwd_start_time", forward),
                none ? time("end_time") : time("fwd_end_time", forward));
        flow.reverse(
                reverse,
                number("rev_bytes", Long.MAX_VALUE),
                number("rev_frame_bytes", Long.MAX_VALUE),
                flags("rev_tcp_flags"),
                time("rev_start_time", reverse),
                time("rev_end_time", reverse));
        flow.tcpState(state()).reason(reason()).offloaded(flag("offloaded")).lifetimeMillis(lifetime());
        byte[] infos = infos();
        for (int i = 0; i < infos.length; i++) {
            flow.info(i, infos[i]);
        }
    }

    private Object value(String key) throws MessageFault {
        Object value = values.get(key);
        if (value == null) {
            throw new MessageFault(key, values.containsKey(key) ? "is null" : "is missing");
        }
        return value;
    }

    String text(String key) throws MessageFault {
        if (value(key) instanceof String text) {
            return text;
        }
        throw new MessageFault(key, "is no string");
    }

    long number(String key, long most) throws MessageFault {
        if (!(value(key) instanceof Digits digits)) {
            throw new MessageFault(key, "is no number");
        }
        try {
            long number = Long.parseLong(digits.text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below, as what is out of range.
        }
        throw new MessageFault(key, Checks.clipped(digits.text) + " is no whole number of 0 to " + most);
    }

    private boolean flag(String key) throws MessageFault {
        if (value(key) instanceof Boolean flag) {
            return flag;
        }
        throw new MessageFault(key, "is neither true nor false");
    }

    /** Of a direction; empty where it has no packets. */
    private long time(String key, long packets) throws MessageFault {
        if (packets == 0 && text(key).isEmpty()) {
            return 0;
        }
        return time(key);
    }

    private long time(String key) throws MessageFault {
        String text = text(key);
        try {
            if (!text.endsWith("Z")) {
                throw new MessageFault(key, "'" + Checks.clipped(text) + "' is no time in UTC; it ends with Z");
            }
            Instant instant = Instant.parse(text);
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), Checks.SECOND), instant.getNano());
        } catch (DateTimeException | ArithmeticException e) {
            throw new MessageFault(key, "'" + Checks.clipped(text) + "' is no time of RFC 3339 from 1678 to 2261", e);
        }
    }

    private int kind() throws MessageFault {
        return switch (text("event")) {
            case "created" -> FlowEvent.CREATED;
            case "state-changed" -> FlowEvent.STATE_CHANGED;
            case "updated" -> FlowEvent.UPDATED;
            case "ended" -> FlowEvent.ENDED;
            default -> throw none("event", "created, state-changed, updated, ended");
        };
    }

    private int author() throws MessageFault {
        return switch (text("author")) {
            case "data-path" -> FlowEvent.BY_DATA_PATH;
            case "timer" -> FlowEvent.BY_TIMER;
            case "control" -> FlowEvent.BY_CONTROL;
            default -> throw none("author", "data-path, timer, control");
        };
    }

    private MessageFault none(String key, String of) throws MessageFault {
        return new MessageFault(key, "'" + Checks.clipped(text(key)) + "' is none of " + of);
    }

    /** Letters in any order, each once. */
    private int flags(String key) throws MessageFault {
        String letters = text(key);
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            int bit = FLAGS.indexOf(letters.charAt(i));
            if (bit < 0 || (flags & 1 << bit) != 0) {
                throw new MessageFault(
                        key, "'" + Checks.clipped(letters) + "' are no flags: letters of " + FLAGS + ", each once");
            }
            flags |= 1 << bit;
        }
        return flags;
    }

    private int state() throws MessageFault {
        String name = text("tcp_state");
        int state = name.isEmpty() ? TcpState.NONE : TcpState.byName(name);
        if (state < 0) {
            throw new MessageFault("tcp_state", "'" + Checks.clipped(name) + "' is no state of TCP");
        }
        return state;
    }

    private int reason() throws MessageFault {
        String name = text("end_reason");
        for (int reason = EndReason.IDLE; reason <= EndReason.FLUSHED; reason++) {
            if (EndReason.name(reason).equals(name)) {
                return reason;
            }
        }
        if (name.isEmpty()) {
            return EndReason.NONE;
        }
        throw none("end_reason", "idle, active, closed, recycled, deleted, flushed");
    }

    /** Seconds, to the millisecond; null for ever. */
    private int lifetime() throws MessageFault {
        String key = "lifetime";
        if (values.containsKey(key) && values.get(key) == null) {
            return Lifetime.NEVER;
        }
        if (!(value(key) instanceof Digits digits)) {
            throw new MessageFault(key, "is neither a number nor null");
        }
        try {
            if (digits.text.length() <= 40) {
                return Lifetime.ofMillis(
                        new BigDecimal(digits.text).movePointRight(3).longValueExact());
            }
        } catch (ArithmeticException | IllegalArgumentException _) {
            // Told below, as what is too long.
        }
        throw new MessageFault(
                key, Checks.clipped(digits.text) + " is no number of seconds, to the millisecond, up to 49 days");
    }

    private byte[] infos() throws MessageFault {
        String key = "infos";
        String text = text(key);
        try {
            byte[] infos = HexFormat.of().parseHex(text);
            if (infos.length == Checks.INFOS) {
                return infos;
            }
        } catch (IllegalArgumentException _) {
            // Told below, as what has another length.
        }
        throw new MessageFault(key, "'" + Checks.clipped(text) + "' are not 32 hexadecimal digits");
    }
}
