package dev.weir.export.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.CsvSink;
import dev.weir.export.JsonLinesSink;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.RandomRecords;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is in our Parquet files, DuckDB files, CSV and JSON lines, read by DuckDB: the same rows with the same values and types, for random records. */
class ParquetAgainstTextTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest(name = "{0} records, {1} hosts, seed {2}")
    @CsvSource({"0,5,1", "1,5,2", "511,5,3", "512,0,4", "513,3,5", "70000,0,6", "140000,400,7", "300001,0,8"})
    void parquet_ofRandomRecords_holdsWhatCsvAndJsonHold(int records, int hosts, long seed) throws Exception {
        Path parquet = folder.resolve("a.parquet"), csv = folder.resolve("a.csv"), json = folder.resolve("a.jsonl");
        try (RecordSink columns = ParquetRecords.toFile(parquet, Rows.RECORDS);
                RecordSink text = CsvSink.ofRecords(Files.newOutputStream(csv), () -> 9);
                RecordSink objects = JsonLinesSink.ofRecords(Files.newOutputStream(json), () -> 9)) {
            var random = new RandomRecords(seed, hosts);
            for (int i = 0; i < records; i++) {
                FlowRecord record = random.next();
                columns.accept(record);
                text.accept(record);
                objects.accept(record);
            }
        }
        try (FlowQuery query = FlowQuery.open(folder.resolve("scratch"))) {
            query.add("p", new RecordFile(parquet, RecordFile.Format.PARQUET));
            query.add("c", new RecordFile(csv, RecordFile.Format.CSV));
            if (records > 0) query.add("j", new RecordFile(json, RecordFile.Format.JSON));
            query.lock();
            assertThat(rows(query, "SELECT count(*) FROM p")).containsExactly(List.of("" + records));
            assertThat(rows(query, "SELECT column_name, column_type FROM (DESCRIBE p)"))
                    .isEqualTo(rows(query, "SELECT column_name, column_type FROM (DESCRIBE c)"));
            assertSame(query, "c");
            if (records > 0) assertSame(query, "j");
        }
        assertThat(there()).as("nothing hidden stays").containsExactlyInAnyOrder("a.parquet", "a.csv", "a.jsonl");
    }

    private List<String> there() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("scratch"))
                    .toList();
        }
    }

    private static void assertSame(FlowQuery query, String other) throws QueryException {
        assertThat(rows(query, "FROM p EXCEPT ALL FROM " + other + " LIMIT 3")).isEmpty();
        assertThat(rows(query, "FROM " + other + " EXCEPT ALL FROM p LIMIT 3")).isEmpty();
    }

    @Test
    void parquet_ofLivingFlows_hasNoLifetimeWhereThereIsNoEnd() throws Exception {
        Path parquet = folder.resolve("a.parquet"), json = folder.resolve("a.jsonl");
        try (RecordSink columns = ParquetRecords.toFile(parquet, Rows.FLOW_EVENTS);
                RecordSink objects = JsonLinesSink.ofFlowEvents(Files.newOutputStream(json), () -> 9)) {
            var random = new RandomRecords(9, 10);
            for (int i = 0; i < 3000; i++) {
                FlowRecord record = random.next();
                columns.accept(record);
                objects.accept(record);
            }
        }
        try (FlowQuery query = FlowQuery.open(folder.resolve("scratch"))) {
            query.add("p", new RecordFile(parquet, RecordFile.Format.PARQUET));
            query.add("j", new RecordFile(json, RecordFile.Format.JSON));
            query.lock();
            assertSame(query, "j");
            assertThat(
                            rows(
                                    query,
                                    "SELECT count(*) > 100, count(lifetime) > 100 FROM p WHERE lifetime IS NULL OR lifetime > 1"))
                    .containsExactly(List.of("true", "true"));
        }
    }

    @Test
    void smallestAndLargest_ofEachGroup_areThoseOfTheValues() throws Exception {
        Path parquet = folder.resolve("a.parquet");
        try (RecordSink columns = ParquetRecords.toFile(parquet, Rows.RECORDS)) {
            var random = new RandomRecords(10, 1000);
            for (int i = 0; i < 200_000; i++) columns.accept(random.next());
        }
        try (var database = DuckDb.open(null, java.util.Map.of());
                var statement = database.createStatement()) {
            List<List<String>> told = new ArrayList<>();
            try (var rows = statement.executeQuery(
                    "SELECT path_in_schema, min(stats_min_value::HUGEINT), max(stats_max_value::HUGEINT), sum(row_group_num_rows), sum(stats_null_count) FROM parquet_metadata("
                            + DuckDb.quoted(parquet)
                            + ") WHERE path_in_schema IN ('fwd_bytes', 'rev_packets', 'dst_port', 'ctx_id', 'flow_id') GROUP BY ALL ORDER BY ALL")) {
                while (rows.next())
                    told.add(List.of(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5)));
            }
            assertThat(told).hasSize(5);
            for (List<String> column : told) {
                String name = column.getFirst();
                try (var rows = statement.executeQuery("SELECT min(" + name + ")::HUGEINT, max(" + name
                        + ")::HUGEINT, count(*) FROM read_parquet(" + DuckDb.quoted(parquet) + ")")) {
                    rows.next();
                    assertThat(column)
                            .containsExactly(name, rows.getString(1), rows.getString(2), rows.getString(3), "0");
                }
            }
        }
    }

    @Test
    void duckDb_ofRandomRecords_holdsWhatCsvHolds() throws Exception {
        Path file = folder.resolve("it's.duckdb"), csv = folder.resolve("a.csv");
        for (int run = 0; run < 2; run++) { // the second makes the table anew
            try (RecordSink columns = DuckDbSink.open(file, Rows.RECORDS);
                    RecordSink text = CsvSink.ofRecords(Files.newOutputStream(csv), () -> 9)) {
                var random = new RandomRecords(11 + run, 100);
                for (int i = 0; i < 150_000; i++) {
                    FlowRecord record = random.next();
                    columns.accept(record);
                    text.accept(record);
                }
            }
        }
        try (FlowQuery query = FlowQuery.open(folder.resolve("scratch"))) {
            query.add("flows", new RecordFile(file, RecordFile.Format.DUCKDB));
            query.add("c", new RecordFile(csv, RecordFile.Format.CSV));
            query.lock();
            assertThat(rows(query, "SELECT count(*) FROM flows")).containsExactly(List.of("150000"));
            assertThat(rows(query, "FROM flows EXCEPT ALL FROM c LIMIT 3")).isEmpty();
        }
        assertThat(there()).containsExactlyInAnyOrder("it's.duckdb", "a.csv");
    }

    static List<List<@Nullable String>> rows(FlowQuery query, String sql) throws QueryException {
        try (QueryRows rows = query.run(sql)) {
            List<List<@Nullable String>> all = new ArrayList<>();
            for (var row = rows.next(); row != null; row = rows.next()) all.add(row);
            return all;
        }
    }
}
