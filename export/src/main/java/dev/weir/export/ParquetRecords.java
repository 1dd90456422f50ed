package dev.weir.export;

import dev.weir.export.parquet.ParquetColumn;
import dev.weir.export.parquet.ParquetSink;
import dev.weir.table.feature.FeatureSet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Records, events and living flows as Parquet: which columns there are, and where they go. See {@link ParquetSink}. */
public final class ParquetRecords {
    /** What is written down. */
    public enum Rows {
        /** Final records. */
        RECORDS(Column.RECORD),
        /** Events: time, event and author come before the columns of records. */
        EVENTS(Column.EVENTS),
        /** Flows that live: after the columns of records come {@code lifetime} and {@code infos}. */
        FLOWS(Column.FLOWS),
        /** Events of flows that live: all columns. */
        FLOW_EVENTS(Column.FLOW_EVENTS);

        @SuppressWarnings("ImmutableEnumChecker") // unmodifiable
        final List<Column> columns;

        Rows(List<Column> columns) {
            this.columns = columns;
        }
    }

    private static final String WRITER = "weir version " + version();

    private ParquetRecords() {}

    /** A file that is whole at any moment. */
    public static ParquetSink toFile(Path file, Rows rows) throws IOException {
        return toFile(file, rows, FeatureSet.NONE);
    }

    /** The same, where features that records carry follow. */
    public static ParquetSink toFile(Path file, Rows rows, FeatureSet features) throws IOException {
        return ParquetSink.ofFile(file, columns(rows, features), features.annexBytes(), WRITER);
    }

    /** A stream, which is whole when it is closed. */
    public static ParquetSink toStream(OutputStream out, Rows rows) throws IOException {
        return toStream(out, rows, FeatureSet.NONE);
    }

    /** The same, where features that records carry follow. */
    public static ParquetSink toStream(OutputStream out, Rows rows, FeatureSet features) throws IOException {
        return ParquetSink.ofStream(out, columns(rows, features), features.annexBytes(), WRITER);
    }

    /**
     * A stream of final records, where columns of others follow.
     *
     * @param annexOctets of each record's annex, which these read; a multiple of 8
     */
    public static ParquetSink toStream(OutputStream out, List<ParquetColumn> more, int annexOctets) throws IOException {
        List<ParquetColumn> columns = new ArrayList<>(RecordColumn.of(Rows.RECORDS.columns));
        columns.addAll(more);
        return ParquetSink.ofStream(out, columns, annexOctets, WRITER);
    }

    private static List<ParquetColumn> columns(Rows rows, FeatureSet features) {
        List<ParquetColumn> columns = new ArrayList<>(RecordColumn.of(rows.columns));
        columns.addAll(FeatureRecordColumn.of(features));
        return columns;
    }

    private static String version() {
        String version = ParquetRecords.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
