package dev.weir.server.programs;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import dev.weir.dataplane.graph.ReloadResult;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.node.P4Config;
import dev.weir.p4.tc.PortNames;
import dev.weir.server.programs.LoadException.Kind;
import dev.weir.wire.Port;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The programs of one data plane: those that its configuration names and those that are loaded while packets flow. Any thread may call; what changes waits
 * until every worker has gone over, one change at a time.
 */
public final class Programs implements AutoCloseable {
    /** What nodes and programs can be called. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private final Object control = new Object();
    /** What a data plane is to begin with. */
    private volatile GraphConfig first;

    private final List<Runnable> changed = new CopyOnWriteArrayList<>();
    private volatile State state;
    private volatile @Nullable Dataplane plane;

    /**
     * What runs, and what the configuration says.
     *
     * @param running by node
     * @param configured by node
     */
    private record State(Map<String, RunningNode> running, Map<String, ProgramNode> configured) {
        static final State NOTHING = new State(Map.of(), Map.of());

        State with(RunningNode node) {
            Map<String, RunningNode> all = new LinkedHashMap<>(running);
            all.put(node.node(), node);
            return new State(Collections.unmodifiableMap(all), configured);
        }

        boolean runs(RunningNode node) {
            return running.values().stream().anyMatch(each -> each.runtime() == node.runtime());
        }

        State without(String node) {
            Map<String, RunningNode> all = new LinkedHashMap<>(running);
            all.remove(node);
            return new State(Collections.unmodifiableMap(all), configured);
        }
    }

    /** What came of loading: {@code replaced} is what ran in the node before, null for nothing. */
    public record Loaded(RunningNode program, @Nullable RunningNode replaced) {}

    /** With the programs that a configuration names; {@link #graph} is what a data plane is to run. */
    public Programs(GraphConfig configured) {
        Reading reading = new Reading(configured, State.NOTHING);
        state = reading.read();
        first = reading.graph;
    }

    /** What it takes to have a program run again in another process; null for one that the configuration has. */
    public @Nullable LoadedProgram loaded(RunningNode program) {
        if (!program.loaded()) return null;
        return new LoadedProgram(
                program.number(),
                program.node(),
                program.own(),
                program.image().text(),
                program.ports(),
                program.chains(),
                program.config().sessions(),
                configured(program.node()));
    }

    /** The fingerprint of what the configuration names in a node; empty for nothing. */
    private String configured(String node) {
        ProgramNode its = state.configured().get(node);
        ProgramImage image = its == null ? null : its.image();
        return image == null ? "" : Fingerprint.of(image.pipeline());
    }

    /**
     * Has a program that was loaded in another process run where it was; before a data plane is started with {@link #graph}.
     *
     * @return false where the configuration names the same one there by now
     * @throws Resuming.Left when it cannot be there: everything is as it was
     */
    boolean resume(LoadedProgram loaded, ProgramImage image) throws Resuming.Left {
        synchronized (control) {
            String named = configured(loaded.node());
            boolean same = named.equals(Fingerprint.of(image.pipeline()));
            ProgramNode its = state.configured().get(loaded.node());
            boolean asConfigured =
                    loaded.ports().isEmpty() && its != null && its.sessions().equals(loaded.sessions());
            if (same && (asConfigured || !named.equals(loaded.instead()))) return false;
            boolean changed = !same && !named.isEmpty() && (loaded.own() || !named.equals(loaded.instead()));
            if (changed) {
                throw new Resuming.Left(
                        Resuming.Reason.CHANGED,
                        "the configuration names another one there; load it again to have it take the place");
            }
            ProgramNode configured = its;
            RunningNode before = state.running().get(loaded.node());
            checkPlace(loaded, configured);
            ProgramRuntime runtime = new ProgramRuntime(image, loaded.sessions());
            RunningNode program = new RunningNode(
                            before == null && isFree(loaded.number())
                                    ? loaded.number()
                                    : numberOf(loaded.node(), state),
                            loaded.node(),
                            true,
                            configured == null,
                            image,
                            runtime,
                            runtime.config().withInputs(loaded.ports()),
                            configured == null ? loaded.chains() : List.of())
                    .withHostPorts(configured == null ? List.of() : configured.hostPorts());
            GraphConfig next = configured == null
                    ? Placing.appended(first, program.node(), program.config(), program.chains())
                    : Placing.replaced(first, program.node(), program.config());
            List<GraphConfig.Fault> faults = next.faults();
            if (!faults.isEmpty()) {
                runtime.close();
                throw unplaced(faults.getFirst().toString());
            }
            first = next;
            become(state.with(program));
            return true;
        }
    }

