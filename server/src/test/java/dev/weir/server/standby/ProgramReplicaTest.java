package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.server.Clock;
import dev.weir.server.programs.Programs;
import dev.weir.server.state.FieldReader;
import dev.weir.server.state.FieldWriter;
import dev.weir.server.state.ProgramRestore;
import dev.weir.server.state.ProgramSave;
import dev.weir.server.state.SelectorRig;
import dev.weir.server.state.SnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept of another machine's programs is the last copy that came whole. */
@Timeout(60)
class ProgramReplicaTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder = Path.of("");

    private final ProgramReplica replica = new ProgramReplica();

    /** The payloads of a copy, as many as there are. */
    private static List<ByteBuffer> copy(SelectorRig rig) throws IOException {
        List<ByteBuffer> payloads = new ArrayList<>();
        Programs programs = rig.rig.programs;
        assertThat(new ProgramSave(programs, true, 256).write((payload, _) -> payloads.add(payload.take())))
                .isTrue();
        return payloads;
    }

    private void add(List<ByteBuffer> payloads) throws SnapshotException {
        for (ByteBuffer payload : payloads) {
            replica.add(payload.duplicate());
        }
    }

    private void end(boolean isSound, long ahead) throws SnapshotException {
        replica.end(new FieldReader(new FieldWriter()
                .put(isSound ? 1 : 0)
                .put(5 * SECOND)
                .put(Clock.now() + ahead)
                .take()));
    }

    private SelectorRig restored(String name) throws IOException {
        return new SelectorRig(
                folder.resolve(name),
                1,
                Map.of(),
                programs -> assertThat(replica.resume(programs)).isEmpty(),
                (_, programs) -> replica.restore(programs));
    }

    @Test
    void program_thatWasLoaded_runsAgain_untilACopyHasNoMoreOfIt() throws Exception {
        List<ByteBuffer> nothing;
        try (var rig = new SelectorRig(folder.resolve("a"), 1, Map.of(), null)) {
            nothing = copy(rig);
            rig.loadSmall();
            add(copy(rig));
            end(true, 0);
        }
        try (var rig = restored("b")) {
            assertThat(rig.smallKeys()).hasSize(1);
        }
        add(nothing);
        end(true, 0);
        try (var rig = restored("c")) {
            assertThat(rig.smallKeys()).isEmpty();
        }
    }

    @Test
    void copies_thatAreCutOrOfNoUse_leaveTheOneBefore() throws IOException {
        SortedMap<String, String> first;
        try (var rig = new SelectorRig(folder.resolve("a"), 1, Map.of(), null)) {
            List<ByteBuffer> nothing = copy(rig);
            rig.fill();
            first = rig.told();
            List<ByteBuffer> filled = copy(rig);
            assertThat(filled).hasSizeGreaterThan(8);
            assertThat(replica.lag(System.nanoTime())).isEmpty();
            add(filled);
            end(true, 0);
            assertThat(replica.lag(System.nanoTime()).orElseThrow()).isBetween(5 * SECOND, 30 * SECOND);
            add(nothing);
            end(false, 0);
            add(nothing);
            replica.begin();
            add(nothing.subList(0, 1));
        }
        try (var rig = restored("b")) {
            assertThat(rig.told()).isEqualTo(first);
        }
        replica.clear();
        var none = new AtomicReference<ProgramRestore>();
        try (var _ = new SelectorRig(
                folder.resolve("c"), 1, Map.of(), (_, programs) -> none.set(replica.restore(programs)))) {
            assertThat(none.get()).isNull();
        }
    }

    @Test
    void copy_thatHasNothingOfAProgram_lacksIt() throws IOException {
        try (var rig = new SelectorRig(folder.resolve("a"), 1, Map.of(), null)) {
            end(true, 0);
            try (var _ = new SelectorRig(folder.resolve("b"), 1, Map.of(), (_, programs) -> {
                ProgramRestore restored = Objects.requireNonNull(replica.restore(programs));
                assertThat(restored.lacks("ways")).isTrue();
                assertThat(restored.lacks("another")).isTrue();
            })) {}
            add(copy(rig));
            end(true, 0);
            try (var _ = new SelectorRig(folder.resolve("c"), 1, Map.of(), (_, programs) -> {
                ProgramRestore restored = Objects.requireNonNull(replica.restore(programs));
                assertThat(restored.lacks("ways")).isFalse();
                assertThat(restored.lacks("another")).isTrue();
            })) {}
        }
    }

    @ParameterizedTest(name = "the sender''s clock is {0} ms ahead: times {1} s earlier")
    @CsvSource({"0, 0", "900, 0", "-500, 0", "5000, 5", "-5000, -5"})
    void times_areMovedByWhatIsMoreThanTheLine(long aheadMillis, long earlier) throws IOException {
        try (var rig = new SelectorRig(folder.resolve("a"), 1, Map.of(), null)) {
            rig.fill();
            assertThat(rig.createdAt()).containsOnly(0L);
            add(copy(rig));
            end(true, aheadMillis * SECOND / 1000);
        }
        try (var rig = restored("b")) {
            assertThat(rig.createdAt())
                    .allSatisfy(at ->
                            assertThat(at).isBetween(-earlier * SECOND - SECOND / 2, -earlier * SECOND + SECOND / 2));
        }
    }

    @Test
    void payloads_thatAreNone_areRefused_whenTheyCome() throws IOException {
        try (var rig = new SelectorRig(folder.resolve("a"), 1, Map.of(), null)) {
            rig.fill();
            for (ByteBuffer payload : copy(rig)) {
                for (int length = 0; length < payload.remaining(); length++) {
                    ByteBuffer cut = payload.duplicate().limit(length);
                    assertThatThrownBy(() -> replica.add(cut.order(java.nio.ByteOrder.LITTLE_ENDIAN)))
                            .isInstanceOf(SnapshotException.class);
                }
            }
        }
    }
}
