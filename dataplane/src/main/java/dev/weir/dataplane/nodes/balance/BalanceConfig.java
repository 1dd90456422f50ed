package dev.weir.dataplane.nodes.balance;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A load balancer: each new flow gets a target and keeps it until it ends, over reloads too, by the target's name.
 * Packets of both directions are rewritten where the target says so, and undone on their way back, which leads to the
 * port by which the flow's first packet came.
 *
 * <p>A target that is taken out of the configuration, or gets another place under its name, keeps the flows that it has.
 * One that is down loses them, each with its next forward packet. Flows that do not fit {@code match} go on untouched.
 *
 * <p>Where no target rewrites packets, those of offloaded flows pass the node by once their port is known; they are
 * counted for the target when the flow ends.
 *
 * @param match which flows
 * @param targets at least one
 * @param method how targets are chosen
 * @param offload whether flows are marked offloaded with their first packet
 */
public record BalanceConfig(FlowMatch match, List<Target> targets, Method method, boolean offload)
        implements NodeConfig {
    static final int NO_TARGET = 0, TAKEN = 1, NO_ROOM = 2, NOT_REWRITABLE = 3;
    private static final List<String> DROPS = List.of("no-target", "taken", "no-room", "not-rewritable");

    /** Per target, after {@link #FIRST_TARGET} times its number. */
    static final int FLOWS = 0, ACTIVE = 1, PACKETS = 2, BYTES = 3, PER_TARGET = 4;

    static final int MOVED = 0, OFFLOADED = 1, FIRST_TARGET = 2;

    /** How targets are chosen; each worker by itself, with the same result where that is by hash. */
    public enum Method {
        /** One after the other. */
        ROUND_ROBIN,
        /** One after the other by weight, spread evenly (the smooth weighted round robin of nginx). */
        WEIGHTED,
        /** By a consistent hash of the flow's ends and protocol ({@link Maglev}), by weight. */
        HASH,
        /** By a consistent hash of the client's address, so that all its flows have one target, by weight. */
        STICKY
    }

    public BalanceConfig {
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("balance: no targets; give at least one");
        }
        if (targets.size() > Maglev.MAX_TARGETS) {
            throw new IllegalArgumentException(
                    "balance: " + targets.size() + " targets; there can be " + Maglev.MAX_TARGETS);
        }
        Names.requireOwn("target", targets.stream().map(Target::name), "flows keep their target by it");
        for (Target target : targets) {
            if (target.address() != null && target.address().family() != match.family()) {
                throw new IllegalArgumentException("target " + target.name() + ": " + target.address()
                        + " for flows that are not all of IPv"
                        + target.address().family()
                        + "; match a source or destination of that family");
            }
        }
    }

    /** All flows to these targets, one after the other. */
    public static BalanceConfig of(Target... targets) {
        return new BalanceConfig(FlowMatch.ALL, List.of(targets), Method.ROUND_ROBIN, false);
    }

    /** Flows that fit, to these targets, one after the other. */
    public static BalanceConfig of(FlowMatch match, Target... targets) {
        return new BalanceConfig(match, List.of(targets), Method.ROUND_ROBIN, false);
    }

    public BalanceConfig by(Method how) {
        return new BalanceConfig(match, targets, how, offload);
    }

    public BalanceConfig offloading() {
        return new BalanceConfig(match, targets, method, true);
    }

    @Override
    public String type() {
        return "balance";
    }

    @Override
    public List<String> dropReasons() {
        return DROPS;
    }

    /** Flows that lost their target, packets that passed by offloaded; then by target. */
    @Override
    public List<String> counters() {
        var all = new ArrayList<>(List.of("MOVED", "OFFLOADED"));
        for (Target target : targets) {
            for (String what : List.of("flows", "active", "packets", "bytes")) {
                all.add(target.name() + ":" + what);
            }
        }
        return List.copyOf(all);
    }

    @Override
    public List<String> gauges() {
        return targets.stream().map(target -> target.name() + ":active").toList();
    }

    @Override
    public List<String> ports() {
        return Names.given(
                Stream.concat(Stream.ofNullable(match.by()), targets.stream().map(Target::port)));
    }

    @Override
    public boolean honoursOffload() {
        for (int t = 0; t < targets.size(); t++) {
            if (targets.get(t).rewrites()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean choosesEgress() {
        return true;
    }

    @Override
    public int offloadedCounter() {
        return honoursOffload() ? OFFLOADED : -1;
    }

    @Override
    public boolean wantsEnded() {
        return true;
    }

    @Override
    public int annexBytes() {
        return BalanceNode.ANNEX_BYTES;
    }

    @Override
    public boolean decidesByFlow() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new BalanceNode(this, context);
    }
}
