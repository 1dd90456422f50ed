package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.JobRunner.Outcome;
import dev.weir.wire.CaptureException;
import dev.weir.wire.CaptureParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs over captures say what {@code weir track} says: every column of every record, and what was counted. */
class CaptureJobTest {
    private static final List<Path> FOLDERS = List.of(Path.of("../samples"), Path.of("../../shared/captures"));

    private static JobRunner runner;
    private static List<String> captures = List.of();

    @TempDir
    Path scratch;

    @BeforeAll
    static void start() throws Exception {
        runner = new JobRunner(4);
        captures = captures();
    }

    @AfterAll
    static void stop() throws Exception {
        runner.close();
    }

    private static List<String> captures() throws IOException {
        var found = new ArrayList<String>();
        for (Path folder : FOLDERS) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path each : files.sorted().toList()) {
                        try {
                            CaptureParts.head(each.toString());
                            found.add(each.toString());
                        } catch (CaptureException e) {
                            // no capture, as README.md
                        }
                    }
                }
            }
        }
        return found;
    }

    /** {@code of}: one capture of so many, since a job takes half a second whatever it reads. */
    @ParameterizedTest
    @CsvSource({"1, 6, 20000", "2, 1, 7000", "4, 3, 3000"})
    void job_onSlots_saysWhatTrackSays(int lanes, int of, long partOctets) throws Exception {
        assertThat(captures).hasSizeGreaterThanOrEqualTo(3);
        int step = Math.max(1, of * captures.size() / 72);
        for (int i = 0; i < captures.size(); i += step) {
            String file = captures.get(i);
            Path folder = Files.createDirectory(scratch.resolve(lanes + "-" + i));
            Outcome expected = JobRunner.track(List.of(file), JobRunner.OPTIONS);
            Outcome found =
                    runner.run(List.of(file), JobRunner.OPTIONS, lanes, partOctets, JobRunner.digits(file), folder);
            assertThat(found.records()).as(file + " on " + lanes).isEqualTo(expected.records());
            for (Map.Entry<String, Long> each : expected.counters().entrySet()) {
                assertThat(found.counters())
                        .as(file)
                        .containsEntry(FlowOperator.COUNTER + each.getKey(), each.getValue());
            }
        }
    }
}
