package dev.weir.offload.netlink;

import dev.weir.offload.model.Value;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
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
    private static final int LEAST = 1024;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private byte[] octets = new byte[LEAST];
    private int size;

    int size() {
        return size;
    }

    /** What was written so far, until something else is. */
    ByteBuffer view() {
        return ByteBuffer.wrap(octets, 0, size);
    }

    /** Begins anew; room beyond {@code limit} is given back. */
    void clear(int limit) {
        size = 0;
        if (octets.length > limit) octets = new byte[LEAST];
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

    /** A value: as many octets as its type has. */
    void value(int type, Value value) {
        int count = value.type().octets();
        int at = claim(ATTRIBUTE_HEADER + Math.max(count, 4));
        u16(at, ATTRIBUTE_HEADER + count);
        u16(at + 2, type);
        int to = at + ATTRIBUTE_HEADER;
        switch (count) {
            case 1 -> {
                u32(to, 0);
                octets[to] = (byte) value.low();
            }
            case 2 -> {
                u32(to, 0);
                u16(to, (int) value.low());
            }
            case 4 -> u32(to, value.low());
            case 8 -> U64.set(octets, to, value.low());
            default -> {
                U64.set(octets, LITTLE ? to : to + 8, value.low());
                U64.set(octets, LITTLE ? to + 8 : to, value.high());
            }
        }
    }

    /** A text and the zero that ends it. */
    void text(int type, String text) {
        int at = begin(type);
        int to = claim(text.length() + 1);
        if (isAscii(text, to)) {
            octets[to + text.length()] = 0;
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            truncate(to);
            claim(utf8.length + 1);
            System.arraycopy(utf8, 0, octets, to, utf8.length);
            octets[to + utf8.length] = 0;
        }
        end(at);
    }

    /** Writes a text that is ASCII; otherwise false. */
    private boolean isAscii(String text, int to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7f) return false;
            octets[to + i] = (byte) c;
        }
        return true;
    }
}
