package dev.weir.export.duckdb;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.parquet.ParquetSink;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Records as the table {@code flows} (events as {@code events}) of a DuckDB file. They are gathered beside it as a Parquet file of one group, 131,072 records or what ten
 * seconds brought, which one transaction takes over. DuckDB locks the file while it is open, so it is opened for each group and closed again: others can
 * read it in between, and after a kill it holds whole groups. While somebody else has it open, groups wait beside it.
 *
 * <p>The table is made anew; other tables stay. Memory: that of a {@link ParquetSink}, and at most 512 MB of DuckDB's while it takes a group over. One thread. Failures name the file.
 */
public final class DuckDbSink implements RecordSink {
    private static final int GROUP_ROWS = 1 << 17;
    private static final long MOST_NANOS = 10_000_000_000L, PATIENCE_NANOS = 60_000_000_000L;
    private static final long PAUSE_MILLIS = 200;
    /** Readers from version 1.2 on open such files. */
    private static final Map<String, String> SETTINGS =
            Map.of("memory_limit", "512MB", "threads", "1", "storage_compatibility_version", "v1.2.0");

    private final Path file;
    private final Rows rows;
    private final FeatureSet features;
    private final String table;
    /** Complete groups that are not in the database yet. */
    private final List<Path> waiting = new ArrayList<>();

    private int groups;
    private Path spool;
    private ParquetSink group;
    private long takenAt = System.nanoTime();
    private boolean closed, failed;

    private DuckDbSink(Path file, Rows rows, FeatureSet features) throws IOException {
        this.file = file.toAbsolutePath();
        this.rows = rows;
        this.features = features;
        this.table = rows == Rows.EVENTS ? "events" : "flows";
        this.spool = spool(0);
        removeLeftOvers();
        try {
            makeTable();
        } finally {
            Files.deleteIfExists(spool);
        }
        this.group = newGroup();
    }

    /** Makes the table, and the database where there is none. */
    public static DuckDbSink open(Path file, Rows rows) throws IOException {
        return open(file, rows, FeatureSet.NONE);
    }

    /** The same, where features that records carry follow. */
    public static DuckDbSink open(Path file, Rows rows, FeatureSet features) throws IOException {
        return new DuckDbSink(file, rows, features);
    }

    private ParquetSink newGroup() throws IOException {
        return ParquetRecords.toStream(Files.newOutputStream(spool), rows, features);
    }

    private Path spool(int number) {
        return file.resolveSibling("." + file.getFileName() + ".group-" + number + ".parquet");
    }

    /** What a killed writer left beside the file. */
    private void removeLeftOvers() throws IOException {
        String prefix = "." + file.getFileName() + ".group-";
        try (var there = Files.newDirectoryStream(
                Objects.requireNonNull(file.getParent()),
                found -> found.getFileName().toString().startsWith(prefix))) {
            for (Path found : there) {
                Files.delete(found);
            }
        }
    }

    private void makeTable() throws IOException {
        newGroup().close();
        try (Connection database = DuckDb.open(file, SETTINGS);
                Statement statement = database.createStatement()) {
            statement.execute(
                    "CREATE OR REPLACE TABLE " + table + " AS FROM read_parquet(" + DuckDb.quoted(spool) + ") LIMIT 0");
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private IOException failure(SQLException e) {
        return new IOException(
                file + ": " + DuckDb.why(e) + "; give the name of a DuckDB file that nobody else writes, or a new one",
                e);
    }

    @Override
    public void accept(FlowRecord record) throws IOException {
        group.accept(record);
        if (group.rows() == GROUP_ROWS) {
            turn();
        }
    }

    @Override
    public void flush() throws IOException {
        idle();
    }

    @Override
    public void idle() throws IOException {
        boolean due = System.nanoTime() - takenAt >= MOST_NANOS;
        if (due && (group.rows() > 0 || !waiting.isEmpty())) {
            turn();
        }
    }

    /** Completes the group, begins the next, and has the database take over what it can. */
    private void turn() throws IOException {
        try {
            endGroup();
            spool = spool(++groups);
            group = newGroup();
            takeOver();
            takenAt = System.nanoTime();
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    private void endGroup() throws IOException {
        long count = group.rows();
        group.close();
        if (count > 0) {
            waiting.add(spool);
        } else {
            Files.deleteIfExists(spool);
        }
    }

    /** @return whether nothing waits any more; not, where somebody else has the database open */
    private boolean takeOver() throws IOException {
        if (waiting.isEmpty()) {
            return true;
        }
        String names = waiting.stream().map(DuckDb::quoted).collect(Collectors.joining(", ", "[", "]"));
        try (Connection database = DuckDb.open(file, SETTINGS);
                Statement statement = database.createStatement()) {
            statement.execute("INSERT INTO " + table + " FROM read_parquet(" + names + ")");
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains("lock")) {
                return false;
            }
            throw failure(e);
        }
        for (Path taken : waiting) {
            Files.delete(taken);
        }
        waiting.clear();
        return true;
    }

    /** Has the database take over the rest; waits for a minute for others to close it. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        endGroup();
        if (failed) {
            return;
        }
        long begun = System.nanoTime();
        while (!takeOver()) {
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new IOException(file + ": somebody else has it open; the flows that it lacks are in " + waiting
                        + ", which DuckDB reads");
            }
            pause();
        }
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(
                    file + ": interrupted while somebody else has it open; the flows that it lacks are in " + waiting,
                    e);
        }
    }
}
