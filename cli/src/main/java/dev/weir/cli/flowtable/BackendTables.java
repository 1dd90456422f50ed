package dev.weir.cli.flowtable;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneListener;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.offload.dataplane.Pipeline;
import dev.weir.offload.dataplane.PipelineDriver;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.Model;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a backend carries flows in.
 *
 * @param plane forwards packets by the flows; null in memory
 * @param what it is, in words
 */
record BackendTables(FlowDriver driver, @Nullable Dataplane plane, String what) implements AutoCloseable {
    private static final String NODE = "tables";

    /** Flows are kept, and nothing is done with packets. */
    static BackendTables inMemory(Model model, List<Long> interfaces) {
        Map<Long, Model> models = new HashMap<>();
        interfaces.forEach(ifindex -> models.put(ifindex, model));
        return new BackendTables(MemoryDriver.start(models), null, "memory, interfaces " + interfaces);
    }

    /**
     * A data plane whose packets the flows forward.
     *
     * @param interfaces one
     * @param ports names of network interfaces
     */
    static BackendTables ofPorts(Model model, List<Long> interfaces, List<String> ports, int workers)
            throws PortException {
        if (interfaces.size() != 1) {
            throw new IllegalArgumentException(
                    "--interface: a data plane is one interface; give one number, and another backend for another");
        }
        Pipeline pipeline = Pipeline.of(model, ports, workers);
        GraphConfig.Builder graph =
                GraphConfig.builder().node(NODE, pipeline.node()).workers(workers);
        for (String port : ports) graph.port(new GraphConfig.PortEntry(port, null, null, null, false));
        GraphConfig config = graph.build();
        if (!config.faults().isEmpty()) {
            throw new IllegalArgumentException(
                    "--ports: " + config.faults().getFirst().message());
        }
        List<Port> opened = open(ports, workers);
        Capabilities.renounceNewPrivileges();
        Capabilities.keepOnly(Capabilities.PACKET);
        Dataplane plane =
                Dataplane.start(config, opened, DataplaneOptions.defaults().withListener(new Workers()));
        return new BackendTables(
                PipelineDriver.start(Map.of(interfaces.getFirst(), pipeline)),
                plane,
                "interface " + interfaces.getFirst() + ", ports " + String.join(", ", ports));
    }

    private static List<Port> open(List<String> ports, int workers) throws PortException {
        List<Port> opened = new ArrayList<>();
        try {
            for (String port : ports) {
                Capabilities.require("--ports", Capabilities.PACKET);
                opened.add(PacketPort.open(port, PacketPortOptions.defaults().withQueues(workers)));
            }
            return opened;
        } catch (PortException | RuntimeException e) {
            opened.forEach(Port::close);
            throw e;
        }
    }

    /** Workers need no rights. */
    private record Workers() implements DataplaneListener {
        @Override
        public void workerStarted(int worker) {
            Capabilities.keepOnly(Set.of());
        }
    }

    /** What became of packets, in lines. */
    List<String> summary() {
        if (plane == null) return List.of();
        plane.drain();
        NodeCounters counters = plane.counters().join().node(NODE);
        return List.of(counters.packets() + " packets, lookups " + counters.own() + ", dropped " + counters.drops());
    }

    @Override
    public void close() {
        driver.close();
        if (plane != null) plane.close();
    }
}
