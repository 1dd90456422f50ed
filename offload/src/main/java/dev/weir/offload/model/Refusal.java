package dev.weir.offload.model;

import org.jspecify.annotations.Nullable;

/**
 * What a device says of a flow that it did not take.
 *
 * @param code number of a {@code dev.weir.offload.check.Fault}; another device may have numbers of its own
 * @param reason in words: which table, flow and field, why, and what to do; an extension of the API
 */
public record Refusal(long code, @Nullable String reason) {
    public static final int MAX_REASON_OCTETS = 2000;

    public Refusal {
        U32.check("error", code);
        if (reason != null) Name.checkText("reason", reason, MAX_REASON_OCTETS);
    }
}
