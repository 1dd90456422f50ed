package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NicenessTest {
    /** The kernel's word: the 19th field of proc(5) stat; those before the third hold the name, in parentheses. */
    static int ofThisThread() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return Integer.parseInt(fields.get(16));
    }

    @Test
    void set_changesThisThreadAlone() throws Exception {
        int before = ofThisThread();
        var task = new FutureTask<>(() -> {
            assertThat(Niceness.set(Niceness.LOWEST_PRIORITY)).isTrue();
            return ofThisThread();
        });
        Thread.ofPlatform().start(task);
        assertThat(task.get()).isEqualTo(19);
        assertThat(ofThisThread()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 20})
    void set_outOfRange_isRefused(int niceness) {
        assertThatThrownBy(() -> Niceness.set(niceness)).hasMessageContaining("niceness=" + niceness);
    }
}
