package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * Records or events as comma-separated values (RFC 4180, but lines end in LF): a header line, then a line each. No value needs
 * quotes. One thread; allocates nothing a record. Fails as the stream does.
 */
public final class CsvSink implements RecordSink {
    private final TextBuffer out;
    private final ColumnWriter writer;
    private final Column[] columns;

    private CsvSink(OutputStream out, IntSupplier timeDigits, List<Column> columns) throws IOException {
        this.out = new TextBuffer(out);
        this.writer = new ColumnWriter(this.out, new TimeDigits(timeDigits));
        this.columns = columns.toArray(new Column[0]);
        this.out.room(Column.MAX_LINE);
        this.out.put(Column.ascii(columns.stream().map(Column::label).collect(Collectors.joining(",", "", "\n"))));
    }

    /** @param timeDigits fraction digits of the time stamps, 0 to 9; asked when the first record comes */
    public static CsvSink ofRecords(OutputStream out, IntSupplier timeDigits) throws IOException {
        return new CsvSink(out, timeDigits, Column.RECORD);
    }

    /** The same for events: time, event and author come before the columns of records. */
    public static CsvSink ofEvents(OutputStream out, IntSupplier timeDigits) throws IOException {
        return new CsvSink(out, timeDigits, Column.EVENTS);
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        out.room(Column.MAX_LINE);
        writer.put(columns[0], record);
        for (int i = 1; i < columns.length; i++) {
            out.put(',');
            writer.put(columns[i], record);
        }
        out.put('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
