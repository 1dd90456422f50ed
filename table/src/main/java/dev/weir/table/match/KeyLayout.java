package dev.weir.table.match;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where the fields of a key stand. A key is {@link #words} longs in an array of the caller's, read as octets from the
 * most significant one of the first word on. Each field fills whole octets, big-endian, zeros before its first bit; fields
 * follow one another in the order that they were given, but that a key with one {@link MatchKind#LPM} field among exact
 * ones has that field last. What the last word has left is zero.
 *
 * <pre>
 * {dev 9 bits, addr 32, port 16}     word 0                                    word 1
 *                                   | 7 zeros, dev | addr            | port .. | .. port | zeros      |
 * </pre>
 *
 * Immutable; any thread; {@link #put(long[], int, int, long)} and {@link #getLong} allocate nothing.
 */
public final class KeyLayout {
    /** The widest key, padding included. */
    public static final int MAX_BITS = 4096;

    private final List<KeyField> fields;
    /** Of each field, in the order given: the bits before its padding. */
    private final int[] starts;

    private final int bits;
    private final TableKind kind;

    private KeyLayout(List<KeyField> fields) {
        this.fields = List.copyOf(fields);
        kind = TableKind.of(this.fields);
        starts = new int[fields.size()];
        int end = 0;
        int prefix = -1;
        for (int field = 0; field < starts.length; field++) {
            if (kind == TableKind.LPM && this.fields.get(field).kind() == MatchKind.LPM) {
                prefix = field;
            } else {
                starts[field] = end;
                end += paddedBits(field);
            }
        }
        if (prefix >= 0) {
            starts[prefix] = end;
            end += paddedBits(prefix);
        }
        bits = end;
        if (bits == 0 || bits > MAX_BITS) {
            throw new IllegalArgumentException("key: its fields fill " + bits + " bits; give it 1 to " + MAX_BITS);
        }
    }

    /** The layout of those fields; fails when there are none, when they are too many bits, or when two share a name. */
    public static KeyLayout of(List<KeyField> fields) {
        long names = fields.stream().map(KeyField::name).distinct().count();
        if (names != fields.size()) {
            throw new IllegalArgumentException("key: two fields share a name; name each once: " + fields);
        }
        return new KeyLayout(fields);
    }

    /** The same of fields in a row. */
    public static KeyLayout of(KeyField... fields) {
        return of(List.of(fields));
    }

    public List<KeyField> fields() {
        return fields;
    }

    /** Which table such keys are for. */
    public TableKind kind() {
        return kind;
    }

    /** Longs of a key. */
    public int words() {
        return (bits + Long.SIZE - 1) / Long.SIZE;
    }

    /** Bits of a key, each field's padding included. */
    public int bits() {
        return bits;
    }

    /** Bits of the key before the first bit of the field's value, padding included. */
    public int bitOffset(int field) {
        return starts[field] + paddedBits(field) - fields.get(field).bits();
    }

    /** Bits of the key before the field's padding. */
    int start(int field) {
        return starts[field];
    }

    private int paddedBits(int field) {
        return (fields.get(field).bits() + Byte.SIZE - 1) & -Byte.SIZE;
    }

    /** Sets a field of up to 64 bits in the key at {@code keys[at]} to the low bits of {@code value}. */
    public void put(long[] keys, int at, int field, long value) {
        int width = fields.get(field).bits();
        if (width > Long.SIZE) {
            throw new IllegalArgumentException("key field '" + fields.get(field).name() + "': it has " + width
                    + " bits; set it from a BigInteger");
        }
        insert(keys, at, bitOffset(field) + width, width, value);
    }

    /** Sets a field of any width to the low bits of {@code value}. */
    public void put(long[] keys, int at, int field, BigInteger value) {
        int left = fields.get(field).bits();
        int end = bitOffset(field) + left;
        for (BigInteger rest = value; left > 0; rest = rest.shiftRight(Long.SIZE)) {
            int width = Math.min(left, Long.SIZE);
            insert(keys, at, end, width, rest.longValue());
            end -= width;
            left -= width;
        }
    }

    /** The value of a field of up to 64 bits; of a wider one its low bits. */
    public long getLong(long[] keys, int at, int field) {
        int width = fields.get(field).bits();
        return extract(keys, at, bitOffset(field) + width, Math.min(width, Long.SIZE));
    }

    /** The value of a field. */
    public BigInteger get(long[] keys, int at, int field) {
        int width = fields.get(field).bits();
        int end = bitOffset(field) + width;
        BigInteger value = BigInteger.ZERO;
        for (int done = 0; done < width; done += Long.SIZE) {
            long part = extract(keys, at, end - done, Math.min(width - done, Long.SIZE));
            BigInteger unsigned = new BigInteger(Long.toUnsignedString(part));
            value = value.or(unsigned.shiftLeft(done));
        }
        return value;
    }

    /** Sets {@code width} bits, 1 to 64, that end before bit {@code end}. */
    static void insert(long[] keys, int at, int end, int width, long value) {
        int word = at + ((end - 1) >>> 6), shift = -end & 63;
        long ones = -1L >>> -width;
        long low = value & ones;
        keys[word] = (keys[word] & ~(ones << shift)) | low << shift;
        if (width + shift > Long.SIZE) {
            int spilled = Long.SIZE - shift;
            keys[word - 1] = (keys[word - 1] & ~(ones >>> spilled)) | low >>> spilled;
        }
    }

    /** The {@code width} bits, 1 to 64, that end before bit {@code end}. */
    static long extract(long[] keys, int at, int end, int width) {
        int word = at + ((end - 1) >>> 6), shift = -end & 63;
        long low = keys[word] >>> shift;
        if (width + shift > Long.SIZE) {
            low |= keys[word - 1] << (Long.SIZE - shift);
        }
        return low & -1L >>> -width;
    }

    /** The number of the field of that name; fails when there is none. */
    public int field(String name) {
        List<String> names = new ArrayList<>();
        for (int field = 0; field < fields.size(); field++) {
            names.add(fields.get(field).name());
            if (names.getLast().equals(name)) {
                return field;
            }
        }
        throw new IllegalArgumentException("key field '" + name + "': there is none; there are " + names);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof KeyLayout other && fields.equals(other.fields);
    }

    @Override
    public int hashCode() {
        return Objects.hash(fields);
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