    /** The ports that a data plane which is started with {@link #graph} will have. */
    PortNames portsToCome() {
        return new PortNames(
                first.ports().stream().map(GraphConfig.PortEntry::name).toList());
    }

    private boolean isFree(int number) {
        return number > 0 && state.running().values().stream().noneMatch(each -> each.number() == number);
    }

    private void checkPlace(LoadedProgram loaded, @Nullable ProgramNode configured) throws Resuming.Left {
        boolean taken = configured == null
                ? Placing.node(first, loaded.node()) != null
                : state.running().containsKey(loaded.node())
                        && state.running().get(loaded.node()).loaded();
        if (taken) throw unplaced("another node is called so");
        if (configured == null && !loaded.own()) throw unplaced("the node is gone that it was loaded into");
        if (!NAME.matcher(loaded.node()).matches()) throw unplaced("its node cannot be called so");
        for (String chain : loaded.chains()) {
            if (configured == null && !first.allChains().containsKey(chain)) {
                throw unplaced("the chain " + chain + " is gone");
            }
        }
    }

    private static Resuming.Left unplaced(String why) {
        return new Resuming.Left(Resuming.Reason.UNPLACED, why + "; load it again where it is to be");
    }

    /** What the configuration is with its programs in place. */
    public GraphConfig graph() {
        return first;
    }

    /** The data plane that was started with {@link #graph}; to be told before anything is asked. */
    public void runIn(Dataplane started) {
        plane = started;
    }

    private Dataplane plane() {
        return Objects.requireNonNull(plane, "runIn comes first");
    }

    /** All that run, or will as soon as a data plane is started, by node. */
    public Map<String, RunningNode> running() {
        return state.running();
    }

    /** All that run, in the order in which packets come to them. */
    public List<RunningNode> all() {
        Map<String, RunningNode> running = state.running();
        return plane().config().nodes().stream()
                .map(node -> running.get(node.name()))
                .filter(Objects::nonNull)
                .toList();
    }

    /** The names of ports by the numbers that programs know them by, from 0; empty where the port is gone. */
    public List<String> portNames() {
        return plane().portNames();
    }

    /** The chains that visit a program's node. */
    public List<String> chainsOf(RunningNode program) {
        return Placing.chainsOf(plane().config(), program.node());
    }

    /**
     * The one in the node of that name, else the one that is called so.
     *
     * @throws LoadException when there is none, or several are called so
     */
    public RunningNode find(String name) throws LoadException {
        RunningNode byNode = state.running().get(name);
        if (byNode != null) return byNode;
        List<RunningNode> called = called(name);
        if (called.size() == 1) return called.getFirst();
        List<String> nodes =
                state.running().values().stream().map(RunningNode::node).toList();
        throw called.isEmpty()
                ? LoadException.of(
                        Kind.NO_PROGRAM,
                        "there is no program '" + name + "'; "
                                + (nodes.isEmpty() ? "load one" : "there are " + String.join(", ", nodes)))
                : LoadException.of(
                        Kind.AMBIGUOUS,
                        "several nodes run a program of this name; name one of "
                                + String.join(
                                        ", ",
                                        called.stream().map(RunningNode::node).toList()));
    }

    private List<RunningNode> called(String name) {
        return state.running().values().stream()
                .filter(each -> each.name().equals(name))
                .toList();
    }

    /**
     * Has packets go through a program; what its node ran before gives way between two vectors.
     *
     * @throws LoadException when it cannot be placed so: everything is as it was
     */
    public Loaded load(ProgramImage image, Placement where) throws LoadException {
        synchronized (control) {
            String node = nodeFor(image, where);
            NodeEntry there = Placing.node(plane().config(), node);
            if (there == null) return add(image, node, where);
            if (!there.config().type().equals(ProgramNode.TYPE)) {
                throw LoadException.of(
                        "nodes." + node,
                        "is a " + there.config().type() + " and runs no programs; name another node for it");
            }
            return replace(image, node, where);
        }
    }

