package dev.weir.export.message;

import dev.weir.export.FeatureColumn;
import java.util.List;

/**
 * A feature of a flow as a message carries it; {@code docs/features.md} defines each. Immutable.
 *
 * @param name as columns spell it
 * @param kind which of the others counts
 * @param numbers one for {@link FeatureColumn.Kind#INTEGER} and {@link FeatureColumn.Kind#DECIMAL}, any number for lists: {@link Long}s or {@link
 *     Double}s; none for text
 * @param text of {@link FeatureColumn.Kind#TEXT}, else empty
 */
public record FlowFeature(String name, FeatureColumn.Kind kind, List<Number> numbers, String text) {
    public FlowFeature {
        numbers = List.copyOf(numbers);
    }
}
