package dev.weir.p4.run;

import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a change by the control plane does to an entry. Nobody changes the array. */
public final class EntryUpdate {
    public static final int UNCHANGED = -1;

    private final long @Nullable [] call;
    private final int permissions;
    private final long lifetime;
    private final Origin by;
    private final @Nullable String metadata;
    private final @Nullable List<WeightedCall> set;

    /**
     * @param call the number of the action in word 0 and its arguments, as {@link EntryLayout} has them; null leaves them
     * @param permissions {@link #UNCHANGED} leaves them
     * @param lifetime nanoseconds, 0 for ever; {@link #UNCHANGED} leaves it
     * @param metadata null leaves it
     * @param set the actions of the group that the call makes the entry's own; null for a call of something else
     */
    public EntryUpdate(
            long @Nullable [] call,
            int permissions,
            long lifetime,
            Origin by,
            @Nullable String metadata,
            @Nullable List<WeightedCall> set) {
        this.call = call;
        this.permissions = permissions;
        this.lifetime = lifetime;
        this.by = by;
        this.metadata = metadata;
        this.set = set == null ? null : List.copyOf(set);
    }

    long @Nullable [] call() {
        return call;
    }

    int permissions() {
        return permissions;
    }

    long lifetime() {
        return lifetime;
    }

    Origin by() {
        return by;
    }

    @Nullable
    String metadata() {
        return metadata;
    }

    @Nullable
    List<WeightedCall> set() {
        return set;
    }
}
