package dev.weir.offload.grammar;

import dev.weir.offload.model.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was read of a structure so far, by attribute. One structure, one thread. */
public final class Slots {
    private final Shape<?> shape;
    private final long[] numbers;
    private final @Nullable Object[] objects;
    private long present;

    Slots(Shape<?> shape) {
        this.shape = shape;
        this.numbers = new long[shape.attributes().size()];
        this.objects = new @Nullable Object[shape.attributes().size()];
    }

    /** Forgets all that was read. */
    public void clear() {
        present = 0;
        Arrays.fill(numbers, 0);
        Arrays.fill(objects, null);
    }

    /** Notes a number; throws where it is there already. */
    public void put(int index, long number) {
        claim(index);
        numbers[index] = number;
    }

    /** Notes a text, value, structure or list; throws where it is there already. */
    public void put(int index, Object object) {
        claim(index);
        objects[index] = object;
    }

    private void claim(int index) {
        if (has(index)) {
            throw new IllegalArgumentException(shape.attributes().get(index).key() + ": is there twice; give it once");
        }
        present |= 1L << index;
    }

    boolean has(int index) {
        return (present & 1L << index) != 0;
    }

    /** The first attribute that is required and missing; null where there is none. */
    @Nullable
    String missing() {
        long missing = shape.required() & ~present;
        return missing == 0
                ? null
                : shape.attributes().get(Long.numberOfTrailingZeros(missing)).key();
    }

    long number(int index) {
        return numbers[index];
    }

    @Nullable
    String text(int index) {
        return (String) objects[index];
    }

    @Nullable
    Value value(int index) {
        return (Value) objects[index];
    }

    @Nullable
    Object object(int index) {
        return objects[index];
    }

    /** The list, which the grammar says is of that kind; null where it is missing. */
    @SuppressWarnings("unchecked") // a shape builds from what its own attributes put
    <E> @Nullable List<E> optionalList(int index) {
        return (List<E>) objects[index];
    }

    <E> List<E> list(int index) {
        List<E> list = optionalList(index);
        return list == null ? List.of() : list;
    }

    String requiredText(int index) {
        String text = text(index);
        return text == null ? "" : text;
    }
}
