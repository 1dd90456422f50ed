package dev.weir.offload.circle;

import java.util.Map;

/**
 * What the circle does; immutable.
 *
 * @param driver its name
 * @param ports by the names of the graph: where their program runs
 * @param flows that are carried in one direction at least
 * @param directions of flows that are carried
 * @param room how many directions of each address family there is room for
 * @param learning flows that workers hold and that are not carried yet, or no longer
 * @param refused directions that stayed in software, by {@link StayReason#word}, since the start
 * @param congested notices of workers that found no room
 * @param packets carried since the start
 * @param octets of their IP packets
 * @param added directions that were put, since the start
 * @param removed directions that were removed
 * @param removedBy the same by {@link dev.weir.dataplane.graph.ReleaseReason#word}
 * @param updatesPerSecond of both together, over the last second
 * @param passedUp packets that the program left alone, by why
 */
public record CircleStatus(
        String driver,
        Map<String, String> ports,
        long flows,
        long directions,
        long room,
        long learning,
        Map<String, Long> refused,
        long congested,
        long packets,
        long octets,
        long added,
        long removed,
        Map<String, Long> removedBy,
        double updatesPerSecond,
        Map<String, Long> passedUp) {}
