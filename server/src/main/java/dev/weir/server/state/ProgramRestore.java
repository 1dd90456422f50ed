package dev.weir.server.state;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.server.programs.Fingerprint;
import dev.weir.server.programs.LoadedProgram;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.Resuming;
import dev.weir.server.programs.RunningNode;
import dev.weir.server.state.ProgramChunk.Cells;
import dev.weir.server.state.ProgramChunk.Entries;
import dev.weir.server.state.ProgramChunk.Groups;
import dev.weir.server.state.ProgramChunk.Loaded;
import dev.weir.server.state.ProgramChunk.Members;
import dev.weir.server.state.ProgramChunk.Sessions;
import dev.weir.server.state.ProgramChunk.Settings;
import dev.weir.server.state.ProgramChunk.Values;
import dev.weir.server.state.ProgramChunk.Words;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.MatchTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts back what programs had ({@link ProgramSave}), before workers begin. A program that is another now gets nothing. Members, groups, value sets and mirror sessions go to
 * all workers. Where there are as many workers as before each gets the entries and cells that it had; else all get the entries that the control plane made, and nothing of
 * what packets did, since which worker packets of an entry come to is not known. What cannot be is left out, whatever octets it was read of. One thread.
 */
public final class ProgramRestore {
    private static final String UNSOUND = "entry-unsound", PORT_GONE = "port-gone";

    private final Programs programs;
    /** Why programs are not there that were loaded, by node. */
    private final Map<String, String> notResumed;

    private final long ahead;
    private final Map<String, String> fingerprints = new HashMap<>();
    private final Map<String, Long> leftOut = new TreeMap<>();
    /** Nodes whose programs begin with other mirror sessions now. */
    private final Set<String> configuredAnew = new HashSet<>();

    /** Nodes that chunks were of. */
    private final Set<String> named = new HashSet<>();

    private long restored;

    /**
     * Into the programs of a data plane that is about to start.
     *
     * @param resuming has put those of them to their places that were loaded
     * @param ahead nanoseconds that the clock by which times were noted is ahead of this machine's
     */
    public ProgramRestore(Programs programs, Resuming resuming, long ahead) {
        this.programs = programs;
        notResumed = resuming.leftOut();
        this.ahead = ahead;
    }

    /** Entries that are back; those of several workers are as many. */
    public long restored() {
        return restored;
    }

    /** What is not, by reason. */
    public Map<String, Long> leftOut() {
        return leftOut;
    }

    /** Whether no chunk was of a node's program, which keeps something. */
    public boolean lacks(String node) {
        RunningNode program = programs.running().get(node);
        return !named.contains(node)
                && (program == null || ProgramSave.keeps(program.image().pipeline()));
    }

    private void leaveOut(String reason, long n) {
        if (n > 0) {
            leftOut.merge(reason, n, Long::sum);
        }
    }

    /** Looks whether a payload is one of a program's chunk; gives the program where it says that one was loaded. */
    public static Optional<LoadedProgram> check(FieldReader payload) throws SnapshotException {
        return loaded(ProgramChunk.read(payload));
    }

    static Optional<LoadedProgram> loaded(ProgramChunk chunk) {
        return chunk.part() instanceof Loaded loaded ? Optional.of(loaded.program()) : Optional.empty();
    }

    /** Puts back what a payload has that was checked. */
    public void put(FieldReader payload) throws SnapshotException {
        put(ProgramChunk.read(payload));
    }

