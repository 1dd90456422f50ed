package dev.weir.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.TableState;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.tc.Permissions;
import dev.weir.server.p4runtime.SelectorProgram;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.Placement;
import dev.weir.server.programs.ProgramNode;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import dev.weir.server.programs.SentFiles;
import dev.weir.testing.Frames;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A data plane with {@link SelectorProgram}, whose state is kept: entries that refer to members, groups and groups of their own, value sets, mirror sessions. */
public final class SelectorRig implements AutoCloseable {
    public static final long A = 0x0a0000000001L, B = 0x0a0000000002L, C = 0x0a0000000003L;
    static final String WAYS = "C.ways", CHOSEN = "C.chosen", FEW = "C.few";
    private static final String SMALL = """
            #include <core.p4>
            #include <bmv2/pna.p4>
            #include "w.p4"
            struct h_t {} struct m_t {}
            parser P(packet_in p, out h_t h, inout m_t m, in pna_main_parser_input_metadata_t i) {
                state start { transition accept; }
            }
            control C(inout h_t h, inout m_t m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {
                table t { key = { W : exact; } actions = { NoAction; } size = 4; }
                apply { t.apply(); }
            }
            control D(packet_out p, inout h_t h, in m_t m, in pna_main_output_metadata_t o) { apply {} }
            PNA_NIC(P(), C(), D()) main;
            """;
    private static final long SECOND = 1_000_000_000L;
    private static final ProgramImage IMAGE = Objects.requireNonNull(ProgramImage.compile(
            "ways",
            SourceFile.of("ways.p4", SelectorProgram.SOURCE),
            new IncludePath(List.of()),
            Map.of(),
            null,
            new Diagnostics()));

    public final StateRig rig;
    private final int workers;

    SelectorRig(Path file, int workers) throws IOException {
        this(file, workers, Map.of());
    }

    /** @param sessions those that the configuration gives the program */
    SelectorRig(Path file, int workers, Map<Integer, MirrorSession> sessions) throws IOException {
        this(file, workers, sessions, null);
    }

    /** @param restore puts back what is known from elsewhere; null for what is in the file */
    public SelectorRig(
            Path file,
            int workers,
            Map<Integer, MirrorSession> sessions,
            @Nullable BiConsumer<FlowRestore, Programs> restore)
            throws IOException {
        this(file, workers, sessions, _ -> {}, restore);
    }

    /** @param resume has programs run that were loaded elsewhere */
    public SelectorRig(
            Path file,
            int workers,
            Map<Integer, MirrorSession> sessions,
            Consumer<Programs> resume,
            @Nullable BiConsumer<FlowRestore, Programs> restore)
            throws IOException {
        this.workers = workers;
        rig = new StateRig(file, workers, graph(workers, sessions), resume, restore);
    }

    /** Has a program of few octets run behind the other one, with an entry. */
    public void loadSmall() throws LoadException {
        ProgramImage image = Objects.requireNonNull(ProgramImage.compile(
                "small",
                SourceFile.of("small.p4", SMALL),
                new SentFiles(Map.of("w.p4", "const bit<8> W = N;")),
                Map.of("N", "3"),
                null,
                new Diagnostics()));
        ProgramRuntime runs = rig.programs
                .load(
                        image,
                        new Placement("late", List.of("inside"), List.of(), Map.of(1, MirrorSession.to("outside"))))
                .program()
                .runtime();
        assertThat(runs.write(
                                List.of(new Change.Insert(
                                        "C.t", key(1), new Table.Call("NoAction", List.of()), EntryOptions.NONE)),
                                Atomicity.CONTINUE_ON_ERROR,
                                Origin.control("test", 7))
                        .join())
                .allMatch(Outcome::isDone);
    }

    /** The keys of the small program's entries, where it runs. */
    public List<String> smallKeys() {
        RunningNode small = rig.programs.running().get("late");
        return small == null
                ? List.of()
                : small.runtime().entries("C.t", _ -> true, EntryPage.Position.START, 9).join().entries().stream()
                        .map(entry -> entry.key().toString())
                        .toList();
    }

    private static GraphConfig graph(int workers, Map<Integer, MirrorSession> sessions) {
        return GraphConfig.builder()
                .ports("inside", "outside")
                .node("ways", new ProgramNode(IMAGE, sessions))
                .workers(workers)
                .build();
    }

    private ProgramRuntime runtime() {
        return Objects.requireNonNull(rig.programs.running().get("ways")).runtime();
    }

    List<Outcome> write(Change... changes) {
        return runtime()
                .write(List.of(changes), Atomicity.CONTINUE_ON_ERROR, Origin.control("test", 7))
                .join();
    }

    static Table.Call send(int port) {
        return new Table.Call("C.send", List.of(BigInteger.valueOf(port)));
    }

    static Change member(Edit edit, long id, int port) {
        return new Change.SetMember(edit, CHOSEN, id, edit == Edit.DELETE ? null : send(port));
    }

    static Change way(String table, long key, Table.Call call) {
        return new Change.Insert(table, key(key), call, EntryOptions.NONE);
    }

    static Change own(String table, long key, WeightedCall... set) {
        return new Change.InsertSet(table, key(key), List.of(set), EntryOptions.NONE);
    }

    static EntryKey key(long number) {
        return new EntryKey(List.of(exactly(number)), null);
    }

