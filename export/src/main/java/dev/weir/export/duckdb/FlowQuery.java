package dev.weir.export.duckdb;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.duckdb.DuckDBPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * SQL over record files: tables are named and filled with sources, then the database, which is in memory, is closed to everything else, then it
 * is asked. It reads the sources and nothing else on the machine or the network, changes nothing, and takes at most 1 GB of memory; what does not fit goes to a temporary folder of the caller's.
 *
 * <p>One thread, but {@link #cancel} and {@link #progress} are for any. What is wrong with the statement or a source is a {@link QueryException}.
 */
public final class FlowQuery implements AutoCloseable {
    private static final String MEMORY = "1GB";

    private final Connection database;
    private final Map<String, List<String>> tables = new LinkedHashMap<>();
    private final TreeSet<String> files = new TreeSet<>();
    private int attached;
    private volatile @Nullable Statement running;
    private volatile boolean cancelled;

    private FlowQuery(Connection database) {
        this.database = database;
    }

    /** @param scratch a folder for what does not fit into memory */
    public static FlowQuery open(Path scratch) throws IOException, QueryException {
        try {
            // Streamed results would lose what is wrong with a row.
            Map<String, String> settings = Map.of(
                    "memory_limit", MEMORY, "temp_directory", scratch.toString(), "jdbc_stream_results", "false");
            var query = new FlowQuery(DuckDb.open(null, settings));
            query.execute("SET TimeZone = 'UTC'");
            query.execute("SET errors_as_json = true");
            return query;
        } catch (SQLException e) {
            throw new QueryException(DuckDb.why(e), e);
        }
    }

    /** Adds the records of a file to a table; several make one. */
    public void add(String table, RecordFile file) throws QueryException, IOException {
        String from;
        if (file.format() == RecordFile.Format.DUCKDB) {
            from = attach(file, table);
        } else {
            from = file.select();
            files.add(file.path().toAbsolutePath().toString());
        }
        tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(from);
    }

    private String attach(RecordFile file, String table) throws QueryException {
        String name = "source_" + attached++;
        Path path = file.path().toAbsolutePath();
        try {
            execute("ATTACH " + DuckDb.quoted(path) + " AS " + name + " (READ_ONLY)");
            execute("SELECT 1 FROM " + name + "." + table + " LIMIT 0");
        } catch (SQLException e) {
            throw new QueryException(file.path() + ": " + SqlFault.of(e, "").message(), e);
        }
        return "FROM " + name + "." + table;
    }

    /** Makes a table of texts and whole numbers; a row's values are in the order of the columns. */
    public void fill(String table, List<String> texts, String number, List<List<Object>> rows) throws QueryException {
        String columns = texts.stream().map(text -> text + " VARCHAR, ").collect(Collectors.joining());
        String places = "?, ".repeat(texts.size()) + "?";
        try {
            execute("CREATE TABLE " + table + " (" + columns + number + " BIGINT)");
            try (PreparedStatement insert =
                    database.prepareStatement("INSERT INTO " + table + " VALUES (" + places + ")")) {
                for (List<Object> row : rows) {
                    for (int i = 0; i < row.size(); i++) {
                        insert.setObject(i + 1, row.get(i));
                    }
                    insert.execute();
                }
            }
        } catch (SQLException e) {
            throw new QueryException(SqlFault.of(e, "").message(), e);
        }
    }

    /** Makes the views, and closes the database to everything else. */
    public void lock() throws QueryException {
        for (Map.Entry<String, List<String>> table : tables.entrySet()) {
            String union = table.getValue().stream()
                    .map(from -> "(" + from + ")")
                    .collect(Collectors.joining(" UNION ALL BY NAME "));
            try {
                execute("CREATE VIEW " + table.getKey() + " AS " + union);
            } catch (SQLException e) {
                throw new QueryException(SqlFault.of(e, "").message(), e);
            }
        }
        try {
            execute("SET allowed_paths = "
                    + files.stream().map(DuckDb::quoted).collect(Collectors.joining(", ", "[", "]")));
            execute("SET enable_external_access = false");
            execute("SET lock_configuration = true");
        } catch (SQLException e) {
            throw new QueryException(DuckDb.why(e), e);
        }
    }

    /**
     * Runs a statement that reads; its answer is made whole, in the memory that a query may take.
     *
     * @throws QueryException for a statement that is wrong, or that does anything else than read
     */
    public QueryRows run(String sql) throws QueryException {
        checkReads(sql);
        try {
            PreparedStatement statement = database.prepareStatement(sql);
            running = statement;
            if (cancelled) {
                throw new QueryException("interrupted", null);
            }
            return new QueryRows(statement, statement.executeQuery(), sql);
        } catch (SQLException e) {
            throw new QueryException(SqlFault.of(e, sql).message(), e);
        }
    }

    /** The library takes statements apart that read, and no other. */
    private void checkReads(String sql) throws QueryException {
        try (PreparedStatement ask = database.prepareStatement(
                "SELECT s ->> 'error', s ->> 'error_message', s ->> 'error_type', s ->> 'position', json_array_length(s -> 'statements') FROM (SELECT json_serialize_sql(?) AS s)")) {
            ask.setString(1, sql);
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                if (!Objects.equals(answer.getString(1), "true")) {
                    if (answer.getInt(5) != 1) {
                        throw new QueryException(
                                answer.getInt(5) == 0 ? "the statement is empty" : "more than one statement; give one",
                                null);
                    }
                    return;
                }
                if (Objects.equals(answer.getString(3), "not implemented")) {
                    throw new QueryException(
                            "only statements that read are run: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE", null);
                }
                String position = answer.getString(4);
                String where = position == null ? "" : SqlFault.place(sql, Integer.parseInt(position)) + ": ";
                throw new QueryException(where + answer.getString(2), null);
            }
        } catch (SQLException e) {
            throw new QueryException(SqlFault.of(e, sql).message(), e);
        }
    }

    /** Ends what runs, or what is run next. Any thread. */
    public void cancel() {
        cancelled = true;
        Statement now = running;
        if (now != null) {
            try {
                now.cancel();
            } catch (SQLException _) {
                // it has ended
            }
        }
    }

    /** How much of the running statement is done, 0 to 1; negative where that is not known. Any thread. */
    public double progress() {
        try {
            return running instanceof DuckDBPreparedStatement statement
                    ? statement.getQueryProgress().getPercentage() / 100
                    : -1;
        } catch (SQLException e) {
            return -1;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        try {
            database.close();
        } catch (SQLException _) {
            // in memory; nothing is lost
        }
    }
}
