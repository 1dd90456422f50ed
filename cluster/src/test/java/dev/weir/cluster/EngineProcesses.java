package dev.weir.cluster;

import dev.weir.testing.Ports;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A running engine of real processes: a manager, and workers of one slot each. They have no class of Weir on their class path. */
final class EngineProcesses implements AutoCloseable {
    private static final String MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String WORKER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

    /** Jars that an engine does not have: Weir sends them with a job, or does without. */
    private static final Pattern SENT =
            Pattern.compile("/(flink-connector-kafka|kafka|protobuf-java|gson|jackson)[-_][^/]*$");

    private final Path folder;
    private final int port, workerCount;
    private final Process manager;
    private final Map<String, Process> workers = new LinkedHashMap<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private int hired;

    /** Starts its processes, and does not wait for them. */
    static EngineProcesses launch(Path folder, int workerCount) throws IOException {
        var engine = new EngineProcesses(folder, workerCount);
        try {
            engine.hire();
        } catch (IOException e) {
            engine.close();
            throw e;
        }
        return engine;
    }

    private EngineProcesses(Path folder, int workerCount) throws IOException {
        this.workerCount = workerCount;
        this.folder = Files.createDirectories(folder);
        int[] ports = Ports.free(2);
        this.port = ports[0];
        Files.writeString(
                folder.resolve("config.yaml"), """
                jobmanager.rpc.address: localhost
                jobmanager.rpc.port: %d
                rest.address: localhost
                rest.port: %d
                rest.bind-address: localhost
                heartbeat.interval: 500
                heartbeat.timeout: 10000
                taskmanager.numberOfTaskSlots: 1
                taskmanager.cpu.cores: 1.0
                taskmanager.memory.task.heap.size: 256m
                taskmanager.memory.task.off-heap.size: 512m
                taskmanager.memory.network.min: 32m
                taskmanager.memory.network.max: 32m
                taskmanager.memory.managed.size: 0m
                taskmanager.memory.framework.heap.size: 128m
                taskmanager.memory.framework.off-heap.size: 128m
                taskmanager.memory.jvm-metaspace.size: 256m
                taskmanager.memory.jvm-overhead.min: 192m
                taskmanager.memory.jvm-overhead.max: 192m
                blob.storage.directory: %s
                io.tmp.dirs: %s
                """.formatted(ports[1], port, folder.resolve("blobs"), folder));
        manager = start("manager", MANAGER, List.of());
    }

    /** Starts workers until there are as many as there should be. */
    private void hire() throws IOException {
        workers.values().removeIf(each -> !each.isAlive());
        while (workers.size() < workerCount) {
            String name = "worker-" + hired++;
            workers.put(name, start(name, WORKER, List.of("-D", "taskmanager.resource-id=" + name)));
        }
    }

    /** Waits until it has all its workers and none is busy; those that were killed are replaced. */
    void awaitWorkers() throws Exception {
        hire();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!get("/overview").contains("\"slots-available\":" + workerCount)) {
            if (!lives() || System.nanoTime() > deadline) {
                throw new IOException("the engine did not come up: " + logs());
            }
            Thread.sleep(100);
        }
    }

    /** Whether its manager does. */
    boolean lives() {
        return manager.isAlive();
    }

    /** The last of what the processes said. */
    private String logs() throws IOException {
        var said = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                String log = Files.readString(each);
                said.append(each.getFileName())
                        .append(": ")
                        .append(log, Math.max(0, log.length() - 2000), log.length());
            }
        }
        return said.toString();
    }

    private Process start(String name, String main, List<String> arguments) throws IOException {
        var classPath = new ArrayList<String>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!each.contains("weir-")
                    && !each.contains("/target/")
                    && !SENT.matcher(each).find()) {
                classPath.add(each);
            }
        }
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                String.join(File.pathSeparator, classPath),
                main,
                "--configDir",
                folder.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
    }

    String address() {
        return "localhost:" + port;
    }

    /** What the REST service says; empty when it does not answer. */
    String get(String path) throws InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://" + address() + path)).build();
        try {
            return client.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }

    /** Kills a worker that has work, at once and without a word (SIGKILL); returns its name. */
    String killBusyWorker() throws InterruptedException {
        for (Map.Entry<String, Process> each : workers.entrySet()) {
            if (each.getValue().isAlive()
                    && get("/taskmanagers/" + each.getKey()).contains("\"freeSlots\":0")) {
                each.getValue().destroyForcibly().waitFor();
                return each.getKey();
            }
        }
        throw new IllegalStateException("no worker is busy");
    }

    @Override
    public void close() {
        client.close();
        workers.values().forEach(Process::destroyForcibly);
        manager.destroyForcibly();
        workers.values().forEach(each -> each.onExit().join());
        manager.onExit().join();
    }
}
