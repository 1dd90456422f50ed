package dev.weir.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Makes a JSON Schema (draft 2020-12) of a section and all that it uses. */
final class JsonSchema {
    private JsonSchema() {}

    static Map<String, Object> of(Section<?> root) {
        Map<String, Object> definitions = new LinkedHashMap<>();
        root.schema(definitions);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Weir: " + root.name());
        schema.putAll(castToMap(Objects.requireNonNull(definitions.remove(root.name()))));
        schema.put("$defs", definitions);
        return schema;
    }

    @SuppressWarnings("unchecked") // sections put nothing else
    private static Map<String, Object> castToMap(Object definition) {
        return (Map<String, Object>) definition;
    }
}
