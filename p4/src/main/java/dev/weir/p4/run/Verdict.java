package dev.weir.p4.run;

/** What a program decided about a packet. {@link #ordinal} is what compiled code stores. */
public enum Verdict {
    /** Nothing: the packet goes on where it would have gone without the program. */
    PASS,
    DROP,
    /** It leaves by the port that the program chose. */
    FORWARD,
    /** It comes again. */
    RECIRCULATE
}
