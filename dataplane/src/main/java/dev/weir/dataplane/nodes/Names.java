package dev.weir.dataplane.nodes;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the configurations of several kinds of nodes do with names. */
public final class Names {
    private Names() {}

    /**
     * Refuses two of a kind with one name.
     *
     * @param what one of them: {@code rule}
     * @param why they need names of their own: {@code counters are listed by it}
     * @throws IllegalArgumentException of the form {@code what: why; what to do}
     */
    public static void requireOwn(String what, Stream<String> names, String why) {
        Set<String> seen = new HashSet<>();
        names.filter(name -> !seen.add(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(
                    what + " " + name + ": two have this name; " + why + ", give each its own");
        });
    }

    /** Those that are given, each once, in their order. */
    public static List<String> given(Stream<? extends @Nullable String> names) {
        return names.filter(Objects::nonNull)
                .<String>map(Objects::requireNonNull)
                .distinct()
                .toList();
    }
}
