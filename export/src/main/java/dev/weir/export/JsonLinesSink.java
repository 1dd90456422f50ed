package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Records or events as JSON objects (RFC 8259), one a line, keys in the order of the columns. No value needs escapes. One thread;
 * allocates nothing a record. Fails as the stream does.
 */
public final class JsonLinesSink implements RecordSink {
    private final TextBuffer out;
    private final ColumnWriter writer;
    private final Column[] columns;
    /** What stands before each value: the end of the one before, the key, and the quote of a text. */
    private final byte[][] before;

    private final FeatureWriter features;
    /** The same before each feature, the bracket of a list included. */
    private final byte[][] beforeFeature;

    private final byte[] end;

    private JsonLinesSink(OutputStream out, IntSupplier timeDigits, List<Column> columns, FeatureSet set) {
        this(out, timeDigits, columns, set, "{", "}\n");
    }

    /** @param begin what comes before the first key */
    private JsonLinesSink(
            OutputStream out,
            IntSupplier timeDigits,
            List<Column> columns,
            FeatureSet set,
            String begin,
            String finish) {
        this.out = new TextBuffer(out);
        this.features = new FeatureWriter(this.out, set);
        this.writer = new ColumnWriter(this.out, new TimeDigits(timeDigits));
        this.columns = columns.toArray(new Column[0]);
        this.before = new byte[columns.size()][];
        String between = begin;
        for (int i = 0; i < before.length; i++) {
            Column column = columns.get(i);
            before[i] = Column.ascii(between + "\"" + column.label() + "\":" + quote(column));
            between = quote(column) + ",";
        }
        List<FeatureColumn> more = features.columns();
        this.beforeFeature = new byte[more.size()][];
        String close = quote(columns.getLast());
        for (int i = 0; i < beforeFeature.length; i++) {
            FeatureColumn column = more.get(i);
            beforeFeature[i] = Column.ascii(close + ",\"" + column.label() + "\":" + opening(column));
            close = closing(column);
        }
        this.end = Column.ascii(close + finish);
    }

    /** @param timeDigits fraction digits of the time stamps, 0 to 9; asked when the first record comes */
    public static JsonLinesSink ofRecords(OutputStream out, IntSupplier timeDigits) {
        return ofRecords(out, timeDigits, FeatureSet.NONE);
    }

    /** The same, where features that records carry follow. */
    public static JsonLinesSink ofRecords(OutputStream out, IntSupplier timeDigits, FeatureSet features) {
        return new JsonLinesSink(out, timeDigits, Column.RECORD, features);
    }

    /** The same for events: time, event and author come before the keys of records. */
    public static JsonLinesSink ofEvents(OutputStream out, IntSupplier timeDigits) {
        return ofEvents(out, timeDigits, FeatureSet.NONE);
    }

    /** The same, where features that events carry follow. */
    public static JsonLinesSink ofEvents(OutputStream out, IntSupplier timeDigits, FeatureSet features) {
        return new JsonLinesSink(out, timeDigits, Column.EVENTS, features);
    }

    /** Flows that live: after the keys of records come {@code lifetime} and {@code infos}. */
    public static JsonLinesSink ofFlows(OutputStream out, IntSupplier timeDigits) {
        return new JsonLinesSink(out, timeDigits, Column.FLOWS, FeatureSet.NONE);
    }

    /** The same for events of flows that live. */
    public static JsonLinesSink ofFlowEvents(OutputStream out, IntSupplier timeDigits) {
        return new JsonLinesSink(out, timeDigits, Column.FLOW_EVENTS, FeatureSet.NONE);
    }

    /**
     * Events as messages: before the keys of events stand {@code sensor}, {@code run} and {@code sequence}, after them those of flows that
     * live, and the times of each direction. One thread; allocates nothing a message.
     */
    public static final class Messages {
        private static final int EXACT = 9;

        private final JsonLinesSink lines;
        private final byte[] begin;

        /** @param sensor needs no escapes, as {@code run} does not */
        public Messages(OutputStream out, String sensor, String run, FeatureSet features) {
            lines = new JsonLinesSink(out, () -> EXACT, Column.MESSAGES, features, ",", "}");
            begin = Column.ascii("{\"sensor\":\"" + sensor + "\",\"run\":\"" + run + "\",\"sequence\":");
        }

        /** Writes one, whole. */
        public void put(long sequence, FlowRecord event) throws IOException {
            lines.out.room(Column.MAX_LINE + begin.length + lines.features.room());
            lines.out.put(begin);
            lines.out.putDecimal(sequence);
            lines.putFields(event);
            lines.out.flush();
        }
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        out.room(Column.MAX_LINE + features.room());
        putFields(record);
    }

    private void putFields(FlowRecord record) {
        for (int i = 0; i < columns.length; i++) {
            out.put(before[i]);
            writer.put(columns[i], record);
        }
        features.turnTo(record);
        for (int i = 0; i < beforeFeature.length; i++) {
            out.put(beforeFeature[i]);
            features.put(i, ',');
        }
        out.put(end);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private static String quote(Column column) {
        return column.kind == Column.Kind.TEXT ? "\"" : "";
    }

    private static String opening(FeatureColumn column) {
        return switch (column.kind()) {
            case INTEGER, DECIMAL -> "";
            case INTEGERS, DECIMALS -> "[";
            case TEXT -> "\"";
        };
    }

    private static String closing(FeatureColumn column) {
        return switch (column.kind()) {
            case INTEGER, DECIMAL -> "";
            case INTEGERS, DECIMALS -> "]";
            case TEXT -> "\"";
        };
    }
}
