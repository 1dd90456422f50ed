package dev.weir.offload.driver;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What not every device can. What it cannot is refused as not supported, never taken and then not done. */
public enum Feature {
    /** Flows tell packets, octets, age and idleness. */
    STATS(0),
    IDLE_TIMEOUT(1),
    HARD_TIMEOUT(2),
    /** Flows that are there can be changed. */
    MODIFY(3),
    /** Batches of all or nothing. */
    ATOMIC(4),
    /** Flows can be named by what they match. */
    SELECT_MATCH(5),
    /** Flows can be named by what covers them. */
    SELECT_COVERED(6),
    /** Watchers are told of flows that come, change and end. */
    EVENTS(7);

    private final int number;

    Feature(int number) {
        this.number = number;
    }

    /** Features as bits, by number. */
    public static long bits(Set<Feature> features) {
        long bits = 0;
        for (Feature feature : features) bits |= 1L << feature.number;
        return bits;
    }

    /** The features that bits stand for; bits of others are left out. */
    public static Set<Feature> ofBits(long bits) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (Feature feature : values()) {
            if ((bits & 1L << feature.number) != 0) features.add(feature);
        }
        return features;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
