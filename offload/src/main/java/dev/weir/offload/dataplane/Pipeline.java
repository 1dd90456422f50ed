package dev.weir.offload.dataplane;

import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.offload.check.FlowCheck;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Tables in front of a data plane's ports, as a model describes them: packets come to the root of the table graph, get the actions of the flow
 * that they are of, and go on by the graph. Flows are put in by one thread at a time, a {@link PipelineDriver}'s; workers look them up without locks and
 * count them.
 *
 * <p>{@link #node} is the graph's node. Ports have numbers from 1, in the order in which they are given.
 */
public final class Pipeline {
    private final Model model;
    private final List<String> ports;
    private final int workers;
    private final PipelineCompiler compiler;
    private final List<Stage> stages;
    /** Also of tables that no packet comes to. */
    private final Map<Long, LookupTable> tables = new HashMap<>();

    private Pipeline(Model model, List<String> ports, int workers) {
        this.model = FlowCheck.of(model).model();
        this.ports = List.copyOf(ports);
        this.workers = workers;
        compiler = new PipelineCompiler(model);
        stages = compiler.stages();
        model.tables().forEach(table -> tables.put(table.uid(), new LookupTable()));
        stages.forEach(stage -> tables.put(stage.uid(), stage.flows()));
    }

    /**
     * A pipeline without flows.
     *
     * @param model what it is to be; headers, fields and actions are known by their names in {@link StandardModel}. One that cannot be done throws an
     *     {@link IllegalArgumentException}, with all that is wrong
     * @param ports names of the graph's ports
     * @param workers how many threads the data plane has
     */
    public static Pipeline of(Model model, List<String> ports, int workers) {
        return new Pipeline(model, ports, workers);
    }

    public Model model() {
        return model;
    }

    /** The node that packets visit. */
    public NodeConfig node() {
        return new PipelineConfig(this);
    }

    List<String> ports() {
        return ports;
    }

    List<Stage> stages() {
        return stages;
    }

    /** Puts in a flow that fits the model. */
    void put(Flow flow) {
        table(flow).add(entry(flow, new FlowCounts(workers)));
    }

    /** Puts in a flow in the place of another that asks for the same packets with the same priority, and goes on counting where that one was. */
    void replace(Flow before, Flow after) {
        LookupTable flows = table(before);
        Entry gone = entry(flows, before);
        flows.replace(gone, entry(after, gone.counts));
    }

    /** Takes out a flow that is in; returns what it has seen. */
    FlowCounts remove(Flow flow) {
        LookupTable flows = table(flow);
        Entry entry = entry(flows, flow);
        flows.remove(entry);
        return entry.counts;
    }

    /** What a flow has seen that is in. */
    FlowCounts counts(Flow flow) {
        return entry(table(flow), flow).counts;
    }

    private LookupTable table(Flow flow) {
        return Objects.requireNonNull(tables.get(flow.table()));
    }

    private Entry entry(Flow flow, FlowCounts counts) {
        return new Entry(flow, compiler.pattern(flow.matchList()), compiler.actions(flow.actionList()), counts);
    }

    private Entry entry(LookupTable flows, Flow flow) {
        return Objects.requireNonNull(flows.of(compiler.pattern(flow.matchList()), flow), "no such flow is in");
    }
}
