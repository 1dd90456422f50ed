package dev.weir.p4.run;

import org.jspecify.annotations.Nullable;

/** What a change by the control plane does to an entry. Nobody changes the array. */
public final class EntryUpdate {
    public static final int UNCHANGED = -1;

    private final long @Nullable [] call;
    private final int permissions;
    private final long lifetime;
    private final Origin by;
    private final @Nullable String metadata;

    /**
     * @param call the number of the action in word 0 and its arguments, as {@link EntryLayout} has them; null leaves them
     * @param permissions {@link #UNCHANGED} leaves them
     * @param lifetime nanoseconds, 0 for ever; {@link #UNCHANGED} leaves it
     * @param metadata null leaves it
     */
    public EntryUpdate(long @Nullable [] call, int permissions, long lifetime, Origin by, @Nullable String metadata) {
        this.call = call;
        this.permissions = permissions;
        this.lifetime = lifetime;
        this.by = by;
        this.metadata = metadata;
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
}
