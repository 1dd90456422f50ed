package dev.weir.export;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.parquet.TestPublications;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Parquet files of records whose publications follow a clock of the test's. */
public final class TimedPublications {
    private TimedPublications() {}

    /** @param clock nanoseconds */
    public static RecordSink toFile(Path file, LongSupplier clock, int groupRows) throws IOException {
        return TestPublications.toFile(file, RecordColumn.of(Column.RECORD), clock, groupRows);
    }
}
