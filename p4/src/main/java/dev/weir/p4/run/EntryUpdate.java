package dev.weir.p4.run;

import org.jspecify.annotations.Nullable;

/**
 * What a change by the control plane does to an entry. Nobody changes the array.
 *
 * @param call the number of the action in word 0 and its arguments, as {@link EntryLayout} has them; null leaves them
 * @param permissions -1 leaves them
 * @param lifetime nanoseconds, 0 for ever; -1 leaves it
 * @param metadata null leaves it
 */
public record EntryUpdate(
        long @Nullable [] call,
        int permissions,
        long lifetime,
        Origin by,
        @Nullable String metadata) {
    public static final int UNCHANGED = -1;
}
