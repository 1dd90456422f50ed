package dev.weir.dataplane.nodes.nat;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.packet.Rewrite;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTuple;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** See {@link NatConfig}; what it keeps with a flow is a {@link Binding}. Rules are looked at once a flow, in order. */
final class NatNode implements Node {
    private static final int NONE = -1;

    private final NodeContext context;
    private final FlowContext flow;
    private final int annex;
    private final List<SourceRule> sources;
    private final List<DestinationRule> destinations;
    /** By rule: the index of the port by which its packets come, or {@link #NONE}. */
    private final int[] sourceBy, destinationBy;

    private final SourcePool[] pools;
    private final Rewrite rewrite = new Rewrite();
    private final FlowTuple first = new FlowTuple(), second = new FlowTuple(), packet = new FlowTuple();
    private long bindings;

    NatNode(NatConfig config, NodeContext context) {
        this.context = context;
        flow = context.flow();
        annex = context.annex();
        sources = config.source();
        destinations = config.destination();
        ToIntFunction<@Nullable String> port = name -> name == null ? NONE : context.port(name);
        sourceBy =
                sources.stream().mapToInt(r -> port.applyAsInt(r.match().by())).toArray();
        destinationBy = destinations.stream()
                .mapToInt(r -> port.applyAsInt(r.match().by()))
                .toArray();
        pools = sources.stream().map(r -> new SourcePool(r, context)).toArray(SourcePool[]::new);
    }

