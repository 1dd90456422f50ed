package dev.weir.bench;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PcapWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes generated traffic as a capture. */
@Command(
        name = "generate",
        description = "Writes a capture of generated traffic, the same for the same options.",
        footer = {"", "Example: weir bench generate -w big.pcap --packets 4000000 --flows 200000"})
final class GenerateCommand implements Callable<Integer> {
    private static final int VECTOR = 1024;

    private final PrintStream err;

    @Option(
            names = {"-w", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to, as pcap with nanoseconds")
    private Path file = Path.of("");

    @Option(names = "--packets", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE})")
    private long packets = 4_000_000;

    @Option(
            names = "--flows",
            paramLabel = "N",
            description = "How many are alive at a time (default: ${DEFAULT-VALUE})")
    private int flows = 200_000;

    @Option(names = "--size", paramLabel = "BYTES", description = "Of a frame with data (default: ${DEFAULT-VALUE})")
    private int size = 128;

    @Option(names = "--ipv6", paramLabel = "PERCENT", description = "IPv6 among the flows (default: ${DEFAULT-VALUE})")
    private int ipv6;

    @Option(names = "--tcp", paramLabel = "PERCENT", description = "TCP among the flows (default: ${DEFAULT-VALUE})")
    private int tcp;

    @Option(
            names = "--reverse",
            paramLabel = "PERCENT",
            description = "Packets from the responder in UDP flows (default: ${DEFAULT-VALUE})")
    private int reverse = 50;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "Whose packet is next: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private TrafficShape.Order order = TrafficShape.Order.RANDOM;

    @Option(names = "--skew", paramLabel = "S", description = "Exponent of zipf (default: ${DEFAULT-VALUE})")
    private double skew = 1;

    @Option(
            names = "--packets-per-flow",
            paramLabel = "N",
            description =
                    "After which a new flow takes the place of an old one; 0 for never (default: ${DEFAULT-VALUE})")
    private long packetsPerFlow;

    @Option(
            names = "--step",
            paramLabel = "NANOSECONDS",
            description = "From packet to packet (default: ${DEFAULT-VALUE})")
    private long step = 1_000;

    @Option(names = "--seed", paramLabel = "N", description = "Of everything that is drawn (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    boolean help;

    GenerateCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Integer call() throws IOException {
        var shape = new TrafficShape(packets, flows, size, ipv6, tcp, reverse, order, skew, packetsPerFlow, step, seed);
        long start = System.nanoTime();
        write(shape, file);
        double seconds = (System.nanoTime() - start) / 1e9;
        err.printf("%s: %,d packets in %.1f s%n", file, packets, seconds);
        return 0;
    }

    /** Writes all packets of the shape to a new file, or over an old one. */
    static void write(TrafficShape shape, Path file) throws IOException {
        var generator = new TrafficGenerator(shape);
        var vector = new PacketVector(VECTOR);
        try (Arena arena = Arena.ofConfined();
                var writer = new PcapWriter(
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE),
                        LinkType.ETHERNET)) {
            MemorySegment frames = arena.allocate((long) VECTOR * TrafficGenerator.strideBytes(shape.frameBytes()), 64);
            while (generator.fill(vector, frames, 0) > 0) {
                writer.write(vector);
            }
        }
    }
}
