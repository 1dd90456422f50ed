package dev.weir.cli.ctl;

import dev.weir.api.v1.Chain;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.GetHealthRequest;
import dev.weir.api.v1.GetHealthResponse;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.api.v1.GetVersionResponse;
import dev.weir.api.v1.ListChainsRequest;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ListPortsRequest;
import dev.weir.api.v1.ListTenantsRequest;
import dev.weir.api.v1.ListTenantsResponse;
import dev.weir.api.v1.ListWorkersRequest;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Port;
import dev.weir.api.v1.Tenant;
import dev.weir.api.v1.Worker;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** {@code show nodes} and its like: one call each, listed. */
final class ShowVerbs {
    private static final double NANOS = 1e9;

    private static final Listing<Node> NODES = new Listing<Node>()
            .text("NAME", "name", Node::getName)
            .text("TYPE", "type", Node::getType)
            .number("CALLS", "calls", Node::getCalls)
            .number("PACKETS", "packets", Node::getPackets)
            .decimal("VECTOR", "", 1, node -> ratio((double) node.getPackets(), node.getCalls()))
            .decimal("NS/PACKET", "", 0, node -> ratio(busySeconds(node) * NANOS, node.getPackets()))
            .decimal("", "busy_seconds", 9, ShowVerbs::busySeconds)
            .numbers("DROPS", "drops", Node::getDropsMap)
            .numbers("", "counters", Node::getCountersMap);

    private static final Listing<Port> PORTS = new Listing<Port>()
            .text("NAME", "name", Port::getName)
            .text("STATE", "state", Port::getState)
            .number("RX-PACKETS", "rx_packets", Port::getRxPackets)
            .number("RX-BYTES", "rx_bytes", Port::getRxBytes)
            .number("TX-PACKETS", "tx_packets", Port::getTxPackets)
            .number("TX-BYTES", "tx_bytes", Port::getTxBytes)
            .numbers("DROPS", "drops", Port::getDropsMap)
            .flag("FLOWTABLE", "flow_table", Port::getFlowTable)
            .text("NEXT-NODE", "next_node", Port::getNextNode)
            .number("TENANT", "tenant", port -> Integer.toUnsignedLong(port.getTenant()));

    private static final Listing<Worker> WORKERS = new Listing<Worker>()
            .number("WORKER", "number", worker -> Integer.toUnsignedLong(worker.getNumber()))
            .decimal("LOAD-%", "", 1, worker -> 100 * worker.getLoad())
            .decimal("", "load", 4, Worker::getLoad)
            .decimal("VECTOR", "vector_size", 1, Worker::getVectorSize)
            .number("PACKETS", "packets", Worker::getPackets)
            .number("VECTORS", "vectors", Worker::getVectors)
            .number("HANDED", "handed", Worker::getHanded)
            .number("TAKEN", "taken", Worker::getTaken)
            .number("FLOWS", "flows", Worker::getFlows)
            .number("CYCLES", "cycles", Worker::getCycles)
            .decimal("LONGEST-US", "", 1, worker -> 1e6 * worker.getLongestBusySeconds())
            .decimal("", "longest_busy_seconds", 9, Worker::getLongestBusySeconds)
            .decimal("MAIL-US", "", 1, worker -> 1e6 * worker.getLongestMailSeconds())
            .decimal("", "longest_mail_seconds", 9, Worker::getLongestMailSeconds);

    private static final Listing<Tenant> TENANTS = new Listing<Tenant>()
            .text("NAME", "name", Tenant::getName)
            .number("NUMBER", "number", tenant -> Integer.toUnsignedLong(tenant.getNumber()))
            .text("CHAIN", "chain", Tenant::getChain);

    private static final Listing<Chain> CHAINS = new Listing<Chain>()
            .text("NAME", "name", Chain::getName)
            .texts("FORWARD", "forward", Chain::getForwardList)
            .texts("REVERSE", "reverse", Chain::getReverseList)
            .texts("UNHANDLED", "unhandled", Chain::getUnhandledList);

