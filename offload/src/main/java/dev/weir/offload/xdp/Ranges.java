package dev.weir.offload.xdp;

/** Numbers that must fit in what a packet has for them. */
final class Ranges {
    private Ranges() {}

    /** @return the value, which is 0 to {@code limit} */
    static int check(String what, int value, int limit) {
        return check(what, value, 0, limit);
    }

    /** @return the value, which is {@code least} to {@code limit} */
    static int check(String what, int value, int least, int limit) {
        if (value < least || value > limit) {
            throw new IllegalArgumentException(
                    what + ": " + value + " is out of range; give " + least + " to " + limit);
        }
        return value;
    }

    static long checkMac(String what, long value) {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException(
                    what + ": " + Long.toHexString(value) + " has more than 48 bits; give 48");
        }
        return value;
    }
}
