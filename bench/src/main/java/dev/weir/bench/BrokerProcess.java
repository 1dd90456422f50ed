package dev.weir.bench;

import dev.weir.cli.ProjectRoot;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Kafka broker of the project's tests, in a process of its own until it is closed. It is no part of what {@code weir} runs with, so Maven compiles it
 * and is asked for its class path, of the folder in which the launcher compiles all else. One thread.
 */
final class BrokerProcess implements AutoCloseable {
    private final Process process;
    private final String bootstrap;

    /**
     * Starts one and waits until it serves.
     *
     * @param folder where its files lie, removed by the caller
     * @param topics to be made, each {@code NAME:PARTITIONS}
     */
    BrokerProcess(Path folder, List<String> topics) throws IOException {
        Path errors = folder.resolve("broker.err");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(folder),
                "dev.weir.testing.kafka.StandaloneBroker",
                folder.resolve("broker").toString()));
        command.addAll(topics);
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        boolean started = false;
        try {
            var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = said.readLine();
            if (line == null) {
                throw new IOException("the broker did not start: " + first(errors, "Exception"));
            }
            bootstrap = line;
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** Of the module with the broker, compiled, and of what it needs. */
    private static String classPath(Path folder) throws IOException {
        Path root = ProjectRoot.find(), list = folder.resolve("class-path"), log = folder.resolve("mvn.log");
        var maven = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-q",
                        "-P",
                        "launcher",
                        "-pl",
                        "testing",
                        "compile",
                        "dependency:build-classpath",
                        "-DincludeScope=runtime",
                        "-Dmdep.outputFile=" + list)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Redirect.from(new File("/dev/null")));
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        maven.environment().put("MAVEN_OPTS", "--sun-misc-unsafe-memory-access=allow");
        try {
            if (maven.start().waitFor() != 0) {
                throw new IOException("mvn could not build the broker: " + first(log, "[ERROR]")
                        + "; see to Maven, or leave out what needs Kafka");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for mvn", e);
        }
        return root.resolve("testing/target/launcher/classes")
                + File.pathSeparator
                + Files.readString(list).strip();
    }

    /** The first line with these words. */
    private static String first(Path said, String words) throws IOException {
        return Files.readString(said)
                .lines()
                .filter(line -> line.contains(words))
                .findFirst()
                .orElse("it did not say why");
    }

    /** Where clients connect, {@code HOST:PORT}. */
    String bootstrap() {
        return bootstrap;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close(); // its sign to end, and its broker's
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly(); // the broker ends when it does
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
