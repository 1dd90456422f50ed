package dev.weir.server.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Numbers and texts of a chunk's payload, little-endian; a text is its length in octets, u32, and UTF-8. Grows as it is filled. One thread. */
public final class FieldWriter {
    private ByteBuffer octets = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer room(int more) {
        if (octets.remaining() < more) {
            int size = Math.max(2 * octets.capacity(), octets.position() + more);
            octets = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(octets.flip());
        }
        return octets;
    }

    public FieldWriter put(int number) {
        room(Integer.BYTES).putInt(number);
        return this;
    }

    public FieldWriter put(long number) {
        room(Long.BYTES).putLong(number);
        return this;
    }

    public FieldWriter put(String text) {
        byte[] utf = text.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + utf.length).putInt(utf.length).put(utf);
        return this;
    }

    public FieldWriter put(long[] numbers) {
        put(numbers.length);
        for (long number : numbers) {
            put(number);
        }
        return this;
    }

    /** Some of them, as {@link #put(long[])} would put an array of these alone. */
    FieldWriter put(long[] numbers, int from, int count) {
        put(count);
        for (int i = from; i < from + count; i++) {
            put(numbers[i]);
        }
        return this;
    }

    /** What another has, which keeps it. */
    FieldWriter put(FieldWriter other) {
        room(other.size()).put(other.octets.duplicate().flip());
        return this;
    }

    public FieldWriter put(Map<String, Long> counts) {
        put(counts.size());
        counts.forEach((name, count) -> put(name).put(count));
        return this;
    }

    public <T> FieldWriter put(List<T> all, BiConsumer<FieldWriter, T> each) {
        put(all.size());
        all.forEach(one -> each.accept(this, one));
        return this;
    }

    public FieldWriter texts(List<String> all) {
        return put(all, FieldWriter::put);
    }

    /** How many octets were put. */
    public int size() {
        return octets.position();
    }

    /** Forgets what was put, and keeps the room. */
    void clear() {
        octets.clear();
    }

    /** What was put, until something else is: forgets it, and keeps the room. */
    ByteBuffer lend() {
        ByteBuffer filled = octets.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
        octets.clear();
        return filled;
    }

    /** What was put, and forgets it. */
    public ByteBuffer take() {
        ByteBuffer filled = octets.flip();
        octets = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
        return filled;
    }
}
