package dev.weir.table.cache;

/** By what a full table decides what to keep. */
public enum CachePolicy {
    /** Every newcomer comes in; the entry that was hit the longest ago goes. */
    LRU,
    /**
     * Every newcomer comes in; the entry with the fewest hits since it came goes, of several the one that was hit the longest ago. What was once used
     * much stays.
     */
    LFU,
    /**
     * A newcomer comes in only where it was used more than the entry that would go, as a sketch of all that was seen lately estimates; where
     * traffic comes in short bursts, also through a window that takes every newcomer. See {@link TinyLfuEviction}.
     */
    TINYLFU
}
