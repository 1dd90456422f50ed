package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import dev.weir.dataplane.graph.GraphConfig.PortEntry;
import dev.weir.dataplane.graph.GraphConfig.Tenant;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds all that is wrong in a {@link GraphConfig}. One check, one thread. */
final class GraphCheck {
    private static final int MAX_TENANT = 0xFF_FFFF;

    private final GraphConfig config;
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Integer> nodeIndex = new HashMap<>();
    private final Set<String> ports = new HashSet<>();
    private final Set<String> tenants = new HashSet<>();
    private final Map<Integer, String> tenantNumbers = new HashMap<>();

    private GraphCheck(GraphConfig config) {
        this.config = config;
    }

    static List<Fault> check(GraphConfig config) {
        var check = new GraphCheck(config);
        check.names();
        check.nodes();
        config.chains().forEach(check::chain);
        config.ports().forEach(check::port);
        config.tenants().forEach(check::tenant);
        check.table();
        return List.copyOf(check.faults);
    }

    private void fault(String path, String message) {
        faults.add(new Fault(path, message));
    }

    /** What others refer to. */
    private void names() {
        int index = 0;
        for (NodeEntry node : config.nodes()) {
            String path = "nodes." + node.name();
            if (Set.of(GraphConfig.OUTPUT, GraphConfig.DROP, GraphConfig.FLOW_TABLE)
                    .contains(node.name())) {
                fault(path, "the name is taken: every graph has a stage of that name; choose another");
            }
            if (nodeIndex.put(node.name(), index++) != null) {
                fault(path, "two nodes have this name; rename one");
            }
        }
        if (config.nodes().size() > GraphConfig.MAX_NODES) {
            fault("nodes", "too many: nodes=" + config.nodes().size() + ", limit=" + GraphConfig.MAX_NODES);
        }
        for (PortEntry port : config.ports()) {
            if (!ports.add(port.name())) {
                fault("ports." + port.name(), "two ports have this name; rename one");
            }
        }
        if (ports.isEmpty()) {
            fault("ports", "there is none; name at least one");
        }
        for (Tenant tenant : config.tenants()) {
            if (!tenants.add(tenant.name())) {
                fault("tenants." + tenant.name(), "two tenants have this name; rename one");
            }
        }
    }

    private void nodes() {
        int annex = FlowLayout.BYTES;
        for (NodeEntry node : config.nodes()) {
            String path = "nodes." + node.name();
            for (String port : node.config().ports()) {
                if (!ports.contains(port)) {
                    fault(
                            path,
                            "there is no port " + port + "; name one of "
                                    + config.ports().stream()
                                            .map(PortEntry::name)
                                            .toList());
                }
            }
            arcs(node, path + ".arcs");
            annex += node.config().annexBytes();
        }
        if (annex > FlowTableConfig.MAX_ANNEX_BYTES) {
            fault(
                    "nodes",
                    "they keep too much with each flow: octets=" + annex + ", limit=" + FlowTableConfig.MAX_ANNEX_BYTES
                            + "; use fewer nodes that keep something");
        }
    }

    private void arcs(NodeEntry node, String path) {
        List<String> known = node.config().arcs();
        for (String arc : known) {
            String target = node.arcs().get(arc);
            if (target == null) {
                fault(path, "where " + arc + " leads is not said; name a later node, output or drop");
            } else if (!isEnd(target)) {
                Integer to = nodeIndex.get(target);
                if (to == null) {
                    fault(path + "." + arc, "there is no node " + target + "; name a later node, output or drop");
                } else if (to <= Objects.requireNonNull(nodeIndex.get(node.name()))) {
                    fault(
                            path + "." + arc,
                            target + " does not come after " + node.name()
                                    + ", and packets only go forward; move it down");
                }
            }
        }
        for (String arc : node.arcs().keySet()) {
            if (!known.contains(arc)) {
                fault(
                        path + "." + arc,
                        "a " + node.config().type() + " has no such arc; "
                                + (known.isEmpty() ? "it has none" : "it has " + String.join(", ", known)));
            }
        }
    }

    private void chain(String name, Chain chain) {
        String path = "chains." + name;
        visits(chain.forward(), path + ".forward", false);
        visits(chain.reverse(), path + ".reverse", false);
        visits(chain.unhandled(), path + ".unhandled", true);
    }

    private void visits(List<String> names, String path, boolean unhandled) {
        int last = -1;
        for (int i = 0; i < names.size(); i++) {
            String at = path + "[" + i + "]";
            Integer index = nodeIndex.get(names.get(i));
            if (index == null) {
                fault(at, "there is no node " + names.get(i));
                continue;
            }
            if (index <= last) {
                fault(at, "chains visit nodes in the order in which they are listed, each once; move or remove it");
            }
            last = index;
            NodeConfig config = this.config.nodes().get(index).config();
            if (unhandled && !config.takesUnhandled()) {
                fault(at, "a " + config.type() + " has nothing to do with packets that are no flow's; remove it");
            }
        }
    }

    private void port(PortEntry port) {
        String path = "ports." + port.name();
        chainExists(config.chainOf(port), port.chain() == null ? path : path + ".chain");
        if (port.next() != null && !nodeIndex.containsKey(port.next()) && !isEnd(port.next())) {
            fault(path + ".next", "there is no node " + port.next() + "; name one, output or drop");
        }
        if (port.tenant() != null && config.tenantMode() != TenantMode.INTERFACE) {
            fault(
                    path + ".tenant",
                    "tenants are told apart by " + config.tenantMode().name().toLowerCase(Locale.ROOT)
                            + ", not by port; remove it");
        } else if (port.tenant() != null && !tenants.contains(port.tenant())) {
            fault(path + ".tenant", "there is no tenant " + port.tenant());
        }
    }

    private static boolean isEnd(String name) {
        return name.equals(GraphConfig.OUTPUT) || name.equals(GraphConfig.DROP);
    }

    private void chainExists(@Nullable String chain, String path) {
        if (chain != null && !config.allChains().containsKey(chain)) {
            fault(
                    path,
                    "there is no chain " + chain + "; name one of "
                            + config.allChains().keySet().stream().sorted().toList());
        }
    }

    private void tenant(Tenant tenant) {
        String path = "tenants." + tenant.name();
        if (config.tenantMode() == TenantMode.NONE) {
            fault(path, "nothing tells tenants apart; say whether it is port, VLAN or VNI");
        }
        if (tenant.number() < 0 || tenant.number() > MAX_TENANT) {
            fault(path + ".number", "out of range: number=" + tenant.number() + ", limit=" + MAX_TENANT);
        }
        String other = tenantNumbers.putIfAbsent(tenant.number(), tenant.name());
        if (other != null) {
            fault(path + ".number", "the same as that of " + other + "; they would share one address space");
        }
        chainExists(tenant.chain(), path + ".chain");
    }

    private void table() {
        if (config.workers() < 1 || config.workers() > GraphConfig.MAX_WORKERS) {
            fault("workers", "out of range: workers=" + config.workers() + ", limit=" + GraphConfig.MAX_WORKERS);
        }
        boolean needFlows =
                config.nodes().stream().anyMatch(node -> !node.config().takesUnhandled());
        if (needFlows && config.table().lifetime() == 0) {
            fault(
                    "flow-table.lifetime",
                    "0 ends each flow with its packet, before the nodes see it; "
                            + "give a longer one, or use only nodes that need no flow");
        }
    }
}
