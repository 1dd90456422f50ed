package dev.weir.cli;

import dev.weir.server.Daemon;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.Configuration;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The training runs of the ahead-of-time caches (JEP 483, JEP 515). One writes a capture, then tracks it as users do, so that the cache
 * holds the classes and the profiles of exactly that work. The other, for all other commands, does the same, then starts a daemon of
 * capture files with an API, asks it, and loads programs in P4 into it, to which no packets come: what the profile of a few packets says is
 * worse than none. The launcher's build starts them; nothing else does.
 */
public final class Training {
    private static final int PACKETS = 1_200_000, FEW_PACKETS = 2_000;
    private static final List<String> PROGRAMS = List.of("flow-tracker", "ipip-tunnel", "l3-routing", "rate-limiter");

    private Training() {}

    /** @param args {@code track} or {@code run}, and a folder to work in */
    public static void main(String[] args) throws IOException, CommandException {
        Path folder = Path.of(args[1]);
        boolean good = track(folder) && (args[0].equals("track") || run(folder));
        System.exit(good ? 0 : 1);
    }

    private static Path capture(Path folder, int packets) throws IOException {
        Path capture = folder.resolve("training.pcap");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(capture), 1 << 20)) {
            new TrainingTraffic(out).write(packets);
        }
        return capture;
    }

    private static boolean track(Path folder) throws IOException {
        Path capture = capture(folder, PACKETS);
        String file = capture.toString();
        String csv = folder.resolve("training.csv").toString();
        String parquet = folder.resolve("training.parquet").toString();
        boolean good = tracks("--format", "none", file)
                && tracks("--format", "none", "--workers", "1", file)
                && tracks("--format", "csv", "-w", csv, file)
                && tracks("--format", "csv", "-w", csv, "--idle-timeout", "200ms", file)
                && tracks("-w", parquet, file)
                && tracks("-w", parquet, "--idle-timeout", "200ms", file)
                && tracks("--format", "table", "--count", "20000", file)
                && tracks("--format", "json", "--stats", "--count", "20000", file);
        Files.delete(capture);
        return good;
    }

    private static boolean tracks(String... options) {
        return does("track", options);
    }

    private static boolean run(Path folder) throws IOException, CommandException {
        Path capture = capture(folder, FEW_PACKETS);
        Path socket = folder.resolve("weir.sock");
        Path configuration = Files.writeString(
                folder.resolve("training.yaml"), """
                ports:
                  in: {read: "%s"}
                  out: {write: "%s"}
                nodes:
                  wires: {type: cross-connect, pairs: [[in, out]]}
                api: {socket: "%s"}
                """.formatted(capture, folder.resolve("forwarded.pcap"), socket));
        String file = configuration.toString(), server = "unix:" + socket;
        return does("run", "--check", file) && does("run", file) && isAsked(file, server);
    }

    private static boolean isAsked(String file, String server) throws IOException, CommandException {
        Configuration configuration = RunCommand.read(file, System.err, "");
        if (configuration == null) {
            return false;
        }
        DaemonLog log = new DaemonLog(System.err);
        try (Daemon _ = Daemon.start(configuration, log)) {
            return does("ctl", "--server", server, "show", "version")
                    && does("ctl", "--server", server, "show", "nodes")
                    && does("ctl", "--server", server, "flows", "--json")
                    && loads(server);
        }
    }

    /** Programs that use most of the compiler; a copy of the project without its examples loads none. */
    private static boolean loads(String server) {
        Path examples = ProjectRoot.find().resolve("examples").resolve("p4");
        boolean good = true;
        for (String name : PROGRAMS) {
            Path program = examples.resolve(name).resolve(name + ".p4");
            good &= !Files.exists(program)
                    || (does(
                                    "p4",
                                    "load",
                                    "--server",
                                    server,
                                    "--timeout",
                                    "120",
                                    "--name",
                                    "training",
                                    program.toString())
                            && does("p4", "unload", "--server", server, "--timeout", "120", "training"));
        }
        return good;
    }

    private static boolean does(String command, String... options) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(List.of(options));
        Interruption interruption = Interruption.ofProcess();
        Streams streams = new Streams(
                OutputStream.nullOutputStream(), System.err, Terminal.ofProcess(System.getenv()), interruption);
        try {
            return Main.run(args, streams) == 0;
        } finally {
            interruption.finish(0);
        }
    }
}
