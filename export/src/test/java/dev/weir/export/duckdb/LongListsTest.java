package dev.weir.export.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.RandomRecords;
import dev.weir.export.parquet.ParquetColumn;
import dev.weir.export.parquet.ParquetType;
import dev.weir.export.parquet.RecordBlock;
import dev.weir.export.parquet.TestPublications;
import dev.weir.table.FlowRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups end by the octets of their lists, too. */
class LongListsTest {
    private static final int RECORDS = 30_000, GROUP_ROWS = 1 << 17, LONGEST = ParquetColumn.LONGEST_LIST;

    @TempDir
    private Path folder = Path.of("");

    /** The flow's number and those that follow, as many as go. */
    private static final class Numbers extends ParquetColumn {
        Numbers() {
            super("numbers", ParquetType.COUNTS, false);
        }

        @Override
        public int list(RecordBlock records, int row, long[] into) {
            long flow = records.words()[row * records.stride() + FlowRecord.FLOW_ID / Long.BYTES] & 0xFFFF;
            for (int i = 0; i < LONGEST; i++) {
                into[i] = flow + i;
            }
            return LONGEST;
        }
    }

    @Test
    void groups_withLongLists_haveFewerRowsAndEveryNumber() throws Exception {
        Path file = folder.resolve("lists.parquet");
        var random = new RandomRecords(4, 100);
        long sum = 0;
        try (RecordSink sink = TestPublications.toFile(file, List.of(new Numbers()), () -> 0, GROUP_ROWS)) {
            for (int i = 0; i < RECORDS; i++) {
                FlowRecord record = random.next();
                sum += LONGEST * (record.flowId() & 0xFFFF) + LONGEST * (LONGEST - 1) / 2;
                sink.accept(record);
            }
        }
        try (var database = DuckDb.open(null, Map.of());
                var statement = database.createStatement()) {
            try (var rows =
                    statement.executeQuery("SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata("
                            + DuckDb.quoted(file) + ") ORDER BY 1")) {
                long rowsOfAGroup = (32 << 20) / (2L * Long.BYTES * LONGEST);
                while (rows.next() && rows.getInt(1) < 3) {
                    assertThat(rows.getLong(2)).isBetween(rowsOfAGroup, rowsOfAGroup + 512);
                }
                assertThat(rows.getInt(1)).isEqualTo(3);
            }
            try (var rows = statement.executeQuery(
                    "SELECT count(*), sum(list_sum(numbers)) FROM read_parquet(" + DuckDb.quoted(file) + ")")) {
                rows.next();
                assertThat(rows.getLong(1)).isEqualTo(RECORDS);
                assertThat(rows.getLong(2)).isEqualTo(sum);
            }
        }
    }
}
