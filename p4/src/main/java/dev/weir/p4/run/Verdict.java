package dev.weir.p4.run;

/** What a program decided about a packet. {@link #code} is what compiled code stores. */
public enum Verdict {
    /** Nothing: the packet goes on where it would have gone without the program. */
    PASS(0),
    DROP(1),
    /** It leaves by the port that the program chose. */
    FORWARD(2),
    /** It comes again. */
    RECIRCULATE(3);

    public final int code;

    Verdict(int code) {
        this.code = code;
    }
}
