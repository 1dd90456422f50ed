package dev.weir.dataplane.nodes.nat;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule that gives flows another source. Immutable. Exactly one of {@code pool}, {@code port} and {@code prefix} says
 * which: any of a pool of addresses, those of a port's interface, or one to one, the bits after the prefix kept.
 *
 * @param name in listings of counters
 * @param ports from which the source port is taken, and identifiers of echo; not with a prefix, which keeps them
 */
public record SourceRule(
        String name,
        FlowMatch match,
        List<IpPrefix> pool,
        @Nullable String port,
        @Nullable IpPrefix prefix,
        PortRange ports) {
    /** Ports that nobody is known by. */
    public static final PortRange PORTS = new PortRange(1024, 0xFFFF);

    private static final int MAX_POOL = 65_536;

    public SourceRule {
        pool = List.copyOf(pool);
        int ways = (pool.isEmpty() ? 0 : 1) + (port == null ? 0 : 1) + (prefix == null ? 0 : 1);
        if (ways != 1) {
            throw new IllegalArgumentException("rule " + name + ": it says in " + ways
                    + " ways what the source becomes; give one of pool, port, prefix");
        }
        for (IpPrefix block : pool) {
            if (match.family() != 0 && match.family() != block.family()) {
                throw new IllegalArgumentException("rule " + name + ": " + block + " is not of IPv" + match.family()
                        + ", which it matches; addresses are translated within their family");
            }
        }
        if (size(pool) > MAX_POOL) {
            throw new IllegalArgumentException(
                    "rule " + name + ": its pool has more than " + MAX_POOL + " addresses; give a part, or a prefix");
        }
        if (prefix != null) {
            DestinationRule.checkOneToOne(name, match.source(), prefix, "source");
        }
    }

    private static long size(List<IpPrefix> pool) {
        long size = 0;
        for (IpPrefix block : pool) {
            int free = (block.family() == 4 ? 32 : 128) - block.length();
            size += 1L << Math.min(free, 32);
        }
        return size;
    }

    /** To any of these addresses. */
    public static SourceRule toPool(String name, FlowMatch match, PortRange ports, IpPrefix... pool) {
        return new SourceRule(name, match, List.of(pool), null, null, ports);
    }

    /** To the addresses that a port's interface has when the node is made. */
    public static SourceRule toPort(String name, FlowMatch match, String port) {
        return new SourceRule(name, match, List.of(), port, null, PORTS);
    }

    /** One to one, from the prefix that {@code match} has for its source. */
    public static SourceRule toPrefix(String name, FlowMatch match, IpPrefix prefix) {
        return new SourceRule(name, match, List.of(), null, prefix, PORTS);
    }
}
