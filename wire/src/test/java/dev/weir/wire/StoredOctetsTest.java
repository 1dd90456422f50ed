package dev.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Octets come as they went in, in pieces of any size. */
class StoredOctetsTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"0,false", "1,false", "3,true", "4,false", "65536,true", "200000,false", "200000,true"})
    void octets_readInPieces_areThoseOfTheFile(int size, boolean gzip) throws IOException {
        byte[] wanted = new byte[size];
        new SplittableRandom(size).nextBytes(wanted);
        Path file = folder.resolve("file");
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = gzip ? new GZIPOutputStream(plain) : plain) {
            out.write(wanted);
        }
        byte[] read = new byte[size + 10];
        int have = 0;
        try (StoredOctets octets = StoredOctets.open(file.toString())) {
            assertThat(octets.total()).isEqualTo(Files.size(file));
            var random = new SplittableRandom(7);
            while (true) {
                byte[] next = octets.peek(random.nextInt(1, 8));
                int piece = octets.read(read, have, Math.min(random.nextInt(1, 90_000), read.length - have));
                if (piece == 0) {
                    break;
                }
                assertThat(Arrays.copyOfRange(read, have, have + Math.min(piece, next.length)))
                        .isEqualTo(Arrays.copyOf(next, Math.min(piece, next.length)));
                have += piece;
            }
            assertThat(octets.consumed()).isEqualTo(Files.size(file));
        }
        assertThat(Arrays.copyOf(read, have)).isEqualTo(wanted);
    }

    @Test
    void file_thatIsNot_isNamed() {
        assertThatThrownBy(() -> StoredOctets.open("none.here"))
                .isInstanceOf(CaptureException.class)
                .hasMessage("none.here: no such file");
    }
}
