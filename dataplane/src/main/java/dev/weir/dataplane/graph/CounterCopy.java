package dev.weir.dataplane.graph;

import dev.weir.packet.Malformed;
import dev.weir.table.FlowTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a worker has counted at one moment: numbers alone, copied between two vectors into room that was made before, so that being asked costs its packets
 * microseconds, and no memory. Who asked gives them their names. The worker fills it, then one other thread reads it.
 */
final class CounterCopy {
    /** As {@link WorkerCounters} has them. */
    long cycles,
            busyCycles,
            busyNanos,
            longestCycleNanos,
            mailNanos,
            longestMailNanos,
            totalNanos,
            vectors,
            packets,
            handed,
            taken;

    int flows;
    final long[] table = new long[FlowTable.counterNames().size()];
    /** By {@link Malformed}. */
    final long[] malformed = new long[Malformed.COUNT];

    long unhandled;

    private final int worker;
    private final StageCounters first;
    private Graph graph;
    private long[] stages;

    /** Room for what a worker counts: its first stage and its graph, but it may be about to go over to another. */
    CounterCopy(int worker, StageCounters first, Graph graph) {
        this.worker = worker;
        this.first = first;
        this.graph = graph;
        stages = new long[first.size() + graph.countersSize()];
    }

    /** Copies what the stages have counted. Allocates nothing where the graph is the one that there was room made for. */
    void copyStages(Graph now) {
        int size = first.size() + now.countersSize();
        if (size > stages.length) stages = new long[size];
        graph = now;
        first.copyTo(stages, 0);
        now.copyCounters(stages, first.size());
    }

    /** With names. Allocates. */
    Part part() {
        var nodes = new ArrayList<NodeCounters>();
        nodes.add(first.named(GraphConfig.FLOW_TABLE, GraphConfig.FLOW_TABLE, stages, 0));
        nodes.addAll(graph.named(stages, first.size()));
        return new Part(nodes, workerCounters(), tableCounters(), malformed());
    }

    private WorkerCounters workerCounters() {
        return new WorkerCounters(
                worker,
                cycles,
                busyCycles,
                busyNanos,
                longestCycleNanos,
                mailNanos,
                longestMailNanos,
                totalNanos,
                vectors,
                packets,
                handed,
                taken,
                flows);
    }

    /** UNHANDLED comes after CREATED. */
    private Map<String, Long> tableCounters() {
        var all = new LinkedHashMap<String, Long>();
        List<String> names = FlowTable.counterNames();
        for (int i = 0; i < table.length; i++) {
            all.put(names.get(i), table[i]);
            if (names.get(i).equals("CREATED")) {
                all.put("UNHANDLED", unhandled);
            }
        }
        return all;
    }

    private Map<String, Long> malformed() {
        var all = new TreeMap<String, Long>();
        for (int kind = 0; kind < malformed.length; kind++) {
            if (malformed[kind] != 0) {
                all.put(Malformed.name(kind), malformed[kind]);
            }
        }
        return all;
    }

    /** What one worker has counted. */
    record Part(
            List<NodeCounters> nodes, WorkerCounters worker, Map<String, Long> table, Map<String, Long> malformed) {}

    /** Asks a worker for it. */
    static final class Query extends WorkerCalls.Answering<CounterCopy> {
        private final WorkerLoop loop;
        private final CounterCopy copy;

        Query(WorkerLoop loop, CounterCopy copy) {
            this.loop = loop;
            this.copy = copy;
        }

        @Override
        boolean proceed(Worker worker) {
            loop.copyCounters(copy);
            give(copy);
            return true;
        }
    }
}
