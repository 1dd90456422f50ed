package dev.weir.p4.control;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.node.P4Config;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.Cells;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableControl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program that workers run, and its control plane. Any thread may call; nothing waits: answers are futures, which a thread of the program's own completes, as it calls
 * listeners. Calls are done one after the other, in the order in which they were made.
 *
 * <p>Each worker has tables of its own. A change is made in all of them or in none; what a packet adds is in the table of its worker. Reading shows the entries of all
 * workers as those of one table: an entry that several have is one, with what all have counted and the newest hit. A worker that ends takes with it what its packets
 * added, and is asked nothing more.
 */
public final class ProgramRuntime implements AutoCloseable {
    /** How often events are taken from workers. */
    private static final long PUMP_MILLIS = 5;

    private final ProgramImage image;
    private final P4Config config;
    private final Workers workers;
    private final Map<String, TableFacts> tables = new LinkedHashMap<>();
    private final Planner planner;
    private final EntryReader reader;
    private final Teller teller;
    private final Writer writer;
    private final ScheduledExecutorService thread;
    private final Map<Long, CompletableFuture<?>> asked = new ConcurrentHashMap<>();
    private final AtomicLong questions = new AtomicLong();
    private volatile boolean closed;

    /** @param sessions where mirrored packets go, by the program's numbers */
    public ProgramRuntime(ProgramImage image, Map<Integer, MirrorSession> sessions) {
        this.image = image;
        ProgramControl control = new ProgramControl();
        config = new P4Config(image.compiled(), RunOptions.of(image.rules()), sessions, control);
        workers = new Workers(control);
        StateReader states = new StateReader(image.pipeline(), image.schema());
        for (TableSchema table : image.schema().tables()) {
            tables.put(table.name(), new TableFacts(table, states.codec(table), image.pipeline(), image.rules()));
        }
        planner = new Planner(image.schema(), image.pipeline(), tables, control::ports);
        reader = new EntryReader(workers, states);
        teller = new Teller(control, image.pipeline(), image.schema(), states);
        writer = new Writer(workers, planner, tables, reader, teller);
        thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("p4-" + image.name()).factory());
        var _ = thread.scheduleWithFixedDelay(teller::pump, PUMP_MILLIS, PUMP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Takes note of what was set for the tables of a program whose place this one takes; before the graph has it. */
    public void inherit(ProgramRuntime before) {
        tables.forEach((name, facts) -> {
            TableFacts theirs = before.tables.get(name);
            if (theirs != null) facts.inherit(theirs);
        });
        planner.inherit(before.planner);
    }

    /** Takes note of a priority that an entry has which was put back from another run, so that it is not given a second time. */
    public void restored(String table, int priority) {
        var _ = later(() -> {
            TableFacts facts = facts(table);
            facts.give(Objects.requireNonNullElse(facts.codec.written(priority), 0));
            return true;
        });
    }

    /** Takes note of the number of a group that an entry has for itself which was put back from another run, so that it is not given a second time. */
    public void restoredSet(long number) {
        var _ = later(() -> {
            planner.restoredSet(number);
            return true;
        });
    }

    /** What was set for a table while the program ran; empty where it is as the program begins. */
    public Optional<TableSettings> settings(String table) {
        TableFacts facts = facts(table);
        return Optional.of(facts.keep()).filter(settings -> !facts.areDeclared(settings));
    }

    /** Takes note of what was set for a table in another run, and is put back into workers' tables; false where the table cannot have it. */
    public boolean restoredSettings(String table, TableSettings settings) {
        TableFacts facts = tables.get(table);
        if (facts == null || !facts.fit(settings)) return false;
        var _ = later(() -> {
            facts.restore(settings);
            return true;
        });
        return true;
    }

    public ProgramImage image() {
        return image;
    }

    /** The node that runs it; one graph has it once. */
    public P4Config config() {
        return config;
    }

    /** How many workers run it now. */
    public int workers() {
        return workers.all().size();
    }

    /**
     * Makes changes.
     *
     * @param by who asks for them
     * @return an outcome for each, in their order
     */
    public CompletableFuture<List<Outcome>> write(List<Change> changes, Atomicity atomicity, Origin by) {
        List<Change> all = List.copyOf(changes);
        return later(() -> writer.write(all, atomicity, by));
    }

    /**
     * Reads entries, in no order. What is added or removed meanwhile may be seen or not, all else is seen once. Entries that the control plane may not read are left out.
     *
     * @param table its name in the pipeline
     * @param from where the page before this one ended
     * @param most how many
     */
    public CompletableFuture<EntryPage> entries(
            String table, Predicate<? super EntryState> filter, EntryPage.Position from, int most) {
        return later(() -> reader.page(facts(table).schema, filter, from, most));
    }

    /** The entry with that key, if there is one that the control plane may read. */
    public CompletableFuture<Optional<EntryState>> entry(String table, EntryKey key) {
        return later(() -> {
            TableFacts facts = facts(table);
            return reader.entry(facts.schema, facts.codec.key(key.matches()), facts.codec.priority(key.priority()));
        });
    }

    /** What a table is now. */
    public CompletableFuture<TableState> table(String name) {
        return later(() -> {
            TableFacts facts = facts(name);
            List<Counts> all = workers.ask(state -> Counts.of(state, name)).stream()
                    .map(Workers.Answer::answer)
                    .toList();
            Table.Call miss = all.isEmpty() ? facts.schema.miss().call() : all.getFirst().miss;
            return new TableState(
                    facts.schema,
                    facts.permissions,
                    Arrays.stream(facts.profiles()).boxed().toList(),
                    miss,
                    facts.hit,
                    all.stream().mapToInt(Counts::entries).sum(),
                    all.stream().mapToLong(Counts::hits).sum(),
                    all.stream().mapToLong(Counts::misses).sum(),
                    CacheState.sum(all.stream()
                            .map(Counts::cache)
                            .filter(Objects::nonNull)
                            .toList()));
        });
    }

    private record Counts(
            Table.Call miss,
            int entries,
            long hits,
            long misses,
            @Nullable CacheState cache) {
        static Counts of(ProgramState state, String name) {
            TableControl control = state.control(name);
            return new Counts(
                    control.codec().defaultCall(control.defaults()),
                    control.size(),
                    state.table(name).hits(),
                    state.table(name).misses(),
                    CacheState.of(control.table(), state.table(name).cache()));
        }
    }

    /**
     * Reads cells of an indexed counter, meter or register.
     *
     * @param most how many; fewer come where it has no more
     */
    public CompletableFuture<List<CellState>> cells(String name, int from, int most) {
        return later(() -> {
            CellSchema cell = image.schema().cell(name);
            if (cell == null || cell.resource().direct() || from < 0) {
                throw new IllegalArgumentException("'" + name + "': it is no indexed resource of " + image.name()
                        + "; give the name of one, and an index from 0 on");
            }
            int count = Math.clamp(cell.resource().size() - (long) from, 0, most);
            List<List<CellState>> all = workers.ask(state -> cells(state, cell, from, count)).stream()
                    .map(Workers.Answer::answer)
                    .toList();
            return all.stream().reduce(ProgramRuntime::sum).orElse(List.of());
        });
    }

    private static List<CellState> cells(ProgramState state, CellSchema cell, int from, int count) {
        Cells cells = state.cells(cell.name());
        List<CellState> read = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            read.add(
                    switch (cell.resource()) {
                        case Resource.Counter _ -> {
                            var counted = new EntryState.Counted(cells.packets(i), cells.bytes(i));
                            yield new CellState(cell, i, counted, null, null, null);
                        }
                        case Resource.Meter _ -> new CellState(cell, i, null, cells.rates(i), cells.colored(i), null);
                        case Resource.Register _ -> new CellState(cell, i, null, null, null, cells.register(i));
                    });
        }
        return read;
    }

