package dev.weir.p4.control;

import dev.weir.p4.ir.Match;
import java.util.List;
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
}
