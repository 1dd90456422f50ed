package dev.weir.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** The figures of one run: a table for people, JSON for programs. */
public final class Report {
    private static final List<String> TITLES = List.of("what", "figure", "target", "of the target", "spread");

    private final String name;
    private final Machine machine;
    private final List<Figure> figures = new ArrayList<>();
    private final LinkedHashMap<String, Object> conditions = new LinkedHashMap<>();

    Report(String name, Machine machine) {
        this.name = name;
        this.machine = machine;
    }

    public Machine machine() {
        return machine;
    }

    public void add(Figure figure) {
        figures.add(figure);
    }

    /** What the figures depend on besides the machine. */
    public void condition(String key, Object value) {
        conditions.put(key, value);
    }

    void print(PrintStream out) {
        out.println(machine.describe());
        conditions.forEach((key, value) -> out.println(key + ": " + value));
        var rows = new ArrayList<List<String>>();
        rows.add(TITLES);
        figures.forEach(figure -> rows.add(figure.row()));
        int[] widths = new int[TITLES.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            out.println(line(row, widths));
        }
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            int padding = widths[column] - cell.length();
            boolean right = column == 1;
            line.repeat(" ", right ? padding : 0)
                    .append(cell)
                    .repeat(" ", right ? 0 : padding)
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }

    void write(Path file) throws IOException {
        var document = new LinkedHashMap<String, Object>();
        document.put("bench", name);
        document.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        document.put("machine", machine.facts());
        document.put("conditions", conditions);
        document.put("figures", figures.stream().map(Figure::facts).toList());
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) Files.createDirectories(folder);
        Files.writeString(file, Json.text(document));
    }
}