    /** A drop: how many packets, where, why. */
    private record Loss(long packets, String kind, String place, String reason) {}

    private static final Listing<Loss> ERRORS = new Listing<Loss>()
            .number("PACKETS", "packets", Loss::packets)
            .text("WHERE", "", loss -> loss.place.isEmpty() ? loss.kind : loss.kind + " " + loss.place)
            .text("", "kind", Loss::kind)
            .text("", "name", Loss::place)
            .text("REASON", "reason", Loss::reason);

    private ShowVerbs() {}

    /** What a verb without words asks and prints. */
    private interface Show {
        int show(Session session) throws IOException;
    }

    static List<Verb> all(Streams streams) {
        return List.of(
                verb(streams, "nodes", "The stages that packets go through, in their order.", ShowVerbs::nodes),
                verb(streams, "interfaces", "Where packets come from and go to.", ShowVerbs::ports),
                verb(streams, "workers", "The threads that forward packets.", ShowVerbs::workers),
                verb(streams, "counters", "What flow table and nodes have counted.", ShowVerbs::counters),
                verb(streams, "errors", "Packets that were lost or malformed: where, why.", ShowVerbs::errors),
                verb(streams, "tenants", "The address spaces that have a name.", ShowVerbs::tenants),
                verb(streams, "chains", "Which nodes flows visit.", ShowVerbs::chains),
                verb(streams, "offload", "What carries offloaded flows, and what it carried.", OffloadView::show),
                verb(streams, "caches", "What tables of programs keep, and what it is worth.", CachesView::show),
                verb(streams, "state", "The snapshots by which flows survive the daemon.", StateView::show),
                verb(streams, "standby", "What this machine of a pair is, and how far behind.", StandbyView::show),
                verb(streams, "version", "What runs, and since when.", ShowVerbs::version),
                verb(streams, "health", "Whether packets are forwarded; status 1 where not.", ShowVerbs::health));
    }

    private static Verb verb(Streams streams, String name, String description, Show show) {
        Verb verb = new Verb(streams, name, description) {
            @Override
            protected int run(Session session) throws IOException {
                return show.show(session);
            }
        };
        verb.examples("  weir ctl show " + name);
        return verb;
    }

    private static int nodes(Session session) throws IOException {
        NODES.print(session, askNodes(session));
        return CommandException.DONE;
    }

    private static int ports(Session session) throws IOException {
        PORTS.print(session, askPorts(session));
        return CommandException.DONE;
    }

    private static List<Node> askNodes(Session session) {
        return session.client()
                .dataplane()
                .listNodes(ListNodesRequest.getDefaultInstance())
                .getNodesList();
    }

    private static List<Port> askPorts(Session session) {
        return session.client()
                .dataplane()
                .listPorts(ListPortsRequest.getDefaultInstance())
                .getPortsList();
    }

    private static int workers(Session session) throws IOException {
        WORKERS.print(
                session,
                session.client()
                        .dataplane()
                        .listWorkers(ListWorkersRequest.getDefaultInstance())
                        .getWorkersList());
        return CommandException.DONE;
    }

    private static GetCountersResponse askCounters(Session session) {
        return session.client().dataplane().getCounters(GetCountersRequest.getDefaultInstance());
    }

