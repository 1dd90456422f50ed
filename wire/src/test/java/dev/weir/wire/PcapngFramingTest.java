package dev.weir.wire;

import static dev.weir.wire.CaptureFiles.concat;
import static dev.weir.wire.CaptureFiles.list;
import static dev.weir.wire.CaptureFiles.octets;
import static dev.weir.wire.CaptureFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureFiles.Packet;
import dev.weir.wire.CaptureFiles.Pcapng;
import dev.weir.wire.CaptureFiles.Reading;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapngFramingTest {
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN, BIG = ByteOrder.BIG_ENDIAN;
    private static final byte[] SMALL = {1, 2, 3};

    @Test
    void read_sectionsOfBothByteOrders_numbersInterfacesOn() {
        byte[] file = concat(
                new Pcapng(LITTLE)
                        .anInterface(1)
                        .anInterface(101)
                        .enhanced(1, 5, 3, SMALL)
                        .enhanced(0, 6, 90, SMALL)
                        .toBytes(),
                new Pcapng(BIG).anInterface(113).obsolete(0, 1L << 33, 3, SMALL).toBytes());

        assertThat(read(file).packets())
                .containsExactly(
                        new Packet(1, 5000, 3, 101, 1, list(SMALL)),
                        new Packet(2, 6000, 90, 1, 0, list(SMALL)),
                        new Packet(3, (1L << 33) * 1000, 3, 113, 2, list(SMALL)));
        assertThat(read(file).error()).isEmpty();
    }

    @Test
    void read_simplePackets_areCutToTheSnapLengthAndHaveTheTimeBefore() {
        Pcapng file = new Pcapng(LITTLE);
        file.anInterface(1, 4, file.body())
                .simple(3, SMALL)
                .enhanced(0, 7, 3, SMALL)
                .simple(100, octets(4, 1));

        assertThat(read(file.toBytes()).packets())
                .containsExactly(
                        new Packet(1, 0, 3, 1, 0, list(SMALL)),
                        new Packet(2, 7000, 3, 1, 0, list(SMALL)),
                        new Packet(3, 7000, 100, 1, 0, list(octets(4, 1))));
    }

    @ParameterizedTest(name = "resolution {0}, offset {1}: {2} ticks are {3} ns")
    @CsvSource({
        "6, 0, 1500000, 1500000000",
        "9, 0, 1500000000, 1500000000",
        "0, 0, 3, 3000000000",
        "3, 10, 1500, 11500000000",
        "12, 0, 1500000000999, 1500000000",
        "18, 0, 1500000000000000000, 1500000000",
        "30, 0, -1, 0",
        "0x80, 2, 3, 5000000000",
        "0x8A, 0, 1536, 1500000000",
        "0xA0, 0, 6442450944, 1500000000",
        "0xBF, 0, -1, 1999999999",
        "0xC0, 0, -1, 999999999",
        "0xFF, 0, -1, 0",
        "9, 0, -1, 9000000000000000000",
        "0, 0, 9223372036854775807, 9000000000000000000",
        "9, 9223372036854775807, 5, 9000000000000000000",
        "9, -9223372036854775808, 5, 0",
        "6, -1, 1500000, 500000000",
    })
    void read_timeStamp_isNanosecondsAndNeverOverflows(int resolution, long offset, long ticks, long nanos) {
        Pcapng file = new Pcapng(BIG);
        file.anInterface(1, 0, file.times(resolution, offset)).enhanced(0, ticks, 3, SMALL);

        assertThat(read(file.toBytes()).packets())
                .singleElement()
                .satisfies(packet -> assertThat(packet.time()).isEqualTo(nanos));
    }

    @ParameterizedTest(name = "resolution {0}: {1} digits")
    @CsvSource({"6, 6", "9, 9", "3, 3", "12, 9", "0x8A, 4", "0xA0, 9"})
    void timeDigits_ofResolution_areKnownBeforeTheFirstPacket(int resolution, int digits) throws Exception {
        Pcapng file = new Pcapng(LITTLE);
        file.anInterface(1, 0, file.times(resolution, 0)).enhanced(0, 1, 3, SMALL);
        var channel = java.nio.channels.Channels.newChannel(new java.io.ByteArrayInputStream(file.toBytes()));
        try (PacketSource source = CaptureOpener.open("memory", new ChannelInput(channel, -1))) {
            assertThat(source.timeDigits()).isEqualTo(digits);
        }
    }

    @Test
    void walk_statistics_tellDroppedPackets() {
        Pcapng file = new Pcapng(LITTLE)
                .anInterface(1)
                .anInterface(1)
                .statistics(0, 5)
                .statistics(1, 40)
                .statistics(0, 7)
                .statistics(9, 1);
        PcapngFraming framing = new PcapngFraming();
        ByteBuffer octets =
                ByteBuffer.allocateDirect(file.size()).put(file.toBytes()).flip();

        framing.walk(MemorySegment.ofBuffer(octets), 0, file.size(), new PacketVector(1));

        assertThat(framing.dropped()).isEqualTo(47);
    }

    @Test
    void read_blocksOfUnknownType_areSteppedOver() {
        Pcapng file = new Pcapng(LITTLE);
        file.block(0x0BAD, file.body().raw(octets(70_000, 1)))
                .anInterface(1)
                .block(4, file.body().u32(0))
                .enhanced(0, 1, 3, SMALL)
                .block(10, file.body());

        assertThat(read(file.toBytes()).packets()).hasSize(1);
        assertThat(read(file.toBytes()).error()).isEmpty();
    }

    @Test
    void read_damagedBlock_saysWhatAndWhere() {
        Pcapng good = new Pcapng(LITTLE).anInterface(1).enhanced(0, 1, 3, SMALL);
        int at = good.size();
        var damages = List.of(
                new Damage(new CaptureFiles.Octets(LITTLE).u32(6).u32(8).u32(8), "a block of 8 bytes"),
                new Damage(new CaptureFiles.Octets(LITTLE).u32(9).u32(13).u64(0).u64(0), "a block of 13 bytes"),
                new Damage(new CaptureFiles.Octets(LITTLE).u32(9).u32(1 << 30).u64(0), "a block of 1073741824 bytes"),
                new Damage(new CaptureFiles.Octets(LITTLE).u32(9).u32(12).u32(16), "16 after it"),
                new Damage(new CaptureFiles.Octets(LITTLE).u32(6).u32(12).u32(12), "too short for its fields"),
                new Damage(new CaptureFiles.Octets(LITTLE).u32(1).u32(16).u32(1).u32(16), "too short for its fields"),
                new Damage(
                        new CaptureFiles.Octets(LITTLE).u32(0x0A0D0D0A).u32(12).u32(7), "byte-order magic"),
                new Damage(
                        new CaptureFiles.Octets(LITTLE).raw(new Pcapng(LITTLE, 2, 0).toBytes()),
                        "pcapng version 2.0 is not supported"),
                new Damage(
                        new CaptureFiles.Octets(LITTLE)
                                .u32(6)
                                .u32(32)
                                .u32(0)
                                .u64(0)
                                .u32(5)
                                .u32(5)
                                .u32(32),
                        "5 captured bytes"),
                new Damage(
                        new CaptureFiles.Octets(LITTLE)
                                .u32(6)
                                .u32(32)
                                .u32(3)
                                .u64(0)
                                .u32(0)
                                .u32(5)
                                .u32(32),
                        "a packet of interface 3, and the section describes 1"));

        for (Damage damage : damages) {
            Reading reading = read(concat(good.toBytes(), damage.octets.toBytes()));
            assertThat(reading.packets()).as(damage.why).hasSize(1);
            assertThat(reading.error()).contains(damage.why).contains("at byte " + at + ", after packet 1");
        }
    }

    private record Damage(CaptureFiles.Octets octets, String why) {}

    @Test
    void read_cutAnywhere_givesThePacketsBeforeAndWhereItIsCut() {
        Pcapng file = new Pcapng(BIG);
        List<Integer> ends = new java.util.ArrayList<>(List.of(0, file.size()));
        ends.add(file.anInterface(1).size());
        ends.add(file.enhanced(0, 1, 3, SMALL).size());
        ends.add(file.statistics(0, 1).size());
        ends.add(file.simple(3, SMALL).size());
        int[] packetsBefore = {0, 0, 0, 1, 1, 2};

        for (int cut = 4; cut < file.size(); cut++) {
            Reading reading = read(Arrays.copyOf(file.toBytes(), cut));
            int whole = 0;
            while (ends.get(whole + 1) <= cut) whole++;

            assertThat(reading.packets()).as("cut at %d", cut).hasSize(packetsBefore[whole]);
            if (cut == ends.get(whole)) {
                assertThat(reading.error()).isEmpty();
            } else {
                assertThat(reading.error()).contains("the file ends inside a block");
                assertThat(reading.offset()).isEqualTo((long) ends.get(whole));
            }
        }
    }
}
