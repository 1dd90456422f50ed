package dev.weir.p4.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Origin;
import dev.weir.p4.tc.Permissions;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that several workers run, asked and changed as one. */
class ProgramRuntimeTest {
    private static final long SECOND = 1_000_000_000, BEGIN = 1_790_000_000 * SECOND;
    private static final int FLOW = 1, RULE = 2, DIGEST = 4;
    private static final String FLOWS = "Main.flows", RULES = "Main.rules", ROUTES = "Main.routes";
    private static final Origin ME = Origin.control("test", 4711);
    private static final Table.Call SEEN = new Table.Call("Main.seen", List.of()),
            LONGER = new Table.Call("Main.longer", List.of());

    private final List<ProgramEvent> events = Collections.synchronizedList(new ArrayList<>());
    private ProgramRuntime program = new ProgramRuntime(Programs.octets(), Map.of());
    private WorkerBench bench = new WorkerBench(program.config(), 2, BEGIN);

    @AfterEach
    void end() {
        bench.close();
        program.close();
    }

    /** Begins anew. */
    private void with(ProgramImage image, int workers) {
        end();
        program = new ProgramRuntime(image, Map.of());
        bench = new WorkerBench(program.config(), workers, BEGIN);
    }

    private static EntryKey flow(int a, int b) {
        return new EntryKey(List.of(exactly(a), exactly(b)), null);
    }

    private static Match exactly(int number) {
        return new Match.Exactly(BigInteger.valueOf(number));
    }

    private static EntryKey rule(int a, int mask, int low, int high, @Nullable Integer priority) {
        Match range = new Match.Range(BigInteger.valueOf(low), BigInteger.valueOf(high));
        return new EntryKey(
                List.of(new Match.Masked(BigInteger.valueOf(a), BigInteger.valueOf(mask)), range), priority);
    }

    private static Change.Insert insert(int a, int b, EntryOptions options) {
        return new Change.Insert(FLOWS, flow(a, b), SEEN, options);
    }

    private static Change.Insert insert(int a, int b) {
        return insert(a, b, EntryOptions.NONE);
    }

    private static Change.Modify modify(int a, int b) {
        return new Change.Modify(FLOWS, flow(a, b), LONGER, EntryOptions.NONE);
    }

    private static Change.Delete delete(int a, int b) {
        return new Change.Delete(FLOWS, flow(a, b));
    }

