package dev.weir.table.match;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an entry matches: of each field of a {@link KeyLayout} a value, a prefix, a mask or bounds. Two keys are equal
 * when they match the same packets field by field, however they were written. Immutable; for the control path.
 */
public final class MatchKey {
    private final KeyLayout layout;
    /** As in {@link KeyLayout}: a packet's key matches by bits where {@code (key & mask) == value}. */
    final long[] value, mask;
    /** Of each range field in turn, in the layout's order: the least and the greatest value. */
    final long[] bounds;

    /** Takes the arrays; the value has no bit outside of the mask. */
    MatchKey(KeyLayout layout, long[] value, long[] mask, long[] bounds) {
        this.layout = layout;
        this.value = value;
        this.mask = mask;
        this.bounds = bounds;
    }

    /** The key that says this of the layout's fields, in their order; fails where a field cannot be matched so. */
    public static MatchKey of(KeyLayout layout, List<FieldMatch> matches) {
        List<KeyField> fields = layout.fields();
        if (matches.size() != fields.size()) {
            throw new IllegalArgumentException(
                    "key: " + matches.size() + " fields are given; give one match for each of " + fields);
        }
        int words = layout.words();
        var key = new MatchKey(layout, new long[words], new long[words], new long[2 * ranges(layout)]);
        int range = 0;
        for (int field = 0; field < fields.size(); field++) {
            if (fields.get(field).kind() == MatchKind.RANGE) {
                key.setBounds(range++, field, matches.get(field));
            } else {
                key.setBits(field, matches.get(field));
            }
        }
        for (int word = 0; word < words; word++) {
            key.value[word] &= key.mask[word];
        }
        return key;
    }

    /** The same of matches in a row. */
    public static MatchKey of(KeyLayout layout, FieldMatch... matches) {
        return of(layout, List.of(matches));
    }

    /** The key whose fields are all exactly these, each of up to 64 bits. */
    public static MatchKey exact(KeyLayout layout, long... values) {
        return of(layout, Arrays.stream(values).mapToObj(FieldMatch::exact).toList());
    }

    /** The key as numbers, which {@link #ofWords} takes back: values, masks, bounds. */
    public long[] toWords() {
        long[] words = Arrays.copyOf(value, value.length + mask.length + bounds.length);
        System.arraycopy(mask, 0, words, value.length, mask.length);
        System.arraycopy(bounds, 0, words, value.length + mask.length, bounds.length);
        return words;
    }

    /** The key that {@link #toWords} made these of; fails where the layout can have no such key. */
    public static MatchKey ofWords(KeyLayout layout, long[] words) {
        int n = layout.words();
        if (words.length != 2 * n + 2 * ranges(layout)) {
            throw new IllegalArgumentException(
                    "key: it has " + words.length + " words; this table's have " + (2 * n + 2 * ranges(layout)));
        }
        var key = new MatchKey(
                layout,
                Arrays.copyOf(words, n),
                Arrays.copyOfRange(words, n, 2 * n),
                Arrays.copyOfRange(words, 2 * n, words.length));
        if (!key.equals(of(layout, key.fields()))) {
            throw new IllegalArgumentException("key: these are no words of a key: " + Arrays.toString(words));
        }
        return key;
    }

    static int ranges(KeyLayout layout) {
        return (int) layout.fields().stream()
                .filter(field -> field.kind() == MatchKind.RANGE)
                .count();
    }

    public KeyLayout layout() {
        return layout;
    }

    /** Bits of the mask that are set: of a key of an {@link LpmTable} the length of its prefix, paddings included. */
    int maskBits() {
        return Arrays.stream(mask).mapToInt(Long::bitCount).sum();
    }

    private void setBits(int field, FieldMatch match) {
        KeyField of = layout.fields().get(field);
        boolean fits = switch (match) {
            case FieldMatch.Exact _ -> true;
            case FieldMatch.Any _ -> of.kind() != MatchKind.EXACT;
            case FieldMatch.Lpm _ -> of.kind() == MatchKind.LPM || of.kind() == MatchKind.TERNARY;
            case FieldMatch.Ternary _ -> of.kind() == MatchKind.TERNARY;
            case FieldMatch.Range _ -> false;
        };
        if (!fits) {
            throw unfit(of, match);
        }
        switch (match) {
            case FieldMatch.Exact(BigInteger exact) -> setBits(field, of, exact, ones(of.bits()));
            case FieldMatch.Ternary(BigInteger bits, BigInteger care) -> setBits(field, of, bits, care);
            case FieldMatch.Lpm(BigInteger bits, int prefix) -> setBits(field, of, bits, prefixMask(of, prefix));
            case FieldMatch.Any _ -> setBits(field, of, BigInteger.ZERO, BigInteger.ZERO);
            case FieldMatch.Range _ -> throw unfit(of, match);
        }
    }

