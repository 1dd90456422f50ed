package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.DaemonLog;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is wrong is known at once, and told seldom. */
class TroubleTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong(-5);
    private final Trouble trouble =
            new Trouble(new DaemonLog(new PrintStream(log, true, StandardCharsets.UTF_8)), clock::get);

    private long told(String text) {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(text))
                .count();
    }

    @Test
    void troubles_thatAlternate_areToldOnceAMinuteEach() {
        for (int i = 0; i < 1200; i++) { // ten a second, for two minutes
            String why = i % 2 == 0 ? "it is silent" : "it refuses";
            trouble.tell(why);
            assertThat(trouble.what()).isEqualTo(why);
            if (i % 3 == 0) {
                trouble.over();
                assertThat(trouble.what()).isEmpty();
            }
            clock.addAndGet(SECOND / 10);
        }
        assertThat(told("it is silent")).isEqualTo(2);
        assertThat(told("it refuses")).isEqualTo(2);
    }

    @Test
    void troubles_thatAreMany_areForgotten_theOldestFirst() {
        for (int i = 0; i < 200; i++) {
            trouble.tell("number " + i + ";");
        }
        trouble.tell("number 199;");
        trouble.tell("number 0;");
        assertThat(told("number 199;")).isEqualTo(1);
        assertThat(told("number 0;")).isEqualTo(2);
    }
}
