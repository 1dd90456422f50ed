package dev.weir.server.state;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.p4.control.TableSettings;
import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.ValueSetRun;
import dev.weir.server.programs.Fingerprint;
import dev.weir.server.programs.LoadedProgram;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import dev.weir.server.state.ProgramChunk.Words;
import dev.weir.table.match.MatchKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes what programs have ({@link ProgramChunk}): members, groups, value sets and mirror sessions, which are the same in all workers; and of each worker entries of tables,
 * default actions, and cells of indexed resources. Workers copy some between two vectors. What the program itself begins with is left out.
 */
public final class ProgramSave {
    /** Where chunks go. */
    public interface Out {
        /**
         * A chunk of the kind {@link Chunks#PROGRAM}.
         *
         * @param entries of tables in it
         */
        void program(FieldWriter payload, int entries) throws IOException;
    }

    /** What a chunk of a file has at the least, but the last of a table. */
    static final int CHUNK = 1 << 18;

    /** How many entries, cells, and members or choices of groups are copied between two vectors; how many numbers of entries are looked at. */
    private static final int ENTRIES_PIECE = 64, CELLS_PIECE = 1024, NUMBERED_PIECE = 64, NUMBERS = 4096;
    /** After so long no further entry is copied before the next vector. */
    private static final long PIECE_NANOS = 20_000;
    /** The most octets of a program's text, with all that it includes, that are kept. */
    static final int LONGEST_TEXT = 1 << 23;
    /** What a call takes in a chunk, about. */
    private static final int CALL = 64;
    /** What a {@code char} of a text takes at the most. */
    private static final int UTF8 = 3;

    private final Programs programs;
    private final boolean exact;
    private final int chunk;

    /**
     * Of the programs of one data plane.
     *
     * @param exact whether a copy in which entries could refer to members of another moment is of no use
     * @param chunk about how many octets of entries a chunk has at the most
     */
    public ProgramSave(Programs programs, boolean exact, int chunk) {
        this.programs = programs;
        this.exact = exact;
        this.chunk = chunk;
    }

    /** Whether there is a chunk of it at the least, whatever was written to it. */
    static boolean keeps(Pipeline pipeline) {
        return !pipeline.tables().isEmpty() || pipeline.resources().stream().anyMatch(resource -> !resource.direct());
    }

