package dev.weir.p4.run;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an entry that the control plane made or changed, beside its octets. Immutable.
 *
 * @param created who made it; null: packets did, or the program begins with it
 * @param updated who in the control plane changed it last; null for nobody
 * @param metadata what the control plane wants to remember; empty for nothing
 */
public record EntryNotes(@Nullable Origin created, @Nullable Origin updated, String metadata) {}
