package dev.weir.offload.model;

/** How a field is matched (NFL_MASK_TYPE_*). The number is the wire's. */
public enum MaskType {
    UNSPEC(0),
    /** All bits. */
    EXACT(1),
    /** A prefix: the mask's ones are its highest bits. */
    LPM(2),
    /** Any mask. */
    MASK(3);

    private static final MaskType[] BY_NUMBER = values();

    private final int number;

    MaskType(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The mask type with the wire's number; otherwise throws. */
    public static MaskType ofNumber(long number) {
        if (number >= 0 && number < BY_NUMBER.length) return BY_NUMBER[(int) number];
        throw new IllegalArgumentException(
                "mask_type: " + number + " is none; give 0 unspecified, 1 exact, 2 longest prefix or 3 mask");
    }

    @Override
    public String toString() {
        return switch (this) {
            case UNSPEC -> "unspecified";
            case EXACT -> "exact";
            case LPM -> "longest prefix";
            case MASK -> "mask";
        };
    }
}
