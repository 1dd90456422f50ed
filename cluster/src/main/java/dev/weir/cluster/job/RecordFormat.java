package dev.weir.cluster.job;

import dev.weir.export.CsvSink;
import dev.weir.export.JsonLinesSink;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import java.io.IOException;
import java.io.OutputStream;

/** What files of records are written as, by the sinks that {@code weir track} writes with. */
public enum RecordFormat {
    CSV(".csv"),
    JSON(".jsonl"),
    PARQUET(".parquet");

    /** What names of such files end with. */
    final String suffix;

    RecordFormat(String suffix) {
        this.suffix = suffix;
    }

    /** @param joined whether rows are of {@link JoinedFlow}s, which have more columns */
    RowWriter open(OutputStream out, boolean joined, int timeDigits) throws IOException {
        if (joined) {
            return this == PARQUET ? JoinedColumns.open(out) : new JoinedRows(out, this == JSON, timeDigits);
        }
        return new RecordRows(
                switch (this) {
                    case CSV -> CsvSink.ofRecords(out, () -> timeDigits);
                    case JSON -> JsonLinesSink.ofRecords(out, () -> timeDigits);
                    case PARQUET -> ParquetRecords.toStream(out, Rows.RECORDS);
                });
    }
}