    /** Puts back what a chunk has. */
    void put(ProgramChunk chunk) {
        named.add(chunk.node());
        RunningNode program = programs.running().get(chunk.node());
        String why = notResumed.get(chunk.node());
        if (why == null && chunk.part() instanceof Loaded) {
            return; // it runs
        }
        if (why != null || program == null || !isSame(program, chunk)) {
            leaveOut(why == null ? "program-changed" : why, chunk.part().size());
            return;
        }
        List<ProgramControl.Mail> now = program.config().control().workers();
        boolean asMany = now.size() == chunk.workers() && chunk.worker() >= 0 && chunk.worker() < chunk.workers();
        switch (chunk.part()) {
            case ProgramChunk.Written part -> throw new IllegalStateException(part.table() + ": was not read");
            case Entries part -> {
                if (asMany) {
                    put(program, List.of(now.get(chunk.worker())), part.table(), part.defaults(), part.entries());
                    return;
                }
                List<KeptEntry> ofControl = part.entries().stream()
                        .filter(ProgramRestore::isOfControl)
                        .toList();
                leaveOut("entry-of-other-workers", part.size() - ofControl.size());
                if (chunk.worker() == 0) {
                    put(program, now, part.table(), part.defaults(), ofControl);
                }
            }
            case Cells part -> {
                if (asMany) {
                    now.get(chunk.worker()).restore(state -> put(state, part));
                } else {
                    leaveOut("cells-of-other-workers", part.size());
                }
            }
            case Members part -> put(program, part);
            case Groups part -> put(program, part);
            case Values part -> put(program, part);
            case Sessions part -> put(program, part);
            case Settings part -> put(program, part);
            case Loaded _ -> {}
        }
    }

    private boolean isSame(RunningNode program, ProgramChunk chunk) {
        return fingerprints
                .computeIfAbsent(
                        program.node(), _ -> Fingerprint.of(program.image().pipeline()))
                .equals(chunk.fingerprint());
    }

    private static boolean isOfControl(KeptEntry entry) {
        EntryNotes notes = entry.notes;
        return notes != null && notes.created() != null;
    }

    private void put(
            RunningNode program,
            List<ProgramControl.Mail> workers,
            String table,
            Words defaults,
            List<KeptEntry> entries) {
        if (program.image().schema().table(table) == null) {
            leaveOut(UNSOUND, entries.size());
            return;
        }
        for (ProgramControl.Mail worker : workers) {
            worker.restore(state -> put(program, state.control(table), defaults, entries));
        }
    }

    private void put(RunningNode program, TableControl control, Words defaults, List<KeptEntry> entries) {
        control.restoreDefaults(defaults.all);
        int leastPriority = Integer.MAX_VALUE;
        long leastSet = 0;
        for (KeptEntry entry : entries) {
            EntryCopy copy = sound(control, entry);
            Result result = copy == null
                    ? null
                    : portsAreThere(program, copy.set()) ? done(() -> control.restoreOther(copy)) : Result.DENIED;
            if (copy == null || result == null) {
                leaveOut(UNSOUND, 1);
                continue;
            }
            switch (result) {
                case DONE -> {
                    restored++;
                    leastPriority = Math.min(leastPriority, copy.priority());
                    leastSet = copy.set() == null ? leastSet : Math.min(leastSet, number(control, copy));
                }
                case FULL -> leaveOut("entry-no-room", 1);
                case MISSING -> leaveOut("entry-refers-to-nothing", 1);
                case DENIED -> leaveOut(PORT_GONE, 1);
                default -> leaveOut(UNSOUND, 1);
            }
        }
        if (leastPriority < Integer.MAX_VALUE) {
            program.runtime().restored(control.table().name(), leastPriority);
        }
        if (leastSet < 0) {
            program.runtime().restoredSet(leastSet);
        }
    }

