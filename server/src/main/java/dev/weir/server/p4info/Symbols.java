package dev.weir.server.p4info;

import dev.weir.api.p4.config.v1.P4Ids;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ids and aliases of all that has a name for the control plane. An id is the prefix of its kind and 24 bits: those of {@code @id}, else of the name's
 * hash (one-at-a-time, Jenkins), else the next that is free; names are taken in their order, so that equal programs have equal ids, and those are the ids
 * that the public compiler gives. First all are added, then any may be asked for.
 */
final class Symbols {
    private static final int PREFIX = 24, NUMBER = (1 << PREFIX) - 1, NONE = 0;

    /** Names by kind, sorted; an id of 0 is not known yet. */
    private final Map<P4Ids.Prefix, TreeMap<String, Integer>> ids = new EnumMap<>(P4Ids.Prefix.class);

    private final Set<Integer> taken = new HashSet<>();
    private final Map<String, Integer> suffixes = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /** @param id what {@code @id} says, with or without the prefix; null without one */
    void add(P4Ids.Prefix kind, String name, @Nullable Integer id) {
        TreeMap<String, Integer> known = ids.computeIfAbsent(kind, _ -> new TreeMap<>());
        if (known.containsKey(name)) return;
        int wanted = id == null || id == NONE ? NONE : with(kind, id);
        known.put(name, wanted != NONE && taken.add(wanted) ? wanted : NONE);
        if (names.add(name)) suffixesOf(name).forEach(suffix -> suffixes.merge(suffix, 1, Integer::sum));
    }

    private static int with(P4Ids.Prefix kind, int number) {
        return kind.getNumber() << PREFIX | (number & NUMBER);
    }

    private static List<String> suffixesOf(String name) {
        String[] parts = name.split("\\.", -1);
        return java.util.stream.IntStream.range(0, parts.length)
                .mapToObj(i -> String.join(".", Arrays.asList(parts).subList(parts.length - 1 - i, parts.length)))
                .toList();
    }

    int id(P4Ids.Prefix kind, String name) {
        TreeMap<String, Integer> known = ids.get(kind);
        if (known == null || !known.containsKey(name)) {
            throw new IllegalArgumentException("symbol: there is no " + kind + " " + name + "; add it first");
        }
        if (known.containsValue(NONE)) known.replaceAll((each, id) -> id == NONE ? free(kind, hash(each)) : id);
        return known.get(name);
    }

    private int free(P4Ids.Prefix kind, int hash) {
        int number = hash;
        while (!taken.add(with(kind, number))) number++;
        return with(kind, number);
    }

    /** The shortest end of a name, in whole parts, that no other name has. */
    String alias(String name) {
        for (String suffix : suffixesOf(name)) {
            if (suffixes.getOrDefault(suffix, 0) == 1) return suffix;
        }
        return name;
    }

    private static int hash(String name) {
        int hash = 0;
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            hash += octet;
            hash += hash << 10;
            hash ^= hash >>> 6;
        }
        hash += hash << 3;
        hash ^= hash >>> 11;
        return hash + (hash << 15);
    }
}
