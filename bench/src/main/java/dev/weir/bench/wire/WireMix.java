package dev.weir.bench.wire;

import java.util.List;

/**
 * Sizes of frames, with the four octets of checksum that an interface does not show.
 *
 * @param sizes that flows take by turns, so each as often as it stands here
 */
record WireMix(String name, List<Integer> sizes) {
    static final WireMix SMALL = new WireMix("64 B", List.of(64));
    /** The simple IMIX: 7 of 64, 4 of 594, 1 of 1518. */
    static final WireMix MIXED = new WireMix("IMIX", List.of(64, 594, 64, 64, 594, 64, 1518, 64, 594, 64, 594, 64));
}
