package dev.weir.labs;

import dev.weir.cli.ParsedSubcommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir lab}: use cases on network namespaces, built, run, checked and removed again. */
@Command(
        name = "lab",
        description = {
            "Builds a lab's network namespaces, runs it, checks it, prints what it saw, cleans up.",
            "Without a name it lists them. Needs root."
        },
        footer = {"", "Example: sudo weir lab transparent"})
public final class LabCommand extends ParsedSubcommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "A lab, 'all', or 'down'")
    @Nullable
    String lab;

    @Parameters(index = "1", arity = "0..1", paramLabel = "LAB", description = "After 'down': whose leavings to remove")
    @Nullable
    String which;

    @Option(names = "--keep", description = "Leave everything in place at the end")
    boolean keep;

    @Option(names = "--rounds", paramLabel = "N", description = "How often a lab repeats what it repeats")
    int rounds;

    /** By {@link java.util.ServiceLoader}. */
    public LabCommand() {
        super("lab", "use cases on network namespaces, with real programs as traffic");
    }

    @Override
    protected int run(CommandLine command, PrintStream out, PrintStream err) throws IOException, InterruptedException {
        try {
            return run(out, err);
        } catch (IOException e) {
            throw new IOException("lab " + lab + ": " + e.getMessage(), e);
        }
    }

    private int run(PrintStream out, PrintStream err) throws IOException, InterruptedException {
        if (lab == null) {
            Labs.ALL.forEach(l -> out.printf("%-12s %s%n", l.name(), l.summary()));
            return DONE;
        }
        if (lab.equals("down")) {
            return down(out, err);
        }
        List<Lab> chosen = Labs.ALL.stream()
                .filter(l -> lab.equals("all") || l.name().equals(lab))
                .toList();
        if (chosen.isEmpty()) {
            err.println("weir: lab " + lab + ": there is no such lab; there are " + names());
            return USAGE;
        }
        requireRoot();
        boolean right = true;
        for (Lab one : chosen) {
            requirePrograms(one);
            right &= run(one, out);
        }
        return right ? DONE : FAILED;
    }

    private boolean run(Lab one, PrintStream out) throws IOException, InterruptedException {
        out.println("lab " + one.name() + ": " + one.summary());
        var findings = new Findings(out);
        var testbed = new Testbed(one, rounds);
        Thread cleaning = new Thread(() -> close(testbed), "weir-lab-cleaning");
        Runtime.getRuntime().addShutdownHook(cleaning);
        try {
            one.run(testbed, findings);
        } finally {
            if (keep) {
                out.println(testbed.leave());
            }
            testbed.close();
            Runtime.getRuntime().removeShutdownHook(cleaning);
        }
        return findings.report();
    }

    private static void close(Testbed testbed) {
        try {
            testbed.close();
        } catch (IOException e) {
            System.err.println("weir: lab: not all could be removed: " + e.getMessage());
        }
    }

    private int down(PrintStream out, PrintStream err) throws IOException, InterruptedException {
        if (which == null) {
            err.println("weir: lab down: whose leavings? name a lab: " + names());
            return USAGE;
        }
        requireRoot();
        List<String> removed = Testbed.down(which);
        out.println(removed.isEmpty() ? "nothing to remove" : "removed " + String.join(", ", removed));
        return DONE;
    }

    private static String names() {
        return Labs.ALL.stream().map(Lab::name).collect(Collectors.joining(", "));
    }

    private static void requireRoot() throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new IOException("network namespaces need root: run it with sudo");
        }
    }

    private static void requirePrograms(Lab lab) throws IOException {
        List<String> packages = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("ip:iproute2"), lab.programs().stream())
                .filter(need -> !isInstalled(need.substring(0, need.indexOf(':'))))
                .map(need -> need.substring(need.indexOf(':') + 1))
                .toList();
        if (!packages.isEmpty()) {
            throw new IOException("programs are missing; install them with: apt install " + String.join(" ", packages));
        }
    }

    private static boolean isInstalled(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        for (String folder : path.split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(program))) {
                return true;
            }
        }
        return false;
    }
}
