package dev.weir.wire;

import static dev.weir.wire.CaptureFiles.SECOND;
import static dev.weir.wire.CaptureFiles.list;
import static dev.weir.wire.CaptureFiles.octets;
import static dev.weir.wire.CaptureFiles.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.LinkType;
import dev.weir.wire.CaptureFiles.Packet;
import dev.weir.wire.CaptureFiles.Pcap;
import dev.weir.wire.CaptureFiles.Reading;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PcapFramingTest {
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final byte[] SMALL = {1, 2, 3};
    private static final byte[] OTHER = {9, 8, 7, 6};

    static Stream<Arguments> variants() {
        return Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
                .flatMap(order -> Stream.of(PcapFraming.MICROS, PcapFraming.NANOS, PcapFraming.MODIFIED)
                        .map(magic -> Arguments.of(order, magic)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("variants")
    void read_anyVariant_givesPackets(ByteOrder order, int magic) {
        long unit = magic == PcapFraming.NANOS ? 1 : 1000;
        byte[] file = new Pcap(order, magic, LinkType.RAW)
                .packet(1, 2, 60, SMALL)
                .packet(0xFFFF_FFFFL, 999_999, 4, OTHER)
                .toBytes();

        assertThat(read(file).packets())
                .containsExactly(
                        new Packet(1, SECOND + 2 * unit, 60, LinkType.RAW, 0, list(SMALL)),
                        new Packet(2, 0xFFFF_FFFFL * SECOND + 999_999 * unit, 4, LinkType.RAW, 0, list(OTHER)));
        assertThat(read(file).complete()).isTrue();
    }

    @ParameterizedTest(name = "version {0}.{1}: {2} and {3} read as {4} of {5}")
    @CsvSource({
        "2, 4, 3, 60, 3, 60",
        "2, 4, 3, 2, 3, 3", // longer than it was: as long as what is there
        "2, 3, 3, 60, 3, 60",
        "2, 3, 60, 3, 3, 60",
        "2, 2, 60, 3, 3, 60",
        "543, 0, 60, 3, 3, 60",
        "2, 4, 3, 4294967295, 3, 2147483647",
    })
    void read_lengthsOfThatVersion_areTold(int major, int minor, long first, long second, int captured, int length) {
        byte[] file = new Pcap(LITTLE, PcapFraming.MICROS, major, minor, 65535, 1)
                .record(0, 0, first, second, SMALL)
                .toBytes();

        Reading reading = read(file);

        assertThat(reading.error()).isEmpty();
        assertThat(reading.packets()).singleElement().satisfies(packet -> {
            assertThat(packet.octets()).hasSize(captured);
            assertThat(packet.length()).isEqualTo(length);
        });
    }

    @ParameterizedTest(name = "{0}.{1}")
    @CsvSource({"1, 2", "3, 0", "543, 1", "0, 0"})
    void read_unknownVersion_isRefused(int major, int minor) {
        byte[] file = new Pcap(LITTLE, PcapFraming.MICROS, major, minor, 65535, 1).toBytes();

        assertThat(read(file).error()).contains("pcap version " + major + "." + minor + " is not supported");
    }

    @Test
    void read_linkTypeWithFrameCheckSequenceBits_ignoresThem() {
        byte[] file = new Pcap(LITTLE, PcapFraming.MICROS, 2, 4, 65535, 0x5400_0001)
                .packet(0, 0, 3, SMALL)
                .toBytes();

        assertThat(read(file).packets())
                .singleElement()
                .satisfies(packet -> assertThat(packet.link()).isEqualTo(LinkType.ETHERNET));
    }

    @ParameterizedTest(name = "link type {0}, {1} bytes: read={2}")
    @CsvSource({"1, 262144, true", "1, 262145, false", "189, 262145, true", "189, 134217729, false"})
    void read_longPacket_isReadUpToWhatTheLinkTypeAllows(int linkType, int captured, boolean read) {
        byte[] octets = captured > 1 << 20 ? SMALL : octets(captured, 5);
        byte[] file = new Pcap(LITTLE, PcapFraming.MICROS, linkType)
                .packet(1, 1, 3, SMALL)
                .record(1, 1, captured, captured, octets)
                .packet(1, 1, 3, SMALL)
                .toBytes();

        Reading reading = read(file);

        assertThat(reading.packets()).hasSize(read ? 3 : 1);
        if (!read) {
            assertThat(reading.error()).contains(captured + " captured bytes").contains("at byte 43, after packet 1");
        }
    }

    @Test
    void read_cutAnywhere_givesThePacketsBeforeAndWhereItIsCut() {
        byte[] file = new Pcap(ByteOrder.BIG_ENDIAN, PcapFraming.NANOS, 1)
                .packet(1, 1, 3, SMALL)
                .packet(2, 2, 4, OTHER)
                .packet(3, 3, 90)
                .toBytes();
        int[] ends = {24, 43, 63, 79};
        List<Packet> all = read(file).packets();

        for (int cut = 4; cut < file.length; cut++) {
            Reading reading = read(Arrays.copyOf(file, cut));
            int whole = 0;
            while (whole < 3 && ends[whole + 1] <= cut) whole++;

            assertThat(reading.packets()).as("cut at %d", cut).isEqualTo(all.subList(0, whole));
            if (cut < 24) {
                assertThat(reading.error()).contains("the file ends inside its header");
            } else if (cut == ends[whole]) {
                assertThat(reading.error()).isEmpty();
            } else {
                assertThat(reading.error()).contains("the file ends inside a packet");
                assertThat(reading.offset()).isEqualTo(ends[whole]);
                assertThat(reading.after()).isEqualTo(whole);
            }
        }
    }

    @Test
    void read_anyCapacity_givesTheSamePackets() {
        Pcap pcap = new Pcap(LITTLE, PcapFraming.MICROS, 1);
        for (int i = 0; i < 3000; i++) pcap.packet(i, i, 2000, octets(i % 400, i));
        List<Packet> expected = read(pcap.toBytes(), 5000).packets();

        assertThat(expected).hasSize(3000);
        for (int capacity : new int[] {1, 2, 100, 1024}) {
            assertThat(read(pcap.toBytes(), capacity).packets())
                    .as("capacity %d", capacity)
                    .isEqualTo(expected);
        }
    }
}
