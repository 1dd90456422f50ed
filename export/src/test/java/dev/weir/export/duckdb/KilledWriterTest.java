package dev.weir.export.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.ParquetRecords.Rows;
import dev.weir.export.RandomRecords;
import dev.weir.export.TimedPublications;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers that are killed (SIGKILL) at a random moment: what they leave under the name is whole, and holds the records from the first to the last of a
 * group. Groups of Parquet are smaller and published two hundred times as often as others,
 * the last short. A process has some writers, which a kill meets at different moments; the moments are drawn from a printed seed; how far a writer is by then is the machine's.
 */
@Timeout(240)
class KilledWriterTest {
    private static final int GROUP = 1 << 17, PARQUET_GROUP = 1 << 13, RECORDS_AT_ONCE = 1 << 10;
    /** Processes, and how many writers each has. */
    private static final int PARQUET_KILLS = 8, DUCKDB_KILLS = 2, WRITERS = 3;

    private static final int SEED = 1, HOSTS = 1000;

    @TempDir
    private Path folder = Path.of("");

    /** Writes records to some files at a time, until it is killed; a file beside each says that its writer has begun. */
    public static final class Writer {
        private Writer() {}

        /** @param args how many records are written before a writer has begun, and its file, again and again */
        public static void main(String[] args) throws IOException {
            for (int i = 0; i < args.length; i += 2) {
                int first = Integer.parseInt(args[i]);
                Path file = Path.of(args[i + 1]);
                Thread.ofPlatform().start(() -> {
                    try {
                        write(file, first);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }

        private static void write(Path file, int first) throws IOException {
            var random = new RandomRecords(SEED, HOSTS);
            try (RecordSink sink = file.toString().endsWith(".duckdb")
                    ? DuckDbSink.open(file, Rows.RECORDS)
                    : TimedPublications.toFile(file, () -> 200 * System.nanoTime(), PARQUET_GROUP)) {
                for (int i = 0; i < first; i++) {
                    sink.accept(random.next());
                }
                Files.createFile(begun(file));
                while (true) {
                    for (int i = 0; i < RECORDS_AT_ONCE; i++) {
                        sink.accept(random.next());
                    }
                    sink.flush();
                }
            }
        }
    }

    private static Path begun(Path file) {
        return file.resolveSibling(file.getFileName() + ".begun");
    }

    @Test
    void parquet_writersKilledAtAnyMoment_leaveWholeGroups() throws Exception {
        List<Long> groups = killed(".parquet", PARQUET_KILLS, 10 * PARQUET_GROUP, 500, (database, file, seed) -> {
            long count = check(database, "read_parquet(" + DuckDb.quoted(file) + ")", seed);
            return count / PARQUET_GROUP;
        });
        assertThat(groups).as("writers that had published groups").anyMatch(count -> count > 4);
    }

    @Test
    void duckDb_writersKilledAtAnyMoment_leaveWholeGroups() throws Exception {
        List<Long> groups = killed(".duckdb", DUCKDB_KILLS, 2 * GROUP, 1500, (_, file, seed) -> {
            try (var database = DuckDb.open(file, Map.of())) {
                long count = check(database, "flows", seed);
                assertThat(count % GROUP)
                        .as("rows beyond whole groups, seed %s", seed)
                        .isZero();
                return count / GROUP;
            }
        });
        assertThat(groups).as("writers whose groups were taken over").anyMatch(count -> count > 0);
    }

    /** How many groups a writer has left. */
    private interface Left {
        long groups(Connection database, Path file, long seed) throws SQLException, IOException;
    }

    /** Kills so many processes of a few writers each, half of which have written some before, and looks at what each has left. */
    private List<Long> killed(String suffix, int kills, int before, int mostMillis, Left left) throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("KilledWriterTest seed " + seed);
        var random = new SplittableRandom(seed);
        List<Long> groups = new ArrayList<>();
        try (var database = DuckDb.open(null, Map.of())) {
            for (int i = 0; i < kills; i++) {
                List<String> words = new ArrayList<>();
                List<Path> files = new ArrayList<>();
                for (int j = 0; j < WRITERS; j++) {
                    Path file = folder.resolve("k" + i + "-" + j + suffix);
                    files.add(file);
                    words.addAll(List.of(Integer.toString((i + j) % 2 == 0 ? 0 : before), file.toString()));
                }
                kill(files, words, random.nextInt(mostMillis));
                for (Path file : files) {
                    groups.add(left.groups(database, file, seed));
                }
            }
        }
        System.out.println("groups left by killed writers: " + groups);
        return groups;
    }

    private void kill(List<Path> files, List<String> words, int delayMillis) throws IOException, InterruptedException {
        Path log = folder.resolve(files.getFirst().getFileName() + ".log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName()));
        command.addAll(words);
        Process writer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            while (!files.stream().allMatch(file -> Files.exists(begun(file)))) {
                assertThat(writer.isAlive()).as("the writer runs; see %s", log).isTrue();
                Thread.sleep(2);
            }
            boolean ended = writer.waitFor(delayMillis, TimeUnit.MILLISECONDS);
            assertThat(ended).as("the writer ends only by the kill").isFalse();
        } finally {
            writer.destroyForcibly().waitFor();
        }
        assertThat(Files.readString(log)).as("what the writers said").doesNotContain("Exception");
    }

    /** Sums of ids and octets of the records that are given first, without what goes beyond 64 bits; by how many records. */
    private static final class Given {
        private static final RandomRecords RECORDS = new RandomRecords(SEED, HOSTS);
        private static long[] ids = new long[1], bytes = new long[1];

        private Given() {}

        static List<Long> sums(int count) {
            int from = ids.length;
            if (count >= from) {
                ids = Arrays.copyOf(ids, count + 1);
                bytes = Arrays.copyOf(bytes, count + 1);
                for (int i = from; i <= count; i++) {
                    FlowRecord record = RECORDS.next();
                    ids[i] = ids[i - 1] + record.flowId();
                    bytes[i] = bytes[i - 1] + record.forwardBytes();
                }
            }
            return List.of(ids[count], bytes[count]);
        }
    }

    /** How many records there are, which are the first that were given. */
    private static long check(Connection database, String from, long seed) throws SQLException {
        try (var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "SELECT count(*), coalesce(sum(flow_id::HUGEINT), 0)::VARCHAR, coalesce(sum(fwd_bytes::HUGEINT), 0)::VARCHAR FROM "
                                + from)) {
            rows.next();
            long count = rows.getLong(1);
            List<Long> sums = List.of(
                    new BigInteger(rows.getString(2)).longValue(), new BigInteger(rows.getString(3)).longValue());
            assertThat(sums).as("seed %s", seed).isEqualTo(Given.sums(Math.toIntExact(count)));
            return count;
        }
    }
}
