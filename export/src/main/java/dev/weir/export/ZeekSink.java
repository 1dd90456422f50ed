package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureGroup;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Records as Zeek's {@code conn.log}: lines of fields between tabs, between the header lines that Zeek's own tools read.
 * What the records do not know is {@code -}; {@code docs/formats.md} says how each field is derived. The times of the
 * header lines are those of the stream, so that the file is the same in every run. Takes records that carry
 * {@link #FEATURES}. One thread; allocates nothing a record. Fails as the stream does.
 */
public final class ZeekSink implements RecordSink {
    /** What records must carry. */
    public static final FeatureSet FEATURES = FeatureSet.of(FeatureGroup.HISTORY);

    private static final String[][] FIELDS = {
        {"ts", "time"},
        {"uid", "string"},
        {"id.orig_h", "addr"},
        {"id.orig_p", "port"},
        {"id.resp_h", "addr"},
        {"id.resp_p", "port"},
        {"proto", "enum"},
        {"service", "string"},
        {"duration", "interval"},
        {"orig_bytes", "count"},
        {"resp_bytes", "count"},
        {"conn_state", "string"},
        {"local_orig", "bool"},
        {"local_resp", "bool"},
        {"missed_bytes", "count"},
        {"history", "string"},
        {"orig_pkts", "count"},
        {"orig_ip_bytes", "count"},
        {"resp_pkts", "count"},
        {"resp_ip_bytes", "count"},
        {"tunnel_parents", "set[string]"},
        {"ip_proto", "count"}
    };
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final byte[] DIGITS = Column.ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static final byte[] TCP = Column.ascii("tcp"), UDP = Column.ascii("udp"), ICMP = Column.ascii("icmp");
    private static final byte[] OTHER = Column.ascii("unknown_transport");
    private static final byte[] UNSET_FIELD = Column.ascii("-\t");
    /** Of 62 digits: 64 bits. */
    private static final int UID_DIGITS = 11;

    private static final int ICMP_NUMBER = 1, TCP_NUMBER = 6, UDP_NUMBER = 17, ICMPV6_NUMBER = 58;
    private static final long NANOS = 1_000_000_000L;

    private final TextBuffer out;
    private final FeatureValues values = new FeatureValues(FEATURES);
    private boolean opened;
    private long last;

    public ZeekSink(OutputStream out) {
        this.out = new TextBuffer(out);
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        if (!opened) {
            open(record.startTime());
        }
        last = Math.max(last, record.at());
        out.room(Column.MAX_LINE);
        values.wrap(record.segment(), record.offset() + FlowRecord.SIZE);
        putTime(record.startTime());
        putUid(record);
        putEnd(record, false);
        putEnd(record, true);
        out.put(protocol(record.protocol()));
        out.put('\t');
        out.put(UNSET_FIELD);
        putLasting(record);
        putState(record);
        out.putDecimal(record.forwardPackets());
        out.put('\t');
        out.putDecimal(record.forwardBytes());
        out.put('\t');
        out.putDecimal(record.reversePackets());
        out.put('\t');
        out.putDecimal(record.reverseBytes());
        out.put('\t');
        out.put(UNSET_FIELD);
        out.putDecimal(record.protocol());
        out.put('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (!opened) {
            open(0);
        }
        out.room(Column.MAX_LINE);
        out.put(Column.ascii("#close\t" + stamp(last) + "\n"));
        out.close();
    }

    private void open(long time) throws IOException {
        opened = true;
        var fields = new StringBuilder("#fields");
        var types = new StringBuilder("#types");
        for (String[] field : FIELDS) {
            fields.append('\t').append(field[0]);
            types.append('\t').append(field[1]);
        }
        out.room(Column.MAX_LINE);
        out.put(Column.ascii(
                "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" + "#open\t"
                        + stamp(time) + "\n" + fields + "\n" + types + "\n"));
    }

    private static String stamp(long nanos) {
        return STAMP.format(Instant.ofEpochSecond(nanos / NANOS));
    }

    private static byte[] protocol(int number) {
        return switch (number) {
            case TCP_NUMBER -> TCP;
            case UDP_NUMBER -> UDP;
            case ICMP_NUMBER, ICMPV6_NUMBER -> ICMP;
            default -> OTHER;
        };
    }

    /** Seconds with microseconds, what is finer cut off. */
    private void putTime(long nanos) {
        out.putDecimal(nanos / NANOS);
        out.put('.');
        out.putPadded((int) (nanos % NANOS / 1000), 6);
        out.put('\t');
    }

    /** {@code C} and 64 bits that follow from the number of the flow and the time of its first packet. */
    private void putUid(FlowRecord record) {
        out.put('C');
        long rest = mix(record.flowId() ^ mix(record.startTime()));
        for (int i = 0; i < UID_DIGITS; i++) {
            out.put((char) DIGITS[(int) Long.remainderUnsigned(rest, DIGITS.length)]);
            rest = Long.divideUnsigned(rest, DIGITS.length);
        }
        out.put('\t');
    }

    /** Another number for each number, all bits of which depend on all bits. */
    private static long mix(long number) {
        long x = number * 0x9E37_79B9_7F4A_7C15L;
        x = (x ^ x >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        return x ^ x >>> 32;
    }

    /** Address and port; ICMP's type and code, which stand there in Zeek's, are not known. */
    private void putEnd(FlowRecord record, boolean responder) {
        out.putAddress(record.segment(), responder ? record.destinationAt() : record.sourceAt(), record.family());
        out.put('\t');
        if (isIcmp(record)) {
            out.put(UNSET_FIELD);
        } else {
            out.putDecimal(responder ? record.destinationPort() : record.sourcePort());
            out.put('\t');
        }
    }

    private static boolean isIcmp(FlowRecord record) {
        return record.protocol() == ICMP_NUMBER || record.protocol() == ICMPV6_NUMBER;
    }

    private static boolean isTcpOrUdp(FlowRecord record) {
        return record.protocol() == TCP_NUMBER || record.protocol() == UDP_NUMBER;
    }

    /** Duration and payloads, which Zeek leaves out where all packets have one time. */
    private void putLasting(FlowRecord record) {
        long duration = record.endTime() - record.startTime();
        if (duration <= 0) {
            out.put(UNSET_FIELD);
            out.put(UNSET_FIELD);
            out.put(UNSET_FIELD);
            return;
        }
        putTime(duration);
        out.putDecimal(values.payload(FeatureValues.FORWARD));
        out.put('\t');
        out.putDecimal(values.payload(FeatureValues.REVERSE));
        out.put('\t');
    }

    private void putState(FlowRecord record) {
        long payload = values.payload(FeatureValues.FORWARD) + values.payload(FeatureValues.REVERSE);
        boolean forward = record.forwardPackets() != 0, reverse = record.reversePackets() != 0;
        String state = ZeekState.of(record.protocol(), values.history(), forward, reverse, payload);
        for (int i = 0; i < state.length(); i++) {
            out.put(state.charAt(i));
        }
        out.put('\t');
        out.put(UNSET_FIELD);
        out.put(UNSET_FIELD);
        out.put(UNSET_FIELD);
        int letters = isTcpOrUdp(record) ? values.historyLength() : 0;
        if (letters == 0) {
            out.put('-');
        }
        for (int i = 0; i < letters; i++) {
            out.put(values.historyLetter(i));
        }
        out.put('\t');
    }
}
