package dev.weir.export.duckdb;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows that answer a query, one after the other, as texts. One thread. */
public final class QueryRows implements AutoCloseable {
    /** What a column holds, as far as formats care. */
    public enum Kind {
        NUMBER,
        BOOLEAN,
        TEXT
    }

    /** A column of the answer. */
    public record Column(String name, Kind kind) {}

    private final PreparedStatement statement;
    private final ResultSet rows;
    private final String sql;
    private final List<Column> columns = new ArrayList<>();
    private final List<String> types = new ArrayList<>();

    QueryRows(PreparedStatement statement, ResultSet rows, String sql) throws SQLException {
        this.statement = statement;
        this.rows = rows;
        this.sql = sql;
        ResultSetMetaData meta = rows.getMetaData();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            String type = meta.getColumnTypeName(i).toUpperCase(Locale.ROOT);
            types.add(type);
            columns.add(new Column(meta.getColumnName(i), kind(type)));
        }
    }

    private static Kind kind(String type) {
        if (type.endsWith("]") || type.startsWith("STRUCT") || type.startsWith("MAP")) {
            return Kind.TEXT;
        }
        if (type.startsWith("DECIMAL") || type.endsWith("INT") || type.endsWith("INTEGER")) {
            return Kind.NUMBER;
        }
        return switch (type) {
            case "FLOAT", "DOUBLE" -> Kind.NUMBER;
            case "BOOLEAN" -> Kind.BOOLEAN;
            default -> Kind.TEXT;
        };
    }

    public List<Column> columns() {
        return columns;
    }

    /**
     * The next row: a text for each column, null where it is NULL; null after the last row.
     *
     * @throws QueryException where the statement fails on the way, or was cancelled
     */
    public @Nullable List<@Nullable String> next() throws QueryException {
        try {
            if (!rows.next()) {
                return null;
            }
            List<@Nullable String> row = new ArrayList<>(columns.size());
            for (int i = 1; i <= columns.size(); i++) {
                row.add(text(i));
            }
            return row;
        } catch (SQLException e) {
            throw new QueryException(SqlFault.of(e, sql).message(), e);
        }
    }

    private @Nullable String text(int column) throws SQLException {
        String type = types.get(column - 1);
        Object value = type.startsWith("TIMESTAMP") && !type.endsWith("]") && !type.contains("ZONE")
                ? rows.getObject(column, LocalDateTime.class)
                : rows.getObject(column);
        return switch (value) {
            case null -> null;
            case LocalDateTime time -> time.toInstant(ZoneOffset.UTC).toString();
            case OffsetDateTime time -> time.toInstant().toString();
            case BigDecimal number -> number.toPlainString();
            case Double number when number.isNaN() || number.isInfinite() -> null;
            default -> value.toString();
        };
    }

    @Override
    public void close() {
        try (statement;
                rows) {
            // both
        } catch (SQLException _) {
            // nothing is lost
        }
    }
}
