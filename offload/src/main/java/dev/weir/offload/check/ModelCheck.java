package dev.weir.offload.check;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whether the parts of a model fit each other. Headers, actions and nodes of the header graph have no uid 0, which ends lists in the API's C
 * structures; tables may. A table's {@code source} is the device's own affair and is not looked at. One check, one thread.
 */
public final class ModelCheck {
    private final Model model;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<Long, Header> headers = new HashMap<>();
    private final Map<Long, HeaderNode> instances = new HashMap<>();

    private ModelCheck(Model model) {
        this.model = model;
    }

    /** All that is wrong, in the model's order; empty where the model is sound. */
    public static List<Violation> violations(Model model) {
        ModelCheck check = new ModelCheck(model);
        check.headers();
        check.actions();
        check.headerGraph();
        check.tables();
        check.tableGraph();
        return List.copyOf(check.violations);
    }

    private void headers() {
        unique("header", model.headers(), Header::uid, true);
        for (Header header : model.headers()) {
            String place = "header " + header.uid() + " (" + header.name() + ")";
            named(place, header.name());
            headers.putIfAbsent(header.uid(), header);
            unique(place + ", field", header.fields(), Field::uid, true);
            for (Field field : header.fields()) named(place + ", field " + field.uid(), field.name());
        }
    }

    private void actions() {
        unique("action", model.actions(), Action::uid, true);
        for (Action action : model.actions()) {
            String place = "action " + action.uid() + " (" + action.name() + ")";
            named(place, action.name());
            int index = 0;
            for (ActionArg argument : action.arguments()) {
                if (argument.type() == ValueType.NONE) {
                    wrong(
                            ModelRule.NO_TYPE,
                            place + ", argument " + index,
                            "has no type, so no flow could give it; give a type of 1 to 5");
                }
                index++;
            }
        }
    }

    private void headerGraph() {
        unique("header graph, node", model.headerGraph(), HeaderNode::uid, true);
        for (HeaderNode node : model.headerGraph()) instances.putIfAbsent(node.uid(), node);
        for (HeaderNode node : model.headerGraph()) {
            String place = "header graph, node " + node.uid() + " (" + node.name() + ")";
            for (long header : node.headers()) {
                if (!headers.containsKey(header)) {
                    wrong(
                            ModelRule.UNKNOWN_HEADER,
                            place,
                            "takes header " + header + ", which is not there; add it to the headers");
                }
            }
            jumps(place, node.jumps(), instances.keySet());
        }
    }

    private void tables() {
        unique("table", model.tables(), Table::uid, false);
        Set<Long> actions = new HashSet<>();
        for (Action action : model.actions()) actions.add(action.uid());
        for (Table table : model.tables()) {
            String place = "table " + table.uid() + " (" + table.name() + ")";
            named(place, table.name());
            for (long action : table.actions()) {
                if (!actions.contains(action)) {
                    wrong(
                            ModelRule.UNKNOWN_ACTION,
                            place,
                            "has action " + action + ", which is not there; add it to the actions");
                }
            }
            for (int i = 0; i < table.matches().size(); i++) column(place, table.matches(), i);
        }
    }

    private void column(String place, List<FieldRef> columns, int index) {
        FieldRef column = columns.get(index);
        String here = place + ", column " + index;
        if (column.maskType() == MaskType.UNSPEC) {
            wrong(ModelRule.NO_MASK_TYPE, here, "does not say how it is matched; give mask_type 1 to 3");
        }
        if (columns.subList(0, index).stream().anyMatch(column::sameField)) {
            wrong(ModelRule.REPEATED_COLUMN, here, "is the same field as a column before; take one away");
        }
        HeaderNode node = instances.get(column.instance());
        if (node == null) {
            wrong(
                    ModelRule.UNKNOWN_INSTANCE,
                    here,
                    "is of instance " + column.instance() + ", which is no node of the header graph; add the node");
        } else if (!node.headers().contains(column.header())) {
            wrong(
                    ModelRule.UNKNOWN_HEADER,
                    here,
                    "is of header " + column.header() + ", which node " + node.uid()
                            + " does not take; name a header of that node");
        }
        Field field = field(here, column);
        if (field != null && !field.matchable()) {
            wrong(
                    ModelRule.VARIABLE_WIDTH,
                    here,
                    "is field " + field.name() + ", whose width differs or is beyond 128 bits; leave the column out");
        }
    }

