package dev.weir.server.programs;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import dev.weir.dataplane.graph.NodeConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Nodes of programs put into a graph and taken out of it. Stateless. */
final class Placing {
    private Placing() {}

    static @Nullable NodeEntry node(GraphConfig graph, String name) {
        return graph.nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** With another configuration in a node that is there. */
    static GraphConfig replaced(GraphConfig graph, String name, NodeConfig config) {
        List<NodeEntry> nodes = graph.nodes().stream()
                .map(node -> node.name().equals(name) ? new NodeEntry(name, config, node.arcs()) : node)
                .toList();
        return with(graph, nodes, graph.chains());
    }

    /** With one more node, behind all others, which these chains visit; none for all. */
    static GraphConfig appended(GraphConfig graph, String name, NodeConfig config, List<String> chains) {
        List<NodeEntry> nodes = new ArrayList<>(graph.nodes());
        nodes.add(new NodeEntry(name, config, Map.of()));
        Map<String, Chain> before = chains.isEmpty() ? graph.chains() : graph.allChains();
        Map<String, Chain> after = new LinkedHashMap<>(before);
        after.replaceAll((chain, visits) ->
                chains.isEmpty() || chains.contains(chain) ? visiting(visits, all -> plus(all, name)) : visits);
        return with(graph, nodes, after);
    }

    /** Without that node; nothing visits it. */
    static GraphConfig removed(GraphConfig graph, String name) {
        List<NodeEntry> nodes =
                graph.nodes().stream().filter(node -> !node.name().equals(name)).toList();
        Map<String, Chain> chains = new LinkedHashMap<>(graph.chains());
        chains.replaceAll((_, visits) -> visiting(
                visits, all -> all.stream().filter(node -> !node.equals(name)).toList()));
        return with(graph, nodes, chains);
    }

    private static Chain visiting(Chain chain, UnaryOperator<List<String>> change) {
        return new Chain(change.apply(chain.forward()), change.apply(chain.reverse()), change.apply(chain.unhandled()));
    }

    private static List<String> plus(List<String> nodes, String name) {
        List<String> all = new ArrayList<>(nodes);
        all.add(name);
        return all;
    }

    private static GraphConfig with(GraphConfig graph, List<NodeEntry> nodes, Map<String, Chain> chains) {
        return new GraphConfig(
                nodes,
                chains,
                graph.ports(),
                graph.tenants(),
                graph.tenantMode(),
                graph.tunnels(),
                graph.table(),
                graph.fragments(),
                graph.workers());
    }

    /** The chains that visit a node. */
    static List<String> chainsOf(GraphConfig graph, String node) {
        return graph.allChains().entrySet().stream()
                .filter(chain -> visits(chain.getValue(), node))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean visits(Chain chain, String node) {
        return chain.forward().contains(node)
                || chain.reverse().contains(node)
                || chain.unhandled().contains(node);
    }
}
