package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sensors as processes of their own, {@code weir track} each, and what they see of a capture. */
public final class Sensors {
    private static final int FILE_HEAD = 24, RECORD_HEAD = 16, SOURCE = 26;

    private Sensors() {}

    /** Which packets a sensor sees. */
    public interface Sight {
        /**
         * @param number of the packet, from 0
         * @param fromClient whether its source is in 10.0.0.0/8
         */
        boolean sees(int number, boolean fromClient);
    }

    /** Writes the packets that a sensor sees, of a classic pcap file; a packet is never older than the one before it. */
    public static Path see(Path capture, Path into, Sight sight) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(capture)));
                var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(into)))) {
            out.write(in.readNBytes(FILE_HEAD));
            long clock = 0;
            byte[] head = in.readNBytes(RECORD_HEAD);
            for (int number = 0; head.length == RECORD_HEAD; number++) {
                var buffer = ByteBuffer.wrap(head);
                clock = Math.max(clock, buffer.getInt(0) * 1_000_000L + buffer.getInt(4));
                buffer.putInt(0, (int) (clock / 1_000_000)).putInt(4, (int) (clock % 1_000_000));
                byte[] packet = in.readNBytes(buffer.getInt(8));
                if (sight.sees(number, packet[SOURCE] == 10)) {
                    out.write(head);
                    out.write(packet);
                }
                head = in.readNBytes(RECORD_HEAD);
            }
        }
        return into;
    }

    /** Runs {@code weir track CAPTURE --export PLACE} to its end. */
    public static void track(Path capture, String place, String... more) throws Exception {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.weir.cli.Main",
                "track",
                capture.toString(),
                "--export",
                place));
        command.addAll(List.of(more));
        Path log = Files.createTempFile(capture.getParent(), "sensor", ".log");
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        assertThat(status).as(Files.readString(log)).isZero();
    }
}
