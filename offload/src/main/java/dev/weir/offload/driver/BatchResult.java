package dev.weir.offload.driver;

import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a change.
 *
 * @param applied how many flows were set, modified or deleted, and stayed so
 * @param refused how many of those given were refused; others may not have been tried
 * @param first why the first was; missing where none was, or errors are skipped in silence
 * @param told the refused flows, each with why, as far as the mode of errors tells them
 */
public record BatchResult(
        long applied, long refused, @Nullable Refusal first, List<Flow> told) {
    public BatchResult {
        told = List.copyOf(told);
    }

    /** All was done. */
    public static BatchResult done(long applied) {
        return new BatchResult(applied, 0, null, List.of());
    }
}
