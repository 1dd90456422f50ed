package dev.weir.offload.check;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether flows fit one table, and what they match in normal form. Immutable: any thread may ask. */
public final class TableCheck {
    private final Table table;
    private final List<FieldRef> columns;
    /** Name and width of each column's field. */
    private final List<Field> fields;

    private final List<String> headers;
    private final Map<Long, Action> actions;

    /**
     * @param headers name of each column's header
     * @param actions those that the table's flows may have
     */
    TableCheck(Table table, List<String> headers, List<Field> fields, Map<Long, Action> actions) {
        this.table = table;
        this.columns = table.matches();
        this.headers = List.copyOf(headers);
        this.fields = List.copyOf(fields);
        this.actions = Map.copyOf(actions);
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
        long[] masks = new long[columns.size() * 2];
        long[] values = new long[columns.size() * 2];
        long seen = 0;
        boolean[] given = new boolean[columns.size()];
        for (FieldRef ref : refs) {
            int column = column(flow, ref);
            if (given[column]) {
                throw fault(Fault.REPEATED_FIELD, flow, name(column), "is matched twice; put both into one match");
            }
            given[column] = true;
            seen++;
            put(flow, column, ref, masks, values);
        }
        if (seen < columns.size()) exactColumnsAreGiven(flow, given);
        return new Match(new Match.Tuple(masks), values);
    }

    private int column(Flow flow, FieldRef ref) throws FlowFault {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).sameField(ref)) return i;
        }
        throw fault(
                Fault.UNKNOWN_FIELD,
                flow,
                "instance " + ref.instance() + ", header " + ref.header() + ", field " + ref.field(),
                "is no column of the table; match one that it has");
    }

    private void put(Flow flow, int column, FieldRef ref, long[] masks, long[] values) throws FlowFault {
        Value value = ref.value();
        int width = (int) fields.get(column).bitWidth();
        if (value == null) throw fault(Fault.MISSING_VALUE, flow, name(column), "has no value; give type and value");
        if (ref.type().bits() < width || value.bitLength() > width) {
            throw fault(
                    Fault.WRONG_WIDTH,
                    flow,
                    name(column),
                    "value " + value + " of type " + ref.type() + " for a field of " + width
                            + " bits; give a value that fits, of a type as wide");
        }
        Value mask = mask(flow, column, ref, value, width);
        masks[2 * column] = mask.high();
        masks[2 * column + 1] = mask.low();
        values[2 * column] = value.high() & mask.high();
        values[2 * column + 1] = value.low() & mask.low();
    }

    private Value mask(Flow flow, int column, FieldRef ref, Value value, int width) throws FlowFault {
        MaskType allowed = columns.get(column).maskType();
        MaskType asked = ref.maskType();
        if (asked != allowed && !(allowed == MaskType.MASK && asked == MaskType.EXACT)) {
            throw fault(
                    Fault.WRONG_MASK_TYPE,
                    flow,
                    name(column),
                    "is asked for by " + asked + ", the column is matched by " + allowed + "; give mask_type "
                            + allowed.number());
        }
        Value full = Value.ones(value.type(), width);
        Value mask = ref.mask() == null && asked == MaskType.EXACT ? full : ref.mask();
        if (mask == null) {
            throw fault(Fault.WRONG_MASK, flow, name(column), "has no mask; give one, zeros match every value");
        }
        String wrong = wrongMask(asked, mask, full, width);
        if (wrong != null) throw fault(Fault.WRONG_MASK, flow, name(column), "mask " + mask + " " + wrong);
        return mask;
    }

    private static @Nullable String wrongMask(MaskType asked, Value mask, Value full, int width) {
        if (mask.bitLength() > width) return "is wider than the field of " + width + " bits; give a mask of that width";
        if (asked == MaskType.EXACT && !mask.equals(full)) return "is not all ones, as exact wants; give " + full;
        if (asked == MaskType.LPM && !isPrefix(mask, full)) return "is no prefix; give ones first, then zeros";
        return null;
    }

    /** Whether the zeros of a mask are its lowest bits: they are then one less than a power of two. */
    private static boolean isPrefix(Value mask, Value full) {
        long high = mask.high() ^ full.high();
        long low = mask.low() ^ full.low();
        boolean lowIsTail = (low & (low + 1)) == 0;
        if (high == 0) return lowIsTail;
        return low == -1 && (high & (high + 1)) == 0;
    }

    private void exactColumnsAreGiven(Flow flow, boolean[] given) throws FlowFault {
        for (int i = 0; i < given.length; i++) {
            if (!given[i] && columns.get(i).maskType() == MaskType.EXACT) {
                throw fault(
                        Fault.MISSING_MATCH, flow, name(i), "is not matched, and the column is exact; give its value");
            }
        }
    }

    private void action(Flow flow, int index, Action wanted) throws FlowFault {
        Action known = actions.get(wanted.uid());
        if (known == null) {
            throw fault(
                    Fault.UNKNOWN_ACTION,
                    flow,
                    "action " + index,
                    "uid " + wanted.uid() + " is no action of the table; give one of "
                            + actions.keySet().stream().sorted().toList());
        }
        String place = "action " + index + " (" + known.name() + ")";
        if (wanted.name() != null && !wanted.name().equals(known.name())) {
            throw fault(
                    Fault.UNKNOWN_ACTION,
                    flow,
                    place,
                    "is called " + wanted.name() + " here; give uid and name of one action, or the uid alone");
        }
        List<ActionArg> given = wanted.arguments();
        List<ActionArg> signature = known.arguments();
        if (given.size() != signature.size()) {
            throw fault(
                    Fault.WRONG_ARGUMENTS,
                    flow,
                    place,
                    "has " + given.size() + " arguments, its signature " + signature.size() + "; give as many");
        }
        for (int i = 0; i < given.size(); i++) argument(flow, place, i, given.get(i), signature.get(i));
    }

    private void argument(Flow flow, String place, int index, ActionArg given, ActionArg known) throws FlowFault {
        String wrong = null;
        if (given.type() != known.type())
            wrong = "is of type " + given.type() + ", its signature says " + known.type() + "; give that type";
        else if (given.value() == null) wrong = "has no value; give one";
        else if (given.name() != null && known.name() != null && !given.name().equals(known.name())) {
            wrong = "is called " + given.name() + ", its signature says " + known.name() + "; give that name, or none";
        }
        if (wrong != null) throw fault(Fault.WRONG_ARGUMENTS, flow, place + ", argument " + index, wrong);
    }

    /** A fault of a flow of this table. */
    public FlowFault fault(Fault fault, Flow flow, String field, String reason) {
        String place = "table " + table.uid() + " (" + table.name() + "), flow " + flow.uid()
                + (field.isEmpty() ? "" : ", " + field);
        return new FlowFault(fault, place, reason);
    }

    private String name(int column) {
        return headers.get(column) + "." + fields.get(column).name();
    }
}
