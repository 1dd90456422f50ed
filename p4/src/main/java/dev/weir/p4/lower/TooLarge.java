package dev.weir.p4.lower;

/** How a program is left that becomes larger than anybody can run. It never leaves {@link Lowering}. */
final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
        super(null, null, false, false);
    }
}
