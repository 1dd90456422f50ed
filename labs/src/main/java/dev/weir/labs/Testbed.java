package dev.weir.labs;

import dev.weir.cli.ProjectRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The hosts and cables of one lab, a folder for its files, and all that it started. Everything is in namespaces whose
 * names begin with {@code weir-} and the lab's name; {@link #close} ends every program and removes them. One thread.
 */
public final class Testbed implements AutoCloseable {
    private final String lab;
    private final Class<?> home;
    private final Path folder;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final List<Running> running = new ArrayList<>();
    private final int rounds;
    private int outputs;
    private boolean kept;

    Testbed(Lab lab, int rounds) throws IOException, InterruptedException {
        this.rounds = rounds;
        this.lab = lab.name();
        this.home = lab.getClass();
        List<String> left = namespaces(this.lab);
        if (!left.isEmpty()) {
            throw new IOException("the namespaces of this lab are there already: " + String.join(", ", left)
                    + "; remove them with: weir lab down " + this.lab);
        }
        folder = Files.createTempDirectory("weir-lab-" + this.lab);
    }

    /** A new host. */
    public Host host(String name) throws IOException, InterruptedException {
        Host host = new Host(this, name, prefix(lab) + name);
        hosts.put(name, host);
        return host;
    }

    /**
     * Two hosts and Weir between them, the commonest lab.
     *
     * <pre>
     *  left eth0 ──── left0 weir right0 ──── eth0 right          10.0.0.1, fd00::1          10.0.0.2, fd00::2
     * </pre>
     *
     * @param left what the hosts are called; the weir's interfaces are called by them
     */
    public Line line(String left, String right) throws IOException, InterruptedException {
        var line = new Line(host(left), host("weir"), host(right));
        cable(line.left, "eth0", line.weir, left + "0");
        cable(line.right, "eth0", line.weir, right + "0");
        line.left.address("eth0", "10.0.0.1/24").address("eth0", "fd00::1/64");
        line.right.address("eth0", "10.0.0.2/24").address("eth0", "fd00::2/64");
        return line;
    }

    /** What {@link #line} made. */
    public record Line(Host left, Host weir, Host right) {}

    /** A new cable: an interface at each end, both up. */
    public void cable(Host left, String leftDevice, Host right, String rightDevice)
            throws IOException, InterruptedException {
        tool(
                "ip",
                "link",
                "add",
                "name",
                leftDevice,
                "netns",
                left.namespace(),
                "type",
                "veth",
                "peer",
                "name",
                rightDevice,
                "netns",
                right.namespace());
        left.ip("link", "set", leftDevice, "up");
        right.ip("link", "set", rightDevice, "up");
    }

    /** Starts {@code weir run} with a configuration of this lab's folder and waits until packets flow. */
    public Running weir(Host host, String configuration) throws IOException, InterruptedException {
        Path file = folder.resolve(configuration);
        if (!Files.exists(file)) {
            write(configuration, resource(configuration));
        }
        List<String> command = command("run", file.toString());
        return host.start(command.toArray(new String[0])).awaitWords("weir: running");
    }

    /** The command line of another Weir like this one: same Java, same options, same classes. */
    public static List<String> command(String... arguments) {
        return java("dev.weir.cli.Main", arguments);
    }

    /** The same for another program of these classes. */
    public static List<String> java(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A text of the lab's own folder. */
    public String resource(String name) throws IOException {
        try (InputStream in = home.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the lab has no file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A file of the project, by its path from the project's folder. */
    public static Path ofProject(String path) throws IOException {
        Path file = ProjectRoot.find().resolve(path);
        if (!Files.exists(file)) {
            throw new IOException(path + " is missing; run the lab from the project's folder");
        }
        return file;
    }

    /** Runs a command outside all namespaces, in {@link #folder}, that has to succeed, however long it takes. */
    public void build(Path program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        toolOutput(new ProcessBuilder(command).directory(folder.toFile()));
    }

    /** How often a lab repeats what it repeats: so often, unless somebody wanted another number. */
    public int rounds(int standard) {
        return rounds > 0 ? rounds : standard;
    }

    /** Where programs run and files go. */
    public Path folder() {
        return folder;
    }

    /** Writes a file of {@link #folder}. */
    public Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    Path scratch(String host) {
        return folder.resolve(host + "-" + ++outputs + ".out");
    }

    Running keep(Running program) {
        running.add(program);
        return program;
    }

    /** Runs a command outside all namespaces that has to succeed. */
    void tool(String... command) throws IOException, InterruptedException {
        toolOutput(command);
    }

    /** Ends the programs of a host, and the host with its cables. */
    public void kill(Host host) throws IOException, InterruptedException {
        remove(host.namespace());
        hosts.remove(host.name());
    }

    private static void remove(String namespace) throws IOException, InterruptedException {
        for (String pid : toolOutput("ip", "netns", "pids", namespace).split("\\s+", -1)) {
            if (!pid.isEmpty()) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        toolOutput("ip", "netns", "del", namespace);
    }

    private static String toolOutput(String... command) throws IOException, InterruptedException {
        return toolOutput(new ProcessBuilder(command));
    }

    private static String toolOutput(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command.command()) + ": " + said.strip());
        }
        return said;
    }

    private static String prefix(String lab) {
        return "weir-" + lab + "-";
    }

    private static List<String> namespaces(String lab) throws IOException, InterruptedException {
        return toolOutput("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(name -> name.startsWith(prefix(lab)))
                .toList();
    }

    /** Removes what a lab left, and the programs in it; returns the names of the namespaces. */
    static List<String> down(String lab) throws IOException, InterruptedException {
        List<String> left = namespaces(lab);
        for (String namespace : left) {
            remove(namespace);
        }
        return left;
    }

    /** Leaves everything as it is when the lab is over; returns how to look at it. */
    String leave() {
        kept = true;
        var text = new StringBuilder("kept; files in " + folder + "\n");
        for (Host host : hosts.values()) {
            text.append("  ip netns exec ").append(host.namespace()).append(" bash\n");
        }
        return text.append("  remove with: weir lab down ").append(lab).toString();
    }

    @Override
    public void close() throws IOException {
        if (kept) {
            return;
        }
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).end();
        }
        try {
            down(lab);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
