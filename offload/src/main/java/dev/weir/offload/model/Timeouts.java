package dev.weir.offload.model;

/**
 * When a flow ends by itself. An extension of the API.
 *
 * @param idleMillis after the last packet; 0 for never
 * @param hardMillis after it was set; 0 for never
 */
public record Timeouts(long idleMillis, long hardMillis) {
    public static final Timeouts NONE = new Timeouts(0, 0);

    public Timeouts {
        U32.check("idle_timeout_ms", idleMillis);
        U32.check("hard_timeout_ms", hardMillis);
    }
}
