package dev.weir.offload.dataplane;

import dev.weir.offload.memory.FlowEngine;
import dev.weir.offload.model.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Pipelines as what does with packets what flows say. One thread at a time for each interface; workers look flows up and count meanwhile. */
final class PipelineEngine implements FlowEngine {
    private final Map<Long, Pipeline> pipelines;

    PipelineEngine(Map<Long, Pipeline> pipelines) {
        this.pipelines = Map.copyOf(pipelines);
    }

    private Pipeline of(long ifindex) {
        return Objects.requireNonNull(pipelines.get(ifindex));
    }

    @Override
    public void put(long ifindex, Flow flow) {
        of(ifindex).put(flow);
    }

    @Override
    public void replace(long ifindex, Flow before, Flow after) {
        of(ifindex).replace(before, after);
    }

    @Override
    public List<Counts> remove(long ifindex, List<Flow> flows) {
        List<Counts> counts = new ArrayList<>(flows.size());
        for (Flow flow : flows) counts.add(of(ifindex).remove(flow).counts());
        return counts;
    }

    @Override
    public Counts counts(long ifindex, Flow flow) {
        return of(ifindex).counts(flow).counts();
    }
}
