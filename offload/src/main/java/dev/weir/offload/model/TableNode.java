package dev.weir.offload.model;

import java.util.List;

/**
 * A node of the table graph: which table packets come to next.
 *
 * @param uid uid of the table
 * @param flags {@link #EGRESS_ROOT} and {@link #INGRESS_ROOT}, ored
 */
public record TableNode(long uid, long flags, List<Jump> jumps) {
    public static final long EGRESS_ROOT = 1;
    public static final long INGRESS_ROOT = 2;

    public TableNode {
        U32.check("uid", uid);
        U32.check("flags", flags);
        jumps = List.copyOf(jumps);
    }
}
