package dev.weir.p4.passes;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Moves assignments into the branches that read them: what is taken apart of a register, and needed in a rare case only, is not taken apart in the others.
 *
 * <p>Takes any pipeline. An assignment to a variable moves into the next {@code if} of its body where nothing else reads the variable, the condition does not, and
 * neither the variable nor what the value is computed from is assigned in between. Where both branches read it, it moves into
 * both.
 */
final class Sinking extends Rewriter {
    private final Effects effects;
    private final Set<String> movable = new HashSet<>();
    private final Map<String, Integer> reads;

    private Sinking(Pipeline pipeline) {
        effects = new Effects(pipeline);
        for (Pipeline.Variable variable : pipeline.variables()) {
            if (variable.role() == null) movable.add(variable.name());
        }
        Reads all = new Reads();
        for (Table table : pipeline.tables()) table.values().forEach(all::rewritten);
        all.pipeline(pipeline);
        reads = all.count;
    }

    static Pipeline run(Pipeline pipeline) {
        return new Sinking(pipeline).pipeline(pipeline);
    }

    /** Counts how often each place is read. */
    private static final class Reads extends Rewriter {
        private final Map<String, Integer> count = new HashMap<>();

        @Override
        Value value(Value value) {
            if (value instanceof Value.Place place) count.merge(place.name(), 1, Integer::sum);
            return value;
        }

        static Map<String, Integer> of(Instruction instruction) {
            Reads reads = new Reads();
            reads.rebuilt(instruction);
            return reads.count;
        }

        static Map<String, Integer> of(List<Instruction> body) {
            Reads reads = new Reads();
            reads.body(body);
            return reads.count;
        }

        static Map<String, Integer> of(Value value) {
            Reads reads = new Reads();
            reads.rewritten(value);
            return reads.count;
        }
    }

    @Override
    List<Instruction> body(List<Instruction> body) {
        List<Instruction> out = super.body(body);
        for (int i = out.size() - 2; i >= 0; i--) {
            if (!(out.get(i) instanceof Instruction.Assign assign)) continue;
            int branch =
                    branch(out, i + 1, assign, reads.getOrDefault(assign.to().name(), 0));
            if (branch < 0) continue;
            out.set(branch, with(assign, (Instruction.If) out.get(branch)));
            out.remove(i);
        }
        return out;
    }

    /**
     * Where the branch is that an assignment before {@code from} can move into; -1 where there is none.
     *
     * @param all how often its variable is read after it
     */
    private int branch(List<Instruction> body, int from, Instruction.Assign assign, int all) {
        String name = assign.to().name();
        if (!movable.contains(name)) return -1;
        Set<String> needed = Reads.of(assign.value()).keySet();
        for (int i = from; i < body.size(); i++) {
            Instruction each = body.get(i);
            if (each instanceof Instruction.If branch) return takes(branch, name, all) ? i : -1;
            Set<String> assigned = effects.assigned(each);
            boolean passes = isPlain(each)
                    && !assigned.contains(name)
                    && needed.stream().noneMatch(assigned::contains)
                    && !Reads.of(each).containsKey(name);
            if (!passes) return -1;
        }
        return -1;
    }

    private static boolean takes(Instruction.If branch, String name, int all) {
        int inside = Reads.of(branch).getOrDefault(name, 0);
        return inside > 0 && inside == all && !Reads.of(branch.condition()).containsKey(name);
    }

    /** Whether what stands behind it runs in any case, and nothing else runs within it. */
    private static boolean isPlain(Instruction instruction) {
        return instruction instanceof Instruction.Assign
                || instruction instanceof Instruction.ReadRegister
                || instruction instanceof Instruction.Count;
    }

    private Instruction.If with(Instruction.Assign assign, Instruction.If branch) {
        return new Instruction.If(branch.condition(), with(assign, branch.then()), with(assign, branch.otherwise()));
    }

    /** What of a branch reads the variable is not reached from the other, so it goes as deep as it can. */
    private List<Instruction> with(Instruction.Assign assign, List<Instruction> body) {
        int all = Reads.of(body).getOrDefault(assign.to().name(), 0);
        if (all == 0) return body;
        List<Instruction> out = new ArrayList<>(body);
        int branch = branch(out, 0, assign, all);
        if (branch >= 0) {
            out.set(branch, with(assign, (Instruction.If) out.get(branch)));
        } else {
            // an instruction of its own: code of bodies is told apart by what they begin with
            out.addFirst(new Instruction.Assign(assign.to(), assign.value()));
        }
        return out;
    }
}
