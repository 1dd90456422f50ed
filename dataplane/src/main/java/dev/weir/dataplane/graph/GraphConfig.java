package dev.weir.dataplane.graph;

import dev.weir.dataplane.nodes.reassemble.ReassembleConfig;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * All that a data plane is to be; immutable, equal when all is equal. It may be wrong: {@link #faults} says all that is.
 * Made by {@link #builder}.
 *
 * @param nodes in the graph's order: packets only go forward in it
 * @param chains which nodes flows visit, by name; without any, all nodes make the chain {@link #DEFAULT_CHAIN}
 * @param ports where packets come from and go to
 * @param tenants the address spaces that have a name
 * @param tenantMode what tells address spaces apart
 * @param tunnels whose headers make the keys
 * @param table of all workers together; {@code annexBytes} is the graph's to say, whatever is here
 * @param fragments how those wait that come before the first of their datagram, a worker
 * @param workers how many threads
 */
public record GraphConfig(
        List<NodeEntry> nodes,
        Map<String, Chain> chains,
        List<PortEntry> ports,
        List<Tenant> tenants,
        TenantMode tenantMode,
        TunnelMode tunnels,
        FlowTableConfig table,
        ReassembleConfig fragments,
        int workers) {

    /** The chain of ports and tenants that name none. */
    public static final String DEFAULT_CHAIN = "default";
    /** Where arcs can lead beside to nodes. */
    public static final String OUTPUT = "output", DROP = "drop";
    /** The stage before all nodes. */
    public static final String FLOW_TABLE = "flowtable";

    /** The most nodes. */
    public static final int MAX_NODES = 62;
    /** The most workers. */
    public static final int MAX_WORKERS = 64;

    public GraphConfig {
        nodes = List.copyOf(nodes);
        chains = Collections.unmodifiableMap(new LinkedHashMap<>(chains));
        ports = List.copyOf(ports);
        tenants = List.copyOf(tenants);
    }

    /**
     * A node of the graph.
     *
     * @param arcs where its own arcs lead, by {@link NodeConfig#arcs}: the name of a later node, {@link #OUTPUT} or
     *     {@link #DROP}
     */
    public record NodeEntry(String name, NodeConfig config, Map<String, String> arcs) {
        public NodeEntry {
            arcs = Map.copyOf(arcs);
        }
    }

    /**
     * Which nodes packets visit, by name, in the graph's order.
     *
     * @param forward packets from a flow's initiator
     * @param reverse those from its responder
     * @param unhandled those that are no flow's
     */
    public record Chain(List<String> forward, List<String> reverse, List<String> unhandled) {
        public Chain {
            forward = List.copyOf(forward);
            reverse = List.copyOf(reverse);
            unhandled = List.copyOf(unhandled);
        }
    }

    /**
     * A port of the graph.
     *
     * @param tenant whose packets come in here, by name; only with {@link TenantMode#INTERFACE}
     * @param chain of flows that begin here, unless their tenant names one
     * @param next the node at which packets from here enter their chain: those before it are left out. With
     *     {@link #OUTPUT} or {@link #DROP} all are, so nothing says where packets leave, and they are dropped
     * @param flowTable whether packets from here are looked up; where not, they are no flow's
     */
    public record PortEntry(
            String name,
            @Nullable String tenant,
            @Nullable String chain,
            @Nullable String next,
            boolean flowTable) {
        /** A port of no tenant, with the default chain. */
        public PortEntry(String name) {
            this(name, null, null, null, true);
        }
    }

    /**
     * An address space with a name.
     *
     * @param number what keys have: the VLAN id ({@code inner << 12 | outer}), the network identifier, or for ports any
     *     of 24 bits
     * @param chain of its flows
     * @param lifetime of its flows that are not TCP, as {@link dev.weir.table.Lifetime} stores it
     */
    public record Tenant(String name, int number, @Nullable String chain, OptionalInt lifetime) {}

    /**
     * Something wrong in a configuration.
     *
     * @param path what is wrong: names and, in lists, numbers from 0, as {@code nodes.fw.arcs.reject} and
     *     {@code chains.web.forward[2]}
     * @param message why, and what to do
     */
    public record Fault(String path, String message) {
        @Override
        public String toString() {
            return path + ": " + message;
        }
    }

    /** All that is wrong; empty when a data plane can be made of it. */
    public List<Fault> faults() {
        return GraphCheck.check(this);
    }

    /** The name of the chain of flows that begin at {@code port}; also of its packets that are no flow's. */
    String chainOf(PortEntry port) {
        if (port.tenant() != null) {
            for (Tenant tenant : tenants) {
                if (tenant.name().equals(port.tenant()) && tenant.chain() != null) {
                    return tenant.chain();
                }
            }
        }
        return port.chain() != null ? port.chain() : DEFAULT_CHAIN;
    }

    /** The same but for the flow table. */
    public GraphConfig withTable(FlowTableConfig other) {
        return new GraphConfig(nodes, chains, ports, tenants, tenantMode, tunnels, other, fragments, workers);
    }

    /** The same but for the settings of ports. */
    public GraphConfig withPorts(List<PortEntry> others) {
        return new GraphConfig(nodes, chains, others, tenants, tenantMode, tunnels, table, fragments, workers);
    }

    /** The chains, the implied one among them. */
    public Map<String, Chain> allChains() {
        if (!chains.isEmpty()) {
            return chains;
        }
        var all = new ArrayList<String>();
        var unhandled = new ArrayList<String>();
        for (NodeEntry node : nodes) {
            all.add(node.name());
            if (node.config().takesUnhandled()) {
                unhandled.add(node.name());
            }
        }
        return Map.of(DEFAULT_CHAIN, new Chain(all, all, unhandled));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts of a configuration; one thread. */
    public static final class Builder {
        private final List<NodeEntry> nodes = new ArrayList<>();
        private final Map<String, Chain> chains = new LinkedHashMap<>();
        private final List<PortEntry> ports = new ArrayList<>();
        private final List<Tenant> tenants = new ArrayList<>();
        private TenantMode tenantMode = TenantMode.NONE;
        private TunnelMode tunnels = TunnelMode.OUTER;
        private FlowTableConfig table = FlowTableConfig.defaults();
        private ReassembleConfig fragments = ReassembleConfig.DEFAULT;
        private int workers = 1;

        private Builder() {}

        /** A node after those so far, without arcs of its own. */
        public Builder node(String name, NodeConfig config) {
            return node(name, config, Map.of());
        }

        /** A node after those so far. */
        public Builder node(String name, NodeConfig config, Map<String, String> arcs) {
            nodes.add(new NodeEntry(name, config, arcs));
            return this;
        }

        public Builder chain(String name, Chain chain) {
            chains.put(name, chain);
            return this;
        }

        /** Ports with no settings of their own. */
        public Builder ports(String... names) {
            for (String name : names) {
                port(new PortEntry(name));
            }
            return this;
        }

        public Builder port(PortEntry port) {
            ports.add(port);
            return this;
        }

        /** How tenants are told apart, and those with a name. */
        public Builder tenants(TenantMode mode, List<Tenant> named) {
            tenantMode = mode;
            tenants.addAll(named);
            return this;
        }

        public Builder tunnels(TunnelMode mode) {
            tunnels = mode;
            return this;
        }

        public Builder table(FlowTableConfig config) {
            table = config;
            return this;
        }

        public Builder fragments(ReassembleConfig config) {
            fragments = config;
            return this;
        }

        public Builder workers(int count) {
            workers = count;
            return this;
        }

        public GraphConfig build() {
            return new GraphConfig(nodes, chains, ports, tenants, tenantMode, tunnels, table, fragments, workers);
        }
    }
}
