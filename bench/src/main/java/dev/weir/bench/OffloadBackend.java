package dev.weir.bench;

import dev.weir.offload.loopback.LoopbackBackend;
import dev.weir.offload.loopback.LoopbackDriver;
import dev.weir.offload.memory.MemoryDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A loopback driver whose backend, with flows in its memory, is a process of its own. */
final class OffloadBackend implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int START_SECONDS = 20;

    private final Path folder;
    private final LoopbackDriver driver;
    private final Process process;

    private OffloadBackend(Path folder, LoopbackDriver driver, Process process) {
        this.folder = folder;
        this.driver = driver;
        this.process = process;
    }

    /** The process: answers at the socket that is its argument, until its standard input ends. */
    public static void main(String[] arguments) throws IOException {
        MemoryDriver memory = MemoryDriver.start(Map.of(OffloadFlows.IFINDEX, OffloadFlows.model()));
        try (memory;
                LoopbackBackend _ = LoopbackBackend.start(Path.of(arguments[0]), memory)) {
            while (System.in.read() >= 0) {}
        }
    }

    /** Starts both, by the same Java with the same options; returns when the backend listens. */
    static OffloadBackend start() throws IOException {
        Path folder = Files.createTempDirectory("weir-bench-offload");
        Path socket = folder.resolve("loopback");
        LoopbackDriver driver = LoopbackDriver.open(socket, TIMEOUT);
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), OffloadBackend.class.getName(), socket.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        OffloadBackend backend = new OffloadBackend(folder, driver, process);
        try {
            backend.awaitReady();
            return backend;
        } catch (IOException e) {
            backend.close();
            throw e;
        }
    }

    private void awaitReady() throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(START_SECONDS).toNanos();
        while (!driver.isReady()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("the backend's process does not listen after " + START_SECONDS
                        + " s, or has ended; see what it says");
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the backend's process starts", e);
            }
        }
    }

    LoopbackDriver driver() {
        return driver;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        driver.close();
        Files.deleteIfExists(folder);
    }
}
