package dev.weir.dataplane.nodes.nat;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import org.jspecify.annotations.Nullable;

/**
 * A rule that gives flows another destination. Immutable.
 *
 * @param name in listings of counters
 * @param to an address; or a prefix of the same length as the destination that {@code match} has, one to one: the bits
 *     after it are kept
 * @param ports as many as {@code match} has, which they replace in their order; null keeps the port
 */
public record DestinationRule(
        String name, FlowMatch match, IpPrefix to, @Nullable PortRange ports) {
    public DestinationRule {
        boolean single = to.length() == (to.family() == 4 ? 32 : 128);
        if (match.family() != to.family() || match.destination() == null) {
            throw new IllegalArgumentException("rule " + name + ": it gives " + to
                    + " but does not match destinations of IPv" + to.family() + "; say which destination it is for");
        }
        if (!single) {
            checkOneToOne(name, match.destination(), to, "destination");
        }
        PortRange from = match.ports();
        if (ports != null && (from == null || from.size() != ports.size())) {
            throw new IllegalArgumentException("rule " + name + ": ports " + ports + " for "
                    + (from == null ? "all" : from) + "; there must be as many as it matches");
        }
    }

    static void checkOneToOne(String name, @Nullable IpPrefix from, IpPrefix to, String what) {
        if (from == null || from.family() != to.family() || from.length() != to.length()) {
            throw new IllegalArgumentException("rule " + name + ": prefix " + to + " for the " + what + " "
                    + (from == null ? "of any" : from) + "; one to one, both have the same family and length");
        }
    }
}
