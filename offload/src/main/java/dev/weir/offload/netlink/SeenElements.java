package dev.weir.offload.netlink;

import dev.weir.offload.grammar.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Structures of a message that were read before, by their octets: most flows of a message have protocol, ports and actions of others. Each is then one
 * object, which spares reading it and keeping it. One message, one thread.
 */
final class SeenElements {
    private static final int SLOTS = 128;
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private final int[] starts = new int[SLOTS];
    private final int[] lengths = new int[SLOTS];
    private final @Nullable Object[] shapes = new @Nullable Object[SLOTS];
    private final @Nullable Object[] built = new @Nullable Object[SLOTS];
    /** What was read of a structure with the same octets; null where nothing is known of it. */
    @Nullable
    Object find(NetlinkCursor at, Shape<?> shape) {
        byte[] octets = at.octets();
        int start = at.start();
        int length = at.length();
        int slot = slot(octets, start, length);
        boolean isSame = shapes[slot] == shape
                && lengths[slot] == length
                && Arrays.equals(octets, starts[slot], starts[slot] + length, octets, start, start + length);
        return isSame ? built[slot] : null;
    }

    /** Notes what was read of a structure. */
    void note(NetlinkCursor at, Shape<?> shape, Object read) {
        int to = slot(at.octets(), at.start(), at.length());
        starts[to] = at.start();
        lengths[to] = at.length();
        shapes[to] = shape;
        built[to] = read;
    }

    private static int slot(byte[] octets, int start, int length) {
        long hash = length;
        int at = start;
        for (; at + Long.BYTES <= start + length; at += Long.BYTES) {
            hash = (hash ^ NetlinkCursor.u64(octets, at)) * MIX;
            hash ^= hash >>> 29;
        }
        for (; at < start + length; at++) hash = (hash ^ octets[at]) * MIX;
        return (int) (hash >>> 40) & (SLOTS - 1);
    }
}
