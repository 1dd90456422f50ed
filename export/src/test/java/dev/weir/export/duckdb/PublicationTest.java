package dev.weir.export.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.ParquetRecords;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.RandomRecords;
import dev.weir.export.TimedPublications;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader sees while a Parquet file is written, by the time that has passed. */
class PublicationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int GROUP = 1 << 17;

    @TempDir
    private Path folder = Path.of("");

    private final AtomicLong clock = new AtomicLong();
    private final RandomRecords random = new RandomRecords(1, 100);

    private void give(RecordSink sink, int records) throws IOException {
        for (int i = 0; i < records; i++) {
            sink.accept(random.next());
        }
        sink.flush();
    }

    /** Records, and groups that they are in. */
    private List<String> seen(Path file) throws Exception {
        try (var database = DuckDb.open(null, java.util.Map.of());
                var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "SELECT num_rows, num_row_groups FROM parquet_file_metadata(" + DuckDb.quoted(file) + ")")) {
            rows.next();
            return List.of(rows.getString(1), rows.getString(2));
        }
    }

    @Test
    void file_whileItIsWritten_showsGroupsAfterASecondAndAllAfterTen() throws Exception {
        Path file = folder.resolve("a.parquet");
        try (RecordSink sink = TimedPublications.toFile(file, clock::get, GROUP)) {
            assertThat(seen(file)).containsExactly("0", "0");
            give(sink, 100);
            assertThat(seen(file)).as("too young").containsExactly("0", "0");
            clock.addAndGet(9 * SECOND);
            sink.idle();
            assertThat(seen(file)).as("still").containsExactly("0", "0");
            clock.addAndGet(SECOND);
            sink.idle();
            assertThat(seen(file)).as("after ten seconds").containsExactly("100", "1");
            give(sink, 50);
            clock.addAndGet(10 * SECOND);
            sink.idle();
            assertThat(seen(file)).as("the short group is replaced").containsExactly("150", "1");
            give(sink, GROUP);
            assertThat(seen(file)).as("a complete group waits for a second").containsExactly("150", "1");
            clock.addAndGet(SECOND);
            sink.idle();
            assertThat(seen(file)).as("and is shown").containsExactly("" + GROUP, "1");
            clock.addAndGet(10 * SECOND);
            sink.idle();
            assertThat(seen(file)).containsExactly("" + (GROUP + 150), "2");
        }
        assertThat(seen(file)).containsExactly("" + (GROUP + 150), "2");
    }

    @Test
    void stream_whenItIsClosed_isWhole() throws Exception {
        Path file = folder.resolve("a.parquet");
        try (RecordSink sink = ParquetRecords.toStream(Files.newOutputStream(file), Rows.EVENTS)) {
            give(sink, GROUP + 3);
        }
        assertThat(seen(file)).containsExactly("" + (GROUP + 3), "2");
    }
}
