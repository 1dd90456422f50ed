package dev.weir.server.programs;

import dev.weir.p4.node.MirrorSession;
import java.util.List;
import java.util.Map;

/**
 * Where a program is to run. Immutable.
 *
 * @param node one of the type {@code p4}, or a new one; empty for the node that runs a program of the same name, else a new one called so
 * @param ports only packets that came in by these go through it; none for all, or as it was
 * @param chains the only ones that visit a new node; none for all
 * @param sessions where mirrored packets go, by the program's numbers; none for as it was
 */
public record Placement(String node, List<String> ports, List<String> chains, Map<Integer, MirrorSession> sessions) {
    /** Nothing is said. */
    public static final Placement ANYWHERE = new Placement("", List.of(), List.of(), Map.of());

    public Placement {
        ports = List.copyOf(ports);
        chains = List.copyOf(chains);
        sessions = Map.copyOf(sessions);
    }
}
