package dev.weir.export;

import dev.weir.table.feature.FeatureSet;
import org.jspecify.annotations.Nullable;

/**
 * What records come from.
 *
 * @param live whether they come whether or not somebody takes them; else whoever makes them waits
 * @param name the same for all runs that make the same records in the same order; null where no other run does
 * @param features what records have in their annex
 */
public record ExportRun(boolean live, @Nullable String name, FeatureSet features) {
    /** Of a source that does not wait, without features. */
    public static final ExportRun LIVE = new ExportRun(true, null, FeatureSet.NONE);
}
