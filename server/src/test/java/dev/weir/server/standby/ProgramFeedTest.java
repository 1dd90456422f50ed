package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.DaemonLog;
import dev.weir.server.state.Chunks;
import dev.weir.server.state.SelectorRig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which copies of what programs keep are of use. */
@Timeout(60)
class ProgramFeedTest {
    @TempDir
    Path folder = Path.of("");

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<ByteBuffer> sent = new ArrayList<>();

    private SelectorRig rig() throws IOException {
        return new SelectorRig(folder.resolve("state"), 1, Map.of(), null);
    }

    private ProgramFeed feed(SelectorRig of) {
        var writer = new ChangeWriter(chunk -> {
            byte[] octets = new byte[chunk.remaining()];
            chunk.get(octets);
            sent.add(ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN));
        });
        return new ProgramFeed(
                of.rig.programs, writer, new DaemonLog(new PrintStream(log, true, StandardCharsets.UTF_8)));
    }

    /** What the follower is told of the copy. */
    private boolean isSound() {
        ByteBuffer end = sent.getLast();
        assertThat(end.getInt(0)).isEqualTo(Chunks.COPIED);
        return end.getInt(Chunks.HEAD) == 1;
    }

    @ParameterizedTest(name = "the last one: {0}")
    @ValueSource(booleans = {false, true})
    void copy_whileMembersChange_isOfUse_whereNoOtherComes(boolean isLast) throws IOException {
        try (var rig = rig()) {
            var changed = new AtomicBoolean();
            boolean done = feed(rig).copy(isLast, () -> {
                if (!changed.getAndSet(true)) {
                    rig.fill();
                }
                return true;
            });
            assertThat(changed).isTrue();
            assertThat(done).isEqualTo(isLast);
            assertThat(isSound()).isEqualTo(isLast);
        }
    }

    /** One that does not sleep has a hundred times as many turns. */
    @Test
    void copy_thatTheFollowerIsSlowToTake_letsWorkersSleep() throws IOException {
        try (var rig = rig()) {
            rig.fill();
            var turns = new ArrayList<Long>();
            assertThat(feed(rig).copy(false, () -> {
                        if (turns.size() < 3) {
                            long before = turns(rig);
                            LockSupport.parkNanos(300_000_000L);
                            turns.add(turns(rig) - before);
                        }
                        return true;
                    }))
                    .isTrue();
            assertThat(turns).hasSize(3).allSatisfy(each -> assertThat(each).isLessThan(3000));
        }
    }

    private static long turns(SelectorRig rig) {
        return rig.rig.plane.counters().join().workers().getFirst().cycles();
    }

    @Test
    void copy_afterTheLastProgramIsGone_saysSo_once() throws Exception {
        try (var rig = rig()) {
            ProgramFeed feed = feed(rig);
            assertThat(feed.copy(false, () -> true)).isTrue();
            assertThat(feed.hasNews()).isTrue();
            rig.rig.programs.unload("ways");
            assertThat(feed.hasNews()).isTrue();
            sent.clear();
            assertThat(feed.copy(false, () -> true)).isTrue();
            assertThat(isSound()).isTrue();
            assertThat(sent).hasSize(1);
            assertThat(feed.hasNews()).isFalse();
        }
    }

    @Test
    void copy_withAnEntryThatIsLongerThanAChunk_isGivenUp_andToldOnce() throws IOException {
        try (var rig = rig()) {
            rig.note("x".repeat(Chunks.LONGEST));
            ProgramFeed feed = feed(rig);
            for (int i = 0; i < 2; i++) {
                assertThat(feed.copy(false, () -> true)).isFalse();
                assertThat(isSound()).isFalse();
            }
            assertThat(sent).allSatisfy(chunk -> assertThat(chunk.remaining()).isLessThan(Chunks.LONGEST));
            assertThat(log.toString(StandardCharsets.UTF_8).lines())
                    .singleElement()
                    .asString()
                    .contains("cannot be sent");
        }
    }
}
