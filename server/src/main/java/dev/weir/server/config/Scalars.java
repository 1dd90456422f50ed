package dev.weir.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind whose values are one word.
 *
 * @param says what to write
 * @param remedy what to say when something else stands there: the end of a sentence
 * @param parse the value of a text; an {@link IllegalArgumentException} says {@code what; what to do}
 */
record Scalars<T>(String says, String remedy, Map<String, Object> schema, Function<String, T> parse)
        implements Kind<T> {
    Scalars {
        schema = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(schema));
    }

    @Override
    public @Nullable T read(Yaml value, String path, Reading reading) {
        if (!(value instanceof Yaml.Scalar scalar) || scalar.isNothing()) {
            reading.fault(value.at(), path, "is " + value.says() + ", not " + says + "; " + remedy);
            return null;
        }
        try {
            return parse.apply(scalar.text());
        } catch (IllegalArgumentException e) {
            reading.fault(value.at(), path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Override
    public Map<String, Object> schema(Map<String, Object> definitions) {
        return schema;
    }
}
