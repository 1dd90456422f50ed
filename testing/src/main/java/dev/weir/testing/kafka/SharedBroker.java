package dev.weir.testing.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link KafkaBroker} that all tests of a class share, in a folder of its own which goes with it. A static field of the class with
 * {@code @RegisterExtension}.
 */
public final class SharedBroker implements BeforeAllCallback, AfterAllCallback {
    /** What is made before the broker starts. */
    public interface Preparation {
        /**
         * Returns more settings of the broker.
         *
         * @param folder where files for it may lie
         */
        Map<String, String> in(Path folder) throws Exception;
    }

    private final Preparation preparation;
    private @Nullable Path folder;
    private @Nullable KafkaBroker started;

    public SharedBroker() {
        this(_ -> Map.of());
    }

    public SharedBroker(Preparation preparation) {
        this.preparation = preparation;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path made = Files.createTempDirectory("weir-broker");
        folder = made;
        started = KafkaBroker.start(made.resolve("broker"), preparation.in(made));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (started != null) {
            started.close();
        }
        if (folder != null) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    /** The broker; only while the tests of the class run. */
    public KafkaBroker get() {
        if (started == null) {
            throw new IllegalStateException("no broker");
        }
        return started;
    }

    /** Where files for it lie. */
    public Path folder() {
        if (folder == null) {
            throw new IllegalStateException("no broker");
        }
        return folder;
    }
}
