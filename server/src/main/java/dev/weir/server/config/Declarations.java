package dev.weir.server.config;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names, each with a value of one kind, in the order of the file. Other options may refer to them.
 *
 * @param reserved words that cannot be names, since they mean something where names are used
 */
record Declarations<T>(Names names, Set<String> reserved, int max, Kind<T> kind) implements Group<Map<String, T>> {
    private Named<T> named() {
        return new Named<>(names.singular, reserved, max, kind);
    }

    @Override
    public @Nullable Map<String, T> read(Yaml value, String path, Reading reading) {
        return named().read(value, path, reading, name -> reading.declare(names, name));
    }

    @Override
    public Map<String, Object> schema(Map<String, Object> definitions) {
        return named().schema(definitions);
    }

    @Override
    public String says() {
        return named().says();
    }
}
