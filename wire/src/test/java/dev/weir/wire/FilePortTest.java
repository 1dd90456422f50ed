package dev.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePortTest {
    private static final int FILE_HEADER = 24;

    @TempDir
    private Path folder;

    /** Writes a capture of 60-octet frames, each of which holds its time in its last eight octets. */
    private String capture(String name, long... times) throws IOException {
        Path file = folder.resolve(name);
        try (Arena arena = Arena.ofConfined();
                PcapWriter writer = new PcapWriter(
                        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        LinkType.ETHERNET)) {
            MemorySegment frame = arena.allocate(60, 8);
            for (long time : times) {
                frame.set(ValueLayout.JAVA_LONG_UNALIGNED, 52, time);
                writer.write(frame, 0, 60, time);
            }
        }
        return file.toString();
    }

    private static List<Long> times(String file) throws IOException {
        List<Long> times = new ArrayList<>();
        PacketVector vector = new PacketVector(16);
        try (PacketSource source = Captures.open(List.of(file))) {
            while (source.read(vector) > 0) {
                for (int i = 0; i < vector.size; i++) {
                    times.add(vector.time[i]);
                    assertThat(vector.data.get(ValueLayout.JAVA_LONG_UNALIGNED, vector.offset[i] + 52))
                            .isEqualTo(vector.time[i]);
                }
            }
        }
        return times;
    }

    @Test
    void twoPorts_crossConnected_keepTheOrderOfTime() throws IOException {
        FileClock clock = new FileClock();
        Path west = folder.resolve("west-out.pcap");
        Path east = folder.resolve("east-out.pcap");
        List<Integer> order = new ArrayList<>();
        PacketVector vector = new PacketVector(8, true);
        try (FilePort a = FilePort.open("west", List.of(capture("west.pcap", 10, 30, 31, 60)), west, 2, 0, clock);
                FilePort b = FilePort.open("east", List.of(capture("east.pcap", 20, 31, 50)), east, 2, 1, clock)) {
            while (a.state() != PortState.ENDED || b.state() != PortState.ENDED) {
                pass(a, b, vector, order);
                pass(b, a, vector, order);
            }
            assertThat(clock.now()).isEqualTo(60);
            assertThat(a.queues().getFirst().counters().get(PortCounters.RX_PACKETS))
                    .isEqualTo(4);
            assertThat(a.queues().getLast().isExhausted()).isTrue();
        }
        assertThat(order).containsExactly(0, 1, 0, 1, 0, 1, 0);
        assertThat(times(east.toString())).containsExactly(10L, 30L, 31L, 60L);
        assertThat(times(west.toString())).containsExactly(20L, 31L, 50L);
    }

    private static void pass(FilePort from, FilePort to, PacketVector vector, List<Integer> order) {
        PortQueue in = from.queues().getFirst();
        int n = in.receive(vector);
        for (int i = 0; i < n; i++) {
            order.add(vector.port[i]);
            assertThat(vector.offload[i]).isZero();
            assertThat(to.queues().getFirst().send(vector.data, vector.offset[i], vector.captured[i], 0))
                    .isZero();
        }
        if (n > 0) in.release();
    }

    /** A file's packets wait for those that the pipe may bring, and nobody waits in a read. */
    @Test
    void pipe_silent_holdsTheOthersBack_andIsClosedAtOnce() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        byte[] sent = Files.readAllBytes(Path.of(capture("sent.pcap", 20, 50)));
        int second = sent.length - (sent.length - FILE_HEADER) / 2;
        FileClock clock = new FileClock();
        PacketVector vector = new PacketVector(8, true);
        try (RandomAccessFile writer = new RandomAccessFile(fifo.toFile(), "rw")) {
            writer.write(sent, 0, FILE_HEADER);
            FilePort pipe = FilePort.open("pipe", List.of(fifo.toString()), null, 1, 0, clock);
            FilePort file = FilePort.open("file", List.of(capture("file.pcap", 10, 30)), null, 1, 1, clock);
            PortQueue piped = pipe.queues().getFirst(), filed = file.queues().getFirst();
            assertThat(piped.receive(vector)).isZero();
            assertThat(filed.receive(vector))
                    .as("the pipe may bring an earlier one")
                    .isZero();

            writer.write(sent, FILE_HEADER, second - FILE_HEADER);
            awaitThat(() -> piped.receive(vector) == 0 && filed.receive(vector) == 1);
            assertThat(vector.time[0]).isEqualTo(10);
            awaitThat(() -> piped.receive(vector) == 1);
            assertThat(vector.time[0]).isEqualTo(20);
            assertThat(filed.receive(vector)).isZero();
            assertThat(pipe.state()).isEqualTo(PortState.UP);

            pipe.close();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("weir-reader");
            assertThat(pipe.maintain()).isEmpty();
            assertThat(filed.receive(vector)).isOne();
            assertThat(vector.time[0]).isEqualTo(30);
            file.close();
        }
    }

    private static void awaitThat(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(1);
        }
    }

    @Test
    void withoutOutput_whateverIsSent_isCounted() throws IOException {
        try (FilePort port = FilePort.open("nowhere", List.of(), null, 1, 0, new FileClock());
                Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(9000);
            PortQueue queue = port.queues().getFirst();
            assertThat(queue.send(frame, 0, 60, 0)).isEqualTo(SendFault.NONE);
            assertThat(queue.send(frame, 0, 9000, 1)).as("a super-packet").isEqualTo(SendFault.NONE);
            assertThat(queue.counters().get(PortCounters.TX_PACKETS)).isEqualTo(2);
        }
    }

    @Test
    void output_alone_takesWhatIsSent_untilItIsClosed() throws IOException {
        Path out = folder.resolve("out.pcap");
        FilePort port = FilePort.open("out", List.of(), out, 1, 0, new FileClock());
        assertThat(port.state()).isEqualTo(PortState.ENDED);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(70_000);
            PortQueue queue = port.queues().getFirst();
            assertThat(queue.send(frame, 0, 60, 0)).isEqualTo(SendFault.NONE);
            assertThat(queue.send(frame, 0, 70_000, 0)).isEqualTo(SendFault.TOO_LONG);
            assertThat(queue.send(frame, 0, 60, 1)).isEqualTo(SendFault.REFUSED);
            port.close();
            assertThat(queue.send(frame, 0, 60, 0)).isEqualTo(SendFault.PORT_DOWN);
        }
        assertThat(times(out.toString())).containsExactly(0L);
    }

    @Test
    void open_fileThatIsMissingOrCannotBeWritten_saysWhich() {
        assertThatThrownBy(() -> FilePort.open(
                        "west", List.of(folder.resolve("none.pcap").toString()), null, 1, 0, new FileClock()))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("west: ")
                .hasMessageContaining("none.pcap");
        assertThatThrownBy(() -> FilePort.open("west", List.of(), folder.resolve("no/out.pcap"), 1, 0, new FileClock()))
                .isInstanceOf(PortException.class)
                .hasMessageContaining("out.pcap: cannot be written");
    }
}
