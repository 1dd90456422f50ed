package dev.weir.server.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** The tables of the reference page: a row an option. */
final class ReferenceTables {
    private final Map<String, String> tables = new LinkedHashMap<>();

    private ReferenceTables() {}

    static Map<String, String> of(Section<?> root) {
        ReferenceTables reference = new ReferenceTables();
        reference.add(root);
        return reference.tables;
    }

    private void add(Section<?> section) {
        if (tables.containsKey(section.name())) {
            return;
        }
        StringBuilder rows = new StringBuilder("| option | what to write | default | |\n|---|---|---|---|\n");
        tables.put(section.name(), "");
        for (Field<?> field : section.fields()) {
            rows.append("| `")
                    .append(field.name())
                    .append("` | ")
                    .append(cell(field.kind().says()));
            rows.append(" | ").append(cell(field.implied() ? "see below" : field.standardSays()));
            rows.append(" | ").append(cell(field.help())).append(" |\n");
        }
        tables.put(section.name(), rows.toString());
        section.fields().forEach(field -> addWithin(field.kind()));
    }

    private void addWithin(Kind<?> kind) {
        switch (kind) {
            case Section<?> section -> add(section);
            case Declarations<?> declarations -> addWithin(declarations.kind());
            case Lists<?> list -> addWithin(list.item());
            case NodeType.OneOf nodes -> nodes.types().values().forEach(type -> add(type.section()));
            default -> {}
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
