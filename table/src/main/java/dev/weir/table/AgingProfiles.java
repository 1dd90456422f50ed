package dev.weir.table;

import java.util.Arrays;
import java.util.Objects;

/**
 * Lifetimes by a small number, as P4 programs and applications name them; immutable. Profiles 0 to 3 are 30, 60, 90 and
 * 120 s unless set.
 */
public final class AgingProfiles {
    public static final int COUNT = 4;
    public static final AgingProfiles DEFAULT = new AgingProfiles(new int[] {30_000, 60_000, 90_000, 120_000});

    private final int[] lifetimes;

    private AgingProfiles(int[] lifetimes) {
        this.lifetimes = lifetimes;
    }

    /** As {@link Lifetime} stores it; fails for a profile that does not exist. */
    public int lifetime(int profile) {
        return lifetimes[Objects.checkIndex(profile, COUNT)];
    }

    /** The same but for one profile. */
    public AgingProfiles with(int profile, int lifetime) {
        int[] changed = lifetimes.clone();
        changed[Objects.checkIndex(profile, COUNT)] = lifetime;
        return new AgingProfiles(changed);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof AgingProfiles other && Arrays.equals(lifetimes, other.lifetimes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lifetimes);
    }
}
