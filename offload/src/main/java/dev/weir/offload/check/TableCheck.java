package dev.weir.offload.check;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.Value;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether flows fit one table, and what they match in normal form. Any thread may ask. */
public final class TableCheck {
    private final Table table;
    private final ColumnCheck[] columns;
    /** Of the actions that the table's flows may have, in ascending order. */
    private final long[] actionUids;

    private final Action[] actions;
    /** Of flows that ask for every column wholly. */
    private final Match.Tuple whole;

    /** That of the flow before, which the next has most likely as well. */
    private volatile Match.Tuple lastTuple;

    /** @param actions those that the table's flows may have */
    TableCheck(Table table, List<ColumnCheck> columns, Collection<Action> actions) {
        this.table = table;
        this.columns = columns.toArray(ColumnCheck[]::new);
        this.actions =
                actions.stream().sorted(Comparator.comparingLong(Action::uid)).toArray(Action[]::new);
        this.actionUids = Arrays.stream(this.actions).mapToLong(Action::uid).toArray();
        long[] full = new long[this.columns.length * 2];
        for (int i = 0; i < this.columns.length; i++) this.columns[i].putFullMask(full, 2 * i);
        this.whole = new Match.Tuple(full);
        this.lastTuple = whole;
    }

    public Table table() {
        return table;
    }

    /** Whether a flow to set fits: its match in normal form, or what is wrong first. */
    public Match check(Flow flow) throws FlowFault {
        Match match = match(flow);
        List<Action> wanted = flow.actions();
        if (wanted == null) {
            throw fault(Fault.MISSING_ACTIONS, flow, "", "has no actions; give a list, an empty one drops");
        }
        for (int i = 0; i < wanted.size(); i++) action(flow, i, wanted.get(i));
        return match;
    }

    /** What a flow matches, for setting it or for naming others by it. */
    public Match match(Flow flow) throws FlowFault {
        List<FieldRef> refs = flow.matches();
        if (refs == null) {
            throw fault(
                    Fault.MISSING_MATCH, flow, "", "has no matches; give a list, an empty one matches every packet");
        }
        if (refs.size() == columns.length) {
            Match match = wholeMatch(refs);
            if (match != null) return match;
        }
        long[] masks = new long[columns.length * 2];
        long[] values = new long[columns.length * 2];
        boolean[] given = new boolean[columns.length];
        for (int i = 0; i < refs.size(); i++) {
            FieldRef ref = refs.get(i);
            int column = column(flow, ref, i);
            if (given[column]) {
                throw fault(
                        Fault.REPEATED_FIELD,
                        flow,
                        columns[column].name(),
                        "is matched twice; put both into one match");
            }
            given[column] = true;
            columns[column].put(this, flow, ref, masks, values, 2 * column);
        }
        if (refs.size() < columns.length) exactColumnsAreGiven(flow, given);
        return tuple(masks).of(values);
    }

    /** The match of a flow that asks for every column wholly, in their order; null where it does not, or something is wrong with it. */
    private @Nullable Match wholeMatch(List<FieldRef> refs) {
        long[] values = new long[whole.words()];
        int at = 0;
        for (int i = 0; i < columns.length; i++) {
            FieldRef ref = refs.get(i);
            Value value = ref.value();
            if (value == null || !columns[i].takesWhole(ref)) return null;
            at = columns[i].putWhole(value, values, at);
        }
        return new Match(whole, values);
    }

    private Match.Tuple tuple(long[] masks) {
        Match.Tuple last = lastTuple;
        if (last.has(masks)) return last;
        Match.Tuple tuple = new Match.Tuple(masks);
        lastTuple = tuple;
        return tuple;
    }

    /** @param guess where it most likely is: flows mostly name columns in their order */
    private int column(Flow flow, FieldRef ref, int guess) throws FlowFault {
        if (guess < columns.length && columns[guess].isOf(ref)) return guess;
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].isOf(ref)) return i;
        }
        throw fault(
                Fault.UNKNOWN_FIELD,
                flow,
                "instance " + ref.instance() + ", header " + ref.header() + ", field " + ref.field(),
                "is no column of the table; match one that it has");
    }

    private void exactColumnsAreGiven(Flow flow, boolean[] given) throws FlowFault {
        for (int i = 0; i < given.length; i++) {
            if (!given[i] && columns[i].isExact()) {
                throw fault(
                        Fault.MISSING_MATCH,
                        flow,
                        columns[i].name(),
                        "is not matched, and the column is exact; give its value");
            }
        }
    }

    private void action(Flow flow, int index, Action wanted) throws FlowFault {
        int at = Arrays.binarySearch(actionUids, wanted.uid());
        if (at < 0) {
            throw fault(
                    Fault.UNKNOWN_ACTION,
                    flow,
                    "action " + index,
                    "uid " + wanted.uid() + " is no action of the table; give one of " + Arrays.toString(actionUids));
        }
        Action known = actions[at];
        if (wanted.name() != null && !wanted.name().equals(known.name())) {
            throw fault(
                    Fault.UNKNOWN_ACTION,
                    flow,
                    place(index, known),
                    "is called " + wanted.name() + " here; give uid and name of one action, or the uid alone");
        }
        List<ActionArg> given = wanted.arguments();
        List<ActionArg> signature = known.arguments();
        if (given.size() != signature.size()) {
            throw fault(
                    Fault.WRONG_ARGUMENTS,
                    flow,
                    place(index, known),
                    "has " + given.size() + " arguments, its signature " + signature.size() + "; give as many");
        }
        for (int i = 0; i < given.size(); i++) {
            String wrong = wrongArgument(given.get(i), signature.get(i));
            if (wrong != null) {
                throw fault(Fault.WRONG_ARGUMENTS, flow, place(index, known) + ", argument " + i, wrong);
            }
        }
    }

    private static String place(int index, Action known) {
        return "action " + index + " (" + known.name() + ")";
    }

    private static @Nullable String wrongArgument(ActionArg given, ActionArg known) {
        if (given.type() != known.type())
            return "is of type " + given.type() + ", its signature says " + known.type() + "; give that type";
        if (given.value() == null) return "has no value; give one";
        if (given.name() != null && known.name() != null && !given.name().equals(known.name())) {
            return "is called " + given.name() + ", its signature says " + known.name() + "; give that name, or none";
        }
        return null;
    }

    /** A fault of a flow of this table. */
    public FlowFault fault(Fault fault, Flow flow, String field, String reason) {
        String place = "table " + table.uid() + " (" + table.name() + "), flow " + flow.uid()
                + (field.isEmpty() ? "" : ", " + field);
        return new FlowFault(fault, place, reason);
    }
}
