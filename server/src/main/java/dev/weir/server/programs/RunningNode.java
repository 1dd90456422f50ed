package dev.weir.server.programs;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.node.P4Config;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.RunOptions;
import java.util.List;
import java.util.Map;

/**
 * A program in its node. Immutable.
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
        P4Config config,
        List<String> chains) {
    public RunningNode {
        chains = List.copyOf(chains);
    }

    /** What is in a graph that runs a program. */
    static P4Config config(ProgramImage image, Map<Integer, MirrorSession> sessions) {
        return new P4Config(image.compiled(), RunOptions.of(image.rules()), sessions, new ProgramControl());
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
