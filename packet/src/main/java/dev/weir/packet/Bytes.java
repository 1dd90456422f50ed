package dev.weir.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Loads and stores of unsigned numbers at any alignment, in network order but where the name says otherwise. */
final class Bytes {
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT_LITTLE = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_LITTLE = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private Bytes() {}

    static int u8(MemorySegment s, long at) {
        return s.get(JAVA_BYTE, at) & 0xFF;
    }

    static int u16(MemorySegment s, long at) {
        return s.get(SHORT, at) & 0xFFFF;
    }

    static int u16Little(MemorySegment s, long at) {
        return s.get(SHORT_LITTLE, at) & 0xFFFF;
    }

    static int u24(MemorySegment s, long at) {
        return (u16(s, at) << 8) | u8(s, at + 2);
    }

    static int i32(MemorySegment s, long at) {
        return s.get(INT, at);
    }

    static int i32Little(MemorySegment s, long at) {
        return s.get(INT_LITTLE, at);
    }

    static long u32(MemorySegment s, long at) {
        return s.get(INT, at) & 0xFFFF_FFFFL;
    }

    static long u48(MemorySegment s, long at) {
        return ((long) u16(s, at) << 32) | u32(s, at + 2);
    }

    static long i64(MemorySegment s, long at) {
        return s.get(LONG, at);
    }

    static void put8(MemorySegment s, long at, int value) {
        s.set(JAVA_BYTE, at, (byte) value);
    }

    static void put16(MemorySegment s, long at, int value) {
        s.set(SHORT, at, (short) value);
    }

    static void put24(MemorySegment s, long at, int value) {
        put16(s, at, value >>> 8);
        put8(s, at + 2, value);
    }

    static void put32(MemorySegment s, long at, int value) {
        s.set(INT, at, value);
    }

    static void put48(MemorySegment s, long at, long value) {
        put16(s, at, (int) (value >>> 32));
        put32(s, at + 2, (int) value);
    }

    static void put64(MemorySegment s, long at, long value) {
        s.set(LONG, at, value);
    }
}
