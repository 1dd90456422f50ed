package dev.weir.server.config;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes maps, collections, texts, numbers and switches as JSON (RFC 8259), indented by two. */
final class Json {
    private Json() {}

    /** An object of names and values in turn; keeps their order. */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return object;
    }

    static String write(Object value) {
        StringBuilder out = new StringBuilder();
        put(out, value, 0);
        return out.append('\n').toString();
    }

    private static void put(StringBuilder out, Object value, int depth) {
        switch (value) {
            case Map<?, ?> map when map.isEmpty() -> out.append("{}");
            case Map<?, ?> map -> {
                Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
                out.append('{');
                while (entries.hasNext()) {
                    Map.Entry<?, ?> entry = entries.next();
                    line(out, depth + 1);
                    quote(out, String.valueOf(entry.getKey()));
                    out.append(": ");
                    put(out, entry.getValue(), depth + 1);
                    out.append(entries.hasNext() ? "," : "");
                }
                line(out, depth);
                out.append('}');
            }
            case Collection<?> items -> {
                String separator = "";
                out.append('[');
                for (Object item : items) {
                    out.append(separator);
                    put(out, item, depth + 1);
                    separator = ", ";
                }
                out.append(']');
            }
            case Number _, Boolean _ -> out.append(value);
            default -> quote(out, value.toString());
        }
    }

    private static void line(StringBuilder out, int depth) {
        out.append('\n').append("  ".repeat(depth));
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> out.append(c < 0x20 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        out.append('"');
    }
}
