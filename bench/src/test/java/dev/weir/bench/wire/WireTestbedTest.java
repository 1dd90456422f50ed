package dev.weir.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Needs root. */
class WireTestbedTest {
    @BeforeEach
    void needsRoot() throws IOException {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root for network namespaces");
    }

    @Test
    void cores_areTheGeneratorsOwn_andSharedAsFarAsTheyGo() {
        assertThat(WireCores.of(1, 1)).isEqualTo(new WireCores(0, 0, "0"));
        assertThat(WireCores.of(2, 0)).isEqualTo(new WireCores(0, 1, "1"));
        assertThat(WireCores.of(2, 1)).isEqualTo(new WireCores(0, 0, "1"));
        assertThat(WireCores.of(2, 2)).isEqualTo(new WireCores(0, 1, "0-1"));
        assertThat(WireCores.of(8, 2)).isEqualTo(new WireCores(0, 1, "2-7"));
        assertThat(WireCores.of(8, 2).lastOfSubject()).isEqualTo(7);
    }

    @Test
    void cores_thatOthersCanBeKeptOff_areTheSubjectsWhereSomeAreLeft() {
        assertThat(WireCores.of(1, 1).own()).isEmpty();
        assertThat(WireCores.of(2, 0).own()).containsExactly(1);
        assertThat(WireCores.of(2, 1).own()).containsExactly(1);
        assertThat(WireCores.of(2, 2).own()).isEmpty();
        assertThat(WireCores.of(5, 2).own()).containsExactly(2, 3, 4);
    }

    static List<WireSubject> peers() {
        return List.of(new WireBridge(), new WireRouter(), new WireOpenvSwitch(1));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void slowStream_throughEveryPeer_arrivesWholeAndInOrder(WireSubject peer) throws IOException {
        assumeTrue(peer.missing().isEmpty(), () -> "needs " + peer.missing());
        try (var bed = new WireTestbed(1)) {
            Process _ = peer.start(bed);
            try (var traffic = new WireTraffic(bed)) {
                var frames = new WireFrames(100, WireMix.MIXED.sizes(), peer.destination(bed));
                WireTrial trial = traffic.run(frames, 2_000, 0.5);
                assertThat(trial.sent()).isBetween(100L, 1_000L);
                assertThat(trial.lost()).isZero();
                assertThat(trial.reordered()).isZero();
                assertThat(trial.latency().quantile(0.5)).isBetween(100.0, 1e9);
            }
        }
    }

    @Test
    void closing_endsProgramsAndRemovesNamespacesAndFiles() throws IOException {
        Process program;
        Path folder;
        try (var bed = new WireTestbed(1)) {
            folder = bed.folder;
            program = bed.start(bed.middle, "sleeper", List.of("sleep", "100"));
            assertThat(Path.of("/run/netns/" + bed.middle)).exists();
        }
        assertThat(program.isAlive()).isFalse();
        assertThat(folder).doesNotExist();
        assertThat(Path.of("/run/netns/weir-bench-" + ProcessHandle.current().pid() + "-mid"))
                .doesNotExist();
    }

    @Test
    void allocation_isThatOfTheWorkers() throws IOException {
        try (var bed = new WireTestbed(1)) {
            WireWeir weir = WireWeir.packetSockets(1);
            Process program = weir.start(bed);
            try (var traffic = new WireTraffic(bed)) {
                WireAllocation allocation = WireAllocation.begin(bed, program);
                traffic.run(new WireFrames(100, WireMix.SMALL.sizes(), weir.destination(bed)), 20_000, 1);
                assertThat(allocation.end())
                        .as("octets, most of them until it is compiled")
                        .isBetween(1L, 50_000_000L);
            }
        }
    }

    @Test
    void program_thatEndsEarly_isReportedWithWhatItSaid() throws IOException {
        try (var bed = new WireTestbed(1)) {
            Process program = bed.start(bed.middle, "failing", List.of("sh", "-c", "echo no such thing; exit 3"));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> bed.await(program, "failing", "ready", 5))
                    .withMessageContaining("failing ended: no such thing");
        }
    }
}
