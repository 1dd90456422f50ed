package dev.weir.server.config;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The options of one section that were read, for whoever makes a value of them. */
final class Values {
    /** One option; {@code written} when it stands in the file. */
    record Given(Object value, Place at, boolean written) {}

    private final Map<Field<?>, Given> given;
    private final Place at;
    private final String path;
    private final Reading reading;

    Values(Map<Field<?>, Given> given, Place at, String path, Reading reading) {
        this.given = given;
        this.at = at;
        this.path = path;
        this.reading = reading;
    }

    /** The option, or its default; fails for one that has neither. */
    <T> T get(Field<T> field) {
        return find(field).orElseThrow(() -> new NoSuchElementException(field.name()));
    }

    /** The option, its default, or nothing. */
    @SuppressWarnings("unchecked") // the kind of the field has read it
    <T> Optional<T> find(Field<T> field) {
        Given value = given.get(field);
        return value == null ? Optional.ofNullable(field.standard()) : Optional.of((T) value.value());
    }

    /** Whether the file has it. */
    boolean has(Field<?> field) {
        Given value = given.get(field);
        return value != null && value.written();
    }

    /** Something is wrong with that option beside the others. */
    void fault(Field<?> field, String message) {
        Given value = given.get(field);
        reading.fault(
                value == null ? at : value.at(), value == null ? path : Section.join(path, field.name()), message);
    }

    /** Something is wrong with the section. */
    void fault(String message) {
        reading.fault(at, path, message);
    }

    Place at() {
        return at;
    }

    String path() {
        return path;
    }

    /** What the section is called where it stands, if that is a name: the last part of its path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    Reading reading() {
        return reading;
    }
}
