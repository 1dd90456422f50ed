package dev.weir.dataplane.graph;

import java.util.Set;

/**
 * Which flows are marked as offloaded without anybody asking for it: the elephants. Immutable.
 *
 * @param packets a flow that has had more, of both directions together, is one; {@link #NEVER} for none at all
 * @param established whether it has to be a conversation: TCP that is established, of other protocols packets both ways
 * @param protocols IP protocol numbers of such flows
 */
public record OffloadPolicy(long packets, boolean established, Set<Integer> protocols) {
    /** More packets than a flow can have. */
    public static final long NEVER = Long.MAX_VALUE;
    /** Marks no flow. */
    public static final OffloadPolicy NONE = new OffloadPolicy(NEVER, true, Set.of());

    public OffloadPolicy {
        protocols = Set.copyOf(protocols);
    }
}
