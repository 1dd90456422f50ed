package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JVM does not tell when {@code cli/launcher/compile-first} names a method or class that is gone; this does. */
class CompileFirstTest {
    static List<String> methods() throws IOException {
        return Files.readAllLines(Path.of("launcher/compile-first")).stream()
                .filter(line -> line.contains(","))
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(",", -1)[1])
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void methodThatIsNamed_exists(String method) throws ClassNotFoundException {
        int dot = method.indexOf('.');
        Class<?> type = Class.forName(method.substring(0, dot).replace('/', '.'));
        String name = method.substring(dot + 1);
        assertThat(Arrays.stream(type.getDeclaredMethods()).map(Method::getName))
                .anyMatch(declared -> name.equals("*") || name.equals(declared));
    }
}
