package dev.weir.p4.run;

/**
 * What goes where a mirror session leads: PNA's attributes of sessions (PNA section 7.9). Immutable.
 *
 * @param contents which packet it is
 * @param most how many of its bytes at the most, 0 for all
 * @param oneIn every how many-th packet that the program mirrors to the session is sent; 1 for each of them
 */
public record MirrorCopy(Contents contents, int most, int oneIn) {
    /** Whole packets as they came, each of them. */
    public static final MirrorCopy AS_IT_CAME = new MirrorCopy(Contents.PRE_MODIFY, 0, 1);

    /** The most that a packet is cut to, and the rarest that is sent. */
    private static final int MOST_BYTES = 1 << 16, MOST_ONE_IN = 1 << 24;

    /** Which packet is sent. */
    public enum Contents {
        /** As it was when its parser began. */
        PRE_MODIFY,
        /** As its deparser made it. */
        POST_MODIFY
    }

    public MirrorCopy {
        if (most < 0 || most > MOST_BYTES) {
            throw new IllegalArgumentException("truncate: " + most + " bytes is out of range; give 0 to " + MOST_BYTES);
        }
        if (oneIn < 1 || oneIn > MOST_ONE_IN) {
            throw new IllegalArgumentException(
                    "sample: one in " + oneIn + " is out of range; give 1 to " + MOST_ONE_IN);
        }
    }

    /** How many bytes of a packet are sent. */
    public int bytes(int length) {
        return most == 0 ? length : Math.min(most, length);
    }
}
