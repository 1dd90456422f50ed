package dev.weir.server.config;

import dev.weir.dataplane.graph.NodeConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind of node as configuration writes it: this declaration is all that a new one needs here.
 *
 * @param name as {@link NodeConfig#type} gives it
 * @param help what it does, one sentence
 * @param maker makes the node's configuration of the options
 */
record NodeType(String name, String help, List<Field<?>> fields, Section.Maker<? extends NodeConfig> maker) {
    /** Words that an arc leads to beside nodes. */
    static final Set<String> EXITS = Set.of("output", "drop");

    /** A node of the configuration. */
    record Declared(NodeConfig config, Map<String, String> arcs) {}

    private static final Kind<String> ARC = Kinds.nameOf(Names.NODE, EXITS);

    /** Which kind it is. */
    private static final String TYPE = "type";

    /** Where its own arcs lead. */
    static final Field<Map<String, String>> ARCS = Field.optional(
            "arcs",
            new Arcs(),
            "none",
            "Where packets go that leave by an arc of the node's own: `arc: NODE`, a later one, `output`, or `drop`.");

    /** The section of a node of this kind. */
    Section<Declared> section() {
        List<Field<?>> all = new ArrayList<>();
        all.add(Field.required(TYPE, Kinds.choice(Map.of(name, name)), "What kind of node it is."));
        all.addAll(fields);
        all.add(ARCS);
        return new Section<>("node-" + name, help, all, this::declare);
    }

    private @Nullable Declared declare(Values values) {
        NodeConfig config = maker.make(values);
        if (config == null) {
            return null;
        }
        return new Declared(config, values.find(ARCS).orElse(Map.of()));
    }

    /** Names of arcs and where they lead. */
    private record Arcs() implements Kind<Map<String, String>> {
        @Override
        public @Nullable Map<String, String> read(Yaml value, String path, Reading reading) {
            Yaml.Mapping mapping = Section.mapping(value, path, "arcs", reading);
            if (mapping == null) {
                return null;
            }
            Map<String, String> arcs = new LinkedHashMap<>();
            for (Yaml.Entry entry : mapping.entries()) {
                String at = Section.join(path, entry.key().text());
                String target = ARC.read(entry.value(), at, reading);
                if (target != null) {
                    arcs.put(entry.key().text(), target);
                }
            }
            return arcs.size() == mapping.entries().size() ? Collections.unmodifiableMap(arcs) : null;
        }

        @Override
        public Map<String, Object> schema(Map<String, Object> definitions) {
            return Json.object("type", "object", "additionalProperties", ARC.schema(definitions));
        }

        @Override
        public String says() {
            return "arc: " + ARC.says();
        }
    }

    /** Any of these kinds; the option {@value #TYPE} tells which. */
    record OneOf(Map<String, NodeType> types) implements Group<Declared> {
        static OneOf of(List<NodeType> types) {
            Map<String, NodeType> byName = new LinkedHashMap<>();
            types.forEach(type -> byName.put(type.name(), type));
            return new OneOf(Collections.unmodifiableMap(byName));
        }

        @Override
        public @Nullable Declared read(Yaml value, String path, Reading reading) {
            Yaml.Mapping mapping = Section.mapping(value, path, "the options of a node", reading);
            if (mapping == null) {
                return null;
            }
            NodeType type = type(mapping, path, reading);
            return type == null ? null : type.section().read(mapping, path, reading);
        }

        private @Nullable NodeType type(Yaml.Mapping mapping, String path, Reading reading) {
            for (Yaml.Entry entry : mapping.entries()) {
                if (entry.key().text().equals(TYPE)) {
                    return Kinds.choice(types).read(entry.value(), Section.join(path, TYPE), reading);
                }
            }
            reading.fault(mapping.at(), path, "has no 'type'; add one of " + String.join(", ", types.keySet()));
            return null;
        }

        @Override
        public Map<String, Object> schema(Map<String, Object> definitions) {
            List<Object> cases = new ArrayList<>();
            types.forEach((name, type) -> {
                Map<String, Object> choice = new LinkedHashMap<>();
                choice.put("if", Json.object("properties", Map.of(TYPE, Map.of("const", name))));
                choice.put("then", type.section().schema(definitions));
                cases.add(choice);
            });
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("type", "object");
            node.put("properties", Map.of(TYPE, Map.of("enum", List.copyOf(types.keySet()))));
            node.put("required", List.of(TYPE));
            node.put("allOf", cases);
            return node;
        }

        @Override
        public String says() {
            return "a node";
        }
    }
}
