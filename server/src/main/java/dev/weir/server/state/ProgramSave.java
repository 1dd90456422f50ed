package dev.weir.server.state;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.TableControl;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes what programs have in each worker: entries of tables, default actions, cells of indexed resources. Workers copy some between two vectors. Left out are what the
 * program itself begins with, and tables whose entries refer to members and groups.
 *
 * <pre>
 * payload of a program's chunk: node, fingerprint, worker u32, workers u32, part u32
 * part 1, entries: table, default action words, entries: key words, priority u32, payload words, lifetime i64, last hit i64, notes
 * part 2, cells: resource, first u32, words
 * </pre>
 */
final class ProgramSave {
    static final int ENTRIES = 1, CELLS = 2;
    /** How many entries, and cells, are copied between two vectors; how many numbers of entries are looked at. */
    private static final int ENTRIES_PIECE = 64, CELLS_PIECE = 1024, NUMBERS = 4096;
    /** What a chunk has at the least, but the last of a table. */
    private static final int CHUNK = 1 << 18;

    private final Programs programs;

    ProgramSave(Programs programs) {
        this.programs = programs;
    }

    /** What tells two programs apart: that one has another's state means nothing. */
    static String fingerprint(Pipeline pipeline) {
        try {
            byte[] text = IrPrinter.print(pipeline).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** @return false where programs changed meanwhile */
    boolean write(Dataplane plane, SnapshotWriter out) throws IOException {
        List<RunningNode> all = programs.all();
        if (all.isEmpty()) {
            return true;
        }
        AutoCloseable awake = plane.keepAwake();
        try {
            for (RunningNode program : all) {
                write(program, out);
            }
            return programs.all().equals(all);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IllegalStateException) {
                return false;
            }
            throw e;
        } finally {
            release(awake);
        }
    }

    private static void release(AutoCloseable awake) {
        try {
            awake.close();
        } catch (Exception e) {
            throw new IllegalStateException("it only takes note", e);
        }
    }

    private static void write(RunningNode program, SnapshotWriter out) throws IOException {
        Pipeline pipeline = program.image().pipeline();
        String fingerprint = fingerprint(pipeline);
        List<ProgramControl.Mail> workers = program.config().control().workers();
        for (int w = 0; w < workers.size(); w++) {
            var part = new Part(program.node(), fingerprint, w, workers.size(), workers.get(w));
            for (Table table : pipeline.tables()) {
                if (table.implementation() == null) {
                    part.entries(table.name(), out);
                }
            }
            for (Resource resource : pipeline.resources()) {
                if (!resource.direct()) {
                    part.cells(resource, out);
                }
            }
        }
    }

    /** Some entries, and the number to go on with; -1 for none. */
    private record Piece(List<EntryCopy> entries, int next, List<Long> defaults) {
        static Piece of(TableControl control, int from) {
            List<EntryCopy> copies = new ArrayList<>();
            int end = control.end(), to = Math.min(end, from + NUMBERS), at = from;
            while (copies.size() < ENTRIES_PIECE) {
                int number = control.next(at, to);
                if (number < 0) {
                    at = to;
                    break;
                }
                EntryCopy copy = control.copy(number);
                if (!TableControl.isConstant(copy)) {
                    copies.add(copy);
                }
                at = number + 1;
            }
            List<Long> words = new ArrayList<>();
            for (long word : control.defaults()) {
                words.add(word);
            }
            return new Piece(copies, at >= end ? -1 : at, words);
        }
    }

    /** A worker's. */
    private record Part(String node, String fingerprint, int worker, int workers, ProgramControl.Mail mail) {
        private FieldWriter begin(int kind) {
            return new FieldWriter()
                    .put(node)
                    .put(fingerprint)
                    .put(worker)
                    .put(workers)
                    .put(kind);
        }

        private <T> T ask(Function<? super dev.weir.p4.run.ProgramState, ? extends T> question) {
            return mail.<T>ask(question).join();
        }

        void entries(String table, SnapshotWriter out) throws IOException {
            int from = 0;
            List<EntryCopy> copies = new ArrayList<>();
            while (from >= 0) {
                int begin = from;
                Piece piece = ask(state -> Piece.of(state.control(table), begin));
                copies.addAll(piece.entries());
                from = piece.next();
                int octets = copies.isEmpty()
                        ? 0
                        : copies.size() * 8 * (copies.getFirst().payload().length + 8);
                if (from < 0 || octets > CHUNK) {
                    FieldWriter fields = begin(ENTRIES).put(table);
                    fields.put(
                            piece.defaults().stream().mapToLong(Long::longValue).toArray());
                    out.fields(Chunks.PROGRAM, fields.put(copies, ProgramSave::write));
                    out.countEntries(copies.size());
                    copies.clear();
                }
            }
        }

        void cells(Resource resource, SnapshotWriter out) throws IOException {
            for (int from = 0; from < resource.size(); from += CELLS_PIECE) {
                int first = from, count = Math.min(CELLS_PIECE, resource.size() - from);
                long[] words = ask(state -> state.cells(resource.name()).copy(first, count));
                FieldWriter fields =
                        begin(CELLS).put(resource.name()).put(first).put(words);
                out.fields(Chunks.PROGRAM, fields);
            }
        }
    }

    private static void write(FieldWriter out, EntryCopy entry) {
        out.put(entry.key().toWords())
                .put(entry.priority())
                .put(entry.payload())
                .put(entry.lifetime())
                .put(entry.lastHit());
        EntryNotes notes = entry.notes();
        out.put(notes == null ? 0 : 1);
        if (notes != null) {
            write(out, notes.created());
            write(out, notes.updated());
            out.put(notes.metadata());
        }
    }

    private static void write(FieldWriter out, @Nullable Origin origin) {
        out.put(origin == null ? 0 : 1);
        if (origin != null) {
            out.put(origin.author().name()).put(origin.process()).put(origin.pid());
        }
    }
}
