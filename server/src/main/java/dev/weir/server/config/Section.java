package dev.weir.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known options. They are read in the order in which they are declared here, whatever that of the file is.
 *
 * @param name of its definition in the JSON Schema and of its table in the reference
 * @param help what it is for, one sentence
 * @param maker makes the value; may report faults through the {@link Values} and give null, or throw an
 *     {@link IllegalArgumentException} that says {@code what: why; what to do}
 */
record Section<T>(String name, String help, List<Field<?>> fields, Maker<T> maker) implements Group<T> {
    /** Makes the value of a section. */
    @FunctionalInterface
    interface Maker<T> {
        @Nullable
        T make(Values values);
    }

    Section {
        fields = List.copyOf(fields);
    }

    @Override
    public @Nullable T read(Yaml value, String path, Reading reading) {
        Yaml.Mapping mapping = mapping(value, path, "the options of " + name, reading);
        if (mapping == null) {
            return null;
        }
        int before = reading.faults();
        reading.setting(path, Setting.GIVEN);
        Map<Field<?>, Values.Given> given = new HashMap<>();
        for (Field<?> field : fields) {
            Optional<Yaml.Entry> entry = mapping.entries().stream()
                    .filter(e -> e.key().text().equals(field.name()))
                    .findFirst();
            if (entry.isPresent()) {
                readField(field, entry.get().value(), join(path, field.name()), reading, given);
            } else {
                leftOut(field, mapping.at(), path, reading, given);
            }
        }
        checkKnown(mapping, path, reading);
        return reading.faults() > before ? null : make(new Values(given, mapping.at(), path, reading));
    }

    private static void leftOut(
            Field<?> field, Place at, String path, Reading reading, Map<Field<?>, Values.Given> given) {
        String name = join(path, field.name());
        if (field.required()) {
            reading.fault(
                    at,
                    path,
                    "has no '" + field.name() + "'; add " + field.kind().says());
        } else if (field.implied()) {
            Object value = field.kind().read(new Yaml.Mapping(at, List.of(), 1), name, reading);
            if (value != null) {
                given.put(field, new Values.Given(value, at, false));
            }
        } else {
            reading.setting(name, new Setting(field.standard(), field.standardSays() + " (default)"));
        }
    }

    private @Nullable T make(Values values) {
        try {
            return maker.make(values);
        } catch (IllegalArgumentException e) {
            values.fault(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static void readField(
            Field<?> field, Yaml written, String path, Reading reading, Map<Field<?>, Values.Given> given) {
        Object value = field.kind().read(written, path, reading);
        if (value == null) {
            return;
        }
        given.put(field, new Values.Given(value, written.at(), true));
        if (!(field.kind() instanceof Group)) {
            reading.setting(path, new Setting(value, shown(written)));
        }
    }

    private void checkKnown(Yaml.Mapping mapping, String path, Reading reading) {
        List<String> known = fields.stream().map(Field::name).toList();
        for (Yaml.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key)) {
                reading.fault(
                        entry.key().at(),
                        join(path, key),
                        "there is no such option; " + Spelling.suggest(key, known, "remove it"));
            }
        }
    }

    private static String shown(Yaml value) {
        return switch (value) {
            case Yaml.Scalar scalar -> scalar.text();
            case Yaml.Listing listing -> listing.items().size() + " entries";
            case Yaml.Mapping mapping -> mapping.entries().size() + " entries";
        };
    }

    /** A mapping, where nothing at all counts as an empty one; null after a fault. */
    static Yaml.@Nullable Mapping mapping(Yaml value, String path, String wanted, Reading reading) {
        if (value instanceof Yaml.Mapping mapping) {
            return mapping;
        }
        if (value instanceof Yaml.Scalar scalar && scalar.isNothing()) {
            return new Yaml.Mapping(value.at(), List.of(), 1);
        }
        reading.fault(
                value.at(), path, "is " + value.says() + ", not a mapping; write " + wanted + " as 'name: value'");
        return null;
    }

    /** The path of an option of what {@code path} leads to. */
    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    @Override
    public Map<String, Object> schema(Map<String, Object> definitions) {
        if (!definitions.containsKey(name)) {
            definitions.put(name, Map.of()); // keeps its place before those that it uses
            definitions.put(name, body(definitions));
        }
        return Map.of("$ref", "#/$defs/" + name);
    }

    private Map<String, Object> body(Map<String, Object> definitions) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Field<?> field : fields) {
            Map<String, Object> schema = new LinkedHashMap<>(field.kind().schema(definitions));
            schema.put(
                    "description",
                    field.help()
                            + (field.standardSays().isEmpty() || field.required()
                                    ? ""
                                    : " Default: " + field.standardSays() + "."));
            properties.put(field.name(), schema);
            if (field.required()) {
                required.add(field.name());
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("description", help);
        body.put("type", List.of("object", "null"));
        body.put("properties", properties);
        if (!required.isEmpty()) {
            body.put("type", "object");
            body.put("required", required);
        }
        body.put("additionalProperties", false);
        return body;
    }

    @Override
    public String says() {
        return "a section";
    }
}
