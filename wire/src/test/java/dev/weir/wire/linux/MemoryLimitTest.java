package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limit is the process's, so each test puts it back. */
class MemoryLimitTest {
    private static final int RLIMIT_MEMLOCK = 8;
    private static final long SOFT = 64 << 10, HARD = 1 << 20, NONE = -1;
    private static final int CAP_SYS_RESOURCE = 24;

    private List<Long> before = List.of();

    @BeforeEach
    void remember() {
        before = limits();
    }

    @AfterEach
    void restore() {
        limits(before.getFirst(), before.getLast());
    }

    /** The lower one, which holds, and the higher one, to which it may be raised. */
    private static List<Long> limits() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(JAVA_LONG, 2);
            assertThat(SystemCalls.getrlimit(RLIMIT_MEMLOCK, limit)).isZero();
            return List.of(limit.getAtIndex(JAVA_LONG, 0), limit.getAtIndex(JAVA_LONG, 1));
        }
    }

    private static void limits(long soft, long hard) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(SystemCalls.setrlimit(RLIMIT_MEMLOCK, arena.allocateFrom(JAVA_LONG, soft, hard)))
                    .isZero();
        }
    }

    /** Root has CAP_SYS_RESOURCE, unless it is root of a container or a sandbox. */
    @Test
    void raise_goesAsFarAsTheRights() throws IOException {
        boolean mayRaise = mayRaise();
        limits(SOFT, mayRaise ? HARD : before.getLast());
        MemoryLimit.raise();
        long expected = mayRaise ? NONE : before.getLast();
        assertThat(limits()).containsExactly(expected, expected);
    }

    private static boolean mayRaise() throws IOException {
        String rights = Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .findFirst()
                .orElse("CapEff:\t0")
                .substring("CapEff:\t".length());
        return (Long.parseUnsignedLong(rights, 16) >>> CAP_SYS_RESOURCE & 1) != 0;
    }

    /** Needs none: the lower limit may be anything up to the higher one. */
    @Test
    void raise_withoutRights_goesAsFarAsItMay() throws Exception {
        limits(SOFT, before.getLast());
        FutureTask<Boolean> unprivileged = new FutureTask<>(() -> {
            boolean dropped = Capabilities.keepOnly(Set.of());
            MemoryLimit.raise();
            return dropped;
        });
        Thread.ofPlatform().start(unprivileged);
        assertThat(unprivileged.get()).isTrue();
        assertThat(limits()).containsExactly(before.getLast(), before.getLast());
    }
}
