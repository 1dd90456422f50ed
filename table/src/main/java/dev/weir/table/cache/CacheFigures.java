package dev.weir.table.cache;

/**
 * What a bounded table has seen, of all or of one tenant; immutable. Octets are those of frames.
 *
 * @param hitPackets that found an entry
 * @param missPackets that found none
 * @param admitted newcomers that came in
 * @param rejected newcomers that had to stay out
 * @param evicted entries that went for a newcomer
 * @param expired entries that were not hit for their lifetime
 * @param size entries that there are now, pinned ones with them
 * @param pinned entries that never go for another
 */
public record CacheFigures(
        long hitPackets,
        long hitBytes,
        long missPackets,
        long missBytes,
        long admitted,
        long rejected,
        long evicted,
        long expired,
        long size,
        long pinned) {
    public static final CacheFigures NONE = new CacheFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public CacheFigures plus(CacheFigures other) {
        return new CacheFigures(
                hitPackets + other.hitPackets,
                hitBytes + other.hitBytes,
                missPackets + other.missPackets,
                missBytes + other.missBytes,
                admitted + other.admitted,
                rejected + other.rejected,
                evicted + other.evicted,
                expired + other.expired,
                size + other.size,
                pinned + other.pinned);
    }
}
