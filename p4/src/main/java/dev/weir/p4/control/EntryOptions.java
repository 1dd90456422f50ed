package dev.weir.p4.control;

import dev.weir.p4.tc.Permissions;
import org.jspecify.annotations.Nullable;

/**
 * What a change says of an entry beside its key and its action. Immutable.
 *
 * @param permissions null: derived from the table's for a new entry, unchanged for one that is there
 * @param metadata what the control plane wants to remember with the entry; null: nothing, or unchanged
 * @param template whether it is part of what the program is instantiated with
 */
public record EntryOptions(
        @Nullable Permissions permissions,
        Lifetime lifetime,
        @Nullable String metadata,
        boolean template) {
    public static final EntryOptions NONE = new EntryOptions(null, Lifetime.UNSAID, null, false);

    public EntryOptions withPermissions(Permissions permissions) {
        return new EntryOptions(permissions, lifetime, metadata, template);
    }

    public EntryOptions withLifetime(Lifetime lifetime) {
        return new EntryOptions(permissions, lifetime, metadata, template);
    }

    public EntryOptions withMetadata(String metadata) {
        return new EntryOptions(permissions, lifetime, metadata, template);
    }
}
