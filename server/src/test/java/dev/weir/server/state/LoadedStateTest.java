package dev.weir.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.dataplane.graph.GraphConfig.PortEntry;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.run.Origin;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.tc.Permissions;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TemplateStore;
import dev.weir.p4.tc.Templates;
import dev.weir.server.api.TestPrograms;
import dev.weir.server.programs.Placement;
import dev.weir.server.programs.ProgramNode;
import dev.weir.server.programs.RunningNode;
import dev.weir.server.programs.SentFiles;
import dev.weir.testing.Frames;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that were loaded while packets flowed run again where they did, with all that they had, as far as the configuration lets them. */
@Timeout(120)
class LoadedStateTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int SENDERS = 50;
    private static final String TABLE = "Main.flows", REGISTER = "Main.notes";

    @TempDir
    Path folder = Path.of("");

    /** A tracker whose table has that many entries; the number comes from a file that is sent with it. */
    private static ProgramImage tracker(int size) {
        return tracker("tracker", size);
    }

    private static ProgramImage tracker(String name, int size) {
        return compiled(name, "#include \"size.p4\"\n" + TestPrograms.TRACKER, size);
    }

    private static ProgramImage compiled(String name, String text, int size) {
        return Objects.requireNonNull(ProgramImage.compile(
                name,
                SourceFile.of("folder/tracker.p4", text),
                new SentFiles(Map.of("folder/size.p4", "#define FLOWS SIZE\n", "folder/other.p4", "not included")),
                Map.of("SIZE", Integer.toString(size)),
                null,
                new Diagnostics()));
    }

    /**
     * What a configuration says in words: {@code empty}, {@code NODE:SIZE} for a node with a program (without one, of size 0), {@code wired:NODE} for one of another type,
     * {@code chain} for a chain of its own for packets from inside.
     */
    private static GraphConfig graph(String said, int workers) {
        GraphConfig.Builder builder = GraphConfig.builder().workers(workers);
        List<String> visited = new ArrayList<>();
        for (String word : said.split(" ", -1)) {
            String[] pair = word.split(":", -1);
            if (pair[0].equals("wired")) {
                builder.node(pair[1], wires());
            } else if (pair.length > 1) {
                int size = Integer.parseInt(pair[1]);
                builder.node(pair[0], new ProgramNode(size == 0 ? null : tracker(pair[0], size), Map.of()));
                visited.add(pair[0]);
            }
        }
        visited.add("wires");
        if (said.contains("chain")) {
            builder.port(new PortEntry("inside", null, "other", null, true)).ports("outside");
            builder.chain("other", new Chain(visited, visited, List.of()));
            builder.chain("default", new Chain(visited, visited, List.of()));
        } else {
            builder.ports("inside", "outside");
        }
        return builder.node("wires", wires()).build();
    }

    private static CrossConnectConfig wires() {
        return new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("inside", "outside")));
    }

    private StateRig rig(String said, int workers) throws IOException {
        return new StateRig(folder.resolve("state"), workers, graph(said, workers));
    }

    private static void packets(StateRig rig, int workers, long seconds) {
        for (int n = 0; n < SENDERS; n++) {
            byte[] frame = Frames.udpFrame("10.1.0." + n, 1000, "192.0.2.1", 53, 8);
            rig.ports.get(0).put(n % workers, seconds * SECOND, frame);
        }
        rig.settle();
    }

    private static RunningNode running(StateRig rig, String node) {
        return Objects.requireNonNull(rig.programs.running().get(node), node);
    }

    private static void write(StateRig rig, String node, Change... changes) {
        assertThat(running(rig, node)
                        .runtime()
                        .write(List.of(changes), Atomicity.CONTINUE_ON_ERROR, Origin.control("test", 7))
                        .join())
                .allMatch(Outcome::isDone);
    }

    /** Sets what can be set before there are entries, has packets add some, and adds one. */
    private static void use(StateRig rig, String node, int workers) {
        write(
                rig,
                node,
                new Change.SetTable(
                        TABLE, new Permissions(Permissions.ADD_ON_MISS.bits() & ~0x02), Map.of(1, 5 * SECOND)),
                new Change.SetRegister(REGISTER, new Change.Place.Index(2), BigInteger.valueOf(1234)));
        packets(rig, workers, 10);
        Table.Call call = new Table.Call("Main.mark", List.of(BigInteger.valueOf(0x01020304), BigInteger.TWO));
        EntryKey key = new EntryKey(
                List.of(new Match.Exactly(BigInteger.ONE), new Match.Exactly(BigInteger.valueOf(99))), null);
        write(rig, node, new Change.Insert(TABLE, key, call, EntryOptions.NONE.withMetadata("ours")));
    }

    /** Where the program is, and all that is told of it. */
    private static List<String> told(StateRig rig, String node) {
        RunningNode its = running(rig, node);
        ProgramRuntime runtime = its.runtime();
        var entries = new TreeSet<String>();
        runtime.entries(TABLE, _ -> true, EntryPage.Position.START, 1000)
                .join()
                .entries()
                .forEach(entry -> entries.add(entry.key() + " " + entry.call() + " " + entry.permissions() + " "
                        + entry.createdAt() + " " + entry.lifetimeNanos() + " " + entry.metadata()));
        var table = runtime.table(TABLE).join();
        return List.of(
                its.number() + " " + its.loaded() + " " + its.own() + " " + its.name() + " " + its.ports() + " "
                        + its.chains() + " " + its.config().sessions() + " " + rig.programs.chainsOf(its),
                table.permissions() + " " + table.profiles() + " " + table.hit() + " "
                        + table.table().size(),
                entries.toString(),
                runtime.cells(REGISTER, 0, 4).join().toString());
    }

    private static final Placement LATE =
            new Placement("late", List.of("inside"), List.of("other"), Map.of(3, MirrorSession.to("outside")));

    private static Placement into(String node) {
        return new Placement(node, List.of(), List.of(), Map.of());
    }

    @ParameterizedTest(name = "configuration {0}, loaded into {1}, {2} workers, clean stop: {3}")
    @CsvSource({
        "empty, tracker, 1, false",
        "first:64 chain, late, 2, true",
        "tracker:64, tracker, 2, false",
        "tracker:0, tracker, 1, true",
    })
    void program_thatWasLoaded_isBack_withAllThatItHad(String said, String node, int workers, boolean clean)
            throws Exception {
        List<String> told;
        try (var rig = rig(said, workers)) {
            ProgramImage image = tracker(128);
            rig.programs.load(image, node.equals("late") ? LATE : into(node));
            use(rig, node, workers);
            told = told(rig, node);
            assertThat(told.get(1))
                    .startsWith("CRUD-PSCR--X-- [30000000000, 5000000000, ")
                    .endsWith(" 128");
            assertThat(told.get(2)).contains("ours");
            if (clean) {
                rig.end();
            } else {
                rig.keeper.save();
            }
        }
        for (int start = 0; start < 2; start++) { // what is back survives as well
            try (var rig = rig(said, workers)) {
                assertThat(rig.keeper.status().restored().leftOut()).isEmpty();
                assertThat(rig.told()).contains("; programs that were loaded: 1");
                assertThat(told(rig, node)).isEqualTo(told);
                packets(rig, workers, 12);
                assertThat(told(rig, node).get(2)).as("all were hits").isEqualTo(told.get(2));
                rig.keeper.save();
            }
        }
    }

    @Test
    void program_withATemplate_beginsAsThatSays_again() throws Exception {
        var store = new TemplateStore();
        ProgramImage plain = tracker(128);
        store.script(Templates.template(plain.facts()).replace("tentries 128", "tentries 64"));
        List<String> told;
        try (var rig = rig("empty", 1)) {
            rig.programs.load(store.instantiate(plain, new PortNames(rig.programs.portNames())), Placement.ANYWHERE);
            use(rig, "tracker", 1);
            told = told(rig, "tracker");
            assertThat(told.get(1)).endsWith(" 64");
            rig.keeper.save();
        }
        try (var rig = rig("empty", 1)) {
            assertThat(rig.keeper.status().restored().leftOut()).isEmpty();
            assertThat(told(rig, "tracker")).isEqualTo(told);
        }
    }

    /** As many workers as the test begins with: 1. What is left out is told by the reason, and nothing else is lost. */
    @ParameterizedTest(name = "{0}, loaded into {1}; then {2}: {3}, size {4}")
    @CsvSource({
        "tracker:64, tracker, tracker:32,   program-changed,       32",
        "tracker:64, tracker, tracker:128,  ,                      128",
        "tracker:64, tracker, tracker:0,    ,                      128",
        "tracker:64, tracker, empty,        program-without-place, ",
        "tracker:0,  tracker, tracker:64,   program-changed,       64",
        "empty,      tracker, tracker:64,   program-changed,       64",
        "empty,      tracker, tracker:128,  ,                      128",
        "empty,      tracker, tracker:0,    ,                      128",
        "empty,      tracker, wired:tracker, program-without-place, ",
        "chain,      late,    empty,        program-without-place, ",
        "chain,      late,    chain,        ,                      128",
    })
    void configuration_thatIsAnother_winsWhereItNamesAnotherProgram(
            String said, String node, String then, @Nullable String reason, @Nullable Integer size) throws Exception {
        try (var rig = rig(said, 1)) {
            rig.programs.load(tracker(128), node.equals("late") ? LATE : into(node));
            use(rig, node, 1);
            rig.keeper.save();
        }
        try (var rig = rig(then, 1)) {
            StateStatus.Restored back = rig.keeper.status().restored();
            assertThat(back.flows()).as("flows are back all the same").isEqualTo(SENDERS);
            assertThat(back.entries()).isEqualTo(reason == null ? SENDERS + 1 : 0);
            if (reason == null) {
                assertThat(back.leftOut()).isEmpty();
            } else {
                assertThat(back.leftOut()).containsOnlyKeys(reason);
                assertThat(rig.told())
                        .contains("state: nodes." + node + ": the program that was loaded is not there: ");
            }
            if (size == null) {
                assertThat(rig.programs.running()).doesNotContainKey(node);
            } else {
                assertThat(running(rig, node)
                                .image()
                                .schema()
                                .tables()
                                .getFirst()
                                .size())
                        .isEqualTo(size);
            }
            packets(rig, 1, 12);
            assertThat(rig.plane.isServing()).isTrue();
            assertThat(rig.keeper.save().flows()).isEqualTo(SENDERS);
        }
    }

    /** The program that the configuration names, loaded into its node for some packets only. */
    @Test
    void program_thatTheConfigurationNamesToo_isBack_forThePortsThatItWasLoadedFor() throws Exception {
        var inside = new Placement("tracker", List.of("inside"), List.of(), Map.of(3, MirrorSession.to("outside")));
        List<String> told;
        try (var rig = rig("tracker:128", 1)) {
            rig.programs.load(tracker("tracker", 128), inside);
            use(rig, "tracker", 1);
            told = told(rig, "tracker");
            assertThat(told.getFirst()).contains("[inside]");
            rig.keeper.save();
        }
        try (var rig = rig("tracker:128", 1)) {
            assertThat(rig.keeper.status().restored().leftOut()).isEmpty();
            assertThat(told(rig, "tracker")).isEqualTo(told);
        }
    }

    @Test
    void sentFiles_ofAFileThatIsCalledLikeOurs_readNothingHere() throws Exception {
        Path there = Files.writeString(folder.resolve("there.p4"), "const bit<8> X = 1;");
        var from = SourceFile.of("<a", "#include \"" + there + "\"");
        assertThat(new SentFiles(Map.of()).find(there.toString(), true, from)).isNull();
    }

    /** A file of the state may come from anybody: a name that nothing that is loaded can have, and a text that does not compile. */
    @ParameterizedTest(name = "{0} with {2} at {1}: {3}")
    @CsvSource({
        "folder/tracker.p4, 0, <, program-not-kept, its text was not kept",
        "control Main, 5, x, program-not-compiled, it cannot be compiled any more: folder/tracker.p4:",
    })
    void program_whoseTextWasChanged_isLeftOut_andTold_andAllElseIsThere(
            String text, int place, char by, String reason, String told) throws Exception {
        try (var rig = rig("empty", 1)) {
            rig.programs.load(tracker(128), Placement.ANYWHERE);
            use(rig, "tracker", 1);
            rig.keeper.save();
        }
        Snapshots.change(folder.resolve("state"), payload -> replace(payload, text, place, by));
        try (var rig = rig("empty", 1)) {
            assertThat(rig.keeper.status().restored().leftOut()).containsOnlyKeys(reason);
            assertThat(rig.told()).contains(told);
            assertThat(rig.programs.running()).isEmpty();
            assertThat(rig.flows()).isEqualTo(SENDERS);
        }
    }

    /** Puts another character into the first such text, if there is one. */
    private static void replace(ByteBuffer payload, String text, int place, char by) {
        byte[] octets = new byte[payload.capacity()];
        payload.get(0, octets);
        int at = new String(octets, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at >= 0) {
            payload.put(at + place, (byte) by);
        }
    }

    @Test
    void program_whoseTextIsTooLong_isNotKept_andAllElseIs() throws Exception {
        String comment = "// " + "x".repeat(ProgramSave.LONGEST_TEXT) + "\n";
        try (var rig = rig("empty", 1)) {
            rig.programs.load(
                    compiled("tracker", "#include \"size.p4\"\n" + comment + TestPrograms.TRACKER, 128),
                    Placement.ANYWHERE);
            use(rig, "tracker", 1);
            assertThat(rig.keeper.save().octets()).isLessThan(ProgramSave.LONGEST_TEXT);
        }
        try (var rig = rig("empty", 1)) {
            assertThat(rig.keeper.status().restored().leftOut()).containsOnlyKeys("program-not-kept");
            assertThat(rig.flows()).isEqualTo(SENDERS);
        }
    }
}
