package dev.weir.offload.loopback;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has flows that are kept for long share what is equal in them: protocols, ports and actions are few. A flow then keeps a third of the objects, which the
 * garbage collector would carry from one generation to the next. What is known is bounded: of two parts with one place the later is known. One thread at a time.
 */
final class SharedParts {
    private static final int SLOTS = 1024;

    private final @Nullable FieldRef[] matches = new @Nullable FieldRef[SLOTS];
    /** Lists of actions. */
    private final @Nullable Object[] actions = new @Nullable Object[SLOTS];

    /** An equal flow. */
    Flow of(Flow flow) {
        List<FieldRef> own = flow.matches();
        if (own == null) return flow;
        FieldRef[] shared = new FieldRef[own.size()];
        for (int i = 0; i < shared.length; i++) shared[i] = of(own.get(i));
        return new Flow(
                flow.table(),
                flow.uid(),
                flow.priority(),
                List.of(shared),
                of(flow.actions()),
                flow.timeouts(),
                flow.stats(),
                flow.refusal());
    }

    private FieldRef of(FieldRef match) {
        int slot = slot(match);
        FieldRef known = matches[slot];
        if (known != null && known.equals(match)) return known;
        matches[slot] = match;
        return match;
    }

    @SuppressWarnings("unchecked") // an equal list is of actions, too
    private @Nullable List<Action> of(@Nullable List<Action> list) {
        if (list == null) return null;
        int slot = slot(list);
        Object known = actions[slot];
        if (known != null && known.equals(list)) return (List<Action>) known;
        actions[slot] = list;
        return list;
    }

    private static int slot(Object part) {
        int hash = part.hashCode() * 0x9e37_79b9;
        return hash >>> (Integer.SIZE - 10);
    }
}
