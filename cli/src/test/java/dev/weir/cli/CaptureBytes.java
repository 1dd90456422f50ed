package dev.weir.cli;

import dev.weir.testing.Frames;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Captures for tests of the command. */
final class CaptureBytes {
    /** Octets of a classic pcap file's header, and of one of the packets of {@link #of}. */
    static final int FILE_HEADER = 24, PACKET = 16 + 96;

    private static final int BEGIN = 1_795_262_400;

    private CaptureBytes() {}

    /** The first packets of {@link TrainingTraffic}. */
    static byte[] of(int packets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new TrainingTraffic(out).write(packets);
        return out.toByteArray();
    }

    /** A datagram each millisecond, each a flow of its own: with a short timeout most end while the capture is read. */
    static void writeManyFlows(Path file, int flows) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (int word : new int[] {0xA1B2C3D4, 0x00020004, 0, 0, 65_535, 1}) {
                out.writeInt(word);
            }
            byte[] payload = Frames.payload(10);
            for (int i = 0; i < flows; i++) {
                byte[] frame =
                        Frames.ethernet(Frames.ipv4(0x0A000000 + i, 0x0A800001, 17, Frames.udp(1000, 53, payload)));
                out.writeInt(BEGIN + i / 1000);
                out.writeInt(i % 1000 * 1000);
                out.writeInt(frame.length);
                out.writeInt(frame.length);
                out.write(frame);
            }
        }
    }
}
