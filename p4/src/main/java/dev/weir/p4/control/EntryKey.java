package dev.weir.p4.control;

import dev.weir.p4.ir.Match;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which entry of a table. Immutable.
 *
 * @param matches one for each key, in their order
 * @param priority of entries that match the same packet the one with the lowest number wins; null in tables without priorities, and for a new entry that is
 *     given the next one
 */
public record EntryKey(List<Match> matches, @Nullable Integer priority) {
    public EntryKey {
        matches = List.copyOf(matches);
    }

    /** {@code 10.0.0.0/8} is {@code 0xa000000/0xff000000}; a range is {@code 1..9}, anything {@code *}. */
    @Override
    public String toString() {
        String text = matches.stream().map(EntryKey::text).collect(Collectors.joining(", "));
        return priority == null ? text : text + " of priority " + priority;
    }

    private static String text(Match match) {
        return switch (match) {
            case Match.Exactly m -> m.number().toString();
            case Match.Masked m ->
                "0x" + m.number().toString(16) + "/0x" + m.mask().toString(16);
            case Match.Range m -> m.low() + ".." + m.high();
            case Match.Any _ -> "*";
        };
    }
}
