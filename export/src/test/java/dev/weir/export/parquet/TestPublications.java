package dev.weir.export.parquet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/** Parquet files whose publications follow a clock of the test's. */
public final class TestPublications {
    private TestPublications() {}

    /** @param clock nanoseconds */
    public static ParquetSink toFile(Path file, List<ParquetColumn> columns, LongSupplier clock, int groupRows)
            throws IOException {
        return ParquetSink.open(SwappedFile.create(file), columns, 0, "test", clock, groupRows);
    }
}
