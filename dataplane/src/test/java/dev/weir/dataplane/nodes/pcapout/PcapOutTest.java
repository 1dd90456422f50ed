package dev.weir.dataplane.nodes.pcapout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.testing.Frames;
import dev.weir.wire.Captures;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapOutTest {
    @TempDir
    private Path directory = Path.of("");

    private record Packet(long time, int length, List<Byte> octets) {
        static Packet of(long time, byte[] frame, int snap) {
            List<Byte> octets = new ArrayList<>();
            for (byte octet : Arrays.copyOf(frame, Math.min(snap, frame.length))) {
                octets.add(octet);
            }
            return new Packet(time, frame.length, octets);
        }
    }

    /** Closes the nodes of one configuration, and waits until their file is complete. */
    private static void finish(NodeBench... benches) throws InterruptedException {
        for (NodeBench bench : benches) {
            bench.node().close();
        }
        assertThat(((PcapOutNode) benches[0].node()).await()).isTrue();
    }

    private static List<Packet> read(Path file) throws IOException {
        List<Packet> packets = new ArrayList<>();
        try (var source = Captures.open(List.of(file.toString()))) {
            var vector = new PacketVector(64);
            while (source.read(vector) > 0) {
                for (int i = 0; i < vector.size; i++) {
                    assertThat(vector.link[i]).isEqualTo(LinkType.ETHERNET);
                    byte[] octets = vector.data
                            .asSlice(vector.offset[i], vector.captured[i])
                            .toArray(ValueLayout.JAVA_BYTE);
                    Packet whole = Packet.of(vector.time[i], octets, Integer.MAX_VALUE);
                    packets.add(new Packet(whole.time, vector.length[i], whole.octets));
                }
            }
        }
        return packets;
    }

    private static byte[] frame(int octets) {
        return Frames.udpFrame("10.0.0.1", 1 + octets, "10.0.0.2", 2, octets);
    }

    @ParameterizedTest(name = "snap length {0}")
    @CsvSource({"262144", "60", "1"})
    void packets_areWrittenAsTheyPass(int snap) throws Exception {
        Path file = directory.resolve("out.pcap");
        List<Packet> expected = new ArrayList<>();
        try (var bench = new NodeBench(new PcapOutConfig(file, snap, 0, 0, 0, 1 << 20), "east")) {
            for (int round = 0; round < 50; round++) {
                bench.clear();
                for (int i = 0; i < 20; i++) {
                    bench.after(1001).add("east", i == 0 ? Frames.arp() : frame(20 * i + round));
                    long time = bench.batch.packets.time[i];
                    expected.add(Packet.of(time, bench.frame(i), snap));
                }
                assertThat(bench.run()).containsOnly("next");
            }
            assertThat(bench.counter("ACCEPTED")).isEqualTo(1000);
            assertThat(bench.trace(0)).isEqualTo("written");
            finish(bench);
        }
        assertThat(read(file)).isEqualTo(expected);
    }

    @Test
    void workers_writeToOneFile() throws Exception {
        Path file = directory.resolve("out.pcap");
        try (var one = new NodeBench(PcapOutConfig.to(file), "east");
                var other = one.peer()) {
            one.add("east", frame(1)).process();
            other.add("east", frame(2)).process();
            finish(one, other);
        }
        assertThat(read(file)).extracting(Packet::length).containsExactlyInAnyOrder(43, 44);
    }

    /** Packets of 142 octets: 158 in a file that begins with 24, so three go into 500. */
    @ParameterizedTest(name = "{0} files kept: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            0 | out.1.pcap out.2.pcap out.3.pcap out.pcap
            1 | out.3.pcap
            3 | out.1.pcap out.2.pcap out.3.pcap
            """)
    void files_areOfBoundedSize_andTheNewestAreKept(int files, String names) throws Exception {
        var config = new PcapOutConfig(directory.resolve("out.pcap"), 65535, 500, files, 0, 1 << 16);
        try (var bench = new NodeBench(config, "east")) {
            for (int i = 0; i < 11; i++) {
                bench.add("east", frame(100));
            }
            bench.run();
            finish(bench);
        }
        try (Stream<Path> found = Files.list(directory)) {
            List<Path> sorted = found.sorted().toList();
            assertThat(sorted).extracting(path -> path.getFileName().toString()).containsExactly(names.split(" "));
            int packets = 0;
            for (Path path : sorted) {
                assertThat(Files.size(path)).isLessThanOrEqualTo(500);
                packets += read(path).size();
            }
            assertThat(packets).isEqualTo(files == 1 ? 2 : files == 3 ? 8 : 11);
        }
    }

    @Test
    void packetLargerThanAFile_hasOneToItself() throws Exception {
        var config = new PcapOutConfig(directory.resolve("out.pcap"), 65535, 100, 0, 0, 1 << 16);
        try (var bench = new NodeBench(config, "east")) {
            bench.add("east", frame(500)).add("east", frame(501));
            bench.run();
            finish(bench);
        }
        assertThat(read(directory.resolve("out.pcap"))).hasSize(1);
        assertThat(read(directory.resolve("out.1.pcap"))).hasSize(1);
    }

    @Test
    void packetsBeyondTheLimit_passAndAreCounted() throws Exception {
        Path file = directory.resolve("out.pcap");
        try (var one = new NodeBench(new PcapOutConfig(file, 65535, 0, 0, 5, 1 << 16), "east");
                var other = one.peer()) {
            for (int i = 0; i < 4; i++) {
                one.add("east", frame(i));
                other.add("east", frame(i));
            }
            assertThat(one.run()).containsOnly("next");
            assertThat(other.run()).containsOnly("next");
            assertThat(other.counter("ACCEPTED")).isEqualTo(1);
            assertThat(other.counter("BEYOND_LIMIT")).isEqualTo(3);
            finish(one, other);
        }
        assertThat(read(file)).hasSize(5);
    }

    @Test
    void packetsThatFindNoRoom_passAndAreCounted() {
        var ring = new CaptureRing(1 << 16);
        var packets = new PacketVector(1);
        packets.data = MemorySegment.ofArray(new byte[1000]);
        packets.length[0] = 1000;
        int accepted = 0;
        while (ring.offer(packets, 0, 1000)) {
            accepted++;
        }
        assertThat(accepted).isEqualTo(65536 / 1016);
        ring.publish();
        var out = new PacketVector(256);
        assertThat(ring.poll(out, Long.MAX_VALUE, false)).isEqualTo(accepted);
        ring.release();
        assertThat(ring.offer(packets, 0, 1000)).isTrue();
    }

    /** Sizes at random through a small ring, offered and polled at random: all come out, in order, whole. */
    @Test
    void ring_atAnyFill_keepsPacketsWholeAndInOrder() {
        var random = new SplittableRandom(7);
        var ring = new CaptureRing(4096);
        var in = new PacketVector(1);
        byte[] octets = new byte[1500];
        in.data = MemorySegment.ofArray(octets);
        var out = new PacketVector(16);
        long offered = 0, polled = 0;
        for (int step = 0; step < 200_000; step++) {
            if (random.nextInt(3) != 0) {
                int size = random.nextInt(1500);
                Arrays.fill(octets, 0, size, (byte) offered);
                in.time[0] = offered;
                in.length[0] = size + 5;
                offered += ring.offer(in, 0, size) ? 1 : 0;
                ring.publish();
            } else {
                int n = Math.max(0, ring.poll(out, random.nextInt(5000), false));
                for (int i = 0; i < n; i++, polled++) {
                    assertThat(out.time[i]).isEqualTo(polled);
                    assertThat(out.length[i]).isEqualTo(out.captured[i] + 5);
                    if (out.captured[i] > 0) {
                        byte last = out.data.get(ValueLayout.JAVA_BYTE, out.offset[i] + out.captured[i] - 1);
                        assertThat(last).isEqualTo((byte) polled);
                    }
                }
                ring.release();
            }
        }
        assertThat(polled).isGreaterThan(10_000).isBetween(offered - 300, offered);
    }

    @Test
    void reload_thatLeavesTheNodeAsItIs_goesOnWithItsFile() throws Exception {
        Path file = directory.resolve("out.pcap");
        try (var before = new NodeBench(PcapOutConfig.to(file), "east");
                var after = new NodeBench(PcapOutConfig.to(file), "west", "east")) {
            before.add("east", frame(1)).process();
            after.node().replace(before.node());
            before.node().close();
            after.add("east", frame(2)).process();
            finish(after);
        }
        assertThat(read(file)).extracting(Packet::length).containsExactly(43, 44);
    }

    @Test
    void packetThatIsNoEthernet_passesUnwritten() {
        try (var bench = new NodeBench(PcapOutConfig.to(directory.resolve("out.pcap")), "east")) {
            bench.add("east", frame(1));
            bench.batch.packets.link[0] = LinkType.RAW;
            assertThat(bench.run()).containsExactly("next");
            assertThat(bench.counter("UNWRITABLE")).isEqualTo(1);
        }
    }

    @Test
    void diskThatIsFull_endsTheWriting_andPacketsPass() throws InterruptedException {
        try (var bench = new NodeBench(PcapOutConfig.to(Path.of("/dev/full")), "east")) {
            bench.add("east", frame(1));
            for (int i = 0; i < 1000 && bench.counter("LOST_DISK") == 0; i++) {
                assertThat(bench.run()).containsExactly("next");
                Thread.sleep(5);
            }
            assertThat(bench.counter("LOST_DISK")).isPositive();
            assertThat(bench.trace(0)).startsWith("lost: java.io.IOException: No space left on device");
        }
    }

    @Test
    void fileThatCannotBeBegun_isRefused() {
        var config = PcapOutConfig.to(directory.resolve("missing").resolve("out.pcap"));
        assertThatThrownBy(() -> new NodeBench(config, "east").close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("file: cannot write")
                .hasMessageContaining("give a path in a directory that is there and can be written");
    }

    @Test
    void fileThatIsThere_isReplaced() throws Exception {
        Path file = Files.writeString(directory.resolve("out.pcap"), "x".repeat(10_000));
        try (var bench = new NodeBench(PcapOutConfig.to(file), "east")) {
            bench.add("east", frame(1)).process();
            finish(bench);
        }
        assertThat(read(file)).hasSize(1);
    }

    @Test
    void writing_allocatesNothingOnTheWorker() {
        try (var bench = new NodeBench(PcapOutConfig.to(Path.of("/dev/null")), "east")) {
            for (int i = 0; i < 50; i++) {
                bench.add("east", frame(10 * i));
            }
            bench.assertAllocatesNothing(1000);
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        Path file = Path.of("x.pcap");
        assertThatThrownBy(() -> new PcapOutConfig(file, 0, 0, 0, 0, 1 << 16)).hasMessageContaining("snap-length: 0");
        assertThatThrownBy(() -> new PcapOutConfig(file, 9, 0, 3, 0, 1 << 16))
                .hasMessageContaining("give file-bytes too");
        assertThatThrownBy(() -> new PcapOutConfig(file, 9, 0, 0, 0, 9)).hasMessageContaining("ring-bytes: 9");
        assertThatThrownBy(() -> PcapOutConfig.to(Path.of("/"))).hasMessageContaining("names no file");
    }
}
