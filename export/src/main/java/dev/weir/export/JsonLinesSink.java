package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
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

    private final byte[] end;

    private JsonLinesSink(OutputStream out, IntSupplier timeDigits, List<Column> columns) {
        this.out = new TextBuffer(out);
        this.writer = new ColumnWriter(this.out, new TimeDigits(timeDigits));
        this.columns = columns.toArray(new Column[0]);
        this.before = new byte[columns.size()][];
        String between = "{";
        for (int i = 0; i < before.length; i++) {
            Column column = columns.get(i);
            before[i] = Column.ascii(between + "\"" + column.label() + "\":" + quote(column));
            between = quote(column) + ",";
        }
        this.end = Column.ascii(quote(columns.getLast()) + "}\n");
    }

    /** @param timeDigits fraction digits of the time stamps, 0 to 9; asked when the first record comes */
    public static JsonLinesSink ofRecords(OutputStream out, IntSupplier timeDigits) {
        return new JsonLinesSink(out, timeDigits, Column.RECORD);
    }

    /** The same for events: time, event and author come before the keys of records. */
    public static JsonLinesSink ofEvents(OutputStream out, IntSupplier timeDigits) {
        return new JsonLinesSink(out, timeDigits, Column.EVENTS);
    }

    /** Flows that live: after the keys of records come {@code lifetime} and {@code infos}. */
    public static JsonLinesSink ofFlows(OutputStream out, IntSupplier timeDigits) {
        return new JsonLinesSink(out, timeDigits, Column.FLOWS);
    }

    /** The same for events of flows that live. */
    public static JsonLinesSink ofFlowEvents(OutputStream out, IntSupplier timeDigits) {
        return new JsonLinesSink(out, timeDigits, Column.FLOW_EVENTS);
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        out.room(Column.MAX_LINE);
        for (int i = 0; i < columns.length; i++) {
            out.put(before[i]);
            writer.put(columns[i], record);
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
}
