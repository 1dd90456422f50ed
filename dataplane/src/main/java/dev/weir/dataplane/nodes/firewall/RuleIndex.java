package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.table.FlowTuple;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rules compiled so that the first one that fits is found without walking them: each criterion by itself says which rules
 * a value fits, as a set of bits, and the lowest bit that all sets share is the rule (the bit vectors of Lakshman and
 * Stiliadis, "High-speed policy-based packet forwarding using efficient multi-dimensional range matching", SIGCOMM 1998).
 * A lookup takes a binary search a criterion and one pass over a bit a rule. Immutable; any thread; a lookup allocates
 * nothing.
 *
 * <p>Memory grows with the square of the rules in the worst case, all with prefixes and ports of their own: 1.5 MB for a
 * thousand. Values that fit the same rules share their set.
 */
final class RuleIndex {
    static final int NONE = -1;

    private static final int FAMILY_SHIFT = 8, FLAGS = 257;

    private final int words;
    private final Intervals tenants, ports, protocols, sourcePorts, destinationPorts, messages;
    private final Intervals source4, source6, destination4, destination6;
    /** By the flags octet plus 1; 0 for a packet that shows none. */
    private final long[][] flags;

    /** Compiles them; {@code port} tells a port's index by its name. */
    RuleIndex(List<Rule> rules, ToIntFunction<String> port) {
        words = (rules.size() + 63) / 64;
        tenants = Intervals.of(rules, r -> number(r.match().tenant()));
        ports = Intervals.of(rules, r -> number(portOf(r.match().by(), port)));
        protocols = protocols(rules);
        sourcePorts = Intervals.of(rules, r -> range(r.sourcePorts()));
        destinationPorts = Intervals.of(rules, r -> range(r.match().ports()));
        source4 = addresses(rules, 4, FlowMatch::source);
        source6 = addresses(rules, 6, FlowMatch::source);
        destination4 = addresses(rules, 4, FlowMatch::destination);
        destination6 = addresses(rules, 6, FlowMatch::destination);
        messages = messages(rules);
        flags = flags(rules);
    }

    private static OptionalInt portOf(@Nullable String name, ToIntFunction<String> port) {
        return name == null ? OptionalInt.empty() : OptionalInt.of(port.applyAsInt(name));
    }

    private static Intervals.Range number(OptionalInt only) {
        return only.isEmpty() ? Intervals.Range.ALL : new Intervals.Range(0, only.getAsInt(), 0, only.getAsInt());
    }

    private static Intervals.Range range(@Nullable PortRange ports) {
        return ports == null ? Intervals.Range.ALL : new Intervals.Range(0, ports.first(), 0, ports.last());
    }

    private static Intervals addresses(
            List<Rule> rules, int family, Function<FlowMatch, @Nullable IpPrefix> criterion) {
        return Intervals.of(rules, r -> {
            IpPrefix prefix = criterion.apply(r.match());
            return prefix == null || prefix.family() != family
                    ? Intervals.Range.ALL
                    : new Intervals.Range(prefix.high(), prefix.low(), prefix.lastHigh(), prefix.lastLow());
        });
    }

    /** Protocols of IPv4 from 4 &lt;&lt; 8, of IPv6 from 6 &lt;&lt; 8. A rule for one protocol of both families has two. */
    private static Intervals protocols(List<Rule> rules) {
        return Intervals.ofSeveral(
                rules,
                r -> IntStream.of(4, 6)
                        .filter(family -> r.onlyFamily() == 0 || r.onlyFamily() == family)
                        .mapToObj(family -> protocols(r, family))
                        .toList());
    }

    private static Intervals.Range protocols(Rule rule, int family) {
        OptionalInt only = rule.match().protocol();
        long base = (long) family << FAMILY_SHIFT;
        return new Intervals.Range(0, base | only.orElse(0), 0, base | only.orElse(0xFF));
    }

    /** Messages plus 1; 0 for a packet that shows none. */
    private static Intervals messages(List<Rule> rules) {
        return Intervals.ofSeveral(
                rules,
                r -> r.messages().isEmpty()
                        ? List.of(Intervals.Range.ALL)
                        : r.messages().stream()
                                .map(m -> new Intervals.Range(0, m.first() + 1, 0, m.last() + 1))
                                .toList());
    }

    private long[][] flags(List<Rule> rules) {
        long[][] rows = new long[FLAGS][words];
        for (int value = -1; value < FLAGS - 1; value++) {
            for (int r = 0; r < rules.size(); r++) {
                OptionalInt wanted = rules.get(r).tcpFlags();
                boolean fits = wanted.isEmpty()
                        || (value >= 0 && (value & wanted.getAsInt() >>> 8) == (wanted.getAsInt() & 0xFF));
                rows[value + 1][r >>> 6] |= fits ? 1L << r : 0;
            }
        }
        return rows;
    }

    /**
     * The first rule that fits a packet with these ends, or {@link #NONE}.
     *
     * @param port index of the port by which it came
     * @param tcpFlags its flags octet, -1 where it shows none
     * @param message of ICMP, {@code type << 8 | code}; -1 where it shows none
     */
    int find(FlowTuple t, int port, int tcpFlags, int message) {
        boolean v4 = t.family == 4;
        long[] a = (v4 ? source4 : source6).find(t.sourceHigh, t.sourceLow);
        long[] b = (v4 ? destination4 : destination6).find(t.destinationHigh, t.destinationLow);
        long[] c = sourcePorts.find(0, t.sourcePort);
        long[] d = destinationPorts.find(0, t.destinationPort);
        long[] e = protocols.find(0, (long) t.family << FAMILY_SHIFT | t.protocol);
        long[] f = tenants.find(0, t.tenant);
        long[] g = ports.find(0, port);
        long[] h = flags[tcpFlags + 1];
        long[] m = messages.find(0, message + 1);
        for (int w = 0; w < words; w++) {
            long all = a[w] & b[w] & c[w] & d[w] & e[w] & f[w] & g[w] & h[w] & m[w];
            if (all != 0) {
                return (w << 6) + Long.numberOfTrailingZeros(all);
            }
        }
        return NONE;
    }
}
