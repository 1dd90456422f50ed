package dev.weir.offload.model;

import org.jspecify.annotations.Nullable;

/**
 * An argument of an action. In the catalogue of actions name and type count, and values are zeros or missing.
 */
public record ActionArg(
        @Nullable String name, ValueType type, @Nullable Value value) {
    public ActionArg {
        Name.checkOptional(name);
        if (value != null && value.type() != type) {
            throw new IllegalArgumentException("value: has " + value.type().octets() + " octets, its type " + type
                    + " has " + type.octets() + "; give as many octets as the type has");
        }
    }

    /** An argument with its value. */
    public static ActionArg of(String name, Value value) {
        return new ActionArg(name, value.type(), value);
    }
}