    private static int counters(Session session) throws IOException {
        GetCountersResponse counters = askCounters(session);
        List<Node> nodes = askNodes(session);
        if (session.json()) {
            Json byNode = new Json();
            nodes.forEach(node -> byNode.numbers(node.getName(), node.getCountersMap()));
            session.printLine(new Json()
                    .numbers("flow_table", counters.getFlowTableMap())
                    .numbers("malformed", counters.getMalformedMap())
                    .number("flows", counters.getFlows())
                    .number("max_flows", counters.getMaxFlows())
                    .number("dropped_events", counters.getDroppedEvents())
                    .object("nodes", byNode));
            return CommandException.DONE;
        }
        StringBuilder out = new StringBuilder();
        counter(out, "flows", counters.getFlows());
        counter(out, "max-flows", counters.getMaxFlows());
        new TreeMap<>(counters.getFlowTableMap()).forEach((name, value) -> counter(out, name, value));
        counter(out, "dropped-events", counters.getDroppedEvents());
        new TreeMap<>(counters.getMalformedMap()).forEach((name, value) -> {
            if (value != 0) {
                counter(out, "malformed " + name, value);
            }
        });
        for (Node node : nodes) {
            new TreeMap<>(node.getCountersMap())
                    .forEach((name, value) -> counter(out, "node " + node.getName() + " " + name, value));
        }
        session.print(out.toString());
        return CommandException.DONE;
    }

    private static void counter(StringBuilder out, String name, long value) {
        out.append(String.format("%-36s %s%n", name, Long.toUnsignedString(value)));
    }

    private static int errors(Session session) throws IOException {
        List<Loss> losses = new ArrayList<>();
        for (Node node : askNodes(session)) {
            node.getDropsMap().forEach((reason, n) -> losses.add(new Loss(n, "node", node.getName(), reason)));
        }
        for (Port port : askPorts(session)) {
            port.getDropsMap().forEach((reason, n) -> losses.add(new Loss(n, "interface", port.getName(), reason)));
        }
        askCounters(session).getMalformedMap().forEach((kind, n) -> losses.add(new Loss(n, "malformed", "", kind)));
        losses.removeIf(loss -> loss.packets == 0);
        losses.sort(Comparator.comparingLong(Loss::packets)
                .reversed()
                .thenComparing(Loss::kind)
                .thenComparing(Loss::place)
                .thenComparing(Loss::reason));
        ERRORS.print(session, losses);
        return CommandException.DONE;
    }

    private static int tenants(Session session) throws IOException {
        ListTenantsResponse answer = session.client().dataplane().listTenants(ListTenantsRequest.getDefaultInstance());
        if (!session.json()) {
            session.printLine("told apart by: " + answer.getToldApartBy());
        }
        TENANTS.print(session, answer.getTenantsList());
        return CommandException.DONE;
    }

    private static int chains(Session session) throws IOException {
        CHAINS.print(
                session,
                session.client()
                        .dataplane()
                        .listChains(ListChainsRequest.getDefaultInstance())
                        .getChainsList());
        return CommandException.DONE;
    }

    private static int version(Session session) throws IOException {
        GetVersionResponse version = session.client().daemon().getVersion(GetVersionRequest.getDefaultInstance());
        String started = FlowDetails.time(version.getStarted());
        session.printLine(
                session.json()
                        ? new Json()
                                .text("version", version.getVersion())
                                .text("java", version.getJava())
                                .text("started", started)
                                .text("run", version.getRun())
                                .texts("api", version.getApiList())
                        : "weir " + version.getVersion() + ", Java " + version.getJava() + ", API "
                                + String.join(" ", version.getApiList()) + ", started " + started + ", run "
                                + version.getRun());
        return CommandException.DONE;
    }

    private static int health(Session session) throws IOException {
        GetHealthResponse health = session.client().daemon().getHealth(GetHealthRequest.getDefaultInstance());
        int down = health.getPortsDown();
        session.printLine(
                session.json()
                        ? new Json()
                                .flag("serving", health.getServing())
                                .number("ports_down", Integer.toUnsignedLong(down))
                        : (health.getServing() ? "serving" : "not serving")
                                + (down == 0 ? "" : ", " + down + (down == 1 ? " port is" : " ports are") + " down"));
        return health.getServing() ? CommandException.DONE : CommandException.FAILED;
    }

    private static double busySeconds(Node node) {
        return node.getBusy().getSeconds() + node.getBusy().getNanos() / NANOS;
    }

    private static double ratio(double a, long b) {
        return b == 0 ? 0 : a / b;
    }
}
