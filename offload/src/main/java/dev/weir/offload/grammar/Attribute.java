package dev.weir.offload.grammar;

import dev.weir.offload.model.Value;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One attribute of a structure {@code T}. */
public sealed interface Attribute<T> {
    /** Its type on netlink. */
    int number();

    /** Its key in JSON. */
    String key();

    /** Whether a structure without it is wrong. */
    boolean required();

    /** Whether the structure has it. */
    boolean isIn(T structure);

    /**
     * A number without sign.
     *
     * @param octets 4 or 8
     */
    record Numeric<T>(int number, String key, int octets, boolean required, Predicate<T> present, ToLongFunction<T> of)
            implements Attribute<T> {
        @Override
        public boolean isIn(T structure) {
            return present.test(structure);
        }
    }

    /** Text in UTF-8; on netlink a zero octet ends it. */
    record Text<T>(int number, String key, boolean required, Function<T, @Nullable String> of) implements Attribute<T> {
        @Override
        public boolean isIn(T structure) {
            return of.apply(structure) != null;
        }
    }

    /** A value: octets, in JSON the most significant first, on netlink in the machine's order. */
    record Octets<T>(int number, String key, Function<T, @Nullable Value> of) implements Attribute<T> {
        @Override
        public boolean required() {
            return false;
        }

        @Override
        public boolean isIn(T structure) {
            return of.apply(structure) != null;
        }
    }

    /** A structure in the structure. */
    record Nest<T, E>(int number, String key, Shape<E> shape, Function<T, @Nullable E> of) implements Attribute<T> {
        @Override
        public boolean required() {
            return false;
        }

        @Override
        public boolean isIn(T structure) {
            return of.apply(structure) != null;
        }
    }

    /** A list of structures or numbers. */
    record Many<T, E>(int number, String key, boolean required, Element<E> element, Function<T, @Nullable List<E>> of)
            implements Attribute<T> {
        @Override
        public boolean isIn(T structure) {
            return of.apply(structure) != null;
        }
    }

    /** What a list is of: each element has a number on netlink, and in JSON is an object of this one key. */
    sealed interface Element<E> {
        int number();

        String key();
    }

    /**
     * @param scattered whether JSON has its attributes as a list of objects with one key each, as jump entries have
     */
    record Structure<E>(int number, String key, Shape<E> shape, boolean scattered) implements Element<E> {}

    /** A number of 32 bits without sign. */
    record Plain(int number, String key) implements Element<Long> {}
}
