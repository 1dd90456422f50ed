package dev.weir.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The training run of the ahead-of-time cache: writes a capture, then tracks it as users do, so that the cache holds the classes and
 * the profiles of exactly that work (JEP 483, JEP 515). The launcher's build starts it; nothing else does.
 */
public final class Training {
    private static final int PACKETS = 1_200_000;

    private Training() {}

    /** @param args a folder to work in */
    public static void main(String[] args) throws IOException {
        Path capture = Path.of(args[0], "training.pcap");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(capture), 1 << 20)) {
            new TrainingTraffic(out).write(PACKETS);
        }
        String file = capture.toString();
        String csv = Path.of(args[0], "training.csv").toString();
        boolean good = tracks("--format", "none", file)
                && tracks("--format", "none", "--workers", "1", file)
                && tracks("--format", "csv", "-w", csv, file)
                && tracks("--format", "csv", "-w", csv, "--idle-timeout", "200ms", file)
                && tracks("--format", "table", "--count", "20000", file)
                && tracks("--format", "json", "--stats", "--count", "20000", file);
        Files.delete(capture);
        System.exit(good ? 0 : 1);
    }

    private static boolean tracks(String... options) {
        List<String> args = new ArrayList<>(List.of("track"));
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
