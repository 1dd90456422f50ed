package dev.weir.offload.netlink;

import dev.weir.offload.model.U32;

/**
 * Whose message it is.
 *
 * @param family number of the generic netlink family, as the kernel gives it at run time
 * @param request whether it asks (NLM_F_REQUEST); an answer otherwise
 * @param sequence of the request, the same in its answer
 * @param port netlink's address of who asked
 */
public record Envelope(int family, boolean request, long sequence, long port) {
    /** Types below are netlink's own: errors, ends of dumps. */
    public static final int MIN_FAMILY = 16;

    public Envelope {
        if (family < MIN_FAMILY || family > 0xffff) {
            throw new IllegalArgumentException(
                    "family: " + family + " is none; give the number of the family, " + MIN_FAMILY + " to 65535");
        }
        U32.check("sequence", sequence);
        U32.check("port", port);
    }

    /** The envelope of the answer. */
    public Envelope answer() {
        return new Envelope(family, false, sequence, port);
    }
}
