package dev.weir.server.state;

import dev.weir.p4.control.TableSettings;
import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.EntryBlock;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.WeightedCall;
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
         * @param payload to be taken before this returns
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
    public boolean write(Out out) throws IOException {
        List<RunningNode> all = programs.all();
        if (all.isEmpty()) {
            return true;
        }
        try {
            boolean same = true;
            Rooms rooms = new Rooms();
            for (RunningNode program : all) {
                List<Long> before = versions(program);
                write(program, rooms, out);
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

    private void write(RunningNode program, Rooms rooms, Out out) throws IOException {
        Pipeline pipeline = program.image().pipeline();
        String fingerprint = Fingerprint.of(pipeline);
        List<ProgramControl.Mail> workers = program.config().control().workers();
        for (int w = 0; w < workers.size(); w++) {
            var part = new Part(program.node(), fingerprint, w, workers.size(), workers.get(w), out, chunk, rooms);
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

    /** That some entries are in a block: the number to go on with, -1 for none. */
    private record Copied(int next, Words defaults) {
        /** Copies those that the program does not begin with. */
        static Copied of(TableControl control, int from, EntryBlock block) {
            block.clear();
            int end = control.end(), to = Math.min(end, from + NUMBERS), at = from, seen = 0;
            long begin = System.nanoTime();
            while (seen < ENTRIES_PIECE && (seen == 0 || System.nanoTime() - begin < PIECE_NANOS)) {
                int number = control.next(at, to);
                if (number < 0) {
                    at = to;
                    break;
                }
                seen++;
                if (!control.isConstant(number)) {
                    control.copy(number, block);
                    seen += calls(block.set(block.size() - 1));
                }
                at = number + 1;
            }
            return new Copied(at >= end ? -1 : at, new Words(control.defaults()));
        }
    }

    private static int calls(@Nullable List<WeightedCall> set) {
        return set == null ? 0 : set.size();
    }

    /** Where entries, and then chunks, are written: the same memory again and again, for collections of garbage hold up packets. */
    private static final class Rooms {
        final FieldWriter entries = new FieldWriter(), chunk = new FieldWriter();
    }

    /** A worker's. */
    private record Part(
            String node,
            String fingerprint,
            int worker,
            int workers,
            ProgramControl.Mail mail,
            Out out,
            int chunk,
            Rooms rooms) {
        private void put(ProgramChunk.Part part) throws IOException {
            rooms.chunk.clear();
            new ProgramChunk(node, fingerprint, worker, workers, part).write(rooms.chunk);
            out.program(rooms.chunk, part instanceof ProgramChunk.Written ? part.size() : 0);
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
            EntryBlock block = ask(state -> state.control(table.name()).block(ENTRIES_PIECE));
            int from = 0, count = 0;
            while (from >= 0) {
                int begin = from;
                Copied copied = ask(state -> Copied.of(state.control(table.name()), begin, block));
                for (int i = 0; i < block.size(); i++) {
                    KeptEntry.write(rooms.entries, block, i, refer);
                    count++;
                    if (rooms.entries.size() > chunk) {
                        entries(table, copied.defaults, count, refer);
                        count = 0;
                    }
                }
                from = copied.next;
                if (from < 0) {
                    entries(table, copied.defaults, count, refer);
                }
            }
        }

        private void entries(Table table, Words defaults, int count, boolean refer) throws IOException {
            put(new ProgramChunk.Written(table.name(), defaults, count, rooms.entries, refer));
            rooms.entries.clear();
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
