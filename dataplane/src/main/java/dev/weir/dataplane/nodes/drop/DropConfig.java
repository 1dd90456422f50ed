package dev.weir.dataplane.nodes.drop;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A node that drops every packet that comes to it: the end of an arc or of a chain. Packets of offloaded flows and those
 * without a flow are dropped too.
 *
 * @param reason what listings call these drops; lower-case words with hyphens between
 */
public record DropConfig(String reason) implements NodeConfig {
    private static final Pattern REASON = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    public DropConfig {
        if (!REASON.matcher(reason).matches()) {
            throw new IllegalArgumentException("reason: '" + reason
                    + "' is no name; give lower-case words with hyphens between, as in not-for-us");
        }
    }

    @Override
    public String type() {
        return "drop";
    }

    @Override
    public List<String> dropReasons() {
        return List.of(reason);
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public boolean decidesByFlow() {
        return true;
    }

    @Override
    public boolean dropsByFlow(int why) {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        return new DropNode(reason);
    }
}
