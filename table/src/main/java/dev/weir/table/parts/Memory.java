package dev.weir.table.parts;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Memory by its address, for the tables' own regions. One segment that spans the address space is a constant, so the
 * JIT folds away what every access to a segment of its own would load and compare (class, base, length, alignment,
 * scope), which was a third of the clocks of a hit.
 *
 * <p>The price is that a wrong address is not refused. So only addresses go in here that the tables made from slot,
 * bucket or packet numbers which they themselves gave out; with {@link #CHECKS}, on in all tests, those numbers are
 * checked. Packets, whose bytes and lengths are strangers', are read through bounded segments only. Native byte order.
 */
public final class Memory {
    /**
     * Extra checks of what only a bug can get wrong; {@code -Dweir.checks=true}. A constant, so that it costs nothing
     * when off.
     */
    public static final boolean CHECKS = Boolean.getBoolean("weir.checks");

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final long KNOWN = (1L << 62) - 1;

    private Memory() {}

    /**
     * The same address, of which the JIT then knows that it lies within the segment, as does all that is near it: an
     * access at a constant distance needs no range check, which is four instructions. To be used where an address is
     * made. Only the kernel has addresses with a bit above the lowest 62.
     */
    public static long known(long address) {
        return address & KNOWN;
    }

    public static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    public static void setLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    public static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    public static void setInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    public static void setShort(long address, short value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, value);
    }

    public static int getByte(long address) {
        return ALL.get(JAVA_BYTE, address) & 0xFF;
    }

    public static void setByte(long address, int value) {
        ALL.set(JAVA_BYTE, address, (byte) value);
    }

    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    public static void clear(long address, long bytes) {
        ALL.asSlice(address, bytes).fill((byte) 0);
    }

    /** A number below a limit, or a bug. */
    public static void check(long number, long limit) {
        if (CHECKS && (number < 0 || number >= limit)) {
            throw new IllegalStateException("out of range: number=" + number + ", limit=" + limit);
        }
    }
}
