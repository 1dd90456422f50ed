package dev.weir.offload.check;

import dev.weir.offload.model.Refusal;

/** A flow does not fit, and why: the message names table, flow and field, and what to do. It has no stack trace: batches may have many. */
public final class FlowFault extends Exception {
    private static final long serialVersionUID = 1;

    private final Fault fault;

    /** @param place table, flow and field, as far as they count */
    public FlowFault(Fault fault, String place, String reason) {
        super(place + ": " + reason, null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    /** Name, place, reason and remedy, as one line. */
    public String line() {
        return fault + ": " + getMessage();
    }

    public Refusal refusal() {
        return new Refusal(fault.number(), line());
    }
}
