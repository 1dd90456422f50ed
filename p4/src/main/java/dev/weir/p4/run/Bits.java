package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Loads and stores of one to eight bytes in network order, at any alignment, for compiled code: how many is a constant where it is called, so
 * what is left after inlining is one or two moves. Any thread; nothing allocates; the caller has checked that the bytes are there.
 */
public final class Bits {
    /** As numbers lie in packets; compiled code takes them from here. */
    public static final ValueLayout.OfByte BYTE = JAVA_BYTE;

    public static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    public static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    public static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    /** As the words of entries lie in memory. */
    public static final ValueLayout.OfLong WORD = JAVA_LONG;

    private Bits() {}

    /** The unsigned number in {@code bytes} bytes. */
    public static long load(MemorySegment s, long at, int bytes) {
        return switch (bytes) {
            case 1 -> s.get(JAVA_BYTE, at) & 0xFFL;
            case 2 -> s.get(SHORT, at) & 0xFFFFL;
            case 3 -> (s.get(SHORT, at) & 0xFFFFL) << 8 | (s.get(JAVA_BYTE, at + 2) & 0xFFL);
            case 4 -> s.get(INT, at) & 0xFFFF_FFFFL;
            case 8 -> s.get(LONG, at);
            default -> odd(s, at, bytes);
        };
    }

    /** Five to seven, in two loads that overlap. */
    private static long odd(MemorySegment s, long at, int bytes) {
        long first = s.get(INT, at) & 0xFFFF_FFFFL;
        int left = 8 * (bytes - 4);
        return first << left | (s.get(INT, at + bytes - 4) & ((1L << left) - 1));
    }

    /** Writes the low {@code bytes} bytes of a number. */
    public static void store(MemorySegment s, long at, int bytes, long value) {
        switch (bytes) {
            case 1 -> s.set(JAVA_BYTE, at, (byte) value);
            case 2 -> s.set(SHORT, at, (short) value);
            case 4 -> s.set(INT, at, (int) value);
            case 8 -> s.set(LONG, at, value);
            default -> storeOdd(s, at, bytes, value);
        }
    }

    private static void storeOdd(MemorySegment s, long at, int bytes, long value) {
        if (bytes == 3) {
            s.set(SHORT, at, (short) (value >>> 8));
            s.set(JAVA_BYTE, at + 2, (byte) value);
        } else {
            s.set(INT, at, (int) (value >>> (8 * (bytes - 4))));
            s.set(INT, at + bytes - 4, (int) value);
        }
    }

    /** Writes those of the bits in {@code bytes} bytes that {@code mask} has. */
    public static void insert(MemorySegment s, long at, int bytes, long value, long mask) {
        store(s, at, bytes, (load(s, at, bytes) & ~mask) | (value & mask));
    }

    /** The first {@code width} bits of {@code bytes} bytes and zeros behind them; {@code bytes} is no constant. */
    public static long loadLeft(MemorySegment s, long at, long bytes, int width) {
        long number = 0;
        for (long i = 0; i < bytes; i++) number = number << 8 | (s.get(JAVA_BYTE, at + i) & 0xFFL);
        return bytes == 0 ? 0 : number << (width - 8 * bytes);
    }

    /** Writes the first {@code bytes} bytes of a number of {@code width} bits; {@code bytes} is no constant. */
    public static void storeLeft(MemorySegment s, long at, long bytes, int width, long value) {
        for (int i = 0; i < bytes; i++) s.set(JAVA_BYTE, at + i, (byte) (value >>> (width - 8 - 8 * i)));
    }

    public static void clear(MemorySegment s, long at, long bytes) {
        for (long i = 0; i < bytes; i++) s.set(JAVA_BYTE, at + i, (byte) 0);
    }

    public static long least(long a, long b) {
        return Math.min(a, b);
    }
}
