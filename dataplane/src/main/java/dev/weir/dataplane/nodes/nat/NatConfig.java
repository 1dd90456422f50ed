package dev.weir.dataplane.nodes.nat;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.nodes.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Network address translation (RFC 2663): flows get another source, another destination, or both, by the first rule of
 * each list that fits the packet that begins them. What is translated stays so until the flow ends, whatever becomes of
 * the rules. Packets of both directions are rewritten, checksums and all; ICMP errors about a translated flow, inside too.
 *
 * <p>The binding is the flow's second key: no two live flows have the same. So a port can serve many flows to different
 * destinations at once; like Linux's, the mapping is address and port dependent (RFC 4787 section 4.1). A port is kept
 * where it can be. With several workers only those ports are taken whose answers arrive at the flow's own worker, so that
 * nothing is locked or handed over; identifiers of echo, which do not change who owns an answer, are shared out by their
 * remainder. Protocols without ports are translated by address; two sources that talk to one destination by one such
 * protocol need two addresses.
 *
 * <p>A reverse packet of a flow without a binding that a rule would translate is dropped, as are packets without a flow
 * and ICMP errors about no flow that a rule fits. Not done: hairpin, that is two hosts inside that reach each other by a
 * translated address; payloads that tell addresses (FTP, SIP).
 *
 * @param source rules for sources, in order
 * @param destination rules for destinations, in order; a flow that fits one of each gets both
 */
public record NatConfig(List<SourceRule> source, List<DestinationRule> destination) implements NodeConfig {
    static final int NO_PORT = 0, NO_ROOM = 1, NO_FLOW = 2, NO_BINDING = 3, NOT_REWRITABLE = 4;
    private static final List<String> DROPS = List.of("no-port", "no-room", "no-flow", "no-binding", "not-rewritable");

    static final int TRANSLATED = 0, BINDINGS = 1, FIRST_RULE = 2;

    public NatConfig {
        source = List.copyOf(source);
        destination = List.copyOf(destination);
        Stream<String> names = Stream.concat(
                source.stream().map(SourceRule::name), destination.stream().map(DestinationRule::name));
        Names.requireOwn("rule", names, "counters are listed by it");
    }

    /** Only sources are translated, by these rules. */
    public static NatConfig ofSource(SourceRule... rules) {
        return new NatConfig(List.of(rules), List.of());
    }

    /** Only destinations are translated, by these rules. */
    public static NatConfig ofDestination(DestinationRule... rules) {
        return new NatConfig(List.of(), List.of(rules));
    }

    @Override
    public String type() {
        return "nat";
    }

    @Override
    public List<String> dropReasons() {
        return DROPS;
    }

    /** Packets translated, bindings there are; then, one a rule, source rules first, how many flows it has bound. */
    @Override
    public List<String> counters() {
        var all = new ArrayList<>(List.of("TRANSLATED", "BINDINGS"));
        source.forEach(rule -> all.add("rule:" + rule.name()));
        destination.forEach(rule -> all.add("rule:" + rule.name()));
        return List.copyOf(all);
    }

    @Override
    public List<String> gauges() {
        return List.of("BINDINGS");
    }

    @Override
    public List<String> ports() {
        return Names.given(Stream.of(
                        source.stream().map(SourceRule::port),
                        source.stream().map(rule -> rule.match().by()),
                        destination.stream().map(rule -> rule.match().by()))
                .flatMap(names -> names));
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public boolean wantsEnded() {
        return true;
    }

    @Override
    public int annexBytes() {
        return Binding.BYTES;
    }

    @Override
    public boolean decidesByFlow() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new NatNode(this, context);
    }
}
