package dev.weir.offload.model;

/**
 * Which flows are asked for.
 *
 * @param minPriority the least, itself in it
 * @param maxPriority the greatest, itself in it
 */
public record FlowQuery(long table, long minPriority, long maxPriority) {
    public FlowQuery {
        U32.check("table", table);
        U32.check("min_priority", minPriority);
        U32.check("max_priority", maxPriority);
        if (minPriority > maxPriority) {
            throw new IllegalArgumentException("min_priority: " + minPriority + " is above max_priority " + maxPriority
                    + ", so there is no such flow; give the smaller first");
        }
    }

    /** All flows of a table. */
    public static FlowQuery all(long table) {
        return new FlowQuery(table, 0, U32.MAX);
    }

    public boolean wants(Flow flow) {
        return flow.priority() >= minPriority && flow.priority() <= maxPriority;
    }
}
