package dev.weir.wire;

import static dev.weir.wire.CaptureFiles.octets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureFiles.Pcap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import org.junit.jupiter.api.Test;

class PcapWriterTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void write_packetsOfAnySize_readBackTheSame() throws IOException {
        Pcap pcap = new Pcap(ByteOrder.BIG_ENDIAN, PcapFraming.NANOS, LinkType.RAW);
        for (int i = 0; i < 300; i++) pcap.packet(0xFFFF_FF00L + i / 2, i, 300_000, octets(i * i % 90_001, i));
        pcap.packet(7, 999_999_999, 5, octets(262_144, 1));

        try (PacketSource source = memory(pcap);
                PcapWriter writer = new PcapWriter(Channels.newChannel(out), LinkType.RAW)) {
            PacketVector vector = new PacketVector(50);
            while (source.read(vector) > 0) writer.write(vector);
        }

        assertThat(CaptureFiles.read(out.toByteArray()).packets())
                .hasSize(301)
                .isEqualTo(CaptureFiles.read(pcap.toBytes()).packets());
    }

    @Test
    void write_packetOfAnotherLinkType_isRefusedByNumber() throws IOException {
        Pcap pcap = new Pcap(ByteOrder.LITTLE_ENDIAN, PcapFraming.MICROS, LinkType.RAW).packet(1, 1, 3, octets(3, 1));
        PacketVector vector = new PacketVector(5);
        try (PacketSource source = memory(pcap);
                PcapWriter writer = new PcapWriter(Channels.newChannel(out), LinkType.ETHERNET)) {
            source.read(vector);
            assertThatThrownBy(() -> writer.write(vector))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("packet 1 does not go into this pcap file: link type=101, file's=1");
        }
        assertThat(out.size()).isEqualTo(24);
    }

    private static PacketSource memory(Pcap pcap) throws CaptureException {
        var channel = Channels.newChannel(new ByteArrayInputStream(pcap.toBytes()));
        return CaptureOpener.open("memory", new ChannelInput(channel, pcap.size()));
    }
}