    private void setBits(int field, KeyField of, BigInteger bits, BigInteger care) {
        layout.put(value, 0, field, inside(of, bits));
        layout.put(mask, 0, field, inside(of, care));
        int padding = layout.bitOffset(field) - layout.start(field);
        if (padding != 0 && of.kind() != MatchKind.TERNARY && of.kind() != MatchKind.OPTIONAL) {
            KeyLayout.insert(mask, 0, layout.bitOffset(field), padding, -1L);
        }
    }

    private void setBounds(int range, int field, FieldMatch match) {
        KeyField of = layout.fields().get(field);
        BigInteger most = ones(of.bits());
        FieldMatch.Range bounds = switch (match) {
            case FieldMatch.Range given -> given;
            case FieldMatch.Exact(BigInteger exact) -> new FieldMatch.Range(exact, exact);
            case FieldMatch.Any _ -> new FieldMatch.Range(BigInteger.ZERO, most);
            case FieldMatch.Lpm _, FieldMatch.Ternary _ -> throw unfit(of, match);
        };
        if (inside(of, bounds.low()).compareTo(inside(of, bounds.high())) > 0) {
            throw new IllegalArgumentException("key field '" + of.name() + "': the range from " + bounds.low() + " to "
                    + bounds.high() + " is empty; give the lower bound first");
        }
        this.bounds[2 * range] = bounds.low().longValue();
        this.bounds[2 * range + 1] = bounds.high().longValue();
    }

    private static BigInteger ones(int bits) {
        return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
    }

    private static BigInteger prefixMask(KeyField of, int prefix) {
        if (prefix < 0 || prefix > of.bits()) {
            throw new IllegalArgumentException(
                    "key field '" + of.name() + "': a prefix of " + prefix + " bits; give 0 to " + of.bits());
        }
        return ones(prefix).shiftLeft(of.bits() - prefix);
    }

    private static BigInteger inside(KeyField of, BigInteger number) {
        if (number.signum() < 0 || number.bitLength() > of.bits()) {
            throw new IllegalArgumentException(
                    "key field '" + of.name() + "': " + number + " does not fit its " + of.bits() + " bits");
        }
        return number;
    }

    private static IllegalArgumentException unfit(KeyField of, FieldMatch match) {
        String wants = switch (of.kind()) {
            case EXACT -> "a value";
            case LPM -> "a value and the length of its prefix";
            case TERNARY -> "a value and a mask";
            case RANGE -> "two bounds";
            case OPTIONAL -> "a value or nothing";
        };
        return new IllegalArgumentException(
                "key field '" + of.name() + "': it is not matched by " + match + "; give " + wants);
    }

    /** What the key says of each field, in the layout's order; a field that is not looked at is {@link FieldMatch.Any}. */
    public List<FieldMatch> fields() {
        List<FieldMatch> matches = new ArrayList<>();
        int range = 0;
        for (int field = 0; field < layout.fields().size(); field++) {
            KeyField of = layout.fields().get(field);
            matches.add(of.kind() == MatchKind.RANGE ? boundsOf(of, range++) : bitsOf(of, field));
        }
        return matches;
    }

    private FieldMatch bitsOf(KeyField of, int field) {
        BigInteger bits = layout.get(value, 0, field), care = layout.get(mask, 0, field);
        return switch (of.kind()) {
            case EXACT -> new FieldMatch.Exact(bits);
            case LPM -> new FieldMatch.Lpm(bits, care.bitCount());
            case TERNARY -> care.signum() == 0 ? FieldMatch.any() : new FieldMatch.Ternary(bits, care);
            case OPTIONAL -> care.signum() == 0 ? FieldMatch.any() : new FieldMatch.Exact(bits);
            case RANGE -> throw new IllegalArgumentException("range: " + of);
        };
    }

    private FieldMatch boundsOf(KeyField of, int range) {
        var bounds = (FieldMatch.Range) FieldMatch.range(this.bounds[2 * range], this.bounds[2 * range + 1]);
        boolean all = bounds.low().signum() == 0 && bounds.high().equals(ones(of.bits()));
        return all ? FieldMatch.any() : bounds;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof MatchKey other
                && layout.equals(other.layout)
                && Arrays.equals(value, other.value)
                && Arrays.equals(mask, other.mask)
                && Arrays.equals(bounds, other.bounds);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(value) + Arrays.hashCode(mask)) + Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return fields().toString();
    }
}
