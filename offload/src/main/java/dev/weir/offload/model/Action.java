package dev.weir.offload.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action of the catalogue, or of a flow.
 *
 * @param signature its arguments in order; missing, in a flow, is the same as none
 */
public record Action(
        @Nullable String name, long uid, @Nullable List<ActionArg> signature) {
    public Action {
        Name.checkOptional(name);
        U32.check("uid", uid);
        signature = signature == null ? null : List.copyOf(signature);
    }

    /** An action with all its arguments. */
    public static Action of(String name, long uid, ActionArg... arguments) {
        return new Action(name, uid, List.of(arguments));
    }

    public List<ActionArg> arguments() {
        return signature == null ? List.of() : signature;
    }
}
