package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.dataplane.graph.GraphConfig.Fault;
import dev.weir.dataplane.graph.GraphConfig.PortEntry;
import dev.weir.dataplane.graph.GraphConfig.Tenant;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.TenantMode;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A configuration says all that is wrong in it, with the place. */
class GraphCheckTest {
    private static List<String> paths(GraphConfig.Builder config) {
        return config.build().faults().stream().map(Fault::path).toList();
    }

    @Test
    void config_empty_lacksPorts() {
        assertThat(paths(GraphConfig.builder())).containsExactly("ports");
    }

    @Test
    void config_sound_hasNoFaults() {
        assertThat(paths(GraphConfig.builder().ports("a", "b").node("path", new StaticPath("a", "b"))))
                .isEmpty();
    }

    @Test
    void config_withManyFaults_saysAllOfThem() {
        var config = GraphConfig.builder()
                .ports("a", "a")
                .port(new PortEntry("b", "nobody", "nowhere", "nothing", true))
                .node("output", new StaticPath("a", "c"))
                .node("x", new Arced())
                .node("x", new Arced(), Map.of("aside", "output", "astray", "drop"))
                .node("y", new Arced(), Map.of("aside", "x"))
                .chain("default", new Chain(List.of("y", "x", "z"), List.of(), List.of("y")))
                .tenants(
                        TenantMode.VLAN,
                        List.of(
                                new Tenant("red", 1 << 24, "nowhere", OptionalInt.empty()),
                                new Tenant("blue", 5, null, OptionalInt.empty()),
                                new Tenant("green", 5, null, OptionalInt.empty())))
                .table(FlowTableConfig.defaults().withLifetime(0))
                .workers(0);
        assertThat(paths(config))
                .containsExactlyInAnyOrder(
                        "ports.a",
                        "ports.b.chain",
                        "ports.b.next",
                        "ports.b.tenant",
                        "nodes.output",
                        "nodes.output",
                        "nodes.x",
                        "nodes.x.arcs",
                        "nodes.x.arcs.astray",
                        "nodes.y.arcs.aside",
                        "chains.default.forward[1]",
                        "chains.default.forward[2]",
                        "chains.default.unhandled[0]",
                        "tenants.red.number",
                        "tenants.red.chain",
                        "tenants.green.number",
                        "flow-table.lifetime",
                        "workers");
    }

    @Test
    void config_withTooManyNodes_isRefused() {
        var config = GraphConfig.builder().ports("a");
        for (int k = 0; k <= GraphConfig.MAX_NODES; k++) {
            config.node("n" + k, new StaticPath("a", "a"));
        }
        assertThat(paths(config)).containsExactly("nodes");
    }

    /** Has an arc, and cannot do without a flow. */
    private record Arced() implements NodeConfig {
        @Override
        public String type() {
            return "arced";
        }

        @Override
        public List<String> arcs() {
            return List.of("aside");
        }

        @Override
        public Node create(NodeContext context) {
            return (batch, picks, n) -> {
                for (int j = 0; j < n; j++) {
                    batch.next(picks[j]);
                }
            };
        }
    }
}