    private static Match exactly(long number) {
        return new Match.Exactly(BigInteger.valueOf(number));
    }

    /** Gives it all that entries can refer to, entries of each kind, values, and sessions. */
    public void fill() {
        Group group = new Group(List.of(new Weighted(0x1_0000_0001L, 2), new Weighted(2, 1, 1)), 9);
        assertThat(write(
                        new Change.SetTable("C.plain", Permissions.ADD_ON_MISS, Map.of()),
                        member(Edit.INSERT, 0x1_0000_0001L, 0),
                        member(Edit.INSERT, 2, 1),
                        new Change.SetGroup(Edit.INSERT, CHOSEN, 5, group),
                        new Change.SetGroup(Edit.INSERT, CHOSEN, 6, Group.of(List.of())),
                        new Change.SetMember(
                                Edit.INSERT,
                                "C.marks",
                                3,
                                new Table.Call("C.mark", List.of(BigInteger.valueOf(0x9111)))),
                        way(WAYS, A, Table.Call.member(2)),
                        way(WAYS, B, Table.Call.group(5)),
                        way("C.marked", 0x9001, Table.Call.member(3)),
                        way("C.plain", 0x9005, new Table.Call("C.mark", List.of(BigInteger.valueOf(0x9222)))),
                        new Change.SetTable(WAYS, null, Map.of(1, 7 * SECOND)),
                        own(FEW, 0x0b0000000001L, new WeightedCall(send(1), 3, 1), new WeightedCall(send(0), 1)),
                        new Change.SetMiss(WAYS, new Table.Call("C.miss", List.of())),
                        new Change.SetValues("P.refused", List.of(List.of(exactly(0x9003)))),
                        new Change.SetValues(
                                "P.kinds",
                                List.of(List.of(
                                        new Match.Masked(BigInteger.valueOf(0x9900), BigInteger.valueOf(0xFF00)),
                                        exactly(C)))),
                        new Change.SetSession(
                                Edit.INSERT,
                                7,
                                new Session(
                                        List.of(new Replica(1, 4)),
                                        new MirrorCopy(MirrorCopy.Contents.POST_MODIFY, 20, 1)))))
                .allMatch(Outcome::isDone);
    }

    /** Gives it an entry with that metadata. */
    public void note(String metadata) {
        assertThat(write(new Change.Insert(
                        "C.plain",
                        key(0x9005),
                        new Table.Call("C.mark", List.of(BigInteger.valueOf(0x9222))),
                        EntryOptions.NONE.withMetadata(metadata))))
                .allMatch(Outcome::isDone);
    }

    /** Has an entry noted as soon as workers do what they are asked. */
    public void noteLater(String metadata) {
        var _ = runtime()
                .write(
                        List.of(new Change.Insert(
                                "C.plain",
                                key(0x9006),
                                new Table.Call("C.mark", List.of(BigInteger.ONE)),
                                EntryOptions.NONE.withMetadata(metadata))),
                        Atomicity.CONTINUE_ON_ERROR,
                        Origin.control("test", 7));
    }

    /** Has the first worker stand still until it may go on, half a minute at the most. */
    public void stop(CountDownLatch until) {
        ProgramControl.Mail worker = Objects.requireNonNull(
                        rig.programs.running().get("ways"))
                .config()
                .control()
                .workers()
                .getFirst();
        var _ = worker.<Boolean>ask(_ -> {
            try {
                return until.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    private static String text(EntryState entry) {
        return entry.call() + " " + entry.set() + " " + entry.created() + " " + entry.createdAt() + " "
                + entry.lastUsedAt();
    }

    /** All that is told of the program, by what it is. */
    public SortedMap<String, String> told() {
        var all = new TreeMap<String, String>();
        for (String table : List.of(WAYS, FEW, "C.marked", "C.plain")) {
            TableState its = runtime().table(table).join();
            all.put(table, its.permissions() + " " + its.profiles() + " " + its.hit());
            EntryPage page = runtime()
                    .entries(table, _ -> true, EntryPage.Position.START, 100)
                    .join();
            for (EntryState entry : page.entries()) {
                all.put(table + " " + entry.key(), text(entry));
            }
        }
        for (String profile : List.of(CHOSEN, "C.limited", "C.marks")) {
            var its = runtime().profile(profile).join();
            all.put(profile, its.members() + " " + its.groups());
        }
        for (String set : List.of("P.refused", "P.kinds")) {
            all.put(set, runtime().values(set).join().toString());
        }
        all.put("sessions", runtime().sessions().join().toString());
        return all;
    }

    /** When entries were made. */
    public List<Long> createdAt() {
        EntryPage page = runtime()
                .entries(WAYS, _ -> true, EntryPage.Position.START, 100)
                .join();
        assertThat(page.entries()).hasSize(2);
        return page.entries().stream().map(EntryState::createdAt).toList();
    }

    /** A frame to {@code destination} from inside; how many have left by each port since the start. */
    public List<Integer> frame(long destination, long source, int type) {
        rig.ports
                .get(0)
                .put((int) (source % workers), 20 * SECOND, Frames.ethernet(destination, source, type, new byte[46]));
        rig.settle();
        return rig.ports.stream().map(port -> port.sent().size()).toList();
    }

    @Override
    public void close() throws IOException {
        rig.close();
    }
}
