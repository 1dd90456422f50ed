package dev.weir.dataplane;

import java.util.Map;

/**
 * What a run of {@link Tracker} saw.
 *
 * @param packets how many were read
 * @param frameBytes their octets on the wire
 * @param flows how many flows were created
 * @param late packets older than one before them, counted at that one's time
 * @param counters the table's counters by their names in listings, then {@code ended:reason}
 * @param malformed packets by the name of their fault
 */
public record TrackSummary(
        long packets,
        long frameBytes,
        long flows,
        long late,
        Map<String, Long> counters,
        Map<String, Long> malformed) {}
