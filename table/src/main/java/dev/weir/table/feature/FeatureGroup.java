package dev.weir.table.feature;

import java.util.Locale;

/** Features that are asked for together, since they are kept together; {@code docs/features.md} defines each. */
public enum FeatureGroup {
    /** Octets of the IP packets. */
    SIZES,
    /** Octets behind the transport header. */
    PAYLOAD,
    /** Times between packets. */
    IAT,
    /** Periods with packets and without. */
    ACTIVITY,
    /** Packets by TCP flag. */
    FLAGS,
    /** Octets of transport headers. */
    HEADERS,
    /** Packets and octets a second, and the ratio of the directions. */
    RATES,
    /** Runs of data in one direction. */
    BULK,
    /** Parts of the flow between pauses. */
    SUBFLOWS,
    /** The first TCP window of each direction. */
    WINDOWS,
    /** The first packets, one by one. */
    FIRST_PACKETS,
    /** What TCP did, in letters. */
    HISTORY;

    /** As the command line spells it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
