package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import dev.weir.dataplane.graph.GraphConfig.PortEntry;
import dev.weir.dataplane.graph.GraphConfig.Tenant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A {@link GraphConfig} without faults, in the form that workers use: numbers instead of names, sets of nodes as bits in
 * the graph's order. Immutable after it was made, though its columns are plain arrays; shared by all workers.
 */
final class Plan {
    /** Where arcs lead beside to nodes; the first is also the index of the output among the stages. */
    static final int OUTPUT = GraphConfig.MAX_NODES, DROP = OUTPUT + 1;

    /** Of {@link #tenantLifetime}: it has none of its own. */
    static final long NO_LIFETIME = -1;

    final GraphConfig config;

    /** What nodes of all workers have in common, by the node's name; see {@link NodeContext#shared}. */
    private final Map<String, Object> shared = new HashMap<>();

    /** By node, then by number of the node's own arc: where it leads. */
    final int[][] arcs;
    /** By direction, then by number of the chain: the nodes to visit. */
    final long[][] visits;
    /** By number of the chain: the nodes that packets visit that are no flow's. */
    final long[] unhandled;
    /** By number of the chain: whether there is one now. */
    final boolean[] chainExists;

    /** By number, empty for 0. */
    final String[] chainName;
    /** The nodes that offloaded flows bypass; those of them that say by which port packets leave. */
    final long honours, choosers;
    /** Those of them that count packets which bypass them; by node, the counter. */
    final long countBypass;

    final int[] bypassCounter;
    /** The nodes that cannot do without a flow. */
    final long needFlow;
    /** The nodes that have to see every packet; those that have to see every one of which they do not say otherwise. */
    final long needPackets, decideByPacket;

    /** By index of a port: its name, whether there is one now, its chain, the nodes not before its first one. */
    final String[] portName;

    final boolean[] portExists;
    final int[] portChain;
    final long[] portNodes;
    /** By index of a port: whether its packets are looked up, and their tenant. */
    final boolean[] portTracked;

    final int[] portTenant;

    /** The numbers of the tenants that have a name, ascending; their chains, 0 for none, and lifetimes. */
    private final int[] tenantNumber;

    private final int[] tenantChain;
    private final long[] tenantLifetime;

    /** Where in the annex each node's octets begin, and how many there are of all. */
    final int[] annex;

    final int annexBytes;

    /** What the nodes of that name have in common; the first one makes it. The control thread's. */
    <T> T shared(String node, Class<T> type, Supplier<? extends T> make) {
        return type.cast(shared.computeIfAbsent(node, _ -> make.get()));
    }

    Plan(GraphConfig config, Numbering numbers) {
        this.config = config;
        List<NodeEntry> nodes = config.nodes();
        arcs = nodes.stream().map(this::targets).toArray(int[][]::new);
        annex = nodes.stream().mapToInt(numbers::section).toArray();
        annexBytes = numbers.annexBytes();
        bypassCounter = nodes.stream()
                .mapToInt(node -> node.config().offloadedCounter())
                .toArray();
        long honouring = 0, choosing = 0, needing = 0, counting = 0, seeing = 0, saying = 0;
        for (int k = 0; k < nodes.size(); k++) {
            NodeConfig node = nodes.get(k).config();
            honouring |= node.honoursOffload() ? 1L << k : 0;
            counting |= node.honoursOffload() && bypassCounter[k] >= 0 ? 1L << k : 0;
            choosing |= node.choosesEgress() ? 1L << k : 0;
            needing |= node.takesUnhandled() ? 0 : 1L << k;
            boolean byPacket = node.decidesByPacket();
            seeing |= node.decidesByFlow() || byPacket ? 0 : 1L << k;
            saying |= byPacket ? 1L << k : 0;
        }
        honours = honouring;
        choosers = choosing;
        countBypass = counting;
        needFlow = needing;
        needPackets = seeing;
        decideByPacket = saying;
        config.allChains().keySet().forEach(numbers::chain);
        int chains = numbers.chainLimit();
        visits = new long[2][chains];
        unhandled = new long[chains];
        chainExists = new boolean[chains];
        chainName = numbers.chainNames();
        config.allChains().forEach((name, chain) -> fill(numbers.chain(name), chain));
        config.ports().forEach(port -> numbers.port(port.name()));
        int ports = numbers.ports();
        portName = new String[ports];
        Arrays.fill(portName, "");
        portExists = new boolean[ports];
        portChain = new int[ports];
        portNodes = new long[ports];
        portTracked = new boolean[ports];
        portTenant = new int[ports];
        config.ports().forEach(port -> fill(numbers.port(port.name()), port, numbers));
        List<Tenant> tenants = config.tenants().stream()
                .sorted(Comparator.comparingInt(Tenant::number))
                .toList();
        tenantNumber = tenants.stream().mapToInt(Tenant::number).toArray();
        tenantChain = tenants.stream()
                .mapToInt(tenant -> tenant.chain() == null ? 0 : numbers.chain(tenant.chain()))
                .toArray();
        tenantLifetime = tenants.stream()
                .mapToLong(tenant ->
                        tenant.lifetime().isPresent() ? tenant.lifetime().getAsInt() & 0xFFFF_FFFFL : NO_LIFETIME)
                .toArray();
    }

    private int[] targets(NodeEntry node) {
        return node.config().arcs().stream()
                .mapToInt(arc -> index(node.arcs().getOrDefault(arc, GraphConfig.DROP)))
                .toArray();
    }

    /** Index of a node, or of what arcs can lead to beside. */
    int index(String name) {
        for (int k = 0; k < config.nodes().size(); k++) {
            if (config.nodes().get(k).name().equals(name)) {
                return k;
            }
        }
        return name.equals(GraphConfig.OUTPUT) ? OUTPUT : DROP;
    }

    private void fill(int number, Chain chain) {
        chainExists[number] = true;
        visits[0][number] = bits(chain.forward());
        visits[1][number] = bits(chain.reverse());
        unhandled[number] = bits(chain.unhandled());
    }

    private long bits(List<String> names) {
        long bits = 0;
        for (String name : names) {
            bits |= 1L << index(name);
        }
        return bits;
    }

    private void fill(int index, PortEntry port, Numbering numbers) {
        portName[index] = port.name();
        portExists[index] = true;
        portChain[index] = numbers.chain(config.chainOf(port));
        portNodes[index] = port.next() == null ? -1L : -1L << index(port.next());
        portTracked[index] = port.flowTable();
        for (Tenant tenant : config.tenants()) {
            if (tenant.name().equals(port.tenant())) {
                portTenant[index] = tenant.number();
            }
        }
    }

    /** The number of a chain that there is, 0 for none. */
    int chain(String name) {
        for (int chain = 1; chain < chainName.length; chain++) {
            if (chainExists[chain] && chainName[chain].equals(name)) {
                return chain;
            }
        }
        return 0;
    }

    int nodes() {
        return arcs.length;
    }

    int ports() {
        return portName.length;
    }

    /** The chain of a flow that begins: its tenant's, else its port's. */
    int chainOf(int tenant, int port) {
        int at = tenantNumber.length == 0 ? -1 : Arrays.binarySearch(tenantNumber, tenant);
        return at >= 0 && tenantChain[at] != 0 ? tenantChain[at] : portChain[port];
    }

    /** The lifetime of a tenant's flows, unsigned, or {@link #NO_LIFETIME}. */
    long lifetimeOf(int tenant) {
        int at = tenantNumber.length == 0 ? -1 : Arrays.binarySearch(tenantNumber, tenant);
        return at >= 0 ? tenantLifetime[at] : NO_LIFETIME;
    }
}