    @Override
    public void replace(Node old) {
        if (old instanceof NatNode before) {
            bindings = before.bindings;
            context.count(NatConfig.BINDINGS, bindings);
        }
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        int translated = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            if (!batch.hasFlow(i)) {
                pass(batch, i, NatConfig.NO_FLOW);
                continue;
            }
            int state = Binding.state(flow.at(batch.flow[i]), annex);
            if (state == Binding.UNDECIDED) {
                state = decide(batch, i);
            }
            if (state == Binding.DECIDED) {
                batch.next(i);
            } else if (state != Binding.UNDECIDED && rewrite(batch, i, state)) {
                translated++;
                batch.next(i);
            }
        }
        context.count(NatConfig.TRANSLATED, translated);
    }

    /** Lets a packet that no binding can be made for go on, unless a rule would translate it. */
    private void pass(Batch batch, int i, int reason) {
        if (batch.flows.family(i) != 0) {
            packet.ofPacket(batch.flows, i);
            int port = batch.packets.port[i];
            if (source(packet, port) != NONE || destination(packet, port) != NONE) {
                batch.drop(i, reason);
                return;
            }
        }
        batch.next(i);
    }

    /**
     * Decides what becomes of a flow by its packet {@code i}; {@link Binding#UNDECIDED} where that cannot be said yet, and
     * then the packet has been told where to go.
     */
    private int decide(Batch batch, int i) {
        if (batch.isRelated(i) || batch.isReverse(i) || batch.flows.quoted(i) != 0) {
            pass(batch, i, batch.isReverse(i) ? NatConfig.NO_BINDING : NatConfig.NO_FLOW);
            return Binding.UNDECIDED;
        }
        second.ofPacket(batch.flows, i);
        int port = batch.packets.port[i];
        int source = source(second, port), destination = destination(second, port);
        int state = Binding.DECIDED
                | (source == NONE ? 0 : Binding.SOURCE)
                | (destination == NONE ? 0 : Binding.DESTINATION);
        if (state == Binding.DECIDED) {
            flow.setInt(annex, state);
            return state;
        }
        if (destination != NONE) {
            setDestination(destinations.get(destination));
        }
        int result = bind(batch, i, source);
        if (result != NodeContext.ALIASED) {
            batch.drop(i, result == NodeContext.TAKEN ? NatConfig.NO_PORT : NatConfig.NO_ROOM);
            return Binding.UNDECIDED;
        }
        flow.at(batch.flow[i]);
        Binding.store(flow, annex, state, second);
        bindings++;
        context.count(NatConfig.BINDINGS, 1);
        if (source != NONE) {
            context.count(NatConfig.FIRST_RULE + source, 1);
        }
        if (destination != NONE) {
            context.count(NatConfig.FIRST_RULE + sources.size() + destination, 1);
        }
        return state;
    }

    /** Gives the flow of packet {@code i} the second key that {@link #second} becomes. */
    private int bind(Batch batch, int i, int source) {
        IpPrefix prefix = source == NONE ? null : sources.get(source).prefix();
        if (source != NONE && prefix == null) {
            return pools[source].bind(batch, i, second);
        }
        if (prefix != null) {
            second.sourceHigh = prefix.high() | (second.sourceHigh & (prefix.high() ^ prefix.lastHigh()));
            second.sourceLow = prefix.low() | (second.sourceLow & (prefix.low() ^ prefix.lastLow()));
        }
        return context.alias(batch, i, second);
    }

    private void setDestination(DestinationRule rule) {
        IpPrefix to = rule.to();
        second.destinationHigh = to.high() | (second.destinationHigh & (to.high() ^ to.lastHigh()));
        second.destinationLow = to.low() | (second.destinationLow & (to.low() ^ to.lastLow()));
        PortRange from = rule.match().ports(), ports = rule.ports();
        if (from != null && ports != null) {
            second.destinationPort += ports.first() - from.first();
        }
    }

    /** The rule for a packet's source, or {@link #NONE}. */
    private int source(FlowTuple t, int port) {
        for (int r = 0; r < sourceBy.length; r++) {
            if (sources.get(r).match().fits(t, port, sourceBy[r])) {
                return r;
            }
        }
        return NONE;
    }

    /** The rule for a packet's destination, or {@link #NONE}. */
    private int destination(FlowTuple t, int port) {
        for (int r = 0; r < destinationBy.length; r++) {
            if (destinations.get(r).match().fits(t, port, destinationBy[r])) {
                return r;
            }
        }
        return NONE;
    }

    /** Translates a packet of either direction; false where that cannot be, and then it has been dropped. */
    private boolean rewrite(Batch batch, int i, int state) {
        flow.tuple(first);
        batch.place(rewrite, i);
        boolean done = true;
        if (batch.isReverse(i)) {
            if ((state & Binding.SOURCE) != 0) {
                done = rewrite.destination(first.sourceHigh, first.sourceLow, first.sourcePort);
            }
            if (done && (state & Binding.DESTINATION) != 0) {
                done = rewrite.source(first.destinationHigh, first.destinationLow, destinationPort(first));
            }
        } else {
            Binding.load(flow, annex, second);
            if ((state & Binding.SOURCE) != 0) {
                done = rewrite.source(second.sourceHigh, second.sourceLow, second.sourcePort);
            }
            if (done && (state & Binding.DESTINATION) != 0) {
                done = rewrite.destination(second.destinationHigh, second.destinationLow, destinationPort(second));
            }
        }
        if (!done) {
            batch.drop(i, NatConfig.NOT_REWRITABLE);
        }
        return done;
    }

    /** The port of a destination; an identifier of echo, which is the source's to change, stays. */
    private int destinationPort(FlowTuple t) {
        return FlowMatch.hasPorts(first.protocol) ? t.destinationPort : Rewrite.KEEP_PORT;
    }

    @Override
    public void ended(FlowRecord record) {
        if (Binding.state(record, annex) > Binding.DECIDED) {
            bindings--;
            context.count(NatConfig.BINDINGS, -1);
        }
    }

    /** What is translated stays so, whatever became of the rules: its second key is back with it. */
    @Override
    public boolean restored(int number, FlowsLegend.Before before) {
        if (Binding.state(flow.at(number), annex) > Binding.DECIDED) {
            bindings++;
            context.count(NatConfig.BINDINGS, 1);
        }
        return true;
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        int state = batch.hasFlow(i) ? Binding.state(flow.at(batch.flow[i]), annex) : Binding.UNDECIDED;
        if (state <= Binding.DECIDED) {
            out.append("not translated");
            return;
        }
        flow.tuple(first);
        second.set(first);
        Binding.load(flow, annex, second);
        out.append(first)
                .append(batch.isReverse(i) ? " restored from " : " becomes ")
                .append(second);
    }
}
