package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.config.ConfigurationFile.Valid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file of examples/ is valid, says what it is for, and tells editors its schema. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void example_isValid(Path file) throws IOException {
        ConfigurationFile read = ConfigurationFile.read(Files.readAllBytes(file));
        assertThat(read).as("%s", read).isInstanceOf(Valid.class);
        assertThat(Files.readAllLines(file).get(0))
                .isEqualTo("# yaml-language-server: $schema=../docs/configuration.schema.json");
        assertThat(Files.readAllLines(file).get(1)).startsWith("# ");
    }

    @Test
    void readme_namesEveryExample() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        assertThat(examples())
                .isNotEmpty()
                .allSatisfy(
                        file -> assertThat(readme).contains(file.getFileName().toString()));
    }
}
