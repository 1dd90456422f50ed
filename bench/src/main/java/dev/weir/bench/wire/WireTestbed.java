package dev.weir.bench.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three network namespaces in a row, joined by veth pairs, a folder for files, and the programs that run in them. {@link #close} ends the
 * programs and removes the rest; so does the end of this process, however it comes, but SIGKILL.
 *
 * <pre>
 * generator                 middle                    sink
 *      gen0 ───────────── left0   right0 ──────────── sink0
 * </pre>
 */
final class WireTestbed implements AutoCloseable {
    static final String GENERATOR_PORT = "gen0", LEFT = "left0", RIGHT = "right0", SINK_PORT = "sink0";
    private static final int TOOL_SECONDS = 20, POLL_MILLIS = 20, END_SECONDS = 3;
    final String generator, middle, sink;
    final Path folder;
    final WireCores cores;
    private final List<Process> programs = new ArrayList<>();
    private final Thread atExit = new Thread(this::clean);

    /** @param processors how many the program in the middle has work for */
    WireTestbed(int processors) throws IOException {
        cores = WireCores.forSubject(processors);
        String prefix = "weir-bench-" + ProcessHandle.current().pid() + "-";
        generator = prefix + "gen";
        middle = prefix + "mid";
        sink = prefix + "sink";
        folder = Files.createTempDirectory("weir-bench-wire");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            for (String namespace : namespaces()) {
                run("ip", "netns", "add", namespace);
                inside(
                        namespace,
                        "sysctl",
                        "-qw",
                        "net.ipv6.conf.all.disable_ipv6=1",
                        "net.ipv6.conf.default.disable_ipv6=1");
                inside(namespace, "ip", "link", "set", "lo", "up");
            }
            join(generator, GENERATOR_PORT, LEFT);
            join(sink, SINK_PORT, RIGHT);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    static void requireRoot() throws IOException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            throw new IOException("network namespaces need root; run it as root");
        }
    }

    private List<String> namespaces() {
        return List.of(generator, middle, sink);
    }

    private void join(String outer, String outerPort, String middlePort) throws IOException {
        run(
                "ip",
                "link",
                "add",
                outerPort,
                "netns",
                outer,
                "type",
                "veth",
                "peer",
                "name",
                middlePort,
                "netns",
                middle);
        inside(outer, "ip", "link", "set", outerPort, "up");
        inside(middle, "ip", "link", "set", middlePort, "up");
    }

    /** Gives both ends an address of one subnet, for TCP through a subject that does not route. */
    void addressBothEnds() throws IOException {
        inside(generator, "ip", "addr", "add", "192.0.2.1/24", "dev", GENERATOR_PORT);
        inside(sink, "ip", "addr", "add", "192.0.2.2/24", "dev", SINK_PORT);
    }

    /** Turns segmentation and checksum offload of both ends on or off. */
    void offloads(boolean on) throws IOException {
        String state = on ? "on" : "off";
        inside(generator, "ethtool", "-K", GENERATOR_PORT, "tx", state, "tso", state, "gso", state, "gro", state);
        inside(sink, "ethtool", "-K", SINK_PORT, "tx", state, "tso", state, "gso", state, "gro", state);
    }

    /** The Ethernet address of an interface. */
    long address(String namespace, String port) throws IOException {
        String text =
                inside(namespace, "cat", "/sys/class/net/" + port + "/address").strip();
        return Long.parseLong(text.replace(":", ""), 16);
    }

    /** Runs a program to its end, which must be a good one; what it printed. */
    String run(String... command) throws IOException {
        return run(List.of(command));
    }

    /** The same for a command in two pieces. */
    String run(List<String> beginning, String... rest) throws IOException {
        return run(Stream.concat(beginning.stream(), Stream.of(rest)).toList());
    }

    /** The same in a namespace. */
    String inside(String namespace, String... command) throws IOException {
        return run(in(namespace, List.of(command)));
    }

    private String run(List<String> command) throws IOException {
        Path output = Files.createTempFile(folder, "tool", ".out");
        Process process = launch(command, output);
        try {
            if (!process.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(String.join(" ", command) + ": not done after " + TOOL_SECONDS + " s");
            }
            String said = Files.readString(output, StandardCharsets.UTF_8);
            if (process.exitValue() != 0) throw new IOException(String.join(" ", command) + ": " + said.strip());
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.getFirst(), e);
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }

    /** Starts a program in a namespace, on the processors for subjects; it is ended with the testbed. What it says goes to the file {@code name.out} of the folder. */
    Process start(String namespace, String name, List<String> command) throws IOException {
        return startAnywhere(
                namespace,
                name,
                Stream.concat(Stream.of("taskset", "-c", cores.subject()), command.stream())
                        .toList());
    }

    /** The same on any processors. */
    Process startAnywhere(String namespace, String name, List<String> command) throws IOException {
        Process process = launch(in(namespace, command), output(name));
        synchronized (programs) {
            programs.add(process);
        }
        return process;
    }

    /** Ends a program that was started here, and waits until it has ended. */
    void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        synchronized (programs) {
            programs.remove(process);
        }
    }

    /** Waits until a started program has said these words. */
    void await(Process process, String name, String words, int seconds) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (String said = said(name); !said.contains(words); said = said(name)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(
                        name + (process.isAlive() ? " did not say \"" + words + "\"" : " ended") + ": " + said.strip());
            }
            pause();
        }
    }

    /** Waits until a file is there. */
    void await(Process process, Path file) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TOOL_SECONDS);
        while (!Files.exists(file)) {
            if (!process.isAlive() || System.nanoTime() > end)
                throw new IOException(file.getFileName() + " never came");
            pause();
        }
    }

    /** Waits a moment for what a program does. */
    static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a program", e);
        }
    }

    /** All that a program has said. */
    String said(String name) throws IOException {
        return new String(Files.readAllBytes(output(name)), StandardCharsets.UTF_8);
    }

    private Path output(String name) {
        return folder.resolve(name + ".out");
    }

    private static List<String> in(String namespace, List<String> command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", namespace), command.stream())
                .toList();
    }

    private Process launch(List<String> command, Path output) throws IOException {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the hook is running or will run
        }
        clean();
    }

    private void clean() {
        List<Process> left;
        synchronized (programs) {
            left = List.copyOf(programs);
        }
        left.reversed().forEach(this::stop);
        for (String namespace : namespaces()) {
            if (Files.exists(Path.of("/run/netns/" + namespace))) {
                try {
                    launch(List.of("ip", "netns", "del", namespace), Path.of("/dev/null"))
                            .waitFor(TOOL_SECONDS, TimeUnit.SECONDS);
                } catch (IOException | InterruptedException e) {
                    System.err.println("left behind, remove it with ip netns del " + namespace + ": " + e.getMessage());
                }
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("left behind, remove it: " + folder);
        }
    }
}
