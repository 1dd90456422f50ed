package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.FeatureColumn;
import dev.weir.export.FeatureColumns;
import dev.weir.export.duckdb.FlowQuery;
import dev.weir.export.duckdb.QueryRows;
import dev.weir.export.duckdb.RecordFile;
import dev.weir.table.feature.FeatureSet;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Features in files of every format, read by DuckDB: the same columns, types and values, up to the digits that texts have. */
@Timeout(120)
class FeatureFilesTest {
    private static final String SAMPLES = "../samples/";

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            web.pcap     | all,first-packets:5   |
            mixed.pcapng | all,first-packets:255 |
            web.pcap     | first-packets:1       | --top 9
            mixed.pcapng | history,iat           | --where proto==tcp
            web.pcap     | sizes,first-packets:3 | --events
            """)
    void features_inEveryFormat_areTheSame(String capture, String names, String more) throws Exception {
        List<String> suffixes = List.of("csv", "jsonl", "parquet", "duckdb");
        List<String> others =
                suffixes.subList(1, more != null && more.contains("events") ? 3 : 4); // whose table is flows
        for (String suffix : suffixes) {
            var words = new ArrayList<>(List.of("track", SAMPLES + capture, "--features", names));
            words.addAll(more == null ? List.of() : List.of(more.split(" ", -1)));
            words.addAll(List.of("-w", file(suffix).toString()));
            assertThat(weir(words)).as(out.toString(StandardCharsets.UTF_8)).isZero();
        }
        FeatureSet set = FeatureSet.parse(names);
        for (String other : others) {
            try (FlowQuery query = FlowQuery.open(folder.resolve("scratch"))) {
                query.add("csv", Objects.requireNonNull(RecordFile.of(file("csv"))));
                query.add("flows", Objects.requireNonNull(RecordFile.of(file(other))));
                query.lock();
                assertThat(rows(query, "SELECT column_name, column_type FROM (DESCRIBE flows)"))
                        .as(other)
                        .containsExactlyElementsOf(rows(query, "SELECT column_name, column_type FROM (DESCRIBE csv)"));
                compare(query, set, other);
            }
        }
    }

    private Path file(String suffix) {
        return folder.resolve("features." + suffix);
    }

    private int weir(List<String> words) {
        PrintStream err = new PrintStream(out, true, StandardCharsets.UTF_8);
        return Main.run(words, new Streams(out, err, Terminal.NONE, new Interruption()));
    }

    /** Rows in their order; each column's count of rows that differ. */
    private static void compare(FlowQuery query, FeatureSet set, String other) throws Exception {
        List<FeatureColumn> columns = FeatureColumns.of(set);
        var counts = new ArrayList<String>();
        for (FeatureColumn column : columns) {
            counts.add("count(*) FILTER (NOT coalesce(" + same(column) + ", false))");
        }
        String numbered = "(SELECT *, row_number() OVER () AS n FROM %s)";
        List<String> found = rows(
                        query,
                        "SELECT count(*), count(a.flow_id), count(b.flow_id), " + String.join(", ", counts) + " FROM "
                                + numbered.formatted("csv") + " AS a FULL JOIN " + numbered.formatted("flows")
                                + " AS b USING (n, flow_id)")
                .getFirst();
        assertThat(Integer.parseInt(found.getFirst())).as("rows of " + other).isGreaterThan(8);
        assertThat(found.subList(1, 3)).as("rows of both").containsOnly(found.getFirst());
        for (int i = 0; i < columns.size(); i++) {
            assertThat(found.get(i + 3))
                    .as(other + ": " + columns.get(i).label())
                    .isEqualTo("0");
        }
    }

    private static String same(FeatureColumn column) {
        String a = "a." + column.label(), b = "b." + column.label();
        return switch (column.kind()) {
            case INTEGER, INTEGERS, TEXT -> a + " = " + b;
            case DECIMAL -> near(a, b, column.digits());
            case DECIMALS ->
                "len(" + a + ") = len(" + b + ") AND list_bool_and(list_prepend(true, list_transform(list_zip(" + a
                        + ", " + b + "), lambda p: " + near("p[1]", "p[2]", column.digits()) + ")))";
        };
    }

    /** Half a unit of the last digit, and what a double cannot tell. */
    private static String near(String a, String b, int digits) {
        return String.format(
                Locale.ROOT, "abs(%s - %s) <= %.9f + 1e-12 * abs(%s)", a, b, 0.51 * Math.pow(10, -digits), a);
    }

    private static List<List<String>> rows(FlowQuery query, String sql) throws Exception {
        List<List<String>> all = new ArrayList<>();
        try (QueryRows rows = query.run(sql)) {
            for (var row = rows.next(); row != null; row = rows.next()) {
                all.add(row.stream().map(String::valueOf).toList());
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl", "parquet", "duckdb"})
    void query_ofFeatures_hasLists(String suffix) {
        assertThat(weir(List.of(
                        "track",
                        SAMPLES + "web.pcap",
                        "--features",
                        "first-packets:2",
                        "-w",
                        file(suffix).toString())))
                .isZero();
        out.reset();
        String sql =
                "SELECT bool_and(len(splt_ps) BETWEEN 1 AND 2 AND splt_ps[1] >= 20 AND splt_direction[1] = 0) AS yes FROM flows";
        assertThat(weir(List.of("query", sql, file(suffix).toString()))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("yes\ntrue\n");
    }
}
