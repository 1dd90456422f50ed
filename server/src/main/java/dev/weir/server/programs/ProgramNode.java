package dev.weir.server.programs;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.node.P4Config;
import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.RunOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node of the type {@code p4} as a configuration says it: with a program, or without one until one is loaded; then packets pass. {@link Programs} puts what
 * runs into its place. In a graph that nobody does this for it runs its program, and nobody can ask it. Equal when what runs would be.
 *
 * @param image null for no program
 * @param sessions where mirrored packets go, by the program's numbers
 * @param hostPorts the ports that face the host, for programs that ask
 */
public record ProgramNode(@Nullable ProgramImage image, Map<Integer, MirrorSession> sessions, List<String> hostPorts)
        implements NodeConfig {
    /** What configurations call the type. */
    public static final String TYPE = "p4";

    public ProgramNode {
        sessions = Map.copyOf(sessions);
        hostPorts = List.copyOf(hostPorts);
    }

    /** Of which no port faces the host. */
    public ProgramNode(@Nullable ProgramImage image, Map<Integer, MirrorSession> sessions) {
        this(image, sessions, List.of());
    }

    /** The same without a program. */
    ProgramNode emptied() {
        return new ProgramNode(null, sessions, hostPorts);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<String> ports() {
        Stream<String> mirrored = sessions.values().stream().map(MirrorSession::port);
        return Stream.concat(mirrored, hostPorts.stream()).distinct().toList();
    }

    @Override
    public boolean choosesEgress() {
        return image != null;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return image == null
                ? new PassingNode()
                : alone(image, sessions).withHostPorts(hostPorts).create(context);
    }

    private static P4Config alone(ProgramImage image, Map<Integer, MirrorSession> sessions) {
        return new P4Config(image.compiled(), RunOptions.of(image.rules()), sessions, new ProgramControl());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProgramNode node
                && sessions.equals(node.sessions)
                && hostPorts.equals(node.hostPorts)
                && isSame(image, node.image);
    }

    /** Whether two programs are one: what they were compiled from may differ in blanks and comments. */
    static boolean isSame(@Nullable ProgramImage a, @Nullable ProgramImage b) {
        if (a == null || b == null) return a == null && b == null;
        return a.pipeline().equals(b.pipeline()) && a.rules() == b.rules();
    }

    @Override
    public int hashCode() {
        return Objects.hash(sessions, hostPorts, image == null ? null : image.pipeline());
    }

    /** Has all packets go on. */
    private static final class PassingNode implements Node {
        @Override
        public void process(Batch batch, int[] picks, int n) {
            for (int k = 0; k < n; k++) batch.next(picks[k]);
        }
    }
}
