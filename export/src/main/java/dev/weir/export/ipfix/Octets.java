package dev.weir.export.ipfix;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in network byte order out of an array; the array's bounds are the only check. */
final class Octets {
    private static final VarHandle I16 = handle(short[].class), I32 = handle(int[].class);

    private Octets() {}

    private static VarHandle handle(Class<?> view) {
        return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.BIG_ENDIAN).withInvokeExactBehavior();
    }

    static int get16(byte[] octets, int at) {
        return (short) I16.get(octets, at) & 0xFFFF;
    }

    static int get32(byte[] octets, int at) {
        return (int) I32.get(octets, at);
    }

    static long getUnsigned32(byte[] octets, int at) {
        return get32(octets, at) & 0xFFFF_FFFFL;
    }

    /** A number of 1 to 8 octets; one of 8 that is too large for a long is negative. */
    static long get(byte[] octets, int at, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = (value << 8) | (octets[at + i] & 0xFF);
        }
        return value;
    }
}
