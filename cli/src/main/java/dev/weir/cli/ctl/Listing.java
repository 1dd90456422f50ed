package dev.weir.cli.ctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How things of one kind are listed: as a table for people, columns as wide as what they hold, and as JSON lines for programs. A
 * column without a title is for programs alone, one without a key for people alone.
 */
public final class Listing<T> {
    private record Column<T>(
            String title,
            boolean right,
            @Nullable Function<T, String> cell,
            @Nullable BiConsumer<Json, T> member) {}

    private static final String GAP = "  ", BOLD = "\033[1m", PLAIN = "\033[0m";

    private final List<Column<T>> columns = new ArrayList<>();

    public Listing<T> text(String title, String key, Function<T, String> value) {
        return add(title, false, value, key, (json, row) -> json.text(key, value.apply(row)));
    }

    public Listing<T> number(String title, String key, ToLongFunction<T> value) {
        return add(
                title,
                true,
                row -> Long.toUnsignedString(value.applyAsLong(row)),
                key,
                (json, row) -> json.number(key, value.applyAsLong(row)));
    }

    public Listing<T> decimal(String title, String key, int digits, ToDoubleFunction<T> value) {
        return add(
                title,
                true,
                row -> String.format(Locale.ROOT, "%." + digits + "f", value.applyAsDouble(row)),
                key,
                (json, row) -> json.decimal(key, value.applyAsDouble(row), digits));
    }

    /** Shown as {@code yes} and {@code no}. */
    public Listing<T> flag(String title, String key, Predicate<T> value) {
        return add(
                title,
                false,
                row -> value.test(row) ? "yes" : "no",
                key,
                (json, row) -> json.flag(key, value.test(row)));
    }

    /** Numbers by name; people see their sum. */
    public Listing<T> numbers(String title, String key, Function<T, Map<String, Long>> value) {
        return add(
                title,
                true,
                row -> Long.toUnsignedString(value.apply(row).values().stream()
                        .mapToLong(Long::longValue)
                        .sum()),
                key,
                (json, row) -> json.numbers(key, value.apply(row)));
    }

    public Listing<T> texts(String title, String key, Function<T, List<String>> value) {
        return add(
                title,
                false,
                row -> String.join(" ", value.apply(row)),
                key,
                (json, row) -> json.texts(key, value.apply(row)));
    }

    private Listing<T> add(
            String title, boolean right, Function<T, String> cell, String key, BiConsumer<Json, T> member) {
        columns.add(new Column<>(title, right, title.isEmpty() ? null : cell, key.isEmpty() ? null : member));
        return this;
    }

    public void print(Session session, List<T> rows) throws IOException {
        session.print(session.json() ? json(rows) : table(rows, session.color()));
    }

    private String json(List<T> rows) {
        StringBuilder out = new StringBuilder();
        for (T row : rows) {
            Json json = new Json();
            for (Column<T> column : columns) {
                if (column.member != null) {
                    column.member.accept(json, row);
                }
            }
            out.append(json).append('\n');
        }
        return out.toString();
    }

    private String table(List<T> rows, boolean color) {
        List<List<String>> lines = new ArrayList<>();
        List<Boolean> right = new ArrayList<>();
        List<String> titles = new ArrayList<>();
        for (Column<T> column : columns) {
            if (column.cell != null) {
                titles.add(column.title);
                right.add(column.right);
            }
        }
        lines.add(titles);
        for (T row : rows) {
            List<String> cells = new ArrayList<>();
            for (Column<T> column : columns) {
                if (column.cell != null) {
                    cells.add(column.cell.apply(row));
                }
            }
            lines.add(cells);
        }
        return aligned(lines, right, color);
    }

    private static String aligned(List<List<String>> lines, List<Boolean> right, boolean color) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < right.size(); c++) {
                int column = c;
                int width = lines.stream()
                        .mapToInt(l -> l.get(column).length())
                        .max()
                        .orElse(0);
                String cell = lines.get(i).get(c);
                String blanks = " ".repeat(width - cell.length());
                line.append(c == 0 ? "" : GAP).append(right.get(c) ? blanks + cell : cell + blanks);
            }
            boolean bold = color && i == 0;
            out.append(bold ? BOLD : "")
                    .append(line.toString().stripTrailing())
                    .append(bold ? PLAIN : "")
                    .append('\n');
        }
        return out.toString();
    }
}
