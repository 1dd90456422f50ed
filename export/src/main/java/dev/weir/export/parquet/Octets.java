package dev.weir.export.parquet;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Octets that are made one after the other, in an array that grows and is reused. Numbers little-endian, as Parquet has them. One
 * thread; allocates only when it grows.
 */
final class Octets {
    private byte[] bytes;
    private ByteBuffer buffer;
    private int size;

    Octets(int capacity) {
        bytes = new byte[capacity];
        buffer = ByteBuffer.wrap(bytes);
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
            grow(Math.max(2 * bytes.length, Math.addExact(size, count)));
        }
    }

    /** Makes sure that so many fit in all, and no more are kept ready. */
    void grow(int capacity) {
        if (bytes.length < capacity) {
            bytes = Arrays.copyOf(bytes, capacity);
            buffer = ByteBuffer.wrap(bytes);
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
        room(Integer.BYTES);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    void putInts(int[] values, int count) {
        room(Integer.BYTES * count);
        buffer.position(size).slice().order(LITTLE_ENDIAN).asIntBuffer().put(values, 0, count);
        size += Integer.BYTES * count;
    }

    void putLongs(long[] values, int count) {
        room(Long.BYTES * count);
        buffer.position(size).slice().order(LITTLE_ENDIAN).asLongBuffer().put(values, 0, count);
        size += Long.BYTES * count;
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
