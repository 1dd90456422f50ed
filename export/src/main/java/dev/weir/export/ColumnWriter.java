package dev.weir.export;

import static dev.weir.export.Column.ascii;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.TcpState;
import java.util.Arrays;

/**
 * Renders one column of a record as text, the same in every text format; quoting is the format's. No value ever holds a
 * character that CSV or JSON would have to escape. One thread; allocates nothing.
 */
final class ColumnWriter {
    private static final byte[] FLAG_LETTERS = ascii("FSRPAUEC");
    private static final byte[] TRUE = ascii("true"), FALSE = ascii("false");
    private static final byte[][] STATES = new byte[TcpState.NONE + 1][];
    private static final byte[][] REASONS = new byte[EndReason.FLUSHED + 1][];
    private static final byte[][] AUTHORS = {ascii("data-path"), ascii("timer"), ascii("control")};
    private static final byte[][] PROTOCOLS = new byte[256][];

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

    private static final byte[] CREATED = ascii("created"), CHANGED = ascii("state-changed"), ENDED = ascii("ended");

    static byte[] event(int kind) {
        return switch (kind) {
            case FlowEvent.CREATED -> CREATED;
            case FlowEvent.STATE_CHANGED -> CHANGED;
            default -> ENDED;
        };
    }

    static byte[] author(int author) {
        return AUTHORS[author];
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
        if (record.family() == 4) {
            putIpv4(record, destination, 0);
        } else {
            putIpv6(record, destination);
        }
    }

    private void putIpv4(FlowRecord record, boolean destination, int first) {
        out.putDecimal(octet(record, destination, first));
        for (int i = first + 1; i < first + 4; i++) {
            out.put('.');
            out.putDecimal(octet(record, destination, i));
        }
    }

    /** RFC 5952: lower case, the longest run of zero groups (two at least, the first of equals) as {@code ::}, IPv4-mapped in dots. */
    private void putIpv6(FlowRecord record, boolean destination) {
        int zeros = longestZeroRun(record, destination);
        int runStart = zeros >> 8, runLength = zeros & 0xFF;
        boolean mapped = runStart == 0 && runLength == 5 && group(record, destination, 5) == 0xFFFF;
        int groups = mapped ? 6 : 8;
        for (int i = 0; i < groups; ) {
            if (i == runStart && runLength > 1) {
                out.put(':');
                if (i == 0) {
                    out.put(':');
                }
                i += runLength;
                continue;
            }
            out.putHex(group(record, destination, i));
            i++;
            if (i < 8) {
                out.put(':');
            }
        }
        if (mapped) {
            putIpv4(record, destination, 12);
        }
    }

    /** @return first group of the run, times 256, plus its length; groups from 0 to 7 */
    private static int longestZeroRun(FlowRecord record, boolean destination) {
        int best = 0, start = 0;
        for (int i = 0; i < 8; i++) {
            if (group(record, destination, i) != 0) {
                start = i + 1;
            } else if (i + 1 - start > (best & 0xFF)) {
                best = start << 8 | (i + 1 - start);
            }
        }
        return best;
    }

    private static int group(FlowRecord record, boolean destination, int i) {
        return octet(record, destination, 2 * i) << 8 | octet(record, destination, 2 * i + 1);
    }

    private static int octet(FlowRecord record, boolean destination, int i) {
        return destination ? record.destinationOctet(i) : record.sourceOctet(i);
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
