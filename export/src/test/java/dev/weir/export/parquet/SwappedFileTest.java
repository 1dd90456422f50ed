package dev.weir.export.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is under the name, and beside it, at each step. */
class SwappedFileTest {
    @TempDir
    private Path folder = Path.of("");

    private Path name() {
        return folder.resolve("x.parquet");
    }

    private static Octets octets(String text) {
        Octets octets = new Octets(4);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        octets.put(bytes, 0, bytes.length);
        return octets;
    }

    private List<String> there() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest(name = "with links: {0}")
    @ValueSource(booleans = {true, false})
    void publish_again_showsAllThatStaysAndTheNewEndAlone(boolean links) throws IOException {
        StringBuilder stays = new StringBuilder();
        try (SwappedFile file = SwappedFile.create(name(), links)) {
            for (int i = 0; i < 7; i++) {
                if (i != 3) {
                    stays.append("group").append(i);
                    file.append(octets("group" + i));
                }
                String end = "e".repeat(20 - 3 * i);
                file.publish(octets(end));
                assertThat(Files.readString(name())).isEqualTo(stays + end);
            }
            assertThat(there()).containsExactly(".x.parquet.next", "x.parquet");
        }
        assertThat(there()).containsExactly("x.parquet");
    }

    @Test
    void reader_whoOpenedBeforeATurn_goesOnReadingWhatItOpened() throws IOException {
        try (SwappedFile file = SwappedFile.create(name())) {
            file.append(octets("one"));
            file.publish(octets("END"));
            try (var reader = Files.newInputStream(name())) {
                file.append(octets("two"));
                file.publish(octets("END"));
                assertThat(reader.readAllBytes()).asString().isEqualTo("oneEND");
            }
        }
    }

    @Test
    void create_afterAKill_takesOverWhatWasLeftBeside() throws IOException {
        Files.writeString(name(), "old");
        Files.writeString(folder.resolve(".x.parquet.next"), "a longer one that nobody completed");
        Files.writeString(folder.resolve(".x.parquet.last"), "x");
        try (SwappedFile file = SwappedFile.create(name())) {
            assertThat(Files.readString(name())).isEqualTo("old");
            file.publish(octets("END"));
            assertThat(Files.readString(name())).isEqualTo("END");
        }
        assertThat(there()).containsExactly("x.parquet");
    }

    @Test
    void create_whileAnotherWrites_isRefusedByName() throws IOException {
        try (SwappedFile file = SwappedFile.create(name())) {
            file.publish(octets("END"));
            assertThatThrownBy(() -> SwappedFile.create(name()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("x.parquet: another weir writes it");
            file.append(octets("more"));
            file.publish(octets("END"));
            assertThat(Files.readString(name())).isEqualTo("moreEND");
        }
    }

    @Test
    void publish_afterSomebodyMovedTheFileAway_leavesThatAndMakesAWholeOne() throws IOException {
        try (SwappedFile file = SwappedFile.create(name())) {
            file.append(octets("one"));
            file.publish(octets("END"));
            Files.move(name(), folder.resolve("kept.parquet"));
            file.append(octets("two"));
            file.publish(octets("END"));
            file.append(octets("three"));
            file.publish(octets("END"));
            assertThat(Files.readString(name())).isEqualTo("onetwothreeEND");
            assertThat(Files.readString(folder.resolve("kept.parquet"))).isEqualTo("oneEND");
        }
    }

    @Test
    void publish_afterSomebodyPutAnotherFileThere_neverWritesIntoThat() throws IOException {
        try (SwappedFile file = SwappedFile.create(name())) {
            file.append(octets("one"));
            file.publish(octets("END"));
            Path other = Files.writeString(folder.resolve("other"), "not ours");
            Files.createLink(folder.resolve("keeps"), other);
            Files.move(other, name(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            for (int i = 0; i < 3; i++) {
                file.append(octets("+"));
                file.publish(octets("END"));
            }
            assertThat(Files.readString(name())).isEqualTo("one+++END");
            assertThat(Files.readString(folder.resolve("keeps"))).isEqualTo("not ours");
        }
    }

    @Test
    void create_throughASymbolicLink_writesWhatItLeadsTo() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("y.parquet");
        Files.writeString(real, "old");
        Files.createSymbolicLink(name(), real);
        try (SwappedFile file = SwappedFile.create(name())) {
            file.publish(octets("END"));
        }
        assertThat(Files.readString(real)).isEqualTo("END");
        assertThat(Files.isSymbolicLink(name())).isTrue();
    }
}
