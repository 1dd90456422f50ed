package dev.weir.offload.driver;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;

/** A call failed as a whole: which fault, where, why, and what to do. Refused flows are no failure but {@link BatchResult}. */
public final class DriverException extends Exception {
    private static final long serialVersionUID = 1;

    private final Fault fault;

    public DriverException(Fault fault, String message) {
        super(fault + ": " + message);
        this.fault = fault;
    }

    /** A call whose one flow or table is at fault. */
    public DriverException(FlowFault cause) {
        super(cause.line(), cause);
        this.fault = cause.fault();
    }

    public Fault fault() {
        return fault;
    }
}
