package dev.weir.cli;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.duckdb.DuckDbSink;
import dev.weir.table.feature.FeatureSet;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where records go as columns: a Parquet file or stream, or a DuckDB file. */
final class ColumnOutput {
    private ColumnOutput() {}

    static RecordSink open(
            OutputFormat format,
            @Nullable String output,
            List<String> sources,
            Rows rows,
            FeatureSet features,
            Streams streams)
            throws IOException, CommandException {
        if (output == null || output.equals("-")) {
            return ParquetRecords.toStream(Output.standard(streams.out()), rows, features);
        }
        Output.refuseSource(output, sources);
        Path file = Path.of(output);
        try {
            if (format == OutputFormat.DUCKDB) {
                return DuckDbSink.open(file, rows, features);
            }
            if (takesFiles(file)) {
                return ParquetRecords.toFile(file, rows, features);
            }
        } catch (FileSystemException e) {
            String why = e instanceof NoSuchFileException
                    ? "No such file or directory"
                    : Objects.requireNonNullElse(e.getReason(), "Permission denied");
            throw CommandException.failed(output + ": cannot be written: " + why + "; give another place with -w", e);
        }
        RecordSink sink = ParquetRecords.toStream(Output.file(output, sources), rows, features);
        streams.err().println("weir: note: " + output + ": can be read when it is complete, not before");
        return sink;
    }

    /** Whether a file there can be replaced by another: it is none of a pipe or a device, and its folder may be written. */
    private static boolean takesFiles(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return false;
        }
        Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path folder = Objects.requireNonNull(real.getParent());
        return !Files.exists(file) || Files.isWritable(folder);
    }
}
