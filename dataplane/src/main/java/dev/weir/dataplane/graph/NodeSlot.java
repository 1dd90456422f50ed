package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTuple;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A place for a node in one worker's graph: the node, what it is given to work with, what it has counted. It stays where
 * it is over reloads that do not concern the node. Made by the control thread, then its worker's.
 */
final class NodeSlot implements NodeContext {
    final String name;
    final NodeConfig config;
    final StageCounters counters;
    final Node node;
    /** Whether {@link Node#ended} wants to be called. */
    final boolean wantsEnded;

    final boolean wantsTurns;

    private final WorkerPlace place;
    private final Plan plan;
    /** The ports as they are from when the node begins. */
    private final WorkerPorts ports;

    private final FlowContext flow, beginning;
    private final int annex;
    /** Whether the node was told how many ports there can be, and may have tables of that size. */
    private boolean sizedByPorts;

    /** Set when the node sends a frame of its own; whoever wants to know clears it before. */
    boolean sends;

    /** Makes the node that {@code index} of the plan is. */
    NodeSlot(Plan plan, int index, WorkerPlace place, WorkerPorts ports) {
        NodeEntry entry = plan.config.nodes().get(index);
        this.plan = plan;
        this.place = place;
        this.ports = ports;
        name = entry.name();
        config = entry.config();
        counters = new StageCounters(dropNames(config), config.counters());
        wantsEnded = config.wantsEnded();
        wantsTurns = config.wantsTurns();
        flow = place.table().context();
        beginning = place.table().context();
        annex = plan.annex[index];
        node = config.create(this);
    }

    /** Its own reasons, then its arcs, which can lead to the drop. */
    private static List<String> dropNames(NodeConfig config) {
        var names = new ArrayList<>(config.dropReasons());
        names.addAll(config.arcs());
        return names;
    }

    /** Counts a drop: by the node's reason, or by one of its own arcs. */
    void countDrop(int arc, int reason) {
        counters.drops[arc == Batch.DROP ? reason : config.dropReasons().size() + arc - Batch.FIRST_ARC]++;
    }

    /** Whether a node made by this plan would be the same as this one. */
    boolean isLike(Plan other, int index) {
        return name.equals(other.config.nodes().get(index).name())
                && config.equals(other.config.nodes().get(index).config())
                && annex == other.annex[index]
                && (!sizedByPorts || plan.ports() == other.ports());
    }

    @Override
    public int worker() {
        return place.worker();
    }

    @Override
    public int workers() {
        return place.workers();
    }

    @Override
    public FlowTable table() {
        return place.table();
    }

    @Override
    public FlowContext flow() {
        return flow;
    }

    @Override
    public int annex() {
        return annex;
    }

    /** Goes on counting from what a node of this name has counted in another run; what there is of something now it counts itself. */
    void resume(NodeCounters before) {
        counters.resume(before, config.gauges());
    }

    @Override
    public int port(String wanted) {
        for (int port = 0; port < plan.ports(); port++) {
            if (plan.portExists[port] && plan.portName[port].equals(wanted)) {
                return port;
            }
        }
        throw new IllegalArgumentException(
                "no such port: port=" + wanted + "; NodeConfig.ports names those there must be");
    }

    @Override
    public <T> T shared(Class<T> type, Supplier<? extends T> make) {
        return plan.shared(name, type, make);
    }

    @Override
    public int ports() {
        sizedByPorts = true;
        return plan.ports();
    }

    @Override
    public long macAddress(int port) {
        return ports.macAddress(port);
    }

    @Override
    public boolean isUp(int port) {
        return place.ports().isUp(port);
    }

    @Override
    public List<InetAddress> addresses(int port) {
        try {
            NetworkInterface device = NetworkInterface.getByName(plan.portName[port]);
            return device == null ? List.of() : device.inetAddresses().toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    @Override
    public int entryPort(int number) {
        return FlowLayout.entryPort(beginning.at(number).getInt(FlowLayout.ENTRY));
    }

    @Override
    public boolean owns(FlowTuple tuple) {
        return place.aliases().owns(tuple);
    }

    @Override
    public int alias(Batch batch, int i, FlowTuple second) {
        return place.aliases().alias(batch, i, second);
    }

    @Override
    public void markOffloaded(Batch batch, int i, boolean offloaded) {
        place.offload().mark(batch, i, offloaded);
    }

    @Override
    public void decidesAnew() {
        place.offload().held().decideAnew();
    }

    @Override
    public void recall(OffloadedFlow flow) {
        place.offload().held().recall(flow);
    }

    @Override
    public void rouse() {
        place.rouse().run();
    }

    @Override
    public void count(int counter, long n) {
        counters.own[counter] += n;
    }

    @Override
    public int send(int port, MemorySegment data, long offset, int length, long offload) {
        sends = true;
        return place.ports().send(port, data, offset, length, offload);
    }
}
