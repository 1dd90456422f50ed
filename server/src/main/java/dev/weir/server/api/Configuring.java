package dev.weir.server.api;

import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.ConfigureResponse;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.GraphConfig.PortEntry;
import dev.weir.dataplane.graph.ReloadResult;
import dev.weir.table.FlowTableConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call changes of the running configuration: its own fields, whatever else has changed meanwhile. Waits for the
 * workers; one call, one thread.
 */
final class Configuring {
    private final ConfigureRequest request;
    private final List<String> changes = new ArrayList<>();

    private Configuring(ConfigureRequest request) {
        this.request = request;
    }

    static ConfigureResponse configure(Dataplane plane, ConfigureRequest request) {
        var change = new Configuring(request);
        return switch (plane.change(change::of)) {
            case ReloadResult.Applied _ ->
                ConfigureResponse.newBuilder().addAllChanges(change.changes).build();
            case ReloadResult.Refused refused -> throw Refusal.configuration(refused.faults());
        };
    }

    private GraphConfig of(GraphConfig now) {
        changes.clear();
        return ports(table(now));
    }

    private GraphConfig table(GraphConfig now) {
        if (!request.hasMaxFlows()) {
            return now;
        }
        int before = now.table().maxFlows(), wanted = request.getMaxFlows();
        if (wanted < 1 || wanted > FlowTableConfig.MAX_FLOWS) {
            throw Refusal.field(
                    "max_flows",
                    Integer.toUnsignedString(wanted) + " is out of range; give 1 to " + FlowTableConfig.MAX_FLOWS);
        }
        change("flow-table.max-flows", Integer.toString(before), Integer.toString(wanted));
        return now.withTable(now.table().withMaxFlows(wanted));
    }

    private GraphConfig ports(GraphConfig now) {
        if (request.getInterface().isEmpty()) {
            if (request.hasNextNode() || request.hasEnabled()) {
                throw Refusal.field("interface", "is missing: next_node and enabled are about a port; name it");
            }
            return now;
        }
        var ports = new ArrayList<PortEntry>();
        boolean found = false;
        for (PortEntry port : now.ports()) {
            boolean meant = port.name().equals(request.getInterface());
            ports.add(meant ? port(port, now) : port);
            found |= meant;
        }
        if (!found) {
            throw Refusal.field("interface", "there is no such port; there are " + names(now));
        }
        return now.withPorts(ports);
    }

    private static String names(GraphConfig now) {
        return String.join(", ", now.ports().stream().map(PortEntry::name).toList());
    }

    private PortEntry port(PortEntry port, GraphConfig now) {
        String next = port.next();
        if (request.hasNextNode()) {
            next = request.getNextNode().isEmpty() ? null : node(request.getNextNode(), now);
            change("ports." + port.name() + ".next", shown(port.next()), shown(next));
        }
        boolean flowTable = port.flowTable();
        if (request.hasEnabled()) {
            flowTable = request.getEnabled();
            change("ports." + port.name() + ".flow-table", "" + port.flowTable(), "" + flowTable);
        }
        return new PortEntry(port.name(), port.tenant(), port.chain(), next, flowTable);
    }

    private static String node(String name, GraphConfig now) {
        boolean isNode = now.nodes().stream().anyMatch(node -> node.name().equals(name));
        if (!isNode && !name.equals(GraphConfig.OUTPUT) && !name.equals(GraphConfig.DROP)) {
            throw Refusal.field(
                    "next_node",
                    "there is no such node; there are "
                            + String.join(
                                    ", ",
                                    now.nodes().stream()
                                            .map(GraphConfig.NodeEntry::name)
                                            .toList())
                            + ", output, drop");
        }
        return name;
    }

    private static String shown(@Nullable String next) {
        return next == null ? "the chain's first" : next;
    }

    private void change(String path, String before, String after) {
        if (!before.equals(after)) {
            changes.add(path + ": was " + before + ", is " + after);
        }
    }
}
