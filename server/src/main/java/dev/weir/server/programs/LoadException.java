package dev.weir.server.programs;

import dev.weir.dataplane.graph.GraphConfig.Fault;
import java.util.List;

/** A program that cannot be loaded or unloaded, and why. It is no bug: it has no stack trace. */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of reason it is. */
    public enum Kind {
        /** There is no such program. */
        NO_PROGRAM,
        /** Several are called so. */
        AMBIGUOUS,
        /** One of that name runs elsewhere. */
        EXISTS,
        /** What is asked for does not fit the configuration. */
        CONFIGURATION
    }

    private final Kind kind;
    private final transient List<Fault> faults;

    private LoadException(Kind kind, String message, List<Fault> faults) {
        super(message, null, false, false);
        this.kind = kind;
        this.faults = faults;
    }

    static LoadException of(Kind kind, String message) {
        return new LoadException(kind, message, List.of(new Fault("", message)));
    }

    static LoadException of(String path, String why) {
        return of(List.of(new Fault(path, why)));
    }

    static LoadException of(List<Fault> faults) {
        return new LoadException(
                Kind.CONFIGURATION,
                String.join("; ", faults.stream().map(Fault::toString).toList()),
                faults);
    }

    public Kind kind() {
        return kind;
    }

    /** What does not fit; at least one. */
    public List<Fault> faults() {
        return faults;
    }
}
