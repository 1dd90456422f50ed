package dev.weir.export.parquet;

import java.nio.charset.StandardCharsets;

/**
 * Structures in Thrift's compact protocol, which Parquet's headers and footer are made of: fields in the order of their numbers, each with
 * the distance from the one before and its type. Used by one thread; allocates for texts. Source: the Thrift compact protocol
 * specification.
 */
final class CompactWriter {
    private static final int TRUE = 1, FALSE = 2, BYTE = 3, I32 = 5, I64 = 6, BINARY = 8, LIST = 9, STRUCT = 12;
    private static final int DEPTH = 8, SHORT_LIST = 14;

    private final Octets out;
    private final int[] outer = new int[DEPTH];
    private int depth;
    private int last;

    CompactWriter(Octets out) {
        this.out = out;
    }

    private void field(int id, int type) {
        int delta = id - last;
        if (delta > 0 && delta <= 15) {
            out.put(delta << 4 | type);
        } else {
            out.put(type);
            out.putZigzag(id);
        }
        last = id;
    }

    CompactWriter flag(int id, boolean value) {
        field(id, value ? TRUE : FALSE);
        return this;
    }

    CompactWriter octet(int id, int value) {
        field(id, BYTE);
        out.put(value);
        return this;
    }

    CompactWriter int32(int id, int value) {
        field(id, I32);
        out.putZigzag(value);
        return this;
    }

    CompactWriter int64(int id, long value) {
        field(id, I64);
        out.putZigzag(value);
        return this;
    }

    CompactWriter binary(int id, byte[] value) {
        field(id, BINARY);
        return element(value);
    }

    CompactWriter text(int id, String value) {
        return binary(id, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A structure as a field; its own fields follow, then {@link #end}. */
    CompactWriter struct(int id) {
        field(id, STRUCT);
        return begin();
    }

    /** A structure without fields. */
    CompactWriter empty(int id) {
        return struct(id).end();
    }

    /** A structure as an element of a list, or as the outermost. */
    CompactWriter begin() {
        outer[depth++] = last;
        last = 0;
        return this;
    }

    CompactWriter end() {
        out.put(0);
        last = outer[--depth];
        return this;
    }

    CompactWriter structs(int id, int count) {
        return list(id, STRUCT, count);
    }

    CompactWriter int32s(int id, int... values) {
        list(id, I32, values.length);
        for (int value : values) {
            out.putZigzag(value);
        }
        return this;
    }

    CompactWriter texts(int id, int count) {
        return list(id, BINARY, count);
    }

    /** A text as an element of a list. */
    CompactWriter element(byte[] value) {
        out.putVarint(value.length);
        out.put(value, 0, value.length);
        return this;
    }

    private CompactWriter list(int id, int type, int count) {
        field(id, LIST);
        if (count <= SHORT_LIST) {
            out.put(count << 4 | type);
        } else {
            out.put(0xF0 | type);
            out.putVarint(count);
        }
        return this;
    }
}
