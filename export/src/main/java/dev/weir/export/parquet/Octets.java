package dev.weir.export.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Octets that are made one after the other, in an array that grows and is reused. Numbers little-endian, as Parquet has them. One
 * thread; allocates only when it grows.
 */
final class Octets {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private MemorySegment segment;
    private int size;

    Octets(int capacity) {
        bytes = new byte[capacity];
        segment = MemorySegment.ofArray(bytes);
    }

    /** The octets themselves, {@link #size} of them; until something more is put. */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** Takes that many octets that were written into {@link #array} after {@link #room}. */
    void advance(int count) {
        size += count;
    }

    /** Makes sure that so many more fit. */
    void room(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, count)));
            segment = MemorySegment.ofArray(bytes);
        }
    }

    void put(int octet) {
        room(1);
        bytes[size++] = (byte) octet;
    }

    void put(byte[] from, int at, int count) {
        room(count);
        System.arraycopy(from, at, bytes, size, count);
        size += count;
    }

    void put(Octets other) {
        put(other.bytes, 0, other.size);
    }

    void putInt(int value) {
        room(4);
        segment.set(INT, size, value);
        size += 4;
    }

    void putLong(long value) {
        room(8);
        segment.set(LONG, size, value);
        size += 8;
    }

    void putInts(int[] values, int count) {
        room(4 * count);
        MemorySegment.copy(values, 0, segment, INT, size, count);
        size += 4 * count;
    }

    void putLongs(long[] values, int count) {
        room(8 * count);
        MemorySegment.copy(values, 0, segment, LONG, size, count);
        size += 8 * count;
    }

    /** Seven bits an octet, the lowest first (ULEB128). */
    void putVarint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** The sign in the lowest bit, then as {@link #putVarint}. */
    void putZigzag(long value) {
        putVarint((value << 1) ^ (value >> 63));
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }
}
