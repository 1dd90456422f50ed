package dev.weir.dataplane.graph;

import dev.weir.table.FlowTable;

/** What one worker's stages share for its whole life. */
record WorkerPlace(int worker, int workers, FlowTable table, WorkerPorts ports, FlowAliases aliases) {
    /** The place of a worker that has no others to post letters to. */
    WorkerPlace(int worker, int workers, FlowTable table, WorkerPorts ports) {
        this(worker, workers, table, ports, FlowAliases.of(worker, workers, table, (_, _) -> false));
    }
}
