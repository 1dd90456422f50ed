package dev.weir.export;

import static dev.weir.export.Column.ascii;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpState;
import java.util.Arrays;

/**
 * Renders one column of a record as text, the same in every text format; quoting is the format's. No value ever holds a
 * character that CSV or JSON would have to escape. One thread; allocates nothing.
 */
final class ColumnWriter {
    private static final byte[] FLAG_LETTERS = ascii("FSRPAUEC");
    private static final byte[] HEX = ascii("0123456789abcdef"), NULL = ascii("null");
    private static final byte[] TRUE = ascii("true"), FALSE = ascii("false");
    private static final int INFOS_OCTETS = 16;
    static final byte[][] STATES = new byte[TcpState.NONE + 1][];
    static final byte[][] REASONS = new byte[EndReason.FLUSHED + 1][];
    private static final byte[][] AUTHORS = {ascii("data-path"), ascii("timer"), ascii("control")};
    static final byte[][] PROTOCOLS = new byte[256][];

    static {
        for (int state = 0; state < STATES.length; state++) {
            STATES[state] = ascii(TcpState.name(state));
        }
        for (int reason = 0; reason < REASONS.length; reason++) {
            REASONS[reason] = ascii(reason == EndReason.NONE ? "" : EndReason.name(reason));
        }
        Arrays.setAll(PROTOCOLS, number -> ascii(protocol(number)));
    }

    private final TextBuffer out;
    private final TimeDigits timeDigits;

    ColumnWriter(TextBuffer out, TimeDigits timeDigits) {
        this.out = out;
        this.timeDigits = timeDigits;
    }

    /** Puts the value; the buffer must have room. */
    void put(Column column, FlowRecord record) {
        switch (column) {
            case TIME -> putTime(record.at());
            case EVENT -> out.put(event(record.kind()));
            case AUTHOR -> out.put(author(record.author()));
            case FLOW_ID -> out.putDecimal(record.flowId());
            case START_TIME -> putTime(record.startTime());
            case END_TIME -> putTime(record.endTime());
            case DURATION -> out.putSeconds(record.endTime() - record.startTime());
            case PROTOCOL -> out.put(PROTOCOLS[record.protocol()]);
            case PROTOCOL_NUMBER -> out.putDecimal(record.protocol());
            case SRC_ADDR -> putAddress(record, false);
            case SRC_PORT -> out.putDecimal(record.sourcePort());
            case DST_ADDR -> putAddress(record, true);
            case DST_PORT -> out.putDecimal(record.destinationPort());
            case TENANT -> out.putDecimal(record.tenant());
            case FWD_PACKETS -> out.putDecimal(record.forwardPackets());
            case FWD_BYTES -> out.putDecimal(record.forwardBytes());
            case FWD_FRAME_BYTES -> out.putDecimal(record.forwardFrameBytes());
            case REV_PACKETS -> out.putDecimal(record.reversePackets());
            case REV_BYTES -> out.putDecimal(record.reverseBytes());
            case REV_FRAME_BYTES -> out.putDecimal(record.reverseFrameBytes());
            case FWD_TCP_FLAGS -> putFlags(record.forwardTcpFlags());
            case REV_TCP_FLAGS -> putFlags(record.reverseTcpFlags());
            case TCP_STATE -> out.put(STATES[record.tcpState()]);
            case END_REASON -> out.put(REASONS[record.reason()]);
            case OFFLOADED -> out.put(record.offloaded() ? TRUE : FALSE);
            case CTX_ID -> out.putDecimal(record.ctxId());
            case LIFETIME -> putLifetime(record.lifetimeMillis());
            case INFOS -> putInfos(record);
            case FWD_START_TIME -> putTime(record.forwardPackets(), record.firstForward());
            case FWD_END_TIME -> putTime(record.forwardPackets(), record.lastForward());
            case REV_START_TIME -> putTime(record.reversePackets(), record.firstReverse());
            case REV_END_TIME -> putTime(record.reversePackets(), record.lastReverse());
        }
    }

    /** Address and port as {@code 10.0.0.1:80} or {@code [2001:db8::1]:80}; the address alone where the port is 0. */
    void putEndpoint(FlowRecord record, boolean destination) {
        int port = destination ? record.destinationPort() : record.sourcePort();
        boolean brackets = port != 0 && record.family() != 4;
        if (brackets) {
            out.put('[');
        }
        putAddress(record, destination);
        if (brackets) {
            out.put(']');
        }
        if (port != 0) {
            out.put(':');
            out.putDecimal(port);
        }
    }

    private static final byte[] CREATED = ascii("created"),
            CHANGED = ascii("state-changed"),
            UPDATED = ascii("updated"),
            ENDED = ascii("ended");

    static byte[] event(int kind) {
        return switch (kind) {
            case FlowEvent.CREATED -> CREATED;
            case FlowEvent.STATE_CHANGED -> CHANGED;
            case FlowEvent.UPDATED -> UPDATED;
            default -> ENDED;
        };
    }

    static byte[] author(int author) {
        return AUTHORS[author];
    }

    /** The letters of a flags octet. Allocates. */
    static byte[] flags(int flags) {
        byte[] letters = new byte[Integer.bitCount(flags)];
        int at = 0;
        for (int rest = flags; rest != 0; rest &= rest - 1) {
            letters[at++] = FLAG_LETTERS[Integer.numberOfTrailingZeros(rest)];
        }
        return letters;
    }

    /** Puts sixteen hexadecimal digits. */
    static void hex(long octets, byte[] into, int at) {
        for (int i = 0; i < 16; i++) {
            into[at + i] = HEX[(int) (octets >>> (60 - 4 * i)) & 0xF];
        }
    }

    private void putLifetime(int lifetime) {
        if (lifetime == Lifetime.NEVER) {
            out.put(NULL);
        } else {
            out.putSeconds(Integer.toUnsignedLong(lifetime) * 1_000_000L);
        }
    }

    private void putInfos(FlowRecord record) {
        for (int i = 0; i < INFOS_OCTETS; i++) {
            int octet = record.info(i);
            out.put((char) HEX[octet >>> 4]);
            out.put((char) HEX[octet & 0xF]);
        }
    }

    /** Of a direction. */
    private void putTime(long packets, long nanos) {
        if (packets != 0) {
            putTime(nanos);
        }
    }

    private void putTime(long nanos) {
        out.putTime(nanos, timeDigits.get());
    }

    private void putFlags(int flags) {
        for (int rest = flags; rest != 0; rest &= rest - 1) {
            out.put((char) FLAG_LETTERS[Integer.numberOfTrailingZeros(rest)]);
        }
    }

    private void putAddress(FlowRecord record, boolean destination) {
        out.putAddress(record.segment(), destination ? record.destinationAt() : record.sourceAt(), record.family());
    }

    private static String protocol(int number) {
        return switch (number) {
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 58 -> "ipv6-icmp";
            default -> Integer.toString(number);
        };
    }
}
