package dev.weir.export;

import java.util.function.IntSupplier;

/**
 * How many fraction digits time stamps are written with: asked for once, when the first record comes, since a source may know only
 * after its first packet.
 */
final class TimeDigits {
    private static final int UNKNOWN = -1;

    private final IntSupplier source;
    private int digits = UNKNOWN;

    TimeDigits(IntSupplier source) {
        this.source = source;
    }

    int get() {
        if (digits == UNKNOWN) {
            digits = Math.clamp(source.getAsInt(), 0, 9);
        }
        return digits;
    }
}
