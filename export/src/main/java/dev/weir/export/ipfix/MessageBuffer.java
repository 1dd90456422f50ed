package dev.weir.export.ipfix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Octets of one message, written in network byte order from its beginning; reused. The array's bounds are the only check. */
final class MessageBuffer {
    private static final VarHandle I16 = handle(short[].class), I32 = handle(int[].class), I64 = handle(long[].class);

    final byte[] octets;
    int size;

    MessageBuffer(int capacity) {
        octets = new byte[capacity];
    }

    private static VarHandle handle(Class<?> view) {
        return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.BIG_ENDIAN).withInvokeExactBehavior();
    }

    int room() {
        return octets.length - size;
    }

    void put8(int value) {
        octets[size++] = (byte) value;
    }

    void put16(int value) {
        set16(size, value);
        size += 2;
    }

    void put32(int value) {
        set32(size, value);
        size += 4;
    }

    void put64(long value) {
        I64.set(octets, size, value);
        size += 8;
    }

    void put(byte[] more) {
        System.arraycopy(more, 0, octets, size, more.length);
        size += more.length;
    }

    void put(MemorySegment from, long at, int count) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, octets, size, count);
        size += count;
    }

    void set16(int at, int value) {
        I16.set(octets, at, (short) value);
    }

    void set32(int at, int value) {
        I32.set(octets, at, value);
    }
}
