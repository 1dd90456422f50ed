package dev.weir.server.programs;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.node.P4Config;
import java.util.List;

/**
 * A program in its node. Immutable, but what {@code runtime} reaches is not.
 *
 * @param number as P4TC numbers pipelines, from 1; it stays when the program is replaced
 * @param loaded whether it was loaded, else the configuration names it
 * @param own whether the node was made for it, else the configuration has it
 * @param config what is in the graph
 * @param chains the only ones that visit a node of its own; none for all
 */
public record RunningNode(
        int number,
        String node,
        boolean loaded,
        boolean own,
        ProgramImage image,
        ProgramRuntime runtime,
        P4Config config,
        List<String> chains) {
    public RunningNode {
        chains = List.copyOf(chains);
    }

    /** The same, with other ports that face the host. */
    RunningNode withHostPorts(List<String> ports) {
        return new RunningNode(number, node, loaded, own, image, runtime, config.withHostPorts(ports), chains);
    }

    /** What the program is called. */
    public String name() {
        return image.name();
    }

    /** The ports whose packets go through it; none for all. */
    public List<String> ports() {
        return config.inputs();
    }
}