    private List<Outcome> write(Atomicity atomicity, Change... changes) {
        return program.write(List.of(changes), atomicity, ME)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private List<Status> statuses(Atomicity atomicity, Change... changes) {
        return write(atomicity, changes).stream().map(Outcome::status).toList();
    }

    private Outcome write(Change change) {
        return write(Atomicity.CONTINUE_ON_ERROR, change).getFirst();
    }

    /** Changes, and nothing else, have a program that says something of flows decide anew, in each worker. */
    @Test
    void changedProgram_decidesFlowsAnew_ifItMarksThem() {
        write(insert(1, 2));
        assertThat(bench.decidedAnew()).isZero();
        with(Programs.octetsThatMark(), 2);
        assertThat(flows()).isEmpty();
        bench.packet(0, 1, 1, 2);
        bench.pass(1);
        assertThat(bench.decidedAnew()).isZero();
        write(insert(3, 4));
        bench.pass(1);
        assertThat(bench.decidedAnew()).isEqualTo(2);
        write(modify(3, 4));
        bench.pass(1);
        assertThat(bench.decidedAnew()).isEqualTo(4);
    }

    private List<EntryState> entries(String table) {
        List<EntryState> all = new ArrayList<>();
        EntryPage.Position from = EntryPage.Position.START;
        while (from != null) {
            EntryPage page = program.entries(table, _ -> true, from, 3).join();
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(3);
            all.addAll(page.entries());
            from = page.next();
        }
        return all;
    }

    private static String octets(EntryState state) {
        List<String> values = new ArrayList<>();
        for (Match match : state.key().matches())
            values.add(((Match.Exactly) match).number().toString());
        return String.join(".", values);
    }

    private List<String> flows() {
        return entries(FLOWS).stream()
                .sorted(Comparator.comparing(ProgramRuntimeTest::octets))
                .map(state -> octets(state) + " " + state.call().action())
                .toList();
    }

    private @Nullable EntryState flowState(int a, int b) {
        return program.entry(FLOWS, flow(a, b)).join().orElse(null);
    }

    private List<String> told() throws InterruptedException {
        program.table(FLOWS).join();
        Thread.sleep(20); // longer than events stay in rings
        program.table(FLOWS).join();
        List<String> told = new ArrayList<>();
        for (ProgramEvent event : List.copyOf(events)) {
            told.add(
                    switch (event) {
                        case ProgramEvent.OfEntry e -> e.kind() + " " + octets(e.entry()) + " " + e.by().author();
                        case ProgramEvent.Flushed e -> "FLUSHED " + e.entries();
                        case ProgramEvent.OfDigest e -> e.digest() + e.values();
                        case ProgramEvent.Lost e -> "LOST " + e.events();
                    });
        }
        return told;
    }

    @Test
    void entryOfAPacket_isThatOfItsWorker_andSaysWhoAndWhen() {
        bench.packet(0, FLOW, 1, 2);
        bench.packet(1, FLOW, 3, 4);
        bench.pass(3 * SECOND);
        bench.packet(0, FLOW, 1, 2);
        bench.pass(2 * SECOND);
        bench.packet(0, FLOW, 1, 2);
        assertThat(flows()).containsExactly("1.2 Main.seen", "3.4 Main.seen");
        EntryState state = Objects.requireNonNull(flowState(1, 2));
        assertThat(state.created()).isEqualTo(Origin.PACKETS);
        assertThat(state.createdAt()).isEqualTo(BEGIN);
        assertThat(state.firstUsedAt()).isEqualTo(BEGIN + 3 * SECOND);
        assertThat(state.lastUsedAt()).isEqualTo(BEGIN + 5 * SECOND);
        assertThat(state.updated()).isNull();
        assertThat(state.permissions()).hasToString("-RUD-PS-RU-XP-");
        assertThat(state.lifetimeNanos()).isEqualTo(30 * SECOND);
        assertThat(state.counters()).containsExactly(Map.entry("Main.hits", new EntryState.Counted(2, 6)));
        assertThat(state.registers()).containsExactly(Map.entry("Main.times", BigInteger.valueOf(9)));
        assertThat(Objects.requireNonNull(flowState(3, 4)).firstUsedAt()).isZero();
    }

    @Test
    void entryOfSeveralWorkers_isOne_withWhatAllCounted() {
        assertThat(write(insert(1, 1)).isDone()).isTrue();
        bench.pass(SECOND);
        bench.packet(0, FLOW, 1, 1);
        bench.packet(0, FLOW, 1, 1);
        bench.pass(SECOND);
        bench.packet(1, FLOW, 1, 1);
        bench.packet(0, FLOW, 9, 9);
        bench.packet(1, FLOW, 9, 9);
        assertThat(flows()).containsExactly("1.1 Main.seen", "9.9 Main.seen");
        EntryState state = Objects.requireNonNull(flowState(1, 1));
        assertThat(state.counters()).containsValue(new EntryState.Counted(3, 9));
        assertThat(state.firstUsedAt()).isEqualTo(BEGIN + SECOND);
        assertThat(state.lastUsedAt()).isEqualTo(BEGIN + 2 * SECOND);
        assertThat(state.created()).isEqualTo(ME);
        assertThat(state.isDynamic()).isFalse();
    }

    @Test
    void insert_ofWhatOneWorkerHas_isDoneByNone() {
        bench.packet(1, FLOW, 1, 1);
        assertThat(write(insert(1, 1)))
                .isEqualTo(new Outcome(
                        Status.EXISTS,
                        "Main/flows: the entry 1, 1 is there already; update it, or delete it before",
                        0));
        bench.packet(0, FLOW, 7, 7);
        assertThat(entries(FLOWS)).allMatch(state -> state.created().equals(Origin.PACKETS));
    }

    @Test
    void change_ofWhatOneWorkerHas_isDoneThere() {
        bench.packet(1, FLOW, 1, 1);
        assertThat(write(modify(1, 1)).isDone()).isTrue();
        EntryState state = Objects.requireNonNull(flowState(1, 1));
        assertThat(state.call()).isEqualTo(LONGER);
        assertThat(state.updated()).isEqualTo(ME);
        assertThat(state.created()).isEqualTo(Origin.PACKETS);
        assertThat(write(delete(1, 1)).isDone()).isTrue();
        assertThat(write(delete(1, 1)).status()).isEqualTo(Status.MISSING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        CONTINUE_ON_ERROR | DONE, EXISTS, DONE, DONE, MISSING, DONE          | 1.1 Main.longer, 4.4 Main.seen, 5.5 Main.seen
        ROLLBACK_ON_ERROR | ABORTED, EXISTS, ABORTED, ABORTED, ABORTED, ABORTED | 5.5 Main.seen
        DATAPLANE_ATOMIC  | ABORTED, EXISTS, ABORTED, ABORTED, ABORTED, ABORTED | 5.5 Main.seen
        """)
    void batch_isDoneAsItsAtomicitySays(Atomicity atomicity, String statuses, String flows) {
        bench.packet(1, FLOW, 5, 5);
        assertThat(statuses(
                                atomicity,
                                insert(1, 1),
                                insert(5, 5),
                                modify(1, 1),
                                insert(4, 4),
                                delete(3, 3),
                                modify(1, 1))
                        .toString())
                .isEqualTo("[" + statuses + "]");
        assertThat(String.join(", ", flows())).isEqualTo(flows);
    }

    @Test
    void batchThatIsUndone_putsBackWhatItChanged() {
        write(insert(1, 1, EntryOptions.NONE.withMetadata("mine").withLifetime(new Lifetime.Profile(2))));
        bench.packet(0, FLOW, 1, 1);
        bench.packet(1, FLOW, 2, 2);
        bench.pass(SECOND);
        EntryState before = flowState(1, 1);
        List<EntryState> all = entries(FLOWS);
        for (Atomicity atomicity : List.of(Atomicity.ROLLBACK_ON_ERROR, Atomicity.DATAPLANE_ATOMIC)) {
            statuses(
                    atomicity,
                    modify(1, 1),
                    delete(2, 2),
                    delete(1, 1),
                    insert(3, 3),
                    new Change.SetMiss(FLOWS, new Table.Call("Main.ignore", List.of())),
                    new Change.SetTable(FLOWS, null, Map.of(1, SECOND)),
                    new Change.SetRegister("Main.wide", new Change.Place.Index(3), BigInteger.TWO),
                    delete(8, 8));
            assertThat(flowState(1, 1)).isEqualTo(before);
            assertThat(entries(FLOWS)).containsExactlyInAnyOrderElementsOf(all);
            TableState table = program.table(FLOWS).join();
            assertThat(table.miss().action()).isEqualTo("Main.learn");
            assertThat(table.profiles()).containsExactly(30 * SECOND, 60 * SECOND, 90 * SECOND, 120 * SECOND);
            assertThat(program.cells("Main.wide", 3, 1).join().getFirst().value())
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        permissions 0x3fff | the permissions CRUDXPSCRUDXPS are more than -RUD-PS-RU-XP-
        profile 9          | there is no profile 9; give 0 to 3
        aging 31000        | aging 31000 ms is that of none of its profiles; give one of [30000, 60000, 90000, 120000]
        key 300            | 300 does not fit
        priority 5         | its entries have no priorities; leave it out
        no action          | an entry without an action needs NoAction among the table's; give one of [Main/seen, Main/longer]
        wrong action       | Main.learn cannot be used here
        wrong table        | octets has none of that name
        wrong cell         | it has 256 cells, counted from 0
        wide value         | 65536 does not fit its 16 bits
        long profile       | give 1 to 864000000
        """)
    void change_thatDoesNotFit_saysWhy(String which, String why) {
        EntryOptions none = EntryOptions.NONE;
        Change change = switch (which) {
            case "permissions 0x3fff" -> insert(1, 1, none.withPermissions(Permissions.EVERYTHING));
            case "profile 9" -> insert(1, 1, none.withLifetime(new Lifetime.Profile(9)));
            case "aging 31000" -> insert(1, 1, none.withLifetime(new Lifetime.Aging(31_000)));
            case "key 300" -> insert(300, 1);
            case "priority 5" ->
                new Change.Insert(FLOWS, new EntryKey(flow(1, 1).matches(), 5), SEEN, none);
            case "no action" -> new Change.Insert(FLOWS, flow(1, 1), null, none);
            case "wrong action" -> new Change.Insert(FLOWS, flow(1, 1), new Table.Call("Main.learn", List.of()), none);
            case "wrong table" -> new Change.Delete("Main.none", flow(1, 1));
            case "wrong cell" -> new Change.SetCounter("Main.packets", new Change.Place.Index(256), 0, 0);
            case "wide value" ->
                new Change.SetRegister(
                        "Main.times", new Change.Place.OfEntry(FLOWS, flow(1, 1)), BigInteger.valueOf(65_536));
            case "long profile" -> new Change.SetTable(FLOWS, null, Map.of(1, 864_000_001L * 1_000_000));
            default -> throw new IllegalArgumentException(which);
        };
        Outcome outcome = write(change);
        assertThat(outcome.status()).isIn(Status.INVALID, Status.MISSING);
        assertThat(outcome.message()).contains(why);
        assertThat(entries(FLOWS)).isEmpty();
    }

    @Test
    void permissions_holdForBothPaths() {
        Permissions noUpdate = new Permissions(0x1526),
                noDelete = new Permissions(0x1926),
                hidden = new Permissions(0x1d80);
        Permissions secret = new Permissions(0x0da4);
        EntryOptions none = EntryOptions.NONE;
        write(insert(1, 1, none.withPermissions(noUpdate)));
        write(insert(2, 2, none.withPermissions(noDelete)));
        write(insert(3, 3, none.withPermissions(hidden)));
        write(insert(4, 4, none.withPermissions(secret)));
        assertThat(write(modify(1, 1)).status()).isEqualTo(Status.DENIED);
        assertThat(write(delete(2, 2)).status()).isEqualTo(Status.DENIED);
        bench.packet(0, FLOW, 3, 3);
        assertThat(Objects.requireNonNull(flowState(3, 3)).firstUsedAt()).isZero();
        assertThat(flowState(4, 4)).isNull();
        assertThat(flows()).hasSize(3);
        assertThat(write(new Change.Flush(FLOWS, _ -> true))).isEqualTo(Outcome.done(2));
        assertThat(flows()).containsExactly("2.2 Main.seen");
    }

    @Test
    void packets_changeLifetimesOnlyWithThePermissionTo() {
        Permissions fixed = new Permissions(0x1da6);
        Lifetime first = new Lifetime.Profile(0);
        EntryOptions aging = EntryOptions.NONE.withLifetime(first);
        write(new Change.Insert(FLOWS, flow(1, 1), LONGER, aging));
        write(new Change.Insert(FLOWS, flow(2, 2), LONGER, aging.withPermissions(fixed)));
        bench.pass(SECOND);
        bench.packet(0, FLOW, 1, 1);
        bench.packet(0, FLOW, 2, 2);
        EntryState state = Objects.requireNonNull(flowState(1, 1));
        assertThat(state.lifetimeNanos()).isEqualTo(60 * SECOND);
        assertThat(state.updated()).isEqualTo(Origin.PACKETS);
        assertThat(state.updatedAt()).isEqualTo(BEGIN + SECOND);
        assertThat(Objects.requireNonNull(flowState(2, 2)).lifetimeNanos()).isEqualTo(30 * SECOND);
    }

    @Test
    void tableAttributes_areSet_permissionsOnlyWithoutEntries() {
        assertThat(write(new Change.SetTable(FLOWS, new Permissions(0x3da4), Map.of(0, 5 * SECOND)))
                        .isDone())
                .isTrue();
        bench.packet(0, FLOW, 1, 1);
        assertThat(flows()).as("packets may not create any more").isEmpty();
        assertThat(write(insert(1, 1, EntryOptions.NONE.withLifetime(new Lifetime.Aging(5000))))
                        .isDone())
                .isTrue();
        assertThat(write(new Change.SetTable(FLOWS, new Permissions(0x3de6), Map.of())))
                .isEqualTo(new Outcome(
                        Status.PRECONDITION,
                        "Main/flows has entries, so its permissions stay; delete the entries before",
                        0));
        bench.pass(6 * SECOND);
        assertThat(flows()).isEmpty();
    }

    @Test
    void orderedTable_givesPriorities_andTheLowestWins() {
        Table.Call forward = new Table.Call("Main.forward", List.of(BigInteger.TWO));
        Table.Call refuse = new Table.Call("Main.refuse", List.of());
        write(new Change.Insert(RULES, rule(1, 0xff, 0, 9, 7), forward, EntryOptions.NONE));
        write(new Change.Insert(RULES, rule(1, 0xff, 0, 9, null), refuse, EntryOptions.NONE));
        write(new Change.Insert(RULES, rule(0, 0, 5, 5, 3), null, EntryOptions.NONE));
        List<EntryState> rules = entries(RULES);
        assertThat(rules).extracting(state -> state.key().priority()).doesNotHaveDuplicates();
        assertThat(rules)
                .extracting(state -> state.call().action())
                .containsExactlyInAnyOrder("Main.refuse", "Main.forward", "Main.refuse", "NoAction");
        assertThat(write(new Change.Delete(RULES, rule(1, 0xff, 0, 9, null))).message())
                .contains("differ in their priority; give it");
        EntryState constant =
                rules.stream().filter(EntryState::constant).findFirst().orElseThrow();
        assertThat(constant.permissions()).isEqualTo(Permissions.CONSTANT);
        assertThat(constant.template()).isTrue();
        assertThat(write(new Change.Delete(RULES, constant.key())).status()).isEqualTo(Status.CONSTANT);
        bench.packet(0, RULE, 1, 5);
        assertThat(program.table(RULES).join().hits()).isEqualTo(1);
    }

    @Test
    void tableWithoutKeys_hasADefaultActionOnly() {
        Table.Call refuse = new Table.Call("Main.refuse", List.of());
        assertThat(write(new Change.SetMiss("Main.always", refuse)).isDone()).isTrue();
        assertThat(program.table("Main.always").join().miss()).isEqualTo(refuse);
        assertThat(entries("Main.always")).isEmpty();
        Outcome outcome =
                write(new Change.Insert("Main.always", new EntryKey(List.of(), null), refuse, EntryOptions.NONE));
        assertThat(outcome.message()).contains("it has no keys, so no entries");
    }

    @Test
    void table_thatIsFull_takesNoMore_andNoneOfABatchThatIsAtomic() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            EntryKey key = new EntryKey(
                    List.of(new Match.Masked(BigInteger.valueOf(16L * i), BigInteger.valueOf(0xf0))), null);
            changes.add(new Change.Insert(
                    ROUTES, key, new Table.Call("Main.forward", List.of(BigInteger.ONE)), EntryOptions.NONE));
        }
        Change[] all = changes.toArray(Change[]::new);
        assertThat(statuses(Atomicity.DATAPLANE_ATOMIC, all))
                .endsWith(Status.FULL)
                .startsWith(Status.ABORTED);
        assertThat(entries(ROUTES)).isEmpty();
        assertThat(statuses(Atomicity.CONTINUE_ON_ERROR, all))
                .endsWith(Status.FULL)
                .startsWith(Status.DONE);
        assertThat(entries(ROUTES)).hasSize(4);
    }

