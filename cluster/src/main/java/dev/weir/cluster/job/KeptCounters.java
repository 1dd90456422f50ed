package dev.weir.cluster.job;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/** Counters of a function that are in its checkpoints, so that what is read again counts once, and are told as the job's. One thread. */
final class KeptCounters {
    private static final char BETWEEN = '=';

    private final ListState<String> state;
    private final Map<String, Long> restored = new TreeMap<>();
    private final Map<String, LongCounter> counters = new HashMap<>();

    /** Takes up what this one's share of the state has. */
    KeptCounters(OperatorStateStore store) throws Exception {
        state = store.getListState(new ListStateDescriptor<>("counters", Types.STRING));
        for (String each : state.get()) {
            int between = each.lastIndexOf(BETWEEN);
            restored.merge(each.substring(0, between), Long.valueOf(each.substring(between + 1)), Long::sum);
        }
    }

    /** Begins to tell them. */
    void open(RuntimeContext context) {
        restored.forEach((name, count) -> add(context, name, count));
    }

    void add(RuntimeContext context, String name, long count) {
        counters.computeIfAbsent(name, _ -> {
                    var counter = new LongCounter();
                    context.addAccumulator(FlowOperator.COUNTER + name, counter);
                    return counter;
                })
                .add(count);
    }

    /** What this one counted so far. */
    long value(String name) {
        LongCounter counter = counters.get(name);
        return counter == null ? 0 : counter.getLocalValuePrimitive();
    }

    void snapshot() throws Exception {
        state.update(counters.entrySet().stream()
                .map(each -> each.getKey() + BETWEEN + each.getValue().getLocalValuePrimitive())
                .toList());
    }
}
