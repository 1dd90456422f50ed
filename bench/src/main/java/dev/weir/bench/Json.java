package dev.weir.bench;

import java.util.List;
import java.util.Map;

/** JSON text (RFC 8259) of maps, lists, strings, numbers and booleans; numbers that JSON does not have become null. */
final class Json {
    private Json() {}

    static String text(Object value) {
        var to = new StringBuilder();
        append(to, value, 0);
        return to.append('\n').toString();
    }

    private static void append(StringBuilder to, Object value, int depth) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    newLine(to.append(separator), depth + 1);
                    quote(to, String.valueOf(entry.getKey()));
                    append(to.append(": "), entry.getValue(), depth + 1);
                    separator = ",";
                }
                if (map.isEmpty()) {
                    to.append('{');
                } else {
                    newLine(to, depth);
                }
                to.append('}');
            }
            case List<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    append(to.append(separator), element, depth + 1);
                    separator = ", ";
                }
                to.append(list.isEmpty() ? "[]" : "]");
            }
            case Double number -> to.append(Double.isFinite(number) ? number.toString() : "null");
            case Number number -> to.append(number);
            case Boolean truth -> to.append(truth);
            default -> quote(to, value.toString());
        }
    }

    private static void newLine(StringBuilder to, int depth) {
        to.append('\n').repeat("  ", depth);
    }

    private static void quote(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < 0x20) {
                to.append("\\u%04x".formatted((int) c));
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
