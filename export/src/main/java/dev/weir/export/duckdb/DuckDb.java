package dev.weir.export.duckdb;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * Opens DuckDB so that it does nothing that was not asked for: it loads and installs no extension, and takes no more memory than is said. A
 * first connection of a process takes half a second, in which the native library is unpacked.
 */
final class DuckDb {
    private DuckDb() {}

    /** @param file null for a database in memory */
    static Connection open(@Nullable Path file, Map<String, String> settings) throws SQLException, IOException {
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        settings.forEach(properties::setProperty);
        try {
            Connection connection = new DuckDBDriver().connect("jdbc:duckdb:" + (file == null ? "" : file), properties);
            if (connection == null) {
                throw new SQLException("no connection");
            }
            return connection;
        } catch (LinkageError e) {
            throw new IOException(
                    "DuckDB cannot be loaded on this machine (" + e.getMessage() + "); write parquet instead", e);
        }
    }

    /** The first line of what the library says, without the kind of error before it. */
    static String why(SQLException e) {
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return first.replaceFirst("^(java\\.sql\\.SQLException: )?[A-Z][A-Za-z ]* Error: ", "");
    }

    /** A text as SQL writes it. */
    static String quoted(Object text) {
        return "'" + text.toString().replace("'", "''") + "'";
    }
}
