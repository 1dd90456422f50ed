package dev.weir.bench;

import dev.weir.cli.ProjectRoot;
import dev.weir.packet.PacketVector;
import dev.weir.wire.Captures;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What whole processes read, and which {@code weir} it is: options of the commands that compare processes on one capture. */
final class CaptureOptions {
    /** For the description of such a command. */
    static final String WITHOUT_A_CAPTURE =
            "Without a capture: 4 million packets of 128 bytes, UDP over IPv4, of 200 thousand flows in random order.";

    private static final int COUNTED_AT_ONCE = 2048;

    @Option(names = "--capture", paramLabel = "FILE", description = "What to read instead of generated traffic")
    private @Nullable Path given;

    @Option(names = "--packets", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private long packets = 4_000_000;

    @Option(names = "--flows", paramLabel = "N", description = "To generate (default: ${DEFAULT-VALUE})")
    private int flows = 200_000;

    @Option(names = "--weir", paramLabel = "PATH", description = "The command to measure (default: this project's)")
    private @Nullable Path weir;

    /** The capture, which is made in the folder where none was given; the report is told what it is. */
    Path file(Path folder, PrintStream err, Report report) throws IOException {
        Path file = given == null ? folder.resolve("big.pcap") : given.toAbsolutePath();
        if (given == null) {
            err.println("generating the capture");
            GenerateCommand.write(TrafficShape.of(packets, flows), file);
        }
        report.condition(
                "capture",
                given == null
                        ? "%,d packets of 128 B, UDP over IPv4, %,d flows in random order".formatted(packets, flows)
                        : given + ", " + Files.size(file) + " B");
        return file;
    }

    /** The command to measure. */
    String weir() {
        Path path = weir;
        return (path == null ? ProjectRoot.find().resolve("weir") : path.toAbsolutePath()).toString();
    }

    /** How many packets a capture has. */
    static long packets(Path file) throws IOException {
        var vector = new PacketVector(COUNTED_AT_ONCE);
        long packets = 0;
        try (var source = Captures.open(List.of(file.toString()))) {
            for (int read = source.read(vector); read > 0; read = source.read(vector)) {
                packets += read;
            }
        }
        return packets;
    }

    /** Removes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
