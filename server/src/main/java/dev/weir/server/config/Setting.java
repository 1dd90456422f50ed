package dev.weir.server.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one option is, whether the file says it or the default does; equal when the values are, however they are written.
 *
 * @param value null for nothing
 * @param says for a person
 */
record Setting(@Nullable Object value, String says) {
    /** Of something that has options of its own: it is there. */
    static final Setting GIVEN = new Setting(Setting.class, "given");

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Setting other && Objects.equals(value, other.value);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }
}
