package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.CaptureEvents.AskIndex;
import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.CaptureParts;
import dev.weir.wire.Captures;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a capture, wherever it is cut and in whatever order they are walked, have its packets, each once. */
class CaptureChainTest {
    @TempDir
    Path scratch;

    private int searched, rewalked;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void chain_ofHostileCaptures_hasEveryPacketOnce(long seed) throws IOException {
        var captures = new HostileCaptures(seed);
        for (byte[] octets :
                List.of(captures.pcap(false), captures.pcap(true), captures.pcapng(false), captures.pcapng(true))) {
            Path file = scratch.resolve("hostile");
            Files.write(file, octets);
            for (long partOctets : new long[] {3001, 40_000}) {
                check(file, partOctets, seed);
            }
            int cut = octets.length - 1 - new Random(seed).nextInt(40);
            Files.write(file, Arrays.copyOf(octets, cut));
            check(file, 5000, seed);
            octets[octets.length / 2] ^= 0x55;
            Files.write(file, octets);
            check(file, 5000, seed);
        }
        assertThat(searched).as("parts that were searched for").isGreaterThan(100);
        assertThat(rewalked).as("guesses that were wrong, seed=" + seed).isPositive();
    }

    @Test
    void chain_ofRealCaptures_hasEveryPacketOnce() throws IOException {
        Path shared = Path.of("../../shared/captures");
        int files = 0;
        for (Path folder : List.of(Path.of("../samples"), shared)) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> all = Files.list(folder)) {
                    for (Path each : all.sorted().toList()) {
                        if (isCapture(each)) {
                            check(each, 1500, files++);
                        }
                    }
                }
            }
        }
        assertThat(files).isGreaterThanOrEqualTo(3);
    }

    /** What goes before a part does not grow with sections that describe nothing. */
    @Test
    void chain_ofSectionsAlone_keepsTheLast() throws IOException {
        Path file = scratch.resolve("sections");
        Files.write(file, HostileCaptures.sectionsAlone(20_000));
        check(file, 10_000, 1);
        List<CaptureSplit> splits = splits(file, 10_000, new Random(1));
        assertThat(splits).hasSize(2);
        assertThat(splits.getLast().prologue()).hasSizeLessThan(200);
    }

    private static boolean isCapture(Path file) throws IOException {
        try (var source = Captures.open(List.of(file.toString()))) {
            return source.bytesTotal() >= 0;
        } catch (CaptureException e) {
            return false;
        }
    }

    private void check(Path file, long partOctets, long seed) throws IOException {
        List<String> expected = new ArrayList<>();
        try (var whole = Captures.open(List.of(file.toString()))) {
            readAll(whole, expected);
        }
        List<String> found = new ArrayList<>();
        long packets = 0;
        for (CaptureSplit split : splits(file, partOctets, new Random(seed))) {
            assertThat(split.packetsBefore()).isEqualTo(packets);
            int before = found.size();
            try (var part = CaptureParts.open(
                    split.head(), split.prologue(), split.begin(), split.end(), packets, split.lastTime())) {
                readAll(part, found);
            }
            packets += found.size() - before;
        }
        assertThat(found)
                .as("%s in parts of %d, seed=%d", file, partOctets, seed)
                .isEqualTo(expected);
    }

    /** Has all parts walked, and what comes of it, in any order. */
    private List<CaptureSplit> splits(Path file, long partOctets, Random random) throws IOException {
        var chain = new CaptureChain(0, file.toString());
        var splits = new ArrayList<CaptureSplit>();
        CaptureSplit whole = chain.begin(CaptureParts.head(file.toString()), 0, partOctets);
        if (whole != null) {
            splits.add(whole);
        }
        List<AskIndex> asks = new ArrayList<>(chain.asks());
        while (!asks.isEmpty()) {
            AskIndex ask = asks.remove(random.nextInt(asks.size()));
            searched += ask.search() ? 1 : 0;
            var index =
                    CaptureParts.index(ask.head(), ask.prologue(), ask.from(), ask.to(), ask.lastTime(), ask.search());
            AskIndex again = chain.walked(ask.part(), ask.search(), index, splits);
            if (again != null) {
                rewalked++;
                assertThat(again.search()).isFalse();
                if (!asks.contains(again)) {
                    asks.add(again);
                }
            }
        }
        assertThat(chain.isDone()).as(file + " in parts of " + partOctets).isTrue();
        return splits;
    }

    private static void readAll(PacketSource source, List<String> into) {
        var packets = new PacketVector(100);
        try {
            while (source.read(packets) > 0) {
                for (int i = 0; i < packets.size; i++) {
                    byte[] octets = packets.data
                            .asSlice(packets.offset[i], packets.captured[i])
                            .toArray(ValueLayout.JAVA_BYTE);
                    into.add((packets.first + i) + " " + packets.time[i] + " " + packets.length[i] + " "
                            + packets.link[i] + " " + packets.port[i] + " " + Arrays.hashCode(octets));
                }
            }
        } catch (CaptureException e) {
            into.add("damage: " + e.getMessage());
        }
    }
}
