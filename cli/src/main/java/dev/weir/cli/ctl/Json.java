package dev.weir.cli.ctl;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One JSON object (RFC 8259), written key by key in the order of the calls; one line. One thread. */
public final class Json {
    private final StringBuilder text = new StringBuilder("{");

    public Json text(String key, String value) {
        quote(key(key), value);
        return this;
    }

    /** An unsigned number. */
    public Json number(String key, long value) {
        key(key).append(Long.toUnsignedString(value));
        return this;
    }

    public Json decimal(String key, double value, int digits) {
        key(key).append(String.format(Locale.ROOT, "%." + digits + "f", value));
        return this;
    }

    public Json flag(String key, boolean value) {
        key(key).append(value);
        return this;
    }

    public Json texts(String key, List<String> values) {
        StringBuilder out = key(key).append('[');
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : ",");
            quote(out, values.get(i));
        }
        out.append(']');
        return this;
    }

    /** An object of unsigned numbers, its keys in alphabetical order. */
    public Json numbers(String key, Map<String, Long> values) {
        Json inner = new Json();
        new TreeMap<>(values).forEach(inner::number);
        return object(key, inner);
    }

    public Json object(String key, Json value) {
        key(key).append(value);
        return this;
    }

    public Json objects(String key, List<Json> values) {
        String joined = values.stream().map(Json::toString).collect(Collectors.joining(","));
        key(key).append('[').append(joined).append(']');
        return this;
    }

    private StringBuilder key(String key) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(text, key);
        return text.append(':');
    }

    private static void quote(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** The object as it is now. */
    @Override
    public String toString() {
        return text + "}";
    }
}
