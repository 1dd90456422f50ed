package dev.weir.offload.dataplane;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A flow's actions for a worker: kinds and arguments side by side. Of several outputs all but the last send a copy, as the actions before have made it. */
final class ActionCode {
    /** An empty list drops. */
    static final ActionCode DROP = new ActionCode(1, 0);

    final ActionKind[] kinds;
    /** Upper and lower halves of arguments; of an output the lower one is the port's number. */
    final long[] high;

    final long[] low;
    /** How many outputs are copies. */
    final int copies;

    private ActionCode(int length, int copies) {
        kinds = new ActionKind[length];
        Arrays.fill(kinds, ActionKind.DROP);
        high = new long[length];
        low = new long[length];
        this.copies = copies;
    }

    /** @param kinds what the catalogue's uids are */
    static ActionCode of(List<Action> actions, Map<Long, ActionKind> kinds) {
        if (actions.isEmpty()) return DROP;
        ActionCode code = new ActionCode(actions.size(), outputs(actions, kinds) - 1);
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            code.kinds[i] = kinds.getOrDefault(action.uid(), ActionKind.DROP);
            for (ActionArg argument : action.arguments()) {
                Value value = argument.value();
                code.high[i] = value == null ? 0 : value.high();
                code.low[i] = value == null ? 0 : value.low();
            }
        }
        return code;
    }

    private static int outputs(List<Action> actions, Map<Long, ActionKind> kinds) {
        return (int) actions.stream()
                .filter(action -> kinds.get(action.uid()) == ActionKind.OUTPUT)
                .count();
    }
}