    private String nodeFor(ProgramImage image, Placement where) throws LoadException {
        List<RunningNode> called = called(image.name());
        String node = !where.node().isEmpty()
                ? where.node()
                : called.size() == 1 ? called.getFirst().node() : image.name();
        boolean elsewhere = called.stream().noneMatch(each -> each.node().equals(node)) && !called.isEmpty();
        if (elsewhere) {
            throw LoadException.of(
                    Kind.EXISTS,
                    "a program '" + image.name() + "' runs in the node "
                            + called.getFirst().node() + " already; unload it, or give this one another name");
        }
        if (!NAME.matcher(node).matches()) {
            throw LoadException.of(
                    "node", "'" + node + "' cannot be a name; take up to 64 letters, digits, '-' and '_'");
        }
        return node;
    }

    private Loaded add(ProgramImage image, String node, Placement where) throws LoadException {
        GraphConfig now = plane().config();
        for (String chain : where.chains()) {
            if (!now.allChains().containsKey(chain)) {
                throw LoadException.of(
                        "chains",
                        "there is no chain " + chain + "; name one of "
                                + now.allChains().keySet().stream().sorted().toList());
            }
        }
        RunningNode program = running(image, node, true, true, where.sessions(), where.ports(), where.chains());
        change(program, graph -> Placing.appended(graph, node, program.config(), where.chains()));
        return new Loaded(program, null);
    }

    private Loaded replace(ProgramImage image, String node, Placement where) throws LoadException {
        RunningNode before = state.running().get(node);
        ProgramNode configured = state.configured().get(node);
        if (!where.chains().isEmpty()) {
            throw LoadException.of(
                    "chains",
                    "the node " + node + " is there, and its chains stay; unload what it runs, or name no chains");
        }
        Map<Integer, MirrorSession> sessions = !where.sessions().isEmpty()
                ? where.sessions()
                : before != null ? before.config().sessions() : configured == null ? Map.of() : configured.sessions();
        List<String> ports = !where.ports().isEmpty() ? where.ports() : before == null ? List.of() : before.ports();
        List<String> chains = before == null ? List.of() : before.chains();
        RunningNode program = running(image, node, true, configured == null, sessions, ports, chains)
                .withHostPorts(configured == null ? List.of() : configured.hostPorts());
        if (before != null) program.runtime().inherit(before.runtime());
        change(program, graph -> Placing.replaced(graph, node, program.config()));
        return new Loaded(program, before);
    }

    private RunningNode running(
            ProgramImage image,
            String node,
            boolean loaded,
            boolean own,
            Map<Integer, MirrorSession> sessions,
            List<String> ports,
            List<String> chains) {
        ProgramRuntime runtime = new ProgramRuntime(image, sessions);
        P4Config config = runtime.config().withInputs(ports);
        return new RunningNode(numberOf(node, state), node, loaded, own, image, runtime, config, chains);
    }

    /** The number that the node has had, else the first that no other has. */
    private static int numberOf(String node, State among) {
        RunningNode before = among.running().get(node);
        if (before != null) return before.number();
        Map<Integer, String> taken = new TreeMap<>();
        among.running().values().forEach(each -> taken.put(each.number(), each.node()));
        int number = 1;
        while (taken.containsKey(number)) number++;
        return number;
    }

    /** Puts a program into the graph, or ends it. */
    private void change(RunningNode program, UnaryOperator<GraphConfig> change) throws LoadException {
        boolean runs = false;
        try {
            change(change);
            runs = true;
        } finally {
            if (!runs) program.runtime().close();
        }
        become(state.with(program));
    }

    private void change(UnaryOperator<GraphConfig> change) throws LoadException {
        if (plane().change(change) instanceof ReloadResult.Refused refused) throw LoadException.of(refused.faults());
    }

    /** What ran before and does not any more is asked nothing from now on. */
    private void become(State next) {
        State before = state;
        state = next;
        before.running().values().stream()
                .filter(each -> !next.runs(each))
                .forEach(each -> each.runtime().close());
        changed.forEach(Runnable::run);
    }

    /** Has somebody told each time when other programs run; it is called by the thread that changed them, and must not wait. */
    public void onChange(Runnable told) {
        changed.add(told);
    }

