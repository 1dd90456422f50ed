package dev.weir.server.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a value of the configuration may be. It is declared once; from the declaration come the reading with its faults,
 * the JSON Schema for editors, and the words of the reference page.
 */
interface Kind<T> {
    /** The value, or null when a fault was reported. {@code path} says where it belongs. */
    @Nullable
    T read(Yaml value, String path, Reading reading);

    /** As a JSON Schema (draft 2020-12); what is used in several places is put among {@code definitions}. */
    Map<String, Object> schema(Map<String, Object> definitions);

    /** What to write, in a few words: {@code a time}, {@code the name of a port}. */
    String says();
}
