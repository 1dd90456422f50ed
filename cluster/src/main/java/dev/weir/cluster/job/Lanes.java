package dev.weir.cluster.job;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Which of the parallel flow operators keeps a flow. Flows are spread over the engine's key groups by the addresses of
 * their keys; the groups belong to operators in ranges. A lane is an operator; a batch for a lane has a key of one of its
 * groups, so that the engine brings it there. Immutable; any thread.
 */
final class Lanes {
    /** How many key groups there are: the most operators that a job can be given later. */
    static final int GROUPS = 128;

    private final int[] laneOfGroup = new int[GROUPS];
    private final int[] keys;

    /** @param lanes 1 to {@link #GROUPS}, so that each has a group */
    Lanes(int lanes) {
        if (lanes < 1 || lanes > GROUPS) {
            throw new IllegalArgumentException("lanes out of range: lanes=" + lanes + ", limits=1.." + GROUPS);
        }
        keys = new int[lanes];
        for (int group = 0; group < GROUPS; group++) {
            laneOfGroup[group] = KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(GROUPS, lanes, group);
        }
        for (int lane = 0; lane < lanes; lane++) {
            int key = 0;
            while (laneOfGroup[KeyGroupRangeAssignment.assignToKeyGroup(key, GROUPS)] != lane) {
                key++;
            }
            keys[lane] = key;
        }
    }

    int count() {
        return keys.length;
    }

    int ofGroup(int group) {
        return laneOfGroup[group];
    }

    /** A key that the engine brings to that lane. */
    int key(int lane) {
        return keys[lane];
    }
}
