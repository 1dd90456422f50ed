package dev.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.wire.CaptureFiles.Packet;
import dev.weir.wire.CaptureFiles.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every real capture at hand gives the packets that tshark gives: as many, as long, with as much captured, when. */
class TsharkAgreementTest {
    @TestFactory
    Stream<DynamicTest> read_realCapture_agreesWithTshark() throws IOException {
        Path folder = RealCaptures.folder();
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(file -> file.toString().matches(".*\\.p?cap(ng)?"))
                    .sorted()
                    .toList();
        }
        assumeTrue(RealCaptures.runs("tshark"), "tshark is not installed");
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
    }

    private static void compare(Path file) throws IOException {
        List<String> ours = new ArrayList<>();
        try (PacketSource source = Captures.open(List.of(file.toString()))) {
            Reading reading = CaptureFiles.readAll(source, 300);
            for (Packet packet : reading.packets()) {
                ours.add(packet.length() + "\t" + packet.octets().size() + "\t" + packet.time());
            }
        }
        assertThat(ours).isEqualTo(tshark(file));
    }

    private static List<String> tshark(Path file) throws IOException {
        Process process = new ProcessBuilder(
                        "tshark",
                        "-n",
                        "-r",
                        file.toString(),
                        "-T",
                        "fields",
                        "-e",
                        "frame.len",
                        "-e",
                        "frame.cap_len",
                        "-e",
                        "frame.time_epoch")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int tab = line.lastIndexOf('\t') + 1;
                lines.add(line.substring(0, tab) + nanos(line.substring(tab)));
            }
        }
        return lines;
    }

    /** tshark prints a fraction of more than a second, which a damaged file can have, with more than nine digits. */
    private static long nanos(String epoch) {
        int point = epoch.indexOf('.');
        return new BigDecimal(epoch.substring(0, point)).longValueExact() * CaptureFiles.SECOND
                + Long.parseLong(epoch.substring(point + 1));
    }
}
