package dev.weir.cli;

import dev.weir.export.duckdb.QueryException;
import dev.weir.export.duckdb.QueryRows;
import dev.weir.export.duckdb.QueryRows.Column;
import dev.weir.export.duckdb.QueryRows.Kind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the answer of a query: as CSV (RFC 4180, lines end in LF, NULL is empty), as JSON lines, or as an aligned table. */
final class QueryOutput {
    /** From these the widths of a table's columns are taken; what is wider later pushes the rest of its line. */
    private static final int MEASURED_ROWS = 1000;

    private QueryOutput() {}

    static void write(QueryRows rows, OutputFormat format, OutputStream to) throws IOException, QueryException {
        OutputStream out = new BufferedOutputStream(to, 1 << 16);
        switch (format) {
            case JSON -> json(rows, out);
            case TABLE -> table(rows, out);
            default -> csv(rows, out);
        }
        out.flush();
    }

    private static void put(OutputStream out, StringBuilder line) throws IOException {
        out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        line.setLength(0);
    }

    private static void csv(QueryRows rows, OutputStream out) throws IOException, QueryException {
        StringBuilder line = new StringBuilder();
        csvLine(line, rows.columns().stream().map(Column::name).toList());
        put(out, line);
        for (List<@Nullable String> row = rows.next(); row != null; row = rows.next()) {
            csvLine(line, row);
            put(out, line);
        }
    }

    private static void csvLine(StringBuilder line, List<? extends @Nullable String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            line.append(i == 0 ? "" : ",");
            if (cell == null) {
                continue;
            }
            boolean quotes = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            line.append(quotes ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
    }

    private static void json(QueryRows rows, OutputStream out) throws IOException, QueryException {
        StringBuilder line = new StringBuilder();
        List<Column> columns = rows.columns();
        for (List<@Nullable String> row = rows.next(); row != null; row = rows.next()) {
            for (int i = 0; i < columns.size(); i++) {
                line.append(i == 0 ? "{" : ",");
                quote(line, columns.get(i).name());
                line.append(':');
                String cell = row.get(i);
                if (cell == null) {
                    line.append("null");
                } else if (columns.get(i).kind() == Kind.TEXT) {
                    quote(line, cell);
                } else {
                    line.append(cell);
                }
            }
            put(out, line.append('}'));
        }
    }

    private static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < 0x20) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    private static void table(QueryRows rows, OutputStream out) throws IOException, QueryException {
        List<Column> columns = rows.columns();
        List<List<@Nullable String>> first = new ArrayList<>();
        int[] widths =
                columns.stream().mapToInt(column -> column.name().length()).toArray();
        List<@Nullable String> row = rows.next();
        for (; row != null && first.size() < MEASURED_ROWS; row = rows.next()) {
            first.add(row);
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], shown(row.get(i)).length());
            }
        }
        StringBuilder line = new StringBuilder();
        tableLine(line, columns, columns.stream().map(Column::name).toList(), widths);
        put(out, line);
        for (List<@Nullable String> measured : first) {
            tableLine(line, columns, measured, widths);
            put(out, line);
        }
        for (; row != null; row = rows.next()) {
            tableLine(line, columns, row, widths);
            put(out, line);
        }
    }

    private static String shown(@Nullable String cell) {
        return cell == null ? "NULL" : cell.replaceAll("\\p{Cntrl}", " ");
    }

    private static void tableLine(
            StringBuilder line, List<Column> columns, List<? extends @Nullable String> cells, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            String cell = shown(cells.get(i));
            String blanks = " ".repeat(Math.max(0, widths[i] - cell.length()));
            boolean right = columns.get(i).kind() == Kind.NUMBER;
            line.append(i == 0 ? "" : "  ").append(right ? blanks + cell : cell + blanks);
        }
        while (!line.isEmpty() && line.charAt(line.length() - 1) == ' ') {
            line.setLength(line.length() - 1);
        }
    }
}
