package dev.weir.cli;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A classic pcap file (draft-ietf-opsawg-pcap) of conversations in random order: every fourth TCP with handshake and farewell, the
 * others UDP, every eighth over IPv6, both directions, frames of 128 octets cut to 96. Little-endian, as nearly all captures are. The
 * same octets each time.
 */
final class TrainingTraffic {
    private static final int FLOWS = 100_000, SNAP = 96, FRAME = 128, ETHERNET = 14, IPV4 = 20, IPV6 = 40;
    private static final int SYN = 0x02, ACK = 0x10, FIN = 0x01, PSH = 0x08;

    private final OutputStream out;
    private final SplittableRandom random = new SplittableRandom(1);
    private final int[] sent = new int[FLOWS];
    private final ByteBuffer packet = ByteBuffer.allocate(16 + SNAP);

    TrainingTraffic(OutputStream out) {
        this.out = out;
    }

    void write(int packets) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(24).order(LITTLE_ENDIAN);
        header.putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(SNAP)
                .putInt(1);
        out.write(header.array());
        for (int i = 0; i < packets; i++) {
            int flow = random.nextInt(FLOWS);
            packet.clear().order(LITTLE_ENDIAN);
            packet.putInt(1_767_225_600 + i / 1_000_000)
                    .putInt(i % 1_000_000)
                    .putInt(SNAP)
                    .putInt(FRAME)
                    .order(BIG_ENDIAN);
            putFrame(flow, sent[flow]++);
            out.write(packet.array());
        }
    }

    private void putFrame(int flow, int number) {
        boolean tcp = flow % 4 == 0, ipv6 = flow % 8 < 1;
        boolean reverse = number % 2 == 1;
        packet.put(new byte[12]).putShort((short) (ipv6 ? 0x86DD : 0x0800));
        int length = FRAME - ETHERNET;
        int client = 0x0A000000 | flow, server = 0x0B000000 | flow % 1000;
        if (ipv6) {
            packet.putInt(0x60000000)
                    .putShort((short) (length - IPV6))
                    .put((byte) (tcp ? 6 : 17))
                    .put((byte) 64);
            putIpv6(reverse ? server : client);
            putIpv6(reverse ? client : server);
        } else {
            packet.putInt(0x45000000 | length)
                    .putInt(0x4000)
                    .put((byte) 64)
                    .put((byte) (tcp ? 6 : 17))
                    .putShort((short) 0);
            packet.putInt(reverse ? server : client).putInt(reverse ? client : server);
        }
        int clientPort = 1024 + flow % 60_000, serverPort = 443;
        packet.putShort((short) (reverse ? serverPort : clientPort))
                .putShort((short) (reverse ? clientPort : serverPort));
        if (tcp) {
            packet.putLong(number).putShort((short) (0x5000 | flags(number))).putShort((short) 0xFFFF);
        } else {
            packet.putShort((short) (length - (ipv6 ? IPV6 : IPV4))).putShort((short) 0);
        }
    }

    private void putIpv6(int host) {
        packet.putInt(0x20010DB8).putLong(0).putInt(host);
    }

    private static int flags(int number) {
        return switch (number) {
            case 0 -> SYN;
            case 1 -> SYN | ACK;
            case 11, 12 -> FIN | ACK;
            default -> number > 12 ? ACK : ACK | PSH;
        };
    }
}
