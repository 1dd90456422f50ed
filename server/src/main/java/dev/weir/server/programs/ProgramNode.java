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
import org.jspecify.annotations.Nullable;

/**
 * A node of the type {@code p4} as a configuration says it: with a program, or without one until one is loaded; then packets pass. {@link Programs} puts what
 * runs into its place. In a graph that nobody does this for it runs its program, and nobody can ask it. Equal when what runs would be.
 *
 * @param image null for no program
 * @param sessions where mirrored packets go, by the program's numbers
 */
public record ProgramNode(@Nullable ProgramImage image, Map<Integer, MirrorSession> sessions) implements NodeConfig {
    /** What configurations call the type. */
    public static final String TYPE = "p4";

    public ProgramNode {
        sessions = Map.copyOf(sessions);
    }

    /** The same without a program. */
    ProgramNode emptied() {
        return new ProgramNode(null, sessions);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<String> ports() {
        return sessions.values().stream().map(MirrorSession::port).distinct().toList();
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
        return image == null ? new PassingNode() : alone(image, sessions).create(context);
    }

    private static P4Config alone(ProgramImage image, Map<Integer, MirrorSession> sessions) {
        return new P4Config(image.compiled(), RunOptions.of(image.rules()), sessions, new ProgramControl());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProgramNode node && sessions.equals(node.sessions) && isSame(image, node.image);
    }

    /** Whether two programs are one: what they were compiled from may differ in blanks and comments. */
    static boolean isSame(@Nullable ProgramImage a, @Nullable ProgramImage b) {
        if (a == null || b == null) return a == null && b == null;
        return a.pipeline().equals(b.pipeline()) && a.rules() == b.rules();
    }

    @Override
    public int hashCode() {
        return Objects.hash(sessions, image == null ? null : image.pipeline());
    }

    /** Has all packets go on. */
    private static final class PassingNode implements Node {
        @Override
        public void process(Batch batch, int[] picks, int n) {
            for (int k = 0; k < n; k++) batch.next(picks[k]);
        }
    }
}
