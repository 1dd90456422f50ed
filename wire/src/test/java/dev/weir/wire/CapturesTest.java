package dev.weir.wire;

import static dev.weir.wire.CaptureFiles.concat;
import static dev.weir.wire.CaptureFiles.gzip;
import static dev.weir.wire.CaptureFiles.octets;
import static dev.weir.wire.CaptureFiles.readAll;
import static dev.weir.wire.CaptureFiles.zstd;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureFiles.Packet;
import dev.weir.wire.CaptureFiles.Pcap;
import dev.weir.wire.CaptureFiles.Pcapng;
import dev.weir.wire.CaptureFiles.Reading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class CapturesTest {
    @TempDir
    Path folder;

    /** Packet {@code i} of {@code count}: time {@code first + i * step} microseconds, {@code size} octets. */
    private static byte[] pcap(int count, int first, int step, int size) {
        Pcap pcap = new Pcap(ByteOrder.LITTLE_ENDIAN, PcapFraming.MICROS, 1);
        for (int i = 0; i < count; i++) pcap.packet(0, first + i * step, size, octets(size, i));
        return pcap.toBytes();
    }

    private String file(String name, byte[] octets) throws IOException {
        return Files.write(folder.resolve(name), octets).toString();
    }

    private static Reading readAllOf(String... sources) throws IOException {
        try (PacketSource source = Captures.open(List.of(sources))) {
            return readAll(source, 100);
        }
    }

    static Stream<Arguments> compressions() {
        byte[] plain = pcap(2000, 0, 1, 300);
        byte[] half = Arrays.copyOf(plain, 100_003);
        byte[] rest = Arrays.copyOfRange(plain, 100_003, plain.length);
        return Stream.of(
                Arguments.of("plain", plain),
                Arguments.of("gzip", gzip(plain)),
                Arguments.of("gzip of two members", concat(gzip(half), gzip(rest))),
                Arguments.of("gzip with garbage behind", concat(gzip(plain), octets(100, 3))),
                Arguments.of("gzip with zeros behind", concat(gzip(plain), new byte[1])),
                Arguments.of("zstd", zstd(plain)),
                Arguments.of("zstd of two frames", concat(zstd(half), zstd(rest))),
                Arguments.of(
                        "zstd behind a skippable frame",
                        concat(new byte[] {0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3}, zstd(plain))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("compressions")
    void open_anyCompression_givesTheSamePackets(String title, byte[] octets) throws IOException {
        Reading plain = CaptureFiles.read(pcap(2000, 0, 1, 300));

        Reading reading = readAllOf(file("capture", octets));

        assertThat(reading.error()).isEmpty();
        assertThat(reading.packets()).hasSize(2000).isEqualTo(plain.packets());
    }

    @Test
    void notes_harmlessOddities_areTold() throws IOException {
        Pcapng section = new Pcapng(ByteOrder.LITTLE_ENDIAN).anInterface(1);
        section.enhanced(0, -1, 3, octets(3, 1)).statistics(0, 12);
        String far = file("far", section.toBytes());
        String tail = file("tail", concat(gzip(pcap(1, 0, 1, 9)), octets(5, 3)));

        try (PacketSource source = Captures.open(List.of(far, tail))) {
            assertThat(readAll(source, 9).packets()).hasSize(2);
            assertThat(source.dropped()).isEqualTo(12);
            assertThat(source.notes())
                    .containsExactly(
                            far + ": time stamps before 1970 or after 2255, taken as the nearest of these: 1",
                            tail + ": octets behind the end of the gzip stream were ignored");
        }
    }

    @Test
    void open_gzipWithAllHeaderFields_isRead() throws IOException {
        byte[] zipped = gzip(pcap(3, 0, 1, 60));
        byte[] header = {0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, 'n', 0, 'c', 'c', 0, 1, 2};

        Reading reading = readAllOf(file("fields", concat(header, Arrays.copyOfRange(zipped, 10, zipped.length))));

        assertThat(reading.packets()).hasSize(3);
        assertThat(reading.error()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("compressions")
    void read_compressedFileCutAnywhere_givesPacketsBeforeTheCut(String title, byte[] octets) {
        List<Packet> all = CaptureFiles.read(pcap(2000, 0, 1, 300)).packets();
        for (int cut = 5; cut < octets.length; cut += octets.length / 37 + 1) {
            Reading reading = CaptureFiles.read(Arrays.copyOf(octets, cut), 3000);

            assertThat(reading.packets())
                    .as("cut at %d", cut)
                    .isEqualTo(all.subList(0, reading.packets().size()));
            if (reading.packets().size() < 2000 && !title.equals("gzip of two members")) {
                assertThat(reading.error()).as("cut at %d", cut).isNotEmpty();
            }
        }
    }

    @Test
    void read_gzipWithWrongChecksum_givesPacketsThenSaysSo() {
        byte[] zipped = gzip(pcap(50, 0, 1, 60));
        zipped[zipped.length - 6] ^= 1;

        Reading reading = CaptureFiles.read(zipped);

        assertThat(reading.error()).contains("checksum does not match");
    }

    static Stream<Arguments> notCaptures() {
        return Stream.of(
                Arguments.of("empty", new byte[0], "the file is empty"),
                Arguments.of("text", "hello".getBytes(US_ASCII), "the first bytes are 68 65 6c 6c 6f"),
                Arguments.of("short", new byte[] {1}, "the first bytes are 01"),
                Arguments.of("gzip of text", gzip("hello".getBytes(US_ASCII)), "the first bytes are 68 65 6c 6c 6f"),
                Arguments.of("gzip of nothing", gzip(new byte[0]), "the file is empty"),
                Arguments.of("zstd of text", zstd("hello".getBytes(US_ASCII)), "the first bytes are 68"),
                Arguments.of("header only begun", Arrays.copyOf(pcap(0, 0, 0, 0), 23), "23 of 24 bytes are there"),
                Arguments.of("cut gzip", Arrays.copyOf(gzip(pcap(1, 0, 1, 9)), 14), "the gzip stream ends early"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notCaptures")
    void open_notACapture_saysWhatItIs(String title, byte[] octets, String why) throws IOException {
        String file = file("strange.pcap", octets);

        assertThatThrownBy(() -> Captures.open(List.of(file)))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("strange.pcap: ")
                .hasMessageContaining(why);
    }

    @Test
    void open_missingFile_saysSo() {
        String missing = folder.resolve("missing.pcap").toString();

        assertThatThrownBy(() -> Captures.open(List.of(missing)))
                .isInstanceOf(CaptureException.class)
                .hasMessage(missing + ": no such file");
    }

    @Test
    void reason_ofRefusedAccess_isTheFieldsWord() {
        assertThat(Captures.reason(new AccessDeniedException("secret.pcap"))).isEqualTo("permission denied");
    }

    @Test
    void open_directory_mergesItsCapturesAndSkipsTheRest() throws IOException {
        Files.createDirectory(folder.resolve("nested"));
        file("b.txt", "no capture".getBytes(US_ASCII));
        file("empty", new byte[0]);
        file("z.gz", gzip("no capture".getBytes(US_ASCII)));
        file("late", gzip(pcap(3, 1000, 1, 60)));
        file("early.pcap", pcap(3, 10, 1, 50));

        Reading reading = readAllOf(folder.toString());

        assertThat(reading.packets().stream().map(Packet::length)).containsExactly(50, 50, 50, 60, 60, 60);
        assertThat(reading.error()).isEmpty();
    }

    @Test
    void open_directoryWithoutCaptures_saysSo() throws IOException {
        file("b.txt", "no capture".getBytes(US_ASCII));

        assertThatThrownBy(() -> Captures.open(List.of(folder.toString())))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("no captures in this directory");
    }

    @Test
    void open_severalFiles_mergesByTimeAndTiesByOrder() throws IOException {
        String even = file("even", pcap(900, 0, 2, 100));
        String all = file("all", zstd(pcap(1800, 0, 1, 200)));
        Pcapng two = new Pcapng(ByteOrder.BIG_ENDIAN).anInterface(101).anInterface(1);
        two.enhanced(1, 6, 300, octets(9, 1)).enhanced(0, 1_000_000, 300, octets(9, 1));
        String third = file("third", two.toBytes());

        Reading reading = readAllOf(even, third, all);

        List<Packet> packets = reading.packets();
        assertThat(packets).hasSize(2702);
        assertThat(packets).extracting(Packet::time).isSorted();
        assertThat(packets).extracting(Packet::number).isEqualTo(range(1, 2703));
        assertThat(packets.subList(0, 5)).extracting(Packet::length).containsExactly(100, 200, 200, 100, 200);
        assertThat(packets.stream().filter(p -> p.time() == 6000).map(Packet::length))
                .containsExactly(100, 300, 200);
        assertThat(packets.stream()
                        .map(p -> p.length() + " " + p.link() + " " + p.port())
                        .distinct())
                .containsExactlyInAnyOrder("100 1 0", "200 1 1", "300 1 2", "300 101 3");
    }

    private static List<Long> range(int from, int to) {
        return IntStream.range(from, to).mapToObj(Long::valueOf).toList();
    }

    @Test
    void read_oneOfSeveralDamaged_givesTheOthersAndThenThrows() throws IOException {
        String good = file("good", pcap(1000, 0, 2, 100));
        byte[] octets = pcap(1000, 0, 2, 200);
        String cut = file("cut", Arrays.copyOf(octets, 24 + 216 * 10 + 5));

        Reading reading = readAllOf(cut, good);

        assertThat(reading.packets()).hasSize(1010);
        assertThat(reading.error()).startsWith(cut).endsWith("(at byte 2184, after packet 10)");
    }

    @Test
    void read_afterTheEnd_givesNothing() throws IOException {
        try (PacketSource source = Captures.open(List.of(file("short", Arrays.copyOf(pcap(2, 0, 1, 60), 110))))) {
            PacketVector vector = new PacketVector(8);
            assertThat(source.read(vector)).isEqualTo(1);
            assertThatThrownBy(() -> source.read(vector)).isInstanceOf(CaptureException.class);
            assertThat(source.read(vector)).isZero();
            assertThat(source.read(vector)).isZero();
            assertThat(source.bytesRead()).isEqualTo(source.bytesTotal()).isEqualTo(110);
        }
    }

    @Test
    void read_fileThatShrinksMeanwhile_isDamaged() throws IOException {
        Path path = Path.of(file("shrinks", pcap(5000, 0, 1, 1000)));
        try (PacketSource source = Captures.open(List.of(path.toString()))) {
            PacketVector vector = new PacketVector(100);
            assertThat(source.read(vector)).isPositive();
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(1_000_000);
            }
            Reading rest = readAll(source, 100);
            assertThat(rest.error()).contains("the file ends inside a packet");
            assertThat(rest.after()).isEqualTo((1_000_000 - 24) / 1016);
        }
    }

    @Test
    void read_vectorsInFlight_keepTheirOctets() throws IOException {
        byte[] octets = gzip(pcap(3000, 0, 1, 700));
        List<Packet> expected = CaptureFiles.read(octets).packets();
        try (PacketSource source = Captures.open(List.of(file("flight", octets)))) {
            PacketVector[] vectors = new PacketVector[16];
            int packets = 0;
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = new PacketVector(100);
                packets += source.read(vectors[i]);
            }
            int number = 0;
            for (PacketVector vector : vectors) {
                for (int i = 0; i < vector.size; i++) {
                    byte last = vector.data.get(
                            java.lang.foreign.ValueLayout.JAVA_BYTE, vector.offset[i] + vector.captured[i] - 1);
                    assertThat(last).isEqualTo(expected.get(number++).octets().getLast());
                }
            }
            assertThat(number).isEqualTo(packets).isGreaterThan(1000);
        }
    }

    @Test
    void read_livePipe_givesWhatArrivedWithoutWaitingForMore() throws IOException {
        Pipe pipe = Pipe.open();
        byte[] octets = pcap(10, 0, 1, 60);
        pipe.sink().write(ByteBuffer.wrap(octets, 0, 24 + 76 * 3 + 20));
        try (PacketSource source = CaptureOpener.open("pipe", new ChannelInput(pipe.source(), -1))) {
            PacketVector vector = new PacketVector(100);
            assertThat(source.read(vector)).isEqualTo(3);
            pipe.sink().write(ByteBuffer.wrap(octets, 24 + 76 * 3 + 20, 56));
            assertThat(source.read(vector)).isEqualTo(1);
            pipe.sink().write(ByteBuffer.wrap(octets, 24 + 76 * 4, 76 * 6));
            pipe.sink().close();
            assertThat(source.read(vector)).isEqualTo(6);
            assertThat(source.read(vector)).isZero();
            assertThat(source.bytesTotal()).isEqualTo(-1);
            assertThat(source.bytesRead()).isEqualTo(octets.length);
        }
    }

    @Test
    void open_livePcapngPipe_waitsForTheFirstInterfaceOnly() throws IOException {
        Pcapng file = new Pcapng(ByteOrder.LITTLE_ENDIAN).anInterface(1);
        int described = file.toBytes().length;
        byte[] octets = file.enhanced(0, 1, 60, octets(60, 1))
                .enhanced(0, 2, 60, octets(60, 2))
                .toBytes();
        int packet = (octets.length - described) / 2;
        for (int sent : new int[] {described, described + 9, described + packet, octets.length - 1}) {
            Pipe pipe = Pipe.open();
            pipe.sink().write(ByteBuffer.wrap(octets, 0, sent));
            try (PacketSource source = CaptureOpener.open("pipe", new ChannelInput(pipe.source(), -1))) {
                assertThat(source.timeDigits()).isEqualTo(6);
                PacketVector vector = new PacketVector(100);
                int whole = (sent - described) / packet;
                if (whole > 0) assertThat(source.read(vector)).isEqualTo(whole);
                pipe.sink().write(ByteBuffer.wrap(octets, sent, octets.length - sent));
                assertThat(source.read(vector)).isEqualTo(2 - whole);
                pipe.sink().close();
                assertThat(source.read(vector)).isZero();
            }
        }
    }

    @Test
    void open_largePcapngFile_readsItsBeginningOnly() throws IOException {
        Pcapng large = new Pcapng(ByteOrder.BIG_ENDIAN).anInterface(1);
        for (int i = 0; i < 2000; i++) large.enhanced(0, i, 1000, octets(1000, i));

        try (PacketSource source = Captures.open(List.of(file("large", large.toBytes())))) {
            assertThat(source.bytesRead()).isLessThanOrEqualTo(2 * StreamedCapture.LEAST);
        }
    }

    @Test
    void open_fifo_isRead() throws Exception {
        Path fifo = folder.resolve("fifo");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", fifo.toString())
                        .start()
                        .waitFor())
                .isZero();
        var writer = CompletableFuture.runAsync(() -> {
            try {
                Files.write(fifo, pcap(5000, 0, 1, 500), StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        assertThat(readAllOf(fifo.toString()).packets()).hasSize(5000);
        writer.get();
    }

    @Test
    void read_decompressionBomb_isReadInBoundedMemory() throws IOException {
        Pcapng bomb = new Pcapng(ByteOrder.LITTLE_ENDIAN).anInterface(1);
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < 64; i++) bomb.block(0x0BAD, bomb.body().raw(zeros));
        bomb.enhanced(0, 1, 3, octets(3, 1));
        String file = file("bomb", gzip(bomb.toBytes()));
        PacketVector vector = new PacketVector(8);

        try (PacketSource source = Captures.open(List.of(file))) {
            assertThat(source.read(vector)).isEqualTo(1);
        }

        assertThat(vector.data.byteSize()).isLessThanOrEqualTo(4 << 20);
    }

    @Test
    void read_steadyState_allocatesNothing() throws IOException {
        String file = file("steady", pcap(100_000, 0, 1, 60));
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        PacketVector vector = new PacketVector(256);
        long packets = 0;
        long before = 0;
        try (PacketSource source = Captures.open(List.of(file))) {
            for (int i = 0; i < 100; i++) source.read(vector);
            before = threads.getCurrentThreadAllocatedBytes();
            for (int read = source.read(vector); read > 0; read = source.read(vector)) packets += read;
        }
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / packets)
                .isZero();
    }
}