    private void tableGraph() {
        unique("table graph, node", model.tableGraph(), TableNode::uid, false);
        Set<Long> tables = new HashSet<>();
        for (Table table : model.tables()) tables.add(table.uid());
        Map<Long, TableNode> nodes = new HashMap<>();
        for (TableNode node : model.tableGraph()) nodes.putIfAbsent(node.uid(), node);
        for (TableNode node : model.tableGraph()) {
            String place = "table graph, node " + node.uid();
            if (!tables.contains(node.uid())) {
                wrong(ModelRule.UNKNOWN_TABLE, place, "is no table; add it to the tables");
            }
            if ((node.flags() & ~(TableNode.EGRESS_ROOT | TableNode.INGRESS_ROOT)) != 0) {
                wrong(
                        ModelRule.UNKNOWN_FLAGS,
                        place,
                        "has flags " + node.flags() + "; give 1 egress root and 2 ingress root, added");
            }
            jumps(place, node.jumps(), nodes.keySet());
        }
        long again = TableLoops.find(nodes);
        if (again >= 0) {
            wrong(ModelRule.LOOP, "table graph, node " + again, "is come to again from itself; let jumps lead on only");
        }
    }

    private void jumps(String place, List<Jump> jumps, Set<Long> nodes) {
        for (int i = 0; i < jumps.size(); i++) {
            Jump jump = jumps.get(i);
            String here = place + ", jump " + i;
            if (!jump.ends() && !nodes.contains(jump.next())) {
                wrong(
                        ModelRule.UNKNOWN_NODE,
                        here,
                        "leads to " + jump.next() + ", which is no node; name one, or 0 for the end");
            }
            if (!jump.always()) condition(here, jump.on());
        }
    }

    private void condition(String place, FieldRef on) {
        Field field = field(place, on);
        Value value = on.value();
        if (field == null || value == null) return;
        Value mask = on.mask();
        if (value.bitLength() > field.bitWidth()) {
            wrong(
                    ModelRule.WRONG_WIDTH,
                    place,
                    "asks for " + value + ", which is wider than the " + field.bitWidth() + " bits of " + field.name()
                            + "; give a value of that width");
        }
        if (mask != null && mask.bitLength() > field.bitWidth()) {
            wrong(
                    ModelRule.WRONG_MASK,
                    place,
                    "has mask " + mask + ", which is wider than the " + field.bitWidth() + " bits of " + field.name()
                            + "; give a mask of that width");
        }
    }

    private @Nullable Field field(String place, FieldRef ref) {
        Header header = headers.get(ref.header());
        if (header == null) {
            wrong(
                    ModelRule.UNKNOWN_HEADER,
                    place,
                    "is of header " + ref.header() + ", which is not there; add it to the headers");
            return null;
        }
        for (Field field : header.fields()) {
            if (field.uid() == ref.field()) return field;
        }
        wrong(
                ModelRule.UNKNOWN_FIELD,
                place,
                "is of field " + ref.field() + ", which " + header.name() + " does not have; name one that it has");
        return null;
    }

    private <T> void unique(String what, List<T> items, ToLongFunction<T> uid, boolean zeroEnds) {
        Set<Long> seen = new HashSet<>();
        for (T item : items) {
            long number = uid.applyAsLong(item);
            if (number == 0 && zeroEnds)
                wrong(ModelRule.ZERO_UID, what + " 0", "0 ends a list and is no uid; number from 1");
            if (!seen.add(number))
                wrong(ModelRule.REPEATED_UID, what + " " + number, "is there twice; give each a uid of its own");
        }
    }

    private void named(String place, @Nullable String name) {
        if (name == null || name.isEmpty()) wrong(ModelRule.NO_NAME, place, "has no name; give one");
    }

    private void wrong(ModelRule rule, String place, String reason) {
        violations.add(new Violation(rule, place, reason));
    }
}