    @Test
    void events_areTold_once_inTheirOrder() throws InterruptedException {
        ProgramRuntime.Watch watch = program.watch(events::add);
        bench.packet(0, FLOW, 1, 1);
        write(delete(1, 1));
        write(insert(2, 2));
        write(modify(2, 2));
        write(insert(
                3,
                3,
                EntryOptions.NONE.withLifetime(new Lifetime.Profile(1)).withPermissions(new Permissions(0x1ca4))));
        bench.packet(1, FLOW, 4, 4);
        told();
        bench.packet(0, DIGEST, 8, 9);
        assertThat(told())
                .containsExactly(
                        "CREATED 1.1 DATA_PATH",
                        "DELETED 1.1 CONTROL",
                        "CREATED 2.2 CONTROL",
                        "UPDATED 2.2 CONTROL",
                        "CREATED 4.4 DATA_PATH",
                        "Out.seen[8, 9]");
        events.clear();
        bench.pass(31 * SECOND);
        assertThat(told()).containsExactly("DELETED 4.4 TIMER");
        events.clear();
        write(new Change.Flush(FLOWS, _ -> true));
        assertThat(told()).containsExactly("FLUSHED 2");
        watch.close();
        bench.packet(1, FLOW, 5, 5);
        assertThat(told()).hasSize(1);
    }