    /** What a change says; null where what it is to put there cannot be. */
    private static @Nullable Result done(Supplier<Result> change) {
        try {
            return change.get();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The number of the group that is an entry's own. */
    private static long number(TableControl control, EntryCopy entry) {
        return control.codec().call(entry.payload()).arguments().getFirst().longValueExact();
    }

    /** Null where it is none of that table's. */
    private @Nullable EntryCopy sound(TableControl control, KeptEntry entry) {
        boolean timesAreSound = entry.lifetime >= 0 && entry.lifetime <= MatchTable.MAX_LIFETIME && entry.lastHit >= 0;
        if (!timesAreSound || control.table().keys().isEmpty() || !control.fits(entry.payload, entry.set != null)) {
            return null;
        }
        try {
            MatchKey key = MatchKey.ofWords(control.codec().keys(), entry.key);
            return new EntryCopy(
                            key,
                            entry.priority,
                            entry.payload.clone(),
                            entry.lifetime,
                            entry.lastHit,
                            entry.notes,
                            entry.set)
                    .earlier(ahead);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void put(RunningNode program, Settings part) {
        if (!program.runtime().restoredSettings(part.table(), part.settings())) {
            leaveOut("settings-unsound", 1);
            return;
        }
        for (ProgramControl.Mail worker : program.config().control().workers()) {
            worker.restore(state -> {
                TableControl control = state.control(part.table());
                control.restorePermissions(part.settings().permissions().bits());
                for (int profile = 0; profile < part.settings().profiles().size(); profile++) {
                    control.setProfile(profile, part.settings().profiles().get(profile));
                }
            });
        }
    }

    private static boolean isPort(RunningNode program, int port) {
        return port >= 0 && port < program.config().control().ports();
    }

    private static boolean mayWatch(RunningNode program, int port) {
        return port == ProfileRun.UNWATCHED || isPort(program, port);
    }

    private static boolean portsAreThere(RunningNode program, @Nullable List<WeightedCall> set) {
        return set == null || set.stream().allMatch(each -> mayWatch(program, each.watch()));
    }

    private void put(ProgramState state, Cells part) {
        boolean known = state.pipeline().resources().stream()
                .anyMatch(each -> each.name().equals(part.resource()) && !each.direct());
        if (!known || !state.cells(part.resource()).restoreOthers(part.first(), part.words().all)) {
            leaveOut("cells-unsound", 1);
        }
    }

    private void put(RunningNode program, Members part) {
        inAll(
                program,
                "member-unsound",
                part.members(),
                (state, member) -> hasProfile(state, part.profile())
                        ? done(() -> state.profile(part.profile()).addMember(member.getKey(), member.getValue()))
                        : null);
    }

    private void put(RunningNode program, Groups part) {
        Map<Long, Group> groups = new TreeMap<>(part.groups());
        groups.values().removeIf(group -> group.members().stream().anyMatch(each -> !mayWatch(program, each.watch())));
        leaveOut(PORT_GONE, part.size() - groups.size());
        inAll(
                program,
                "group-unsound",
                groups,
                (state, group) -> hasProfile(state, part.profile())
                        ? done(() -> state.profile(part.profile()).addGroup(group.getKey(), group.getValue()))
                        : null);
    }

    private static boolean hasProfile(ProgramState state, String name) {
        return state.pipeline().profiles().stream().map(ActionProfile::name).anyMatch(name::equals);
    }

    private void put(RunningNode program, Values part) {
        boolean known = program.image().pipeline().valueSets().stream()
                .map(ValueSet::name)
                .anyMatch(part.set()::equals);
        Map<Integer, Words> keys = new HashMap<>();
        part.keys().forEach(key -> keys.put(keys.size(), key));
        inAll(
                program,
                "value-unsound",
                keys,
                (state, key) -> known && state.valueSet(part.set()).restore(key.getValue().all) ? Result.DONE : null);
    }

    private void put(RunningNode program, Sessions part) {
        if (part.first()) {
            for (ProgramControl.Mail worker : program.config().control().workers()) {
                worker.restore(state -> {
                    if (!state.sessions().resume(part.declared())) {
                        configuredAnew.add(program.node());
                    }
                });
            }
        }
        if (configuredAnew.contains(program.node())) {
            leaveOut("session-configured-anew", part.size());
            return;
        }
        Map<Integer, Session> sessions = new TreeMap<>(part.sessions());
        sessions.values()
                .removeIf(session -> session.replicas().stream().anyMatch(copy -> !isPort(program, copy.port())));
        leaveOut(PORT_GONE, part.size() - sessions.size());
        inAll(program, "session-unsound", sessions, (state, session) -> {
            int number = session.getKey();
            return number < 0 || number >= MirrorSessions.MOST
                    ? null
                    : state.sessions().add(number, session.getValue());
        });
    }

    /** Puts things into all workers; those that the first one does not take are left out, and so do the others. */
    private <K, V> void inAll(
            RunningNode program,
            String reason,
            Map<K, V> things,
            BiFunction<ProgramState, Map.Entry<K, V>, @Nullable Result> put) {
        List<ProgramControl.Mail> workers = program.config().control().workers();
        for (int w = 0; w < workers.size(); w++) {
            boolean tells = w == 0;
            workers.get(w).restore(state -> {
                for (Map.Entry<K, V> each : things.entrySet()) {
                    if (put.apply(state, each) != Result.DONE && tells) {
                        leaveOut(reason, 1);
                    }
                }
            });
        }
    }
}
