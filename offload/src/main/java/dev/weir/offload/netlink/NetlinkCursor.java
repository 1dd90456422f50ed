package dev.weir.offload.netlink;

import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;

/**
 * Goes from attribute to attribute of a message or of a nest in it. Every length is checked before it is believed. One thread.
 */
final class NetlinkCursor {
    private static final int TYPE_BITS = 0x3fff;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final byte[] octets;
    private final int end;
    private final NetlinkPath path;
    private int next;
    private int start;
    private int length;
    private int type;

    NetlinkCursor(byte[] octets, int from, int end, NetlinkPath path) {
        Objects.checkFromToIndex(from, end, octets.length);
        this.octets = octets;
        this.next = from;
        this.start = from;
        this.end = end;
        this.path = path;
    }

    /** Goes to the next attribute; false at the end. */
    boolean next() throws NetlinkFormatException {
        if (next >= end) return false;
        start = next;
        if (end - next < NetlinkBuffer.ATTRIBUTE_HEADER) {
            throw wrong(end - next + " octets are left, too few for an attribute; end with the last one's padding");
        }
        int whole = u16(octets, next);
        if (whole < NetlinkBuffer.ATTRIBUTE_HEADER || whole > end - next) {
            throw wrong(
                    "an attribute says it has " + whole + " octets, " + (end - next) + " are left; give 4 to as many");
        }
        type = u16(octets, next + 2) & TYPE_BITS;
        start = next + NetlinkBuffer.ATTRIBUTE_HEADER;
        length = whole - NetlinkBuffer.ATTRIBUTE_HEADER;
        next += (whole + 3) & ~3;
        return true;
    }

    int type() {
        return type;
    }

    /** Those of the whole message. */
    byte[] octets() {
        return octets;
    }

    /** Where the attribute's octets begin. */
    int start() {
        return start;
    }

    /** This one as it is now, which stays so. */
    NetlinkCursor copy() {
        NetlinkCursor copy = new NetlinkCursor(octets, start, end, path);
        copy.start = start;
        copy.length = length;
        copy.type = type;
        return copy;
    }

    int length() {
        return length;
    }

    /** A number of 4 or 8 octets. */
    long number(int count) throws NetlinkFormatException {
        if (length != count) throw wrong("a number of " + length + " octets; give " + count);
        return count == 4 ? u32(octets, start) : u64(octets, start);
    }

    /** The attribute's octets as a number; throws {@link IllegalArgumentException} where no value has as many. */
    Value value() {
        ValueType valueType = ValueType.ofOctets(length);
        return switch (length) {
            case 1 -> Value.of(valueType, octets[start] & 0xff);
            case 2 -> Value.of(valueType, u16(octets, start));
            case 4 -> Value.of(valueType, u32(octets, start));
            case 8 -> Value.of(valueType, u64(octets, start));
            default -> {
                long first = u64(octets, start);
                long second = u64(octets, start + 8);
                yield LITTLE ? new Value(valueType, second, first) : new Value(valueType, first, second);
            }
        };
    }

    /** The attribute's octets as a text, without the zero that ends it. */
    String text(NetlinkTexts texts) throws NetlinkFormatException {
        int last = start + length - 1;
        for (int i = start; i < last; i++) {
            if (octets[i] == 0) throw wrong("a text that goes on after its zero octet; end it there");
        }
        if (length == 0 || octets[last] != 0) throw wrong("a text without a zero octet at its end; add it");
        try {
            return texts.of(octets, start, length - 1);
        } catch (CharacterCodingException e) {
            throw wrong("a text that is not UTF-8; give UTF-8");
        }
    }

    /** The attributes in this one. */
    NetlinkCursor nest() {
        return new NetlinkCursor(octets, start, start + length, path);
    }

    NetlinkFormatException wrong(String reason) {
        return new NetlinkFormatException(path.toString(), start, reason);
    }

    static int u16(byte[] octets, int at) {
        return (short) U16.get(octets, at) & 0xffff;
    }

    static long u32(byte[] octets, int at) {
        return (int) U32.get(octets, at) & 0xffff_ffffL;
    }

    static long u64(byte[] octets, int at) {
        return (long) U64.get(octets, at);
    }
}
