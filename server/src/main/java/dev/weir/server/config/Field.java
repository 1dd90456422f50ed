package dev.weir.server.config;

import org.jspecify.annotations.Nullable;

/**
 * One option of a {@link Section}.
 *
 * @param standard what holds where it is left out; null for nothing
 * @param standardSays the same for the reference
 * @param help one or two sentences
 */
record Field<T>(
        String name,
        Kind<T> kind,
        boolean required,
        @Nullable T standard,
        String standardSays,
        String help) {
    /** Whether its options have defaults of their own. */
    boolean implied() {
        return kind instanceof Section && standardSays.isEmpty();
    }

    /** One that must be given. */
    static <T> Field<T> required(String name, Kind<T> kind, String help) {
        return new Field<>(name, kind, true, null, "required", help);
    }

    /** One with a default. */
    static <T> Field<T> of(String name, Kind<T> kind, T standard, String standardSays, String help) {
        return new Field<>(name, kind, false, standard, standardSays, help);
    }

    /** A section, whose options have their defaults where it is left out. */
    static <T> Field<T> section(String name, Section<T> section) {
        return new Field<>(name, section, false, null, "", section.help());
    }

    /** One that may be missing altogether; {@code standardSays} tells what holds then. */
    static <T> Field<T> optional(String name, Kind<T> kind, String standardSays, String help) {
        return new Field<>(name, kind, false, null, standardSays, help);
    }
}
