package dev.weir.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One thing that is wrong with a configuration.
 *
 * @param at where
 * @param path which option, such as {@code ports.left.driver}; empty where the file itself is meant
 * @param message what is wrong and what to do: {@code what; what to do}
 */
public record Fault(Place at, String path, String message) {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\u0085\\u2028\\u2029]");

    /** Values are quoted as they stand in the file, so what would end the line or move the cursor becomes a question mark. */
    public Fault {
        path = UNPRINTABLE.matcher(path).replaceAll("?");
        message = UNPRINTABLE.matcher(message).replaceAll("?");
    }

    /** In the order of the file, none twice. */
    static List<Fault> inOrder(Collection<Fault> faults) {
        return faults.stream()
                .distinct()
                .sorted(Comparator.comparingInt((Fault f) -> f.at().line()).thenComparingInt(f -> f.at().column()))
                .toList();
    }

    /** One line for a person: {@code FILE:LINE:COLUMN: path: what; what to do}. */
    public String line(String file) {
        return file + ":" + at.line() + ":" + at.column() + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
