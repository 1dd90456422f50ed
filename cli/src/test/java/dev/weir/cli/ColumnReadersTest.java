package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Parquet and DuckDB files of every capture of the samples and of the shared ones, read by programs that are not ours ({@code testing/readers}): each value is
 * that of the CSV. Skipped where {@code npm ci} was not run there.
 */
@Timeout(300)
class ColumnReadersTest {
    private static final Path READERS = Path.of("../testing/readers"), SAMPLES = Path.of("../samples");
    private static final Path SHARED = Path.of("../../shared/captures");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void files_readByOthers_holdTheValuesOfTheCsv() throws IOException, InterruptedException {
        assumeTrue(
                Files.isDirectory(READERS.resolve("node_modules")),
                "the readers are not there: run npm ci in testing/readers, as ./check does");
        List<Path> captures = captures();
        for (Path capture : captures) {
            for (String suffix : List.of(".csv", ".parquet", ".database.duckdb")) {
                track(capture, folder.resolve(capture.getFileName() + suffix));
            }
        }
        read();
        for (Path capture : captures) {
            String expected = exact(Files.readString(folder.resolve(capture.getFileName() + ".csv")));
            for (String seen : List.of(".parquet.hyparquet", ".parquet.duckdb", ".database.duckdb.duckdb")) {
                assertThat(Files.readString(folder.resolve(capture.getFileName() + seen)))
                        .as(capture + seen)
                        .isEqualTo(expected);
            }
        }
    }

    private static List<Path> captures() throws IOException {
        List<Path> captures = new ArrayList<>();
        for (Path place : List.of(SAMPLES, SHARED)) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> files = Files.list(place)) {
                    files.filter(file -> file.toString().matches(".*\\.(pcap|pcapng|cap)"))
                            .sorted()
                            .forEach(captures::add);
                }
            }
        }
        assertThat(captures).hasSizeGreaterThanOrEqualTo(3);
        return captures;
    }

    private static void track(Path capture, Path to) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
        int status = Main.run(
                List.of("track", "--workers", "1", capture.toString(), "-w", to.toString()),
                new Streams(said, err, Terminal.NONE, new Interruption()));
        assertThat(status)
                .as(said.toString(StandardCharsets.UTF_8))
                .isIn(0, 1); // 1: some captures are damaged at their end
    }

    private void read() throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process reader = new ProcessBuilder(
                        "node", "read.mjs", folder.toAbsolutePath().toString())
                .directory(READERS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(reader.waitFor()).as(Files.readString(log)).isZero();
    }

    /** With nine digits in every time: CSV has as many as the source. */
    private static String exact(String csv) {
        return csv.lines()
                .map(line -> {
                    String[] cells = line.split(",", -1);
                    for (int i = 1; i <= 2; i++) {
                        int dot = cells[i].indexOf('.');
                        if (cells[i].endsWith("Z")) {
                            String fraction = dot < 0 ? "" : cells[i].substring(dot + 1, cells[i].length() - 1);
                            cells[i] = cells[i].substring(0, 19) + "." + (fraction + "000000000").substring(0, 9) + "Z";
                        }
                    }
                    return String.join(",", cells);
                })
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
