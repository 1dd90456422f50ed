package dev.weir.offload.dataplane;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes of a sound model what workers run, or says all that cannot be done. One thread, once. */
final class PipelineCompiler {
    private final Model model;
    private final List<String> faults = new ArrayList<>();
    private final Map<FieldRef, KeyField> fields = new HashMap<>();
    private final Map<Long, ActionKind> actions = new HashMap<>();

    PipelineCompiler(Model model) {
        this.model = model;
        for (Table table : model.tables()) columns(table);
        for (Action action : model.actions()) action(action);
        for (HeaderNode node : model.headerGraph()) instances(node);
    }

    private void columns(Table table) {
        int index = 0;
        for (FieldRef column : table.matches()) {
            resolve("table " + table.uid() + " (" + table.name() + "), column " + index++, column);
        }
    }

    private void resolve(String place, FieldRef ref) {
        for (Header header : model.headers()) {
            if (header.uid() != ref.header()) continue;
            for (Field field : header.fields()) {
                if (field.uid() == ref.field()) resolve(place, ref, header, field);
            }
        }
    }

    private void resolve(String place, FieldRef ref, Header header, Field field) {
        String name = header.name() + "." + field.name();
        KeyField known = KeyField.named(header.name(), field.name());
        if (known == null) {
            faults.add(
                    place + ": is " + name + ", which the data plane does not look at; leave it out, or take a field of"
                            + " the standard model");
        } else if (known.width != field.bitWidth()) {
            faults.add(place + ": is " + name + " of " + field.bitWidth() + " bits, which has " + known.width
                    + "; correct its bitwidth");
        } else fields.put(unasked(ref), known);
    }

    private static FieldRef unasked(FieldRef ref) {
        return FieldRef.column(ref.instance(), ref.header(), ref.field(), MaskType.UNSPEC);
    }

    private void action(Action action) {
        ActionKind kind = ActionKind.of(action);
        if (kind != null) actions.put(action.uid(), kind);
        else {
            faults.add("action " + action.uid() + " (" + action.name()
                    + "): the data plane does not know it so; give one of " + List.of(ActionKind.values()));
        }
    }

    /** Outer and inner headers of one kind would be one to the data plane. */
    private void instances(HeaderNode node) {
        for (HeaderNode other : model.headerGraph()) {
            if (other.uid() >= node.uid()) continue;
            for (long header : node.headers()) {
                if (other.headers().contains(header)) {
                    faults.add("header graph, node " + node.uid() + " (" + node.name() + "): takes header " + header
                            + " as node " + other.uid() + " does, and the data plane has one of each; take it once");
                }
            }
        }
    }

    /** What is asked by matches or jumps. */
    KeyPattern pattern(List<FieldRef> refs) {
        return KeyPattern.of(refs, ref -> Objects.requireNonNull(fields.get(unasked(ref))));
    }

    ActionCode actions(List<Action> list) {
        return ActionCode.of(list, actions);
    }

    /** The tables that packets can come to, the first of them first. Throws where something cannot be done, with all of that. */
    List<Stage> stages() {
        Map<Long, Integer> numbers = new LinkedHashMap<>();
        root().ifPresent(root -> number(root, numbers));
        List<Stage> stages = new ArrayList<>();
        for (long uid : numbers.keySet()) stages.add(new Stage(uid, new LookupTable(), branches(uid, numbers)));
        if (!faults.isEmpty()) throw new IllegalArgumentException("model:\n" + String.join("\n", faults));
        return List.copyOf(stages);
    }

    private Optional<Long> root() {
        for (TableNode node : model.tableGraph()) {
            if ((node.flags() & TableNode.INGRESS_ROOT) != 0) return Optional.of(node.uid());
        }
        if (model.tables().size() == 1 && model.tableGraph().isEmpty()) {
            return Optional.of(model.tables().getFirst().uid());
        }
        faults.add("table graph: says no table that packets come to first; give one the flag 2, ingress root");
        return Optional.empty();
    }

    private void number(long uid, Map<Long, Integer> numbers) {
        if (numbers.containsKey(uid)) return;
        numbers.put(uid, numbers.size());
        TableNode node = node(uid);
        if (node == null) return;
        for (Jump jump : node.jumps()) {
            if (!jump.ends()) number(jump.next(), numbers);
        }
    }

    private @Nullable TableNode node(long uid) {
        return model.tableGraph().stream()
                .filter(node -> node.uid() == uid)
                .findFirst()
                .orElse(null);
    }

    private List<Stage.Branch> branches(long uid, Map<Long, Integer> numbers) {
        List<Stage.Branch> branches = new ArrayList<>();
        TableNode node = node(uid);
        if (node == null) return branches;
        for (Jump jump : node.jumps()) {
            String place = "table graph, node " + uid + ", jump " + branches.size();
            if (!jump.always()) resolve(place, jump.on());
            boolean known = jump.always() || fields.containsKey(unasked(jump.on()));
            if (!known) continue;
            KeyPattern on = pattern(jump.always() ? List.of() : List.of(jump.on()));
            branches.add(new Stage.Branch(on, jump.ends() ? Stage.END : numbers.getOrDefault(jump.next(), Stage.END)));
        }
        return branches;
    }
}
