package dev.weir.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of one kind, one after the other, at least so many. */
record Lists<T>(Kind<T> item, int min, int max) implements Kind<List<T>> {
    static <T> Lists<T> of(Kind<T> item) {
        return new Lists<>(item, 0, Integer.MAX_VALUE);
    }

    static <T> Lists<T> some(Kind<T> item) {
        return new Lists<>(item, 1, Integer.MAX_VALUE);
    }

    @Override
    public @Nullable List<T> read(Yaml value, String path, Reading reading) {
        boolean nothing = value instanceof Yaml.Scalar scalar && scalar.isNothing();
        List<Yaml> items = value instanceof Yaml.Listing listing ? listing.items() : List.of();
        if (!nothing && !(value instanceof Yaml.Listing)) {
            reading.fault(value.at(), path, "is " + value.says() + ", not a list; write it in brackets: [a, b]");
            return null;
        }
        if (items.size() < min || items.size() > max) {
            String limits = max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max;
            reading.fault(value.at(), path, "has " + items.size() + " entries; give " + limits);
            return null;
        }
        List<T> read = new ArrayList<>();
        int index = 0;
        reading.enterList();
        for (Yaml each : items) {
            T one = item.read(each, path + "[" + index++ + "]", reading);
            if (one != null) {
                read.add(one);
            }
        }
        reading.leaveList();
        return read.size() == items.size() ? List.copyOf(read) : null;
    }

    @Override
    public Map<String, Object> schema(Map<String, Object> definitions) {
        Map<String, Object> schema = new java.util.LinkedHashMap<>();
        schema.put("type", min == 0 ? List.of("array", "null") : "array");
        schema.put("items", item.schema(definitions));
        if (min > 0) {
            schema.put("minItems", min);
        }
        if (max < Integer.MAX_VALUE) {
            schema.put("maxItems", max);
        }
        return schema;
    }

    @Override
    public String says() {
        return "a list: " + item.says();
    }
}
