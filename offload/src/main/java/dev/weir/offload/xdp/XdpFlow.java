package dev.weir.offload.xdp;

import dev.weir.table.FlowKey;
import java.util.Set;

/**
 * One direction of a flow, and what becomes of its packets. A flow whose both directions are offloaded is two of these.
 * Immutable.
 *
 * @param key source and destination as the packets have them; TCP, UDP, or echo of the family's ICMP
 */
public record XdpFlow(FlowKey key, XdpAction action) {
    static final int ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58;

    /** @throws IllegalArgumentException when the program cannot recognize such packets, or cannot do that to them */
    public XdpFlow {
        int echo = key.family() == 4 ? ICMP : ICMPV6;
        if (!Set.of(TCP, UDP, echo).contains(key.protocol())) {
            throw new IllegalArgumentException("flow " + key + ": its protocol is not offloaded; leave it in software");
        }
        boolean isEcho = key.protocol() == echo;
        if (isEcho && key.sourcePort() != key.destinationPort()) {
            throw new IllegalArgumentException("flow " + key + ": echo has one identifier; give it as both ports");
        }
        if (action instanceof XdpAction.Redirect redirect && redirect.rewrite().ends() != null) {
            checkEnds(key, redirect.rewrite().ends(), isEcho);
        }
    }

    private static void checkEnds(FlowKey key, XdpRewrite.Ends ends, boolean isEcho) {
        if (ends.source().getAddress().length != key.source().getAddress().length) {
            throw new IllegalArgumentException(
                    "flow " + key + ": its new ends are of the other family; give those of its own");
        }
        if (isEcho && ends.sourcePort() != ends.destinationPort()) {
            throw new IllegalArgumentException("flow " + key + ": echo has one identifier; give it as both new ports");
        }
    }
}
