package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Calls of actions as {@link EntryLayout} has them: what is called in word 0, arguments from {@link EntryLayout#ARGUMENTS} on. Immutable; any thread. */
final class CallWords {
    private final Map<String, Pipeline.Action> actions = new HashMap<>();

    CallWords(Pipeline pipeline) {
        for (Pipeline.Action action : pipeline.actions()) actions.put(action.name(), action);
    }

    private List<Pipeline.Parameter> parameters(String action) {
        return Objects.requireNonNull(actions.get(action), action).parameters();
    }

    /** Whether an action has the parameters that another program has for it. */
    boolean hasParameters(String action, CallWords others) {
        return parameters(action).equals(others.parameters(action));
    }

    static int words(List<Pipeline.Parameter> parameters) {
        return parameters.stream().mapToInt(p -> Wide.limbs(p.width())).sum();
    }

    /** Throws an {@link IllegalArgumentException} when the arguments of a call do not fit its action. */
    void check(Table.Call call) {
        List<Pipeline.Parameter> parameters = parameters(call.action());
        boolean fits = parameters.size() == call.arguments().size();
        for (int i = 0; fits && i < parameters.size(); i++) {
            BigInteger argument = call.arguments().get(i);
            fits = argument.signum() >= 0
                    && argument.bitLength() <= parameters.get(i).width();
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    call.action() + ": the arguments " + call.arguments() + " do not fit its parameters " + parameters);
        }
    }

    /** @param first word 0, with the number of the action */
    void put(MemorySegment s, long at, long first, Table.Call call) {
        s.set(JAVA_LONG, at, first);
        long word = at + 8L * EntryLayout.ARGUMENTS;
        List<Pipeline.Parameter> parameters = parameters(call.action());
        for (int i = 0; i < parameters.size(); i++) {
            int limbs = Wide.limbs(parameters.get(i).width());
            Cells.setNumber(s, word, limbs, call.arguments().get(i));
            word += 8L * limbs;
        }
    }

    Table.Call get(MemorySegment s, long at, String action) {
        List<BigInteger> arguments = new ArrayList<>();
        long word = at + 8L * EntryLayout.ARGUMENTS;
        for (Pipeline.Parameter parameter : parameters(action)) {
            int limbs = Wide.limbs(parameter.width());
            arguments.add(Cells.number(s, word, limbs));
            word += 8L * limbs;
        }
        return new Table.Call(action, arguments);
    }
}
