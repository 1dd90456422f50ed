package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Subcommand;
import dev.weir.packet.PacketVector;
import dev.weir.wire.Captures;
import dev.weir.wire.PacketSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();

    @Test
    void bench_isFound_amongTheSubcommands() {
        assertThat(ServiceLoader.load(Subcommand.class).stream()
                        .map(provider -> provider.get().name()))
                .contains("bench");
    }

    @Test
    void help_listsEveryBenchmark() {
        assertThat(run("--help")).isZero();
        assertThat(text(out))
                .contains(
                        "table",
                        "churn",
                        "track",
                        "scale",
                        "features",
                        "export",
                        "cluster",
                        "wire",
                        "offload",
                        "jmh",
                        "generate",
                        "Example: weir bench");
    }

    @Test
    void wrongUsage_endsWith2AndNamesIt() {
        assertThat(run("table", "--flows", "many")).isEqualTo(2);
        assertThat(text(err)).contains("--flows");
        assertThat(run("churn", "--rounds", "0")).isEqualTo(2);
        assertThat(text(err)).contains("rounds out of range: rounds=0");
        assertThat(run("offload", "--depth", "0")).isEqualTo(2);
        assertThat(text(err)).contains("depth out of range: depth=0, limits=1..1000");
        assertThat(run("state", "--live", "--flows", "5")).isEqualTo(2);
        assertThat(text(err)).contains("--flows: not with --live, whose traffic is its own; leave it out");
    }

    @Test
    void generate_writesACapture_thatReadsBack(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("small.pcap");
        assertThat(run(
                        "generate",
                        "-w",
                        file.toString(),
                        "--packets",
                        "3000",
                        "--flows",
                        "40",
                        "--tcp",
                        "50",
                        "--order",
                        "zipf"))
                .isZero();
        var vector = new PacketVector(512);
        int packets = 0;
        try (PacketSource source = Captures.open(List.of(file.toString()))) {
            for (int n = source.read(vector); n > 0; n = source.read(vector)) {
                assertThat(vector.time[0]).isEqualTo(TrafficGenerator.START + packets * 1_000L);
                packets += n;
            }
        }
        assertThat(packets).isEqualTo(3000);
    }

    @Test
    void generate_ofWhatCannotBe_endsWith2(@TempDir Path folder) {
        Path file = folder.resolve("none.pcap");
        assertThat(run("generate", "-w", file.toString(), "--size", "20")).isEqualTo(2);
        assertThat(text(err)).contains("size out of range: size=20, limits=60..");
        assertThat(file).doesNotExist();
    }

    private int run(String... words) {
        return new BenchCommand()
                .run(
                        List.of(words),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String text(ByteArrayOutputStream octets) {
        return octets.toString(StandardCharsets.UTF_8);
    }
}
