package dev.weir.p4.run;

import dev.weir.table.match.MatchKey;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a worker has it, to be read by any thread or to be put into another worker's table. Nobody changes the array.
 *
 * @param priority as the table has it: the largest wins
 * @param payload as {@link EntryLayout} says
 * @param lifetime nanoseconds; 0 for ever
 * @param lastHit when it was hit last, or added
 * @param notes null where there are none
 */
public record EntryCopy(
        MatchKey key,
        int priority,
        long[] payload,
        long lifetime,
        long lastHit,
        @Nullable EntryNotes notes) {}
