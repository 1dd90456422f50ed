package dev.weir.dataplane.nodes.balance;

import dev.weir.dataplane.graph.NodeContext;
import dev.weir.table.FlowTuple;
import java.util.Arrays;
import java.util.List;

/** Chooses targets for new flows, as numbers in the configuration's list. One a worker; allocates nothing after it was made. */
final class Chooser {
    static final int NONE = Maglev.NONE;

    private final BalanceConfig.Method method;
    /** By target: its weight, 0 where it takes no new flows; what it has gathered of its turn. */
    private final int[] weights;

    private final int[] credit;
    private final int total;
    private final Maglev table;
    private int last;

    Chooser(BalanceConfig config, NodeContext context) {
        method = config.method();
        boolean byWeight = method == BalanceConfig.Method.WEIGHTED;
        List<Target> targets = config.targets();
        weights = targets.stream()
                .mapToInt(t -> !t.takesNewFlows() ? 0 : byWeight ? t.weight() : 1)
                .toArray();
        credit = new int[weights.length];
        total = Arrays.stream(weights).sum();
        boolean byHash = method == BalanceConfig.Method.HASH || method == BalanceConfig.Method.STICKY;
        table = context.shared(Maglev.class, () -> new Maglev(byHash ? targets : List.of()));
        // Workers begin at different targets, so that few flows on many workers do not all go to the first.
        last = (context.worker() + weights.length - 1) % weights.length;
    }

    /** The target of a flow with these ends, {@link #NONE} where no target takes new flows. */
    int choose(FlowTuple t) {
        return switch (method) {
            case ROUND_ROBIN -> next();
            case WEIGHTED -> heaviest();
            case HASH -> table.ofFlow(t);
            case STICKY -> table.ofClient(t);
        };
    }

    private int next() {
        for (int n = 0; n < weights.length; n++) {
            last = last + 1 == weights.length ? 0 : last + 1;
            if (weights[last] != 0) {
                return last;
            }
        }
        return NONE;
    }

    /** Each gathers its weight; the one with the most is it, and gives up what all gathered. */
    private int heaviest() {
        int best = NONE;
        for (int t = 0; t < weights.length; t++) {
            credit[t] += weights[t];
            if (weights[t] != 0 && (best == NONE || credit[t] > credit[best])) {
                best = t;
            }
        }
        if (best != NONE) {
            credit[best] -= total;
        }
        return best;
    }
}
