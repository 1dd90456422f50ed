package dev.weir.offload.driver;

import java.util.Locale;

/** What not every device can. What it cannot is refused as not supported, never taken and then not done. */
public enum Feature {
    /** Flows tell packets, octets, age and idleness. */
    STATS,
    IDLE_TIMEOUT,
    HARD_TIMEOUT,
    /** Flows that are there can be changed. */
    MODIFY,
    /** Batches of all or nothing. */
    ATOMIC,
    /** Flows can be named by what they match. */
    SELECT_MATCH,
    /** Flows can be named by what covers them. */
    SELECT_COVERED,
    /** Watchers are told of flows that come, change and end. */
    EVENTS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
