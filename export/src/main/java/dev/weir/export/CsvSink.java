package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Records or events as comma-separated values (RFC 4180, but lines end in LF): a header line, then a line each. No value needs
 * quotes. One thread; allocates nothing a record. Fails as the stream does.
 */
public final class CsvSink implements RecordSink {
    /** Between the numbers of a list. */
    private static final char LIST_SEPARATOR = ';';

    private final TextBuffer out;
    private final ColumnWriter writer;
    private final Column[] columns;
    private final FeatureWriter features;

    private CsvSink(OutputStream out, IntSupplier timeDigits, List<Column> columns, FeatureSet set) throws IOException {
        this.out = new TextBuffer(out);
        this.features = new FeatureWriter(this.out, set);
        this.writer = new ColumnWriter(this.out, new TimeDigits(timeDigits));
        this.columns = columns.toArray(new Column[0]);
        this.out.room(Column.MAX_LINE + features.room());
        this.out.put(Column.ascii(Stream.concat(
                        columns.stream().map(Column::label),
                        features.columns().stream().map(FeatureColumn::label))
                .collect(Collectors.joining(",", "", "\n"))));
    }

    /** @param timeDigits fraction digits of the time stamps, 0 to 9; asked when the first record comes */
    public static CsvSink ofRecords(OutputStream out, IntSupplier timeDigits) throws IOException {
        return ofRecords(out, timeDigits, FeatureSet.NONE);
    }

    /** The same, where features that records carry follow. */
    public static CsvSink ofRecords(OutputStream out, IntSupplier timeDigits, FeatureSet features) throws IOException {
        return new CsvSink(out, timeDigits, Column.RECORD, features);
    }

    /** The same for events: time, event and author come before the columns of records. */
    public static CsvSink ofEvents(OutputStream out, IntSupplier timeDigits) throws IOException {
        return ofEvents(out, timeDigits, FeatureSet.NONE);
    }

    /** The same, where features that events carry follow. */
    public static CsvSink ofEvents(OutputStream out, IntSupplier timeDigits, FeatureSet features) throws IOException {
        return new CsvSink(out, timeDigits, Column.EVENTS, features);
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        out.room(Column.MAX_LINE + features.room());
        writer.put(columns[0], record);
        for (int i = 1; i < columns.length; i++) {
            out.put(',');
            writer.put(columns[i], record);
        }
        features.turnTo(record);
        for (int i = 0; i < features.columns().size(); i++) {
            out.put(',');
            features.put(i, LIST_SEPARATOR);
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
