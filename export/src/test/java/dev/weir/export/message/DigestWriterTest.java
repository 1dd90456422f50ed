package dev.weir.export.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.PacketDigests;
import dev.weir.table.TenantMode;
import dev.weir.wire.Captures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets to messages and back, and octets that are none. */
class DigestWriterTest {
    private static final Path CAPTURE = Path.of("../samples/web.pcap");

    /** All messages of a capture that is read so many packets at a time. */
    private static List<byte[]> messages(int atOnce) throws IOException {
        var messages = new ArrayList<byte[]>();
        var writer =
                new DigestWriter("s-1", "r", TunnelMode.OUTER, TenantMode.NONE, (_, _, octets) -> messages.add(octets));
        var vector = new PacketVector(atOnce);
        try (var source = Captures.open(List.of(CAPTURE.toString()))) {
            while (source.read(vector) > 0) {
                writer.accept(vector);
            }
        }
        writer.end(true);
        return messages;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 256, 2048})
    void messages_ofACapture_haveItsPacketsInOrder_howeverItIsRead(int atOnce) throws IOException {
        long sequence = 0, packets = 0, read = 0, clock = 0;
        for (byte[] each : messages(atOnce)) {
            DigestMessage message = DigestMessage.decode(each);
            assertThat(message.head().sequence()).isEqualTo(++sequence);
            assertThat(message.head().before()).isEqualTo(packets);
            assertThat(message.head().clock()).isGreaterThanOrEqualTo(clock);
            clock = message.head().clock();
            packets += message.head().packets();
            read += message.head().counters().getOrDefault("packets", 0L);
            int found = 0;
            for (int at = message.at(), size; (size = PacketDigests.size(each, at)) != 0; at += size) {
                found++;
            }
            assertThat(found).isEqualTo(message.head().packets());
        }
        long there = 0;
        try (var source = Captures.open(List.of(CAPTURE.toString()))) {
            var vector = new PacketVector(256);
            for (int n; (n = source.read(vector)) > 0; ) {
                there += n;
            }
        }
        assertThat(read).isEqualTo(there).isPositive();
        assertThat(packets).isBetween(1L, there);
    }

    @Test
    void digests_ofARunThatIsReadAgain_areTheSame() throws IOException {
        List<byte[]> once = messages(2048), again = messages(2048);
        assertThat(again).hasSameSizeAs(once);
        for (int i = 0; i < once.size(); i++) {
            assertThat(again.get(i)).isEqualTo(once.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void octets_thatWereDamaged_areAMessageOrAFault(long seed) throws IOException {
        var random = new Random(seed);
        byte[] whole = messages(256).getFirst();
        for (int i = 0; i < 3000; i++) {
            byte[] octets = Arrays.copyOf(whole, random.nextInt(8) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int hits = 1 + random.nextInt(3); hits > 0 && octets.length > 0; hits--) {
                octets[random.nextInt(Math.min(octets.length, 200))] = (byte) random.nextInt();
            }
            try {
                DigestMessage message = DigestMessage.decode(octets);
                assertThat(message.head().packets())
                        .as("seed=" + seed + " i=" + i)
                        .isBetween(0, DigestHead.MOST_PACKETS);
            } catch (MessageFault e) {
                assertThat(e.getMessage()).as("seed=" + seed + " i=" + i).isNotBlank();
            }
        }
    }

    @Test
    void octets_thatAreNone_sayWhy() {
        assertThatThrownBy(() -> DigestMessage.decode(new byte[0]))
                .isInstanceOf(MessageFault.class)
                .hasMessage("message of 0 octets: ends early");
        assertThatThrownBy(() -> DigestMessage.decode(new byte[] {'{', '}', 0}))
                .hasMessage("begin: no message of packet digests");
        assertThatThrownBy(() -> DigestMessage.decode(new byte[] {'W', 'D', 7}))
                .hasMessage("version: 7 is not known; 1 is");
    }
}
