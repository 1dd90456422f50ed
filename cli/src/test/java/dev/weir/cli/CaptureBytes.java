package dev.weir.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Small captures for tests of the command. */
final class CaptureBytes {
    /** Octets of a classic pcap file's header, and of one of the packets of {@link #of}. */
    static final int FILE_HEADER = 24, PACKET = 16 + 96;

    private CaptureBytes() {}

    /** The first packets of {@link TrainingTraffic}. */
    static byte[] of(int packets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new TrainingTraffic(out).write(packets);
        return out.toByteArray();
    }
}
