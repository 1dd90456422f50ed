package dev.weir.export.duckdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * Opens DuckDB so that it does nothing that was not asked for: it loads and installs no extension, and takes no more memory than is said. A
 * first connection of a process takes half a second, in which the native library is unpacked.
 */
final class DuckDb {
    private static final String LIBRARY = "libduckdb_java";
    private static final AtomicBoolean REMOVED = new AtomicBoolean();

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
            removeUnpacked();
            return connection;
        } catch (LinkageError e) {
            throw new IOException(
                    "DuckDB cannot be loaded on this machine (" + e.getMessage() + "); write parquet instead", e);
        }
    }

    /**
     * Removes the name of the library that was unpacked for this process, 72 MB, once: the process goes on with the file, and a kill leaves nothing behind. Where there
     * is no {@code /proc}, it is removed at the process's end.
     */
    private static void removeUnpacked() {
        if (REMOVED.getAndSet(true)) {
            return;
        }
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            Optional<String> library = maps.filter(map -> map.contains("/" + LIBRARY) && map.endsWith(".so"))
                    .map(map -> map.substring(map.indexOf('/')))
                    .findFirst();
            if (library.isPresent()) {
                Files.deleteIfExists(Path.of(library.get()));
            }
        } catch (IOException | UncheckedIOException _) {
            // then it goes at the end
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
