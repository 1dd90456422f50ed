package dev.weir.p4.run;

/** What a program said of the mark of a packet's flow, by which its packets may be carried below the data plane. */
public enum FlowMark {
    /** Nothing: the mark stays. */
    UNSAID(0),
    /** The flow is offloaded, and what was done to the packet is to be done to all that follow in its direction. */
    OFFLOADED(1),
    /** The flow is not offloaded. */
    NOT_OFFLOADED(2);

    /** In {@link ProgramState#marks}. */
    public final byte code;

    FlowMark(int code) {
        this.code = (byte) code;
    }

    /** By its code. */
    public static FlowMark of(byte code) {
        return switch (code) {
            case 1 -> OFFLOADED;
            case 2 -> NOT_OFFLOADED;
            default -> UNSAID;
        };
    }
}