    /**
     * Takes a program out of the way of packets. Its node goes, unless it is the configuration's: then packets pass it until something is loaded into it, or
     * the configuration is read again.
     *
     * @return what ran
     */
    public RunningNode unload(String name) throws LoadException {
        synchronized (control) {
            RunningNode program = find(name);
            ProgramNode configured = state.configured().get(program.node());
            change(graph -> configured == null
                    ? Placing.removed(graph, program.node())
                    : Placing.replaced(graph, program.node(), configured.emptied()));
            become(state.without(program.node()));
            return program;
        }
    }

    /**
     * Goes over to another configuration; what was loaded stays, in its node or in that of the configuration's which it was loaded into. Refused where there is
     * no place for it any more.
     *
     * @param opened as {@link Dataplane#reload} takes them
     */
    public ReloadResult reload(GraphConfig next, Collection<? extends Port> opened) {
        synchronized (control) {
            Reading reading = new Reading(next, state);
            State after = reading.read();
            if (!reading.faults.isEmpty()) {
                reading.made.forEach(ProgramRuntime::close);
                return new ReloadResult.Refused(reading.faults);
            }
            ReloadResult result = plane().reload(reading.graph, opened);
            if (result instanceof ReloadResult.Applied) {
                become(after);
            } else {
                reading.made.forEach(ProgramRuntime::close);
            }
            return result;
        }
    }

    /** A configuration that gets its programs: those that it names, or that run already, or were loaded. One thread. */
    private static final class Reading {
        private final State before;
        private final List<GraphConfig.Fault> faults = new ArrayList<>();
        private final Map<String, ProgramNode> configured = new LinkedHashMap<>();
        private final List<ProgramRuntime> made = new ArrayList<>();
        private State after;
        private GraphConfig graph;

        Reading(GraphConfig file, State before) {
            this.before = before;
            after = State.NOTHING;
            graph = file;
        }

        State read() {
            for (NodeEntry node : List.copyOf(graph.nodes())) {
                if (node.config() instanceof ProgramNode wanted) place(node.name(), wanted);
            }
            before.running().values().stream().filter(RunningNode::loaded).forEach(this::keep);
            return new State(after.running(), Collections.unmodifiableMap(configured));
        }

        private void place(String node, ProgramNode wanted) {
            configured.put(node, wanted);
            RunningNode runs = before.running().get(node);
            RunningNode program = null;
            if (runs != null && runs.loaded() && !runs.own()) {
                program = runs;
            } else if (runs != null
                    && !runs.loaded()
                    && wanted.equals(before.configured().get(node))) {
                program = runs;
            } else if (wanted.image() != null) {
                program = fresh(node, wanted.image(), wanted);
            }
            if (program != null) {
                graph = Placing.replaced(graph, node, program.config());
                after = after.with(program);
            }
        }

        private RunningNode fresh(String node, ProgramImage image, ProgramNode wanted) {
            Map<String, RunningNode> known = new LinkedHashMap<>(before.running());
            known.putAll(after.running());
            int number = numberOf(node, new State(known, Map.of()));
            ProgramRuntime runtime = new ProgramRuntime(image, wanted.sessions());
            made.add(runtime);
            P4Config config = runtime.config().withHostPorts(wanted.hostPorts());
            return new RunningNode(number, node, false, false, image, runtime, config, List.of());
        }

        private void keep(RunningNode loaded) {
            NodeEntry there = Placing.node(graph, loaded.node());
            List<String> gone = loaded.chains().stream()
                    .filter(chain -> !graph.allChains().containsKey(chain))
                    .toList();
            if (!loaded.own() && there != null && there.config().equals(loaded.config())) return;
            if (!gone.isEmpty()) {
                fault(
                        loaded,
                        "a program was loaded for the chain " + gone.getFirst() + ", and it is gone; unload it first");
            } else if (!loaded.own()) {
                fault(loaded, "a program was loaded into it, and it is gone; unload '" + loaded.name() + "' first");
            } else if (there != null) {
                fault(loaded, "a program that was loaded is called so; unload it first, or rename the node");
            } else {
                graph = Placing.appended(graph, loaded.node(), loaded.config(), loaded.chains());
                after = after.with(loaded);
            }
        }

        private void fault(RunningNode program, String message) {
            faults.add(new GraphConfig.Fault("nodes." + program.node(), message));
        }
    }

    /** Asks programs nothing any more; to be called before the data plane is closed, or after. */
    @Override
    public void close() {
        state.running().values().forEach(each -> each.runtime().close());
    }
}
