package dev.weir.p4.passes;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts what was assigned in the place of the place, where that is a constant, an argument or another place, and nothing has been assigned to either in
 * between. The assignments stay: where nobody reads them any more, {@link DeadStores} takes them away.
 *
 * <p>Takes any pipeline; facts begin anew with each state of the parser and each action, and what a body assigns is forgotten behind it. Keys of tables are left
 * as they are.
 */
final class CopyPropagation extends Rewriter {
    private final Effects effects;
    private Map<String, Value> facts = new HashMap<>();

    private CopyPropagation(Effects effects) {
        this.effects = effects;
    }

    static Pipeline run(Pipeline pipeline) {
        return new CopyPropagation(new Effects(pipeline)).pipeline(pipeline);
    }

    @Override
    List<Instruction> whole(List<Instruction> body) {
        facts = new HashMap<>();
        // not by body(), which forgets: what holds behind a state's body holds in its transition
        return super.body(body);
    }

    @Override
    List<Instruction> body(List<Instruction> body) {
        Map<String, Value> before = new HashMap<>(facts);
        List<Instruction> out = super.body(body);
        facts = before;
        return out;
    }

    @Override
    Transition transition(Transition transition) {
        return super.transition(transition);
    }

    @Override
    void instruction(Instruction instruction, List<Instruction> out) {
        Set<String> assigned = effects.assigned(instruction);
        if (instruction instanceof Instruction.Loop) forget(assigned);
        Instruction rebuilt = rebuilt(instruction);
        forget(assigned);
        if (rebuilt instanceof Instruction.Assign i && isCopy(i)) facts.put(i.to().name(), i.value());
        out.add(rebuilt);
    }

    private static boolean isCopy(Instruction.Assign i) {
        boolean simple = i.value() instanceof Value.Constant
                || i.value() instanceof Value.Argument
                || i.value() instanceof Value.Place;
        return simple && !i.value().equals(i.to());
    }

    private void forget(Set<String> assigned) {
        facts.keySet().removeAll(assigned);
        facts.values().removeIf(value -> value instanceof Value.Place place && assigned.contains(place.name()));
    }

    @Override
    Value value(Value value) {
        return value instanceof Value.Place place ? facts.getOrDefault(place.name(), place) : value;
    }
}
