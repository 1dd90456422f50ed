package dev.weir.server;

import java.util.Map;
import java.util.TreeMap;

/** Counts by name in a line of the log. */
public final class Listing {
    private Listing() {}

    /** {@code title}, then names with their counts, in the order of the names; empty where there are none. */
    public static String of(String title, Map<String, Long> counts) {
        StringBuilder list = new StringBuilder();
        new TreeMap<>(counts)
                .forEach((name, count) -> list.append(list.isEmpty() ? title : ", ")
                        .append(name)
                        .append(' ')
                        .append(count));
        return list.toString();
    }
}