    /** @return false where programs changed meanwhile, or, if it is to be exact, what their entries refer to */
    public boolean write(Dataplane plane, Out out) throws IOException {
        List<RunningNode> all = programs.all();
        if (all.isEmpty()) {
            return true;
        }
        try (var awake = new Awake(plane)) {
            Out pausing = awake.pausing(out);
            boolean same = true;
            for (RunningNode program : all) {
                List<Long> before = versions(program);
                write(program, pausing);
                same &= !exact || versions(program).equals(before);
            }
            return same && programs.all().equals(all);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IllegalStateException) {
                return false;
            }
            throw e;
        }
    }

    /** By worker and kind, another number after each change of what is the same in all workers. */
    private static List<Long> versions(RunningNode program) {
        Pipeline pipeline = program.image().pipeline();
        List<Long> all = new ArrayList<>();
        for (ProgramControl.Mail worker : program.config().control().workers()) {
            all.addAll(
                    worker.<List<Long>>ask(state -> versions(state, pipeline)).join());
        }
        return all;
    }

    private static List<Long> versions(ProgramState state, Pipeline pipeline) {
        List<Long> all = new ArrayList<>();
        for (ActionProfile profile : pipeline.profiles()) {
            all.add(state.profile(profile.name()).version());
        }
        for (ValueSet set : pipeline.valueSets()) {
            all.add(state.valueSet(set.name()).version());
        }
        all.add((long) state.sessions().version());
        return all;
    }

    private void write(RunningNode program, Out out) throws IOException {
        Pipeline pipeline = program.image().pipeline();
        String fingerprint = Fingerprint.of(pipeline);
        List<ProgramControl.Mail> workers = program.config().control().workers();
        for (int w = 0; w < workers.size(); w++) {
            var part = new Part(program.node(), fingerprint, w, workers.size(), workers.get(w), out, chunk);
            if (w == 0) {
                part.loaded(programs.loaded(program));
                part.settings(program);
                part.ofAll(pipeline);
            }
            for (Table table : pipeline.tables()) {
                part.entries(table);
            }
            for (Resource resource : pipeline.resources()) {
                if (!resource.direct()) {
                    part.cells(resource);
                }
            }
        }
    }

    /** Some entries, and the number to go on with; -1 for none. */
    private record Piece(List<EntryCopy> entries, int next, Words defaults) {
        static Piece of(TableControl control, int from) {
            List<EntryCopy> copies = new ArrayList<>();
            int end = control.end(), to = Math.min(end, from + NUMBERS), at = from, seen = 0;
            long begin = System.nanoTime();
            while (seen < ENTRIES_PIECE && (seen == 0 || System.nanoTime() - begin < PIECE_NANOS)) {
                int number = control.next(at, to);
                if (number < 0) {
                    at = to;
                    break;
                }
                EntryCopy copy = control.copy(number);
                seen += 1 + calls(copy);
                if (!TableControl.isConstant(copy)) {
                    copies.add(copy);
                }
                at = number + 1;
            }
            return new Piece(copies, at >= end ? -1 : at, new Words(control.defaults()));
        }
    }

    private static int calls(EntryCopy copy) {
        return copy.set() == null ? 0 : copy.set().size();
    }

    /** At least as many octets as an entry takes, but for its calls, which are counted about. */
    private static long octets(KeptEntry entry) {
        long calls = entry.set == null ? 0 : entry.set.size();
        return Long.BYTES * (8L + entry.key.length + entry.payload.length) + CALL * calls + octets(entry.notes);
    }

    private static long octets(@Nullable EntryNotes notes) {
        return notes == null
                ? 0
                : octets(notes.created())
                        + octets(notes.updated())
                        + (long) UTF8 * notes.metadata().length();
    }

    private static long octets(@Nullable Origin origin) {
        return origin == null ? 0 : CALL + (long) UTF8 * origin.process().length();
    }

    /** A worker's. */
    private record Part(
            String node, String fingerprint, int worker, int workers, ProgramControl.Mail mail, Out out, int chunk) {
        private void put(ProgramChunk.Part part) throws IOException {
            var fields = new FieldWriter();
            new ProgramChunk(node, fingerprint, worker, workers, part).write(fields);
            out.program(fields, part instanceof ProgramChunk.Entries ? part.size() : 0);
        }

        private <T> T ask(Function<? super ProgramState, ? extends T> question) {
            return mail.<T>ask(question).join();
        }

        void loaded(@Nullable LoadedProgram program) throws IOException {
            if (program == null) {
                return;
            }
            var size = new FieldWriter();
            LoadedCodec.write(size, program);
            put(new ProgramChunk.Loaded(size.size() > LONGEST_TEXT ? program.withoutText() : program));
        }

        void settings(RunningNode program) throws IOException {
            for (Table table : program.image().pipeline().tables()) {
                Optional<TableSettings> settings = program.runtime().settings(table.name());
                if (settings.isPresent()) {
                    put(new ProgramChunk.Settings(table.name(), settings.get()));
                }
            }
        }

        /** What all workers have alike, which entries refer to. */
        void ofAll(Pipeline pipeline) throws IOException {
            for (ActionProfile profile : pipeline.profiles()) {
                members(profile.name());
                if (profile.selects()) {
                    groups(profile.name());
                }
            }
            for (ValueSet set : pipeline.valueSets()) {
                values(set.name());
            }
            sessions();
        }

        private void members(String profile) throws IOException {
            for (int from = 0; from >= 0; ) {
                int begin = from;
                ProfileRun.Piece<Table.Call> piece =
                        ask(state -> state.profile(profile).members(begin, NUMBERED_PIECE));
                if (!piece.all().isEmpty()) {
                    put(new ProgramChunk.Members(profile, piece.all()));
                }
                from = piece.next();
            }
        }

        private void groups(String profile) throws IOException {
            for (int from = 0; from >= 0; ) {
                int begin = from;
                ProfileRun.Piece<Group> piece =
                        ask(state -> state.profile(profile).groups(begin, NUMBERED_PIECE));
                if (!piece.all().isEmpty()) {
                    put(new ProgramChunk.Groups(profile, piece.all()));
                }
                from = piece.next();
            }
        }

        private void values(String set) throws IOException {
            for (int from = 0; from >= 0; ) {
                int begin = from;
                ValueSetRun.Piece piece = ask(state -> state.valueSet(set).members(begin, NUMBERED_PIECE));
                if (!piece.keys().isEmpty()) {
                    put(new ProgramChunk.Values(
                            set,
                            piece.keys().stream()
                                    .map(MatchKey::toWords)
                                    .map(Words::new)
                                    .toList()));
                }
                from = piece.next();
            }
        }

        private void sessions() throws IOException {
            Map<Integer, Session> declared =
                    ask(state -> Map.copyOf(state.sessions().declared()));
            boolean first = true;
            for (@Nullable Integer from = 0; from != null; first = false) {
                int begin = from;
                SortedMap<Integer, Session> some = ask(state -> state.sessions().some(begin, NUMBERED_PIECE));
                if (!some.isEmpty() || (first && !declared.isEmpty())) {
                    put(new ProgramChunk.Sessions(first, first ? declared : Map.of(), some));
                }
                from = some.size() < NUMBERED_PIECE ? null : (Integer) (some.lastKey() + 1);
            }
        }

        void entries(Table table) throws IOException {
            boolean refer = table.implementation() != null;
            int from = 0;
            long octets = 0;
            List<KeptEntry> entries = new ArrayList<>();
            while (from >= 0) {
                int begin = from;
                Piece piece = ask(state -> Piece.of(state.control(table.name()), begin));
                for (EntryCopy copy : piece.entries()) {
                    KeptEntry entry = KeptEntry.of(copy);
                    entries.add(entry);
                    octets += octets(entry);
                    if (octets > chunk) {
                        entries(table, piece.defaults(), entries, refer);
                        octets = 0;
                    }
                }
                from = piece.next();
                if (from < 0) {
                    entries(table, piece.defaults(), entries, refer);
                }
            }
        }

        private void entries(Table table, Words defaults, List<KeptEntry> entries, boolean refer) throws IOException {
            put(new ProgramChunk.Entries(table.name(), defaults, entries, refer));
            entries.clear();
        }

        void cells(Resource resource) throws IOException {
            for (int from = 0; from < resource.size(); from += CELLS_PIECE) {
                int first = from, count = Math.min(CELLS_PIECE, resource.size() - from);
                long[] words = ask(state -> state.cells(resource.name()).copy(first, count));
                put(new ProgramChunk.Cells(resource.name(), first, new Words(words)));
            }
        }
    }
}
