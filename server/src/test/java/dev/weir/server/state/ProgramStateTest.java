package dev.weir.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Origin;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.server.api.TestPrograms;
import dev.weir.server.programs.ProgramNode;
import dev.weir.testing.Frames;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries and cells of programs come back with all that stands in them. */
@Timeout(120)
class ProgramStateTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int SENDERS = 200;
    private static final String TABLE = "Main.flows", COUNTER = "Main.protocols", REGISTER = "Main.notes";

    @TempDir
    Path folder = Path.of("");

    private static GraphConfig graph(int workers, int size) {
        Diagnostics diagnostics = new Diagnostics();
        ProgramImage image = Objects.requireNonNull(ProgramImage.compile(
                "tracker",
                SourceFile.of("tracker.p4", TestPrograms.TRACKER),
                new IncludePath(List.of()),
                Map.of("FLOWS", Integer.toString(size)),
                null,
                diagnostics));
        return StateRig.translating(GraphConfig.builder().node("tracker", new ProgramNode(image, Map.of())), workers);
    }

    /** A packet of each of many senders. */
    private static void packets(StateRig rig, int workers, long seconds) {
        for (int n = 0; n < SENDERS; n++) {
            byte[] frame = Frames.udpFrame("10.1.0." + n, 1000, "192.0.2.1", 53, 8);
            rig.ports.get(0).put(n % workers, seconds * SECOND, frame);
        }
        rig.settle();
    }

    private static ProgramRuntime runtime(StateRig rig) {
        return Objects.requireNonNull(rig.programs.running().get("tracker")).runtime();
    }

    private static EntryKey key(int port, int source) {
        return new EntryKey(
                List.of(new Match.Exactly(BigInteger.valueOf(port)), new Match.Exactly(BigInteger.valueOf(source))),
                null);
    }

    private static void write(StateRig rig, Change change) {
        List<Outcome> outcomes = runtime(rig)
                .write(List.of(change), Atomicity.CONTINUE_ON_ERROR, Origin.control("test", 7))
                .join();
        assertThat(outcomes).allMatch(Outcome::isDone);
    }

    private static void control(StateRig rig) {
        Table.Call call = new Table.Call("Main.mark", List.of(BigInteger.valueOf(0x01020304), BigInteger.TWO));
        write(rig, new Change.Insert(TABLE, key(1, 99), call, EntryOptions.NONE.withMetadata("ours")));
        write(rig, new Change.SetRegister(REGISTER, new Change.Place.Index(2), BigInteger.valueOf(1234)));
    }

    /** All that is told of each entry, but when it was read. */
    private static Map<String, String> entries(StateRig rig) {
        var all = new ArrayList<EntryState>();
        EntryPage.Position at = EntryPage.Position.START;
        while (at != null) {
            EntryPage page = runtime(rig).entries(TABLE, _ -> true, at, 100).join();
            all.addAll(page.entries());
            at = page.next();
        }
        var texts = new TreeMap<String, String>();
        for (EntryState entry : all) {
            texts.put(
                    entry.key().toString(),
                    entry.call() + " " + entry.permissions() + " " + entry.created() + " " + entry.updated() + " "
                            + entry.createdAt() + " " + entry.lastUsedAt() + " " + entry.lifetimeNanos() + " "
                            + entry.metadata());
        }
        return texts;
    }

    private static String cells(StateRig rig) {
        return runtime(rig).cells(COUNTER, 17, 1).join() + " "
                + runtime(rig).cells(REGISTER, 0, 4).join();
    }

    @ParameterizedTest(name = "clean stop: {0}")
    @CsvSource({"false", "true"})
    void entriesAndCells_areBack(boolean clean) throws IOException {
        Map<String, String> entries;
        String cells;
        try (var rig = new StateRig(folder.resolve("state"), 2, graph(2, 1024))) {
            packets(rig, 2, 10);
            control(rig);
            entries = entries(rig);
            cells = cells(rig);
            assertThat(entries).hasSize(SENDERS + 1);
            if (clean) {
                rig.end();
            } else {
                assertThat(rig.keeper.save().entries()).isEqualTo(SENDERS + 2);
            }
        }
        try (var rig = new StateRig(folder.resolve("state"), 2, graph(2, 1024))) {
            assertThat(rig.keeper.status().restored().entries()).isEqualTo(SENDERS + 2);
            assertThat(rig.keeper.status().restored().leftOut()).isEmpty();
            assertThat(entries(rig)).isEqualTo(entries);
            assertThat(cells(rig)).isEqualTo(cells).contains("1234", Integer.toString(SENDERS));
            packets(rig, 2, 12);
            assertThat(entries(rig).keySet()).as("all were hits").isEqualTo(entries.keySet());
        }
    }

    /** Together they are longer than a chunk may be. */
    @Test
    void entries_withLongMetadata_areBack() throws IOException {
        Table.Call call = new Table.Call("Main.mark", List.of(BigInteger.valueOf(0x01020304), BigInteger.TWO));
        String metadata = "ü".repeat(20_000);
        Map<String, String> entries;
        try (var rig = new StateRig(folder.resolve("state"), 1, graph(1, 1024))) {
            for (int n = 0; n < 450; n++) {
                write(rig, new Change.Insert(TABLE, key(1, n), call, EntryOptions.NONE.withMetadata(metadata + n)));
            }
            entries = entries(rig);
            assertThat(rig.keeper.save().octets()).isGreaterThan(Chunks.LONGEST);
        }
        try (var rig = new StateRig(folder.resolve("state"), 1, graph(1, 1024))) {
            assertThat(rig.keeper.status().restored().entries()).isEqualTo(450);
            assertThat(entries(rig)).hasSize(450).isEqualTo(entries);
        }
    }

    @ParameterizedTest(name = "{0} workers, size {1}")
    @CsvSource({"1, 1024, 1, entry-of-other-workers", "2, 512, 0, program-changed", "3, 1024, 3, entry-of-other-workers"
    })
    void whatDoesNotFit_isLeftOut_andTold(int workers, int size, long restored, String reason) throws IOException {
        try (var rig = new StateRig(folder.resolve("state"), 2, graph(2, 1024))) {
            packets(rig, 2, 10);
            control(rig);
            rig.keeper.save();
        }
        try (var rig = new StateRig(folder.resolve("state"), workers, graph(workers, size))) {
            StateStatus.Restored back = rig.keeper.status().restored();
            assertThat(back.entries()).isEqualTo(restored);
            assertThat(back.leftOut()).containsKey(reason);
            assertThat(back.flows()).as("flows are back all the same").isEqualTo(SENDERS);
            assertThat(entries(rig)).hasSize(restored == 0 ? 0 : 1);
            packets(rig, workers, 12);
            assertThat(rig.plane.isServing()).isTrue();
        }
    }
}
