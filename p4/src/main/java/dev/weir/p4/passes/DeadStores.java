package dev.weir.p4.passes;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes assignments to places that nothing reads, reads of registers to such, blocks and branches without anything in them, and what stands behind an
 * instruction that leaves.
 *
 * <p>Takes any pipeline. A place is read where a value, a key or an emitted header has it, or when the data plane gave it a role. What is read only to be
 * assigned to such a place is removed when this runs again.
 */
final class DeadStores extends Rewriter {
    private final Set<String> read;

    private DeadStores(Set<String> read) {
        this.read = read;
    }

    static Pipeline run(Pipeline pipeline) {
        return new DeadStores(reads(pipeline)).pipeline(pipeline);
    }

    private static Set<String> reads(Pipeline pipeline) {
        Reads reads = new Reads(new Effects(pipeline));
        for (Table table : pipeline.tables()) table.values().forEach(reads::rewritten);
        for (Pipeline.Variable variable : pipeline.variables()) {
            if (variable.role() != null) reads.names.add(variable.name());
        }
        reads.pipeline(pipeline);
        return reads.names;
    }

    /** Sees all values. */
    private static final class Reads extends Rewriter {
        private final Set<String> names = new HashSet<>();
        private final Effects effects;

        Reads(Effects effects) {
            this.effects = effects;
        }

        @Override
        Value value(Value value) {
            if (value instanceof Value.Place place) names.add(place.name());
            return value;
        }

        @Override
        void instruction(Instruction instruction, List<Instruction> out) {
            if (instruction instanceof Instruction.Emit i) effects.places(i.header(), names::add);
            super.instruction(instruction, out);
        }
    }

    @Override
    List<Instruction> body(List<Instruction> body) {
        List<Instruction> out = super.body(body);
        for (int i = 0; i < out.size() - 1; i++) {
            if (out.get(i) instanceof Instruction.Leave || out.get(i) instanceof Instruction.Fail) {
                return out.subList(0, i + 1);
            }
        }
        return out;
    }

    @Override
    void instruction(Instruction instruction, List<Instruction> out) {
        Instruction rebuilt = rebuilt(instruction);
        if (!isDead(rebuilt)) out.add(rebuilt);
    }

    private boolean isDead(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Assign i -> !read.contains(i.to().name());
            case Instruction.ReadRegister i -> !read.contains(i.to().name());
            case Instruction.Contains i -> !read.contains(i.to().name());
            case Instruction.If i -> i.then().isEmpty() && i.otherwise().isEmpty();
            case Instruction.Switch i ->
                i.otherwise().isEmpty()
                        && i.cases().stream().allMatch(arm -> arm.body().isEmpty());
            case Instruction.Block i -> i.body().isEmpty();
            case Instruction.Loop i -> i.times() == 0 || i.body().isEmpty();
            default -> false;
        };
    }

    @Override
    Transition transition(Transition transition) {
        return transition;
    }
}
