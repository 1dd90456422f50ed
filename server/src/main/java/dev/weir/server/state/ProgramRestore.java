package dev.weir.server.state;

import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.MatchTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts back what programs had ({@link ProgramSave}), before workers begin. A program that is another now gets nothing. Where there are as many workers as before each gets
 * what it had; else all get the entries that the control plane made, and nothing of what packets did, since which worker packets of an entry come to is not known. One
 * thread.
 */
final class ProgramRestore {
    /** For entries that all workers get. */
    private static final int ALL = -1;

    private final Programs programs;
    private final Map<String, String> fingerprints = new HashMap<>();
    private final Map<String, Long> leftOut = new TreeMap<>();
    private long restored;

    ProgramRestore(Programs programs) {
        this.programs = programs;
    }

    /** Entries that are back; those of several workers are as many. */
    long restored() {
        return restored;
    }

    Map<String, Long> leftOut() {
        return leftOut;
    }

    private void leaveOut(String reason) {
        leftOut.merge(reason, 1L, Long::sum);
    }

    /** Reads a chunk. */
    void read(FieldReader in) throws SnapshotException {
        String node = in.text(), fingerprint = in.text();
        int worker = in.getInt(), workers = in.getInt(), part = in.getInt();
        RunningNode program = programs.running().get(node);
        List<ProgramControl.Mail> now =
                program == null ? List.of() : program.config().control().workers();
        boolean same = program != null
                && fingerprints
                        .computeIfAbsent(
                                node,
                                _ -> ProgramSave.fingerprint(program.image().pipeline()))
                        .equals(fingerprint);
        boolean asMany = now.size() == workers && worker >= 0 && worker < workers;
        switch (part) {
            case ProgramSave.ENTRIES -> {
                String table = in.text();
                long[] defaults = in.longs();
                List<EntryCopy> copies = new ArrayList<>();
                for (int left = in.count(Long.BYTES); left > 0; left--) {
                    EntryCopy copy = entry(in, same ? program : null, table);
                    if (copy == null) {
                        leaveOut(same ? "entry-unsound" : "program-changed");
                    } else {
                        copies.add(copy);
                    }
                }
                if (program != null
                        && same
                        && program.image().schema().table(table) != null
                        && (asMany || worker == 0)) {
                    put(program, now, asMany ? worker : ALL, table, defaults, copies);
                } else if (same) {
                    copies.forEach(_ -> leaveOut("entry-of-other-workers"));
                }
            }
            case ProgramSave.CELLS -> {
                String resource = in.text();
                int first = in.getInt();
                long[] words = in.longs();
                if (same && asMany) {
                    now.get(worker).restore(state -> putCells(state, resource, first, words));
                } else {
                    leaveOut(same ? "cells-of-other-workers" : "program-changed");
                }
            }
            default ->
                throw new SnapshotException("a program's chunk is of part " + part + ", which this Weir does not know");
        }
        in.end();
    }

    /** Null where it is none of that table's. */
    private static @Nullable EntryCopy entry(FieldReader in, @Nullable RunningNode program, String table)
            throws SnapshotException {
        long[] key = in.longs();
        int priority = in.getInt();
        long[] payload = in.longs();
        long lifetime = in.getLong(), lastHit = in.getLong();
        EntryNotes notes = in.getInt() == 0 ? null : new EntryNotes(origin(in), origin(in), in.text());
        if (program == null || program.image().schema().table(table) == null) {
            return null;
        }
        List<ProgramControl.Mail> workers = program.config().control().workers();
        if (workers.isEmpty() || lifetime < 0 || lifetime > MatchTable.MAX_LIFETIME || lastHit < 0) {
            return null;
        }
        var found = new ArrayList<EntryCopy>();
        workers.getFirst().restore(state -> {
            TableControl control = state.control(table);
            MatchKey its = control.fits(payload) ? key(control, key) : null;
            if (its != null) {
                found.add(new EntryCopy(its, priority, payload, lifetime, lastHit, notes));
            }
        });
        return found.isEmpty() ? null : found.getFirst();
    }

    private static @Nullable MatchKey key(TableControl control, long[] words) {
        try {
            return MatchKey.ofWords(control.codec().keys(), words);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void put(
            RunningNode program,
            List<ProgramControl.Mail> workers,
            int from,
            String table,
            long[] defaults,
            List<EntryCopy> copies) {
        int least = copies.stream().mapToInt(EntryCopy::priority).min().orElse(Integer.MAX_VALUE);
        if (!copies.isEmpty()) {
            program.runtime().restored(table, least);
        }
        if (from >= 0) {
            workers.get(from).restore(state -> put(state.control(table), defaults, copies));
            return;
        }
        List<EntryCopy> ofControl =
                copies.stream().filter(ProgramRestore::isOfControl).toList();
        for (int left = copies.size() - ofControl.size(); left > 0; left--) {
            leaveOut("entry-of-other-workers");
        }
        workers.forEach(worker -> worker.restore(state -> put(state.control(table), defaults, ofControl)));
    }

    private static boolean isOfControl(EntryCopy entry) {
        EntryNotes notes = entry.notes();
        return notes != null && notes.created() != null;
    }

    private void put(TableControl control, long[] defaults, List<EntryCopy> copies) {
        control.restoreDefaults(defaults);
        for (EntryCopy copy : copies) {
            if (control.restore(copy)) {
                restored++;
            } else {
                leaveOut("entry-no-room");
            }
        }
    }

    private void putCells(ProgramState state, String resource, int first, long[] words) {
        boolean known = state.pipeline().resources().stream()
                .anyMatch(each -> each.name().equals(resource) && !each.direct());
        if (!known || !state.cells(resource).restoreOthers(first, words)) {
            leaveOut("cells-unsound");
        }
    }

    private static @Nullable Origin origin(FieldReader in) throws SnapshotException {
        if (in.getInt() == 0) {
            return null;
        }
        String author = in.text(), process = in.text();
        long pid = in.getLong();
        Author by = Arrays.stream(Author.values())
                .filter(each -> each.name().equals(author))
                .findFirst()
                .orElse(Author.CONTROL);
        return new Origin(by, process, pid);
    }
}
