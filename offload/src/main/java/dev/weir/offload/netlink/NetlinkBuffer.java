package dev.weir.offload.netlink;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Octets that messages and attributes are written to, one after the other; it grows. Numbers are in the machine's order, as netlink has them.
 * One thread.
 */
final class NetlinkBuffer {
    static final int ATTRIBUTE_HEADER = 4;
    static final int MAX_ATTRIBUTE = 0xffff;
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private byte[] octets = new byte[1024];
    private int size;

    int size() {
        return size;
    }

    byte[] toOctets() {
        return Arrays.copyOf(octets, size);
    }

    /** Takes back what was written after that size. */
    void truncate(int size) {
        this.size = size;
    }

    /** Takes that many octets at the end; returns where they begin. They may hold anything. */
    int claim(int count) {
        int at = size;
        if (octets.length - at < count) octets = Arrays.copyOf(octets, Math.max(octets.length * 2, at + count));
        size = at + count;
        return at;
    }

    void u8(int number) {
        int at = claim(1);
        octets[at] = (byte) number;
    }

    void u16(int number) {
        int at = claim(2);
        u16(at, number);
    }

    void u32(long number) {
        int at = claim(4);
        u32(at, number);
    }

    void u64(long number) {
        int at = claim(8);
        U64.set(octets, at, number);
    }

    void u16(int at, int number) {
        U16.set(octets, at, (short) number);
    }

    void u32(int at, long number) {
        U32.set(octets, at, (int) number);
    }

    /** Begins an attribute; returns where, for {@link #end}. */
    int begin(int type) {
        int at = claim(ATTRIBUTE_HEADER);
        u16(at + 2, type);
        return at;
    }

    /** Ends the attribute that began there: writes its length and pads to four octets. Throws where it is too long for netlink. */
    void end(int at) {
        int length = size - at;
        if (length > MAX_ATTRIBUTE) {
            throw new IllegalArgumentException("netlink: an attribute of " + length + " octets, of which it holds "
                    + MAX_ATTRIBUTE + "; split the list in it");
        }
        u16(at, length);
        while ((size & 3) != 0) u8(0);
    }

    void number(int type, long number) {
        int at = claim(ATTRIBUTE_HEADER + 4);
        u16(at, ATTRIBUTE_HEADER + 4);
        u16(at + 2, type);
        u32(at + 4, number);
    }

    void longNumber(int type, long number) {
        int at = begin(type);
        u64(number);
        end(at);
    }

    /** A text and the zero that ends it. */
    void text(int type, String text) {
        int at = begin(type);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int to = claim(utf8.length + 1);
        System.arraycopy(utf8, 0, octets, to, utf8.length);
        octets[to + utf8.length] = 0;
        end(at);
    }
}
