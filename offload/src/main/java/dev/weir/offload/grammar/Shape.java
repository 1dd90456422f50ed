package dev.weir.offload.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A structure of the grammar. Immutable: any thread may use it.
 *
 * @param <T> what it is in Java
 */
public final class Shape<T> {
    private final List<Attribute<T>> attributes;
    private final List<Attribute<T>> byNumber;
    private final int[] indexByNumber;
    private final long required;
    private final boolean repeats;
    private final Function<Slots, T> build;

    /**
     * @param attributes in netlink's order, at most 64
     * @param build from slots where all required attributes are; may throw {@link IllegalArgumentException} for values out of range
     */
    Shape(List<Attribute<T>> attributes, Function<Slots, T> build) {
        this(attributes, build, false);
    }

    private Shape(List<Attribute<T>> attributes, Function<Slots, T> build, boolean repeats) {
        this.repeats = repeats;
        this.attributes = List.copyOf(attributes);
        this.byNumber = attributes.stream()
                .sorted(Comparator.comparingInt(Attribute::number))
                .toList();
        this.indexByNumber = new int[byNumber.getLast().number() + 1];
        Arrays.fill(indexByNumber, -1);
        IntStream.range(0, attributes.size())
                .forEach(i -> indexByNumber[attributes.get(i).number()] = i);
        this.required = IntStream.range(0, attributes.size())
                .filter(i -> attributes.get(i).required())
                .mapToLong(i -> 1L << i)
                .reduce(0, (all, bit) -> all | bit);
        this.build = build;
    }

    /** The same of which one is often like another of the same message: a reader need not make such a one again. */
    Shape<T> repeating() {
        return new Shape<>(attributes, build, true);
    }

    /** Whether structures are often alike. */
    public boolean repeats() {
        return repeats;
    }

    /** A bit for each attribute, by its index: whether it is required. */
    long required() {
        return required;
    }

    /** In the order in which netlink has them. */
    public List<Attribute<T>> attributes() {
        return attributes;
    }

    /** In the order in which JSON has them. */
    public List<Attribute<T>> byNumber() {
        return byNumber;
    }

    /** Index among {@link #attributes} of the one with that number on netlink; -1 where there is none. */
    public int index(int number) {
        return number < indexByNumber.length ? indexByNumber[number] : -1;
    }

    /** Index among {@link #attributes} of the one with that key in JSON; -1 where there is none. */
    public int index(String key) {
        for (int i = 0; i < attributes.size(); i++) {
            if (attributes.get(i).key().equals(key)) return i;
        }
        return -1;
    }

    /** Nothing read yet. */
    public Slots slots() {
        return new Slots(this);
    }

    /** The structure; throws {@link IllegalArgumentException} where something is missing or out of range. */
    public T build(Slots slots) {
        @Nullable String missing = slots.missing();
        if (missing != null) throw new IllegalArgumentException(missing + ": is missing; give it");
        return build.apply(slots);
    }
}