    @Test
    void events_thatNobodyTakes_areCounted() throws InterruptedException {
        ProgramRuntime.Watch watch = program.watch(event -> {
            if (events.isEmpty()) pause();
            events.add(event);
        });
        for (int i = 0; i < 20_000; i++) bench.packet(0, DIGEST, 0, i & 0xff);
        told();
        long lost = events.stream()
                .mapToLong(event -> event instanceof ProgramEvent.Lost l ? l.events() : 0)
                .sum();
        long digests =
                events.stream().filter(ProgramEvent.OfDigest.class::isInstance).count();
        assertThat(lost + digests).isEqualTo(20_000);
        watch.close();
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void counters_areThoseOfAllWorkers_andCanBeSet() {
        bench.packet(0, FLOW, 7, 0);
        bench.packet(1, FLOW, 7, 1);
        assertThat(program.cells("Main.packets", 7, 1).join().getFirst().counted())
                .isEqualTo(new EntryState.Counted(2, 6));
        write(new Change.SetCounter("Main.packets", new Change.Place.Index(7), 10, 100));
        bench.packet(1, FLOW, 7, 1);
        assertThat(program.cells("Main.packets", 7, 1).join().getFirst().counted())
                .isEqualTo(new EntryState.Counted(11, 103));
        write(new Change.SetCounter("Main.packets", new Change.Place.All(), 0, 0));
        assertThat(program.cells("Main.packets", 0, 1000).join())
                .hasSize(256)
                .allMatch(cell -> new EntryState.Counted(0, 0).equals(cell.counted()));
        write(insert(1, 1));
        Change.Place place = new Change.Place.OfEntry(FLOWS, flow(1, 1));
        write(new Change.SetCounter("Main.hits", place, 5, 50));
        write(new Change.SetRegister("Main.times", place, BigInteger.TEN));
        EntryState state = Objects.requireNonNull(flowState(1, 1));
        assertThat(state.counters()).containsValue(new EntryState.Counted(5, 50));
        assertThat(state.registers()).containsValue(BigInteger.TEN);
    }

    @Test
    void metersAndRegisters_areSetAndRead() {
        MeterRates rates = new MeterRates(1, 2, 3, 4);
        BigInteger wide = BigInteger.ONE.shiftLeft(79);
        write(new Change.SetMeter("Main.limits", new Change.Place.Index(2), rates));
        write(new Change.SetRegister("Main.wide", new Change.Place.Index(15), wide));
        assertThat(program.cells("Main.limits", 1, 2).join())
                .extracting(CellState::rates)
                .containsExactly(null, rates);
        assertThat(program.cells("Main.wide", 15, 9).join())
                .extracting(CellState::value)
                .containsExactly(wide);
        assertThatThrownBy(() -> program.cells("Main.hits", 0, 1).join())
                .hasMessageContaining("is no indexed resource of octets");
    }

    @Test
    void workerThatEnds_isAskedNothingMore() {
        write(insert(1, 1));
        bench.packet(0, FLOW, 2, 2);
        bench.packet(1, FLOW, 3, 3);
        bench.end(1);
        assertThat(flows()).containsExactly("1.1 Main.seen", "2.2 Main.seen");
        assertThat(write(delete(1, 1)).isDone()).isTrue();
        bench.end(0);
        assertThat(write(insert(1, 1)).status()).isEqualTo(Status.UNAVAILABLE);
        program.close();
        assertThatThrownBy(() -> program.table(FLOWS).join()).hasMessageContaining("octets: it was unloaded");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void walk_withAFilter_seesEachEntryOnce(int workers) {
        with(Programs.octets(), workers);
        for (int i = 0; i < 6; i++) write(insert(i, 0));
        for (int i = 6; i < 12; i++) bench.packet(i % workers, FLOW, i, 0);
        assertThat(entries(FLOWS))
                .extracting(ProgramRuntimeTest::octets)
                .hasSize(12)
                .doesNotHaveDuplicates();
        Predicate<EntryState> created = state -> state.created().equals(ME);
        EntryPage page =
                program.entries(FLOWS, created, EntryPage.Position.START, 6).join();
        assertThat(page.entries()).hasSize(6);
    }
}
