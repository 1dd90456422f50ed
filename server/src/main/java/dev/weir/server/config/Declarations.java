package dev.weir.server.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names, each with a value of one kind, in the order of the file. Other options may refer to them.
 *
 * @param reserved words that cannot be names, since they mean something where names are used
 */
record Declarations<T>(Names names, Set<String> reserved, int max, Kind<T> kind) implements Group<Map<String, T>> {
    @Override
    public @Nullable Map<String, T> read(Yaml value, String path, Reading reading) {
        Yaml.Mapping mapping = Section.mapping(value, path, "each " + names.singular, reading);
        if (mapping == null) {
            return null;
        }
        if (mapping.entries().size() > max) {
            reading.fault(
                    mapping.at(),
                    path,
                    "there are too many: " + mapping.entries().size() + ", limit=" + max + "; remove some");
        }
        int before = reading.faults();
        reading.setting(path, Setting.GIVEN);
        Map<String, T> all = new LinkedHashMap<>();
        for (Yaml.Entry entry : mapping.entries()) {
            String name = entry.key().text();
            String at = Section.join(path, name);
            checkName(name, entry.key().at(), path, reading);
            reading.declare(names, name);
            T one = kind.read(entry.value(), at, reading);
            if (one != null) {
                all.put(name, one);
            }
        }
        return reading.faults() > before ? null : Collections.unmodifiableMap(all);
    }

    private void checkName(String name, Place at, String path, Reading reading) {
        if (!Kinds.NAME.matcher(name).matches()) {
            reading.fault(
                    at, path, "'" + printable(name) + "' cannot be a name; take up to 64 letters, digits, '-' and '_'");
        } else if (reserved.contains(name)) {
            reading.fault(at, path, "'" + name + "' means something else already; take another name");
        }
    }

    private static String printable(String name) {
        String plain = name.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 64 ? plain.substring(0, 64) + "..." : plain;
    }

    @Override
    public Map<String, Object> schema(Map<String, Object> definitions) {
        Map<String, Object> name = new LinkedHashMap<>();
        name.put("pattern", "^" + Kinds.NAME.pattern() + "$");
        if (!reserved.isEmpty()) {
            name.put("not", Map.of("enum", reserved.stream().sorted().toList()));
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", java.util.List.of("object", "null"));
        schema.put("propertyNames", name);
        schema.put("maxProperties", max);
        schema.put("additionalProperties", kind.schema(definitions));
        return schema;
    }

    @Override
    public String says() {
        return "name: " + kind.says();
    }
}
