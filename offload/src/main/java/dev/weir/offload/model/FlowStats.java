package dev.weir.offload.model;

/**
 * What a flow has seen since it was set. An extension of the API.
 *
 * @param packets without sign
 * @param bytes without sign
 * @param ageMillis since it was set
 * @param idleMillis since its last packet, or since it was set where there was none
 */
public record FlowStats(long packets, long bytes, long ageMillis, long idleMillis) {
    public static final FlowStats NONE = new FlowStats(0, 0, 0, 0);

    public FlowStats {
        if (ageMillis < 0 || idleMillis < 0) {
            throw new IllegalArgumentException(
                    "stats: a time of 2^63 milliseconds or more; give the time since the flow was set");
        }
    }
}
