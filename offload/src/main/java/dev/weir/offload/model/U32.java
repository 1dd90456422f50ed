package dev.weir.offload.model;

/** Numbers of 32 bits without sign, held as {@code long}: all ids of the Flow Table API are such. */
public final class U32 {
    public static final long MAX = 0xffff_ffffL;

    private U32() {}

    /** The number, which is in range; otherwise throws, naming {@code what}. */
    public static long check(String what, long number) {
        if (number < 0 || number > MAX) {
            throw new IllegalArgumentException(
                    what + ": " + number + " is not in 0 to " + MAX + "; give a number of 32 bits");
        }
        return number;
    }
}
