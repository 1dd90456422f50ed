package dev.weir.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** A classic BPF program as a class; {@link BpfTranslator} writes the subclasses, which call what is here. */
abstract class BpfProgram {
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** Registers between the methods of a program that is cut into several: A, X, the result, M, then the jumps back. */
    final int[] registers = new int[BpfMethod.REGISTERS];

    /** How many octets of the packet to take, unsigned: 0 rejects it. */
    abstract int match(MemorySegment data, long at, int captured, int length);

    static int word(MemorySegment data, long at) {
        return data.get(INT, at);
    }

    static int half(MemorySegment data, long at) {
        return data.get(SHORT, at) & 0xFFFF;
    }

    static int octet(MemorySegment data, long at) {
        return data.get(JAVA_BYTE, at) & 0xFF;
    }

    /** The offset that index register and constant, both unsigned, add up to. */
    static long indexed(int x, int k) {
        return Integer.toUnsignedLong(x) + Integer.toUnsignedLong(k);
    }

    static int shiftLeft(int value, int by) {
        return Integer.compareUnsigned(by, 32) < 0 ? value << by : 0;
    }

    static int shiftRight(int value, int by) {
        return Integer.compareUnsigned(by, 32) < 0 ? value >>> by : 0;
    }
}
