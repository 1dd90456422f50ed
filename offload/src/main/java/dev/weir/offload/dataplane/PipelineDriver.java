package dev.weir.offload.dataplane;

import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.Model;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Drivers whose flows forward the packets of data planes: each interface is a {@link Pipeline}, which is the driver's from then on and has no flows yet. Answers are
 * complete when a call returns, and packets that come then get the actions; of a batch a packet may see a part, also of one that is taken back. Counts are of
 * frames as they came to the table; those of a flow that was taken away lack what was under way.
 */
public final class PipelineDriver {
    private static final String NAME = "data plane";

    private PipelineDriver() {}

    /** A driver of live data planes, whose clock is the machine's as it was once, and from then on the monotonic one. */
    public static MemoryDriver start(Map<Long, Pipeline> pipelines) {
        Instant wall = Instant.now();
        long offset = wall.getEpochSecond() * 1_000_000_000L + wall.getNano() - System.nanoTime();
        return by(() -> offset + System.nanoTime(), pipelines).timed();
    }

    /** A driver by another clock, that of its data planes, on which flows end when {@link MemoryDriver#expire} or another call is made. */
    public static MemoryDriver by(LongSupplier nanoClock, Map<Long, Pipeline> pipelines) {
        Map<Long, Model> models = new HashMap<>();
        pipelines.forEach((ifindex, pipeline) -> models.put(ifindex, pipeline.model()));
        return MemoryDriver.driving(NAME, new PipelineEngine(pipelines), nanoClock, models);
    }
}
