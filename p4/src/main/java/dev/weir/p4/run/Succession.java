package dev.weir.p4.run;

import dev.weir.p4.ir.Resource;
import dev.weir.p4.run.Inheritance.OfTable;
import dev.weir.table.match.MatchTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has a program take the place of another in one worker with what the other's tables and resources have: entries of tables with the same name and keys whose
 * action has the same parameters, and cells of resources with the same name, kind, width and size, value sets with the same name and fields, members and
 * groups whose actions mean the same, with the entries that refer to them, and mirror sessions. A table that is the same goes over as it
 * stands; else entries are copied while packets go on ({@link TableMove}). The worker's thread.
 */
public final class Succession {
    private final ProgramState before, after;
    private final Map<String, TableLikeness> alike = new LinkedHashMap<>();
    private final Map<String, TableMove> moves = new LinkedHashMap<>();
    private final List<String> kept = new ArrayList<>(), left = new ArrayList<>();

    /** From now on the control plane leaves {@code before} alone; packets do not come to {@code after}. */
    public Succession(ProgramState before, ProgramState after) {
        this.before = before;
        this.after = after;
        for (ProfileRun from : before.profiles()) {
            ProfileRun own = after.findProfile(from.profile().name());
            boolean all =
                    own != null && own.profile().selects() == from.profile().selects() && own.inherit(from);
            (all ? kept : left).add(from.profile().name());
        }
        for (TableRun from : before.tables()) {
            TableRun to = after.findTable(from.table.name());
            if (to == null) continue;
            TableLikeness likeness = new TableLikeness(from, to);
            alike.put(from.table.name(), likeness);
            MatchTable source = from.entries(), target = to.entries();
            if (likeness.difference() == null && !likeness.whole() && source != null && target != null) {
                TableMove move = new TableMove(from, to, likeness, source, target);
                moves.put(from.table.name(), move);
                from.follow(move.changed);
            }
        }
    }

    /** Copies a piece, which does not hold up packets for long; whether what is left is little. To be called until it is. */
    public boolean advance() {
        boolean ready = true;
        for (TableMove move : moves.values()) ready &= move.advance();
        return ready;
    }

    /** Copies what is left, and takes what goes over as it stands: {@code before} is of no use then but to be closed. */
    public Inheritance finish() {
        List<OfTable> tables = new ArrayList<>();
        for (TableRun from : before.tables()) {
            OfTable told = finish(from);
            if (told.kept() + told.left() > 0) tables.add(told);
        }
        for (ValueSetRun set : before.valueSets()) {
            ValueSetRun own = after.findValueSet(set.set().name());
            if (own != null && own.set().fields().equals(set.set().fields())) own.addAll(set);
        }
        after.profiles().forEach(ProfileRun::dropUnused);
        after.sessions().inherit(before.sessions());
        for (Resource resource : before.pipeline().resources()) {
            if (!resource.direct()) (take(resource) ? kept : left).add(resource.name());
        }
        return new Inheritance(tables, kept, left);
    }

    private OfTable finish(TableRun from) {
        String name = from.table.name();
        long entries = from.control().size() - constants(from);
        TableRun to = after.findTable(name);
        TableLikeness likeness = alike.get(name);
        if (to == null || likeness == null) return new OfTable(name, 0, entries, "the program has no such table");
        settings(from, to, likeness);
        if (likeness.difference() != null) return new OfTable(name, 0, entries, likeness.difference());
        TableMove move = moves.get(name);
        if (move == null) {
            if (likeness.whole()) to.exchange(from);
            return new OfTable(name, entries, 0, "");
        }
        move.finish();
        from.follow(Marks.unread());
        long left = entries - move.moved();
        return new OfTable(name, move.moved(), left, left == 0 ? "" : why(move, likeness, from));
    }

    private static String why(TableMove move, TableLikeness likeness, TableRun from) {
        if (move.isFull()) return "the table is smaller now";
        if (from.profile != null) return "members that they refer to do not go on";
        String lost = likeness.lostActions(from.table);
        return lost.isEmpty() ? "the program has constant entries in their place" : lost;
    }

    private static long constants(TableRun table) {
        return table.table.entries().stream().filter(entry -> entry.constant()).count();
    }

    /** What the control plane set for the table. */
    private static void settings(TableRun from, TableRun to, TableLikeness likeness) {
        for (int i = 0; i < Math.min(from.lifetimes.length, to.lifetimes.length); i++) {
            boolean same =
                    from.table.lifetimes().get(i).equals(to.table.lifetimes().get(i));
            if (same) to.lifetimes[i] = from.lifetimes[i];
        }
        if (from.table.permissions() == to.table.permissions()) to.setPermissions(from.permissions());
        long[] words = from.control().defaults();
        int action = (int) (words[0] & EntryLayout.ACTION);
        boolean changed = !Arrays.equals(words, from.control().declaredDefaults());
        if (!changed || to.table.defaultAction().constant() || likeness.defaultAction(action) < 0) return;
        long[] now = to.control().defaults();
        now[0] = likeness.defaultAction(action);
        int arguments = likeness.argumentWords(action);
        System.arraycopy(words, EntryLayout.ARGUMENTS, now, EntryLayout.ARGUMENTS, arguments);
        to.control().putDefaults(now);
    }

    private boolean take(Resource resource) {
        @Nullable Resource own = after.resource(resource.name());
        boolean same = own != null && own.size() == resource.size() && TableLikeness.goesOnAs(resource, own);
        if (same) after.cells(resource.name()).exchange(before.cells(resource.name()));
        return same;
    }
}
