package dev.weir.dataplane.graph;

import java.util.List;

/** For tests: every packet that comes in by the one of two ports leaves by the other. */
record StaticPath(String a, String b) implements NodeConfig {
    @Override
    public String type() {
        return "static-path";
    }

    @Override
    public List<String> ports() {
        return List.of(a, b);
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public boolean choosesEgress() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        int first = context.port(a), second = context.port(b);
        return (batch, picks, n) -> {
            for (int j = 0; j < n; j++) {
                int i = picks[j];
                batch.egress[i] = batch.packets.port[i] == first ? second : first;
                batch.next(i);
            }
        };
    }
}