    /** Of two workers: what is counted together, all else as the first has it. */
    private static List<CellState> sum(List<CellState> a, List<CellState> b) {
        List<CellState> sums = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            CellState first = a.get(i), second = b.get(i);
            EntryState.Counted some = first.counted(), more = second.counted();
            MeterCounts colored = first.colored(), others = second.colored();
            sums.add(new CellState(
                    first.cell(),
                    first.index(),
                    some == null || more == null ? some : some.plus(more),
                    first.rates(),
                    colored == null || others == null ? colored : colored.plus(others),
                    first.value()));
        }
        return sums;
    }

    /** The members and groups of an action profile that the control plane has numbered. */
    public CompletableFuture<ProfileState> profile(String name) {
        return later(() -> {
            ProfileSchema profile = image.schema().profile(name);
            if (profile == null) throw new IllegalArgumentException(unknown("action profile", name));
            return ofFirst(
                    state -> ProfileState.of(
                            profile,
                            state.profile(name).members(),
                            state.profile(name).groups()),
                    ProfileState.of(profile, Map.of(), Map.of()));
        });
    }

    /** What a value set consists of, in no order. */
    public CompletableFuture<List<List<Match>>> values(String valueSet) {
        return later(() -> {
            if (image.schema().valueSet(valueSet) == null) {
                throw new IllegalArgumentException(unknown("value set", valueSet));
            }
            return ofFirst(state -> state.valueSet(valueSet).members(), List.of());
        });
    }

    /** Where mirrored packets go, by the program's numbers, in their order. */
    public CompletableFuture<SortedMap<Integer, Session>> sessions() {
        return later(() -> ofFirst(state -> new TreeMap<>(state.sessions().all()), new TreeMap<Integer, Session>()));
    }

    /** The sessions that the program begins with. */
    public CompletableFuture<SortedMap<Integer, Session>> declaredSessions() {
        return later(
                () -> ofFirst(state -> new TreeMap<>(state.sessions().declared()), new TreeMap<Integer, Session>()));
    }

    private String unknown(String what, String name) {
        return what + " '" + name + "': " + image.name() + " has none of that name";
    }

    /** What the control plane alone changes is the same in all workers. */
    private <T> T ofFirst(Function<? super ProgramState, ? extends T> question, T without) {
        for (ProgramControl.Mail worker : workers.all()) {
            Optional<T> answer = workers.ask(worker, question);
            if (answer.isPresent()) return answer.get();
        }
        return without;
    }

    /** Ends a watch. */
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Has a listener told what happens from now on. It is called by the program's thread and must not wait; one that throws is not called again. Events of entries without
     * the permission to be published are not told.
     */
    public Watch watch(Consumer<? super ProgramEvent> listener) {
        Consumer<ProgramEvent> own = listener::accept;
        teller.add(own);
        return () -> teller.remove(own);
    }

    private TableFacts facts(String table) {
        TableFacts facts = tables.get(table);
        if (facts == null) {
            throw new IllegalArgumentException("table '" + table + "': " + image.name()
                    + " has none of that name; its tables are " + tables.keySet());
        }
        return facts;
    }

    private <T> CompletableFuture<T> later(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Long number = questions.incrementAndGet();
        asked.put(number, answer);
        try {
            thread.execute(() -> {
                try {
                    answer.complete(work.get());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
                asked.remove(number);
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(unloaded());
        }
        if (closed) answer.completeExceptionally(unloaded());
        return answer;
    }

    private IllegalStateException unloaded() {
        return new IllegalStateException(image.name() + ": it was unloaded; load it again");
    }

    /** Ends the program's thread; what was asked and is not done fails. The graph closes what workers have. */
    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
        asked.values().forEach(answer -> answer.completeExceptionally(unloaded()));
    }
}
