package dev.weir.p4.run;

import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.table.match.MatchKey;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An entry as a worker has it, to be read by any thread or to be put into another worker's table. Nobody changes the array. */
public final class EntryCopy {
    private final MatchKey key;
    private final int priority;
    private final long[] payload;
    private final long lifetime;
    private final long lastHit;
    private final @Nullable EntryNotes notes;
    private final @Nullable List<WeightedCall> set;

    /**
     * @param priority as the table has it: the largest wins
     * @param payload as {@link EntryLayout} says; taken, not copied
     * @param lifetime nanoseconds; 0 for ever
     * @param lastHit when it was hit last, or added
     * @param notes null where there are none
     * @param set the actions of the group that is the entry's own; null where it has none
     */
    public EntryCopy(
            MatchKey key,
            int priority,
            long[] payload,
            long lifetime,
            long lastHit,
            @Nullable EntryNotes notes,
            @Nullable List<WeightedCall> set) {
        this.key = key;
        this.priority = priority;
        this.payload = payload;
        this.lifetime = lifetime;
        this.lastHit = lastHit;
        this.notes = notes;
        this.set = set == null ? null : List.copyOf(set);
    }

    /** Without a group of its own. */
    public EntryCopy(
            MatchKey key, int priority, long[] payload, long lifetime, long lastHit, @Nullable EntryNotes notes) {
        this(key, priority, payload, lifetime, lastHit, notes, null);
    }

    /** The same, with its times so many nanoseconds earlier. */
    public EntryCopy earlier(long nanos) {
        if (nanos == 0) return this;
        long[] moved = payload.clone();
        moved[EntryLayout.CREATED] -= nanos;
        return new EntryCopy(key, priority, moved, lifetime, Math.max(0, lastHit - nanos), notes, set);
    }

    public MatchKey key() {
        return key;
    }

    public int priority() {
        return priority;
    }

    /** The entry's octets, not a copy of them. */
    public long[] payload() {
        return payload;
    }

    public long lifetime() {
        return lifetime;
    }

    public long lastHit() {
        return lastHit;
    }

    public @Nullable EntryNotes notes() {
        return notes;
    }

    public @Nullable List<WeightedCall> set() {
        return set;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof EntryCopy other
                && key.equals(other.key)
                && priority == other.priority
                && Arrays.equals(payload, other.payload)
                && lifetime == other.lifetime
                && lastHit == other.lastHit
                && Objects.equals(notes, other.notes)
                && Objects.equals(set, other.set);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + priority;
    }

    @Override
    public String toString() {
        return key + " priority " + priority + " " + Arrays.toString(payload);
    }
}
