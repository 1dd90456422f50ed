package dev.weir.p4.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the entries.
 *
 * @param next where the next page begins; null when this is the last
 */
public record EntryPage(List<EntryState> entries, @Nullable Position next) {
    public EntryPage {
        entries = List.copyOf(entries);
    }

    /** A place in the walk over all entries; {@link #START} is the first. */
    public record Position(int worker, int entry) {
        public static final Position START = new Position(0, 0);
    }
}
