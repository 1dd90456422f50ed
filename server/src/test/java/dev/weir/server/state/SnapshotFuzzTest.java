package dev.weir.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Any octets are refused, or flows come back and packets flow; also where every checksum is right. */
class SnapshotFuzzTest {
    /** Each octet that is tried takes a data plane of its own; a prime number meets all bits, and all places of fields. */
    private static final int STEP = 17;

    private static Path folder = Path.of("");
    private static byte[] whole = {}, withProgram = {};

    @BeforeAll
    static void write() throws Exception {
        folder = Files.createTempDirectory("weir-snapshots");
        try (var rig = new StateRig(folder.resolve("whole"), 1)) {
            rig.packets(3, 1);
            rig.keeper.save();
        }
        whole = Files.readAllBytes(folder.resolve("whole"));
        try (var rig = new SelectorRig(folder.resolve("referring"), 2)) {
            rig.fill();
            rig.loadSmall();
            rig.rig.keeper.save();
        }
        withProgram = Files.readAllBytes(folder.resolve("referring"));
    }

    @AfterAll
    static void remove() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @FuzzTest
    void anyOctets_areRefusedOrRead(byte[] octets) {
        start(octets);
    }

    @FuzzTest
    void anyPayloads_withRightChecksums_areRefusedOrRead(byte[] octets) {
        start(sealed(octets));
    }

    private static void start(byte[] octets) {
        Path file = folder.resolve("tried");
        try {
            Files.write(file, octets);
            try (var rig = new StateRig(file, 2)) {
                rig.packets(4, 3);
                assertThat(rig.plane.isServing()).isTrue();
                assertThat(rig.told()).doesNotContain("internal error");
            }
            try (var files = Files.list(folder)) {
                for (Path each : files.filter(
                                path -> path.getFileName().toString().startsWith("tried"))
                        .toList()) {
                    Files.delete(each);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The octets as a snapshot whose lengths are believed as far as they go, and whose checksums are made right. */
    private static byte[] sealed(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out =
                ByteBuffer.allocate(Chunks.HEADER + 2 * octets.length + 256).order(ByteOrder.LITTLE_ENDIAN);
        out.put(Chunks.header(1, false));
        in.position(Math.min(Chunks.HEADER, octets.length));
        long chunks = 0, flows = 0;
        while (in.remaining() >= Chunks.HEAD && out.remaining() > octets.length + 128) {
            int kind = in.getInt(), length = Math.clamp(in.getInt(), 0, in.remaining() - Integer.BYTES);
            in.getInt();
            if (kind == Chunks.END) {
                break;
            }
            ByteBuffer chunk = ByteBuffer.allocate(Chunks.HEAD + length).order(ByteOrder.LITTLE_ENDIAN);
            chunk.put(Chunks.HEAD, in.array(), in.position(), length);
            in.position(in.position() + length);
            if (kind == Chunks.FLOWS && length >= 8) {
                flows += chunk.getInt(Chunks.HEAD + 4);
            }
            Chunks.seal(chunk, kind);
            out.put(chunk.position(0));
            chunks++;
        }
        var crc = new CRC32C();
        crc.update(out.array(), 0, out.position());
        ByteBuffer end = ByteBuffer.allocate(Chunks.HEAD + Chunks.END_PAYLOAD).order(ByteOrder.LITTLE_ENDIAN);
        end.position(Chunks.HEAD)
                .putLong(chunks)
                .putLong(flows)
                .putInt((int) crc.getValue())
                .flip();
        Chunks.seal(end, Chunks.END);
        out.put(end);
        byte[] file = new byte[out.position()];
        out.flip().get(file);
        return file;
    }

    /** Octets from one end to the other changed, with checksums that say nothing of it. */
    @Test
    @Timeout(180)
    void octetsThatWereChanged_withRightChecksums_areRefusedOrRead() {
        for (int i = Chunks.HEADER; i < whole.length; i += STEP) {
            byte[] octets = whole.clone();
            octets[i] ^= (byte) (1 << i % 8);
            start(sealed(octets));
        }
    }

    /** The same where the program that the octets are of runs: what is put back of them is never more than it can have, and packets and the control plane go on. */
    @Test
    @Timeout(180)
    void octetsOfPrograms_thatWereChanged_withRightChecksums_areRefusedOrRead() throws IOException {
        Path file = folder.resolve("tried");
        for (int i = Chunks.HEADER; i < withProgram.length; i += STEP) {
            byte[] octets = withProgram.clone();
            octets[i] ^= (byte) (1 << i % 8);
            Files.write(file, sealed(octets));
            try (var rig = new SelectorRig(file, 2)) {
                rig.frame(SelectorRig.A, SelectorRig.B, 0x9001);
                rig.frame(SelectorRig.B, 0x0b0000000001L, 0x9007);
                assertThat(rig.told()).as("octet %d", i).hasSizeGreaterThanOrEqualTo(6);
                assertThat(rig.rig.told()).as("octet %d", i).doesNotContain("internal error");
            }
            try (var files = Files.list(folder)) {
                for (Path each : files.filter(
                                path -> path.getFileName().toString().startsWith("tried"))
                        .toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
