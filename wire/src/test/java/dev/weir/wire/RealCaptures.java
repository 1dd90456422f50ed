package dev.weir.wire;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Captures and tools that tests use where they are there. */
final class RealCaptures {
    private RealCaptures() {}

    /** The folder of real captures beside the project; skips the test when there is none. */
    static Path folder() {
        Path captures =
                Path.of("").toAbsolutePath().resolve("../../shared/captures").normalize();
        assumeTrue(Files.isDirectory(captures), "the folder ../shared/captures is missing");
        return captures;
    }

    static boolean runs(String tool) {
        try {
            new ProcessBuilder(tool, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
