package dev.weir.export.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.RandomRecords;
import dev.weir.export.TimedPublications;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers that are killed (SIGKILL) at a random moment: what they leave under the name is whole, and holds the records from the first to the last of a
 * group. Groups of Parquet are smaller and published two hundred times as often as others,
 * the last short. The moments are drawn from a printed seed; how far a writer is by then is the machine's.
 */
@Timeout(240)
class KilledWriterTest {
    private static final int GROUP = 1 << 17, PARQUET_GROUP = 1 << 13, RECORDS_AT_ONCE = 1 << 10;
    private static final int PARQUET_KILLS = 24, DUCKDB_KILLS = 4;

    @TempDir
    private Path folder = Path.of("");

    /** Writes records whose {@code ctx_id} counts them, until it is killed; a file that exists says that it has begun. */
    public static final class Writer {
        private Writer() {}

        /** @param args the file, one that says that it has begun, and how many records are written before */
        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            var random = new RandomRecords(1, 1000);
            try (RecordSink sink = args[0].endsWith(".duckdb")
                    ? DuckDbSink.open(file, Rows.RECORDS)
                    : TimedPublications.toFile(file, () -> 200 * System.nanoTime(), PARQUET_GROUP)) {
                int first = Integer.parseInt(args[2]);
                for (int i = 0; i < first; i++) {
                    sink.accept(random.next());
                }
                Files.createFile(Path.of(args[1]));
                while (true) {
                    for (int i = 0; i < RECORDS_AT_ONCE; i++) {
                        sink.accept(random.next());
                    }
                    sink.flush();
                }
            }
        }
    }

    @Test
    void parquet_writerKilledAtAnyMoment_leavesWholeGroups() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("KilledWriterTest seed " + seed);
        var random = new SplittableRandom(seed);
        List<Integer> delays = new ArrayList<>();
        for (int i = 0; i < PARQUET_KILLS; i++) delays.add(random.nextInt(500));
        List<Long> groups = new ArrayList<>();
        try (var pool = Executors.newFixedThreadPool(2)) {
            List<Future<Long>> runs = new ArrayList<>();
            for (int i = 0; i < PARQUET_KILLS; i++) {
                Path file = folder.resolve("k" + i + ".parquet");
                int delay = delays.get(i), first = i % 5 == 0 ? 0 : 10 * PARQUET_GROUP;
                runs.add(pool.submit(() -> {
                    kill(file, first, delay);
                    return groupsIn("read_parquet(" + DuckDb.quoted(file) + ")", null, seed);
                }));
            }
            for (Future<Long> run : runs) groups.add(run.get());
        }
        System.out.println("groups left by " + PARQUET_KILLS + " killed writers: " + groups);
        assertThat(groups).as("writers that had published groups").anyMatch(count -> count > 4);
    }

    @Test
    void duckDb_writerKilledAtAnyMoment_leavesWholeGroups() throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("KilledWriterTest seed " + seed);
        var random = new SplittableRandom(seed);
        List<Long> groups = new ArrayList<>();
        for (int i = 0; i < DUCKDB_KILLS; i++) {
            Path file = folder.resolve("k" + i + ".duckdb");
            kill(file, i % 2 == 0 ? 0 : 2 * GROUP, random.nextInt(1500));
            groups.add(groupsIn("flows", file, seed));
        }
        System.out.println("groups left by " + DUCKDB_KILLS + " killed writers: " + groups);
        assertThat(groups).as("writers whose groups were taken over").anyMatch(count -> count > 0);
    }

    private static void kill(Path file, int first, int delayMillis) throws IOException, InterruptedException {
        Path begun = file.resolveSibling(file.getFileName() + ".begun");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-Djava.io.tmpdir=" + file.getParent(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        file.toString(),
                        begun.toString(),
                        Integer.toString(first))
                .redirectErrorStream(true)
                .redirectOutput(file.resolveSibling(file.getFileName() + ".log").toFile())
                .start();
        try {
            while (!Files.exists(begun)) {
                assertThat(writer.isAlive())
                        .as("the writer runs; see %s.log", file)
                        .isTrue();
                Thread.sleep(5);
            }
            boolean ended = writer.waitFor(delayMillis, TimeUnit.MILLISECONDS);
            assertThat(ended).as("the writer ends only by the kill").isFalse();
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** How many groups there are: with all their records, and these the first that were given. */
    private static long groupsIn(String from, @Nullable Path file, long seed) throws SQLException, IOException {
        try (var database = DuckDb.open(file, Map.of());
                var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "SELECT count(*), coalesce(sum(flow_id::HUGEINT), 0)::VARCHAR, coalesce(sum(fwd_bytes::HUGEINT), 0)::VARCHAR FROM "
                                + from)) {
            rows.next();
            long count = rows.getLong(1);
            if (file != null) {
                assertThat(count % GROUP)
                        .as("rows beyond whole groups, seed %s", seed)
                        .isZero();
            }
            BigInteger ids = BigInteger.ZERO, bytes = BigInteger.ZERO;
            var given = new RandomRecords(1, 1000);
            for (long i = 0; i < count; i++) {
                FlowRecord record = given.next();
                ids = ids.add(BigInteger.valueOf(record.flowId()));
                bytes = bytes.add(BigInteger.valueOf(record.forwardBytes()));
            }
            assertThat(rows.getString(2)).as("seed %s", seed).isEqualTo(ids.toString());
            assertThat(rows.getString(3)).as("seed %s", seed).isEqualTo(bytes.toString());
            return count / (file == null ? PARQUET_GROUP : GROUP);
        }
    }
}
