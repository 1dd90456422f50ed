package dev.weir.cli.boxes;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortQueue;
import java.util.Map;

/** What a box does with the frames of its interface. One thread makes every call. Frames are hostile: none makes it throw. */
interface Box {
    /**
     * Handles frame {@code i} of a vector, which it may rewrite in place.
     *
     * @param now nanoseconds of the monotonic clock
     * @param out where answers go
     */
    void frame(PacketVector vector, int i, long now, PortQueue out);

    /**
     * Does what is due by itself.
     *
     * @return nanoseconds until there is something due again
     */
    default long turn(long now, PortQueue out) {
        return Long.MAX_VALUE;
    }

    /** Whether there is nothing left to do. */
    default boolean isDone(long now) {
        return false;
    }

    /** What it has seen so far, by names that do not change, in the order to print them. */
    Map<String, Long> figures();
}
