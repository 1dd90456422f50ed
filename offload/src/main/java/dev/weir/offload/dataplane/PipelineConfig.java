package dev.weir.offload.dataplane;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.List;

/** The node of a {@link Pipeline}. */
record PipelineConfig(Pipeline pipeline) implements NodeConfig {
    static final int DROPPED = 0, NO_OUTPUT = 1, NO_SUCH_PORT = 2, TTL_EXPIRED = 3;
    static final int HITS = 0, MISSES = 1, COPIES = 2;

    @Override
    public String type() {
        return "flow-tables";
    }

    @Override
    public List<String> ports() {
        return pipeline.ports();
    }

    @Override
    public List<String> dropReasons() {
        return List.of("flow", "no-output", "no-such-port", "ttl-expired");
    }

    @Override
    public List<String> counters() {
        return List.of("HITS", "MISSES", "COPIES");
    }

    @Override
    public boolean choosesEgress() {
        return true;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new PipelineNode(pipeline, context);
    }
}
