package dev.weir.offload.model;

/** What becomes of a batch when one of its flows is refused (NFL_FLOWS_ERROR_*). The number is the wire's. */
public enum ErrorMode {
    /** Flows before it stay, those after it are not tried; only why is told. */
    ABORT(0),
    /** It is skipped; what was skipped is not told, only how many. */
    CONTINUE(1),
    /** As {@link #ABORT}, and the flow is told. */
    ABORT_LOG(2),
    /** As {@link #CONTINUE}, and all skipped flows are told. */
    CONTINUE_LOG(3),
    /** All or nothing: flows before it are taken back. The flow is told. An extension of the API. */
    ATOMIC(4);

    private static final ErrorMode[] BY_NUMBER = values();

    private final int number;

    ErrorMode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Whether flows after a refused one are tried. */
    public boolean goesOn() {
        return this == CONTINUE || this == CONTINUE_LOG;
    }

    /** Whether refused flows are told. */
    public boolean tells() {
        return this != CONTINUE && this != ABORT;
    }

    /** The mode with the wire's number; otherwise throws. */
    public static ErrorMode ofNumber(long number) {
        if (number >= 0 && number < BY_NUMBER.length) return BY_NUMBER[(int) number];
        throw new IllegalArgumentException(
                "flows_error: " + number + " is no mode; give 0 to " + (BY_NUMBER.length - 1));
    }
}
