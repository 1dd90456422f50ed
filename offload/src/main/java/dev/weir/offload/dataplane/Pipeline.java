package dev.weir.offload.dataplane;

import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.offload.check.FlowCheck;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /** The flow of that name; null where there is none. */
    @Nullable
    Entry find(long table, long uid) {
        LookupTable flows = tables.get(table);
        return flows == null ? null : flows.byUid(uid);
    }

    /** All flows of a table. */
    List<Flow> flows(long table) {
        LookupTable flows = tables.get(table);
        return flows == null ? List.of() : flows.all();
    }

    /** Puts in a flow that fits the model, in the place of the one of that name, whose counts it takes over. */
    Entry put(Flow flow, long now) {
        LookupTable flows = tables.computeIfAbsent(flow.table(), _ -> new LookupTable());
        Entry before = flows.byUid(flow.uid());
        FlowCounts counts = before == null ? new FlowCounts(workers, now) : before.counts;
        Entry entry = new Entry(flow, compiler.pattern(flow.matchList()), compiler.actions(flow.actionList()), counts);
        if (before == null) flows.add(entry);
        else flows.replace(before, entry);
        return entry;
    }

    /** Takes a flow out; null where there is none of that name. */
    @Nullable
    Entry remove(long table, long uid) {
        Entry entry = find(table, uid);
        LookupTable flows = tables.get(table);
        if (entry != null && flows != null) flows.remove(entry);
        return entry;
    }
}
