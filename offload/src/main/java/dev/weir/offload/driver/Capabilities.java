package dev.weir.offload.driver;

import java.util.Set;

/**
 * What a driver can.
 *
 * @param maxBatch the most flows of one change
 */
public record Capabilities(Set<Feature> features, int maxBatch) {
    public Capabilities {
        features = Set.copyOf(features);
    }

    public boolean can(Feature feature) {
        return features.contains(feature);
    }
}
