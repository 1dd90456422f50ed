package dev.weir.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * {@link EngineProcesses} that all tests of a class share: they come up while the first test prepares its own, and what a test has killed is replaced for the
 * next. A static field of the class with {@code @RegisterExtension}. One thread.
 */
final class SharedEngine implements BeforeAllCallback, AfterAllCallback {
    private static final int TRIES = 3;

    private final int workers;
    private @Nullable Path folder;
    private @Nullable EngineProcesses engine;
    private int starts;

    SharedEngine(int workers) {
        this.workers = workers;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("weir-engine");
        launch();
    }

    private EngineProcesses launch() throws Exception {
        if (folder == null) {
            throw new IllegalStateException("no test of the class runs");
        }
        var launched = EngineProcesses.launch(folder.resolve("start-" + ++starts), workers);
        engine = launched;
        return launched;
    }

    /** One with all its workers; on other ports when it does not come up, for somebody may have been given one of those that it drew. */
    EngineProcesses get() throws Exception {
        for (int attempt = 1; ; attempt++) {
            EngineProcesses now = engine == null || !engine.lives() ? launch() : engine;
            try {
                now.awaitWorkers();
                return now;
            } catch (IOException e) {
                now.close();
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (engine != null) {
            engine.close();
        }
        if (folder != null) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
