package dev.weir.dataplane.graph;

import dev.weir.table.FlowTable;

/**
 * What one worker's stages share for its whole life; of it only the aliases are closed with it.
 *
 * @param rouse has the worker take a turn if it sleeps; any thread may run it
 */
record WorkerPlace(
        int worker,
        int workers,
        FlowTable table,
        WorkerPorts ports,
        Letters letters,
        FlowAliases aliases,
        FlowOffload offload,
        Runnable rouse)
        implements AutoCloseable {
    /** One whose aliases travel by {@code letters}. */
    WorkerPlace(int worker, int workers, FlowTable table, WorkerPorts ports, Letters letters, Runnable rouse) {
        this(
                worker,
                workers,
                table,
                ports,
                letters,
                FlowAliases.of(worker, workers, table, letters),
                new FlowOffload(worker, table),
                rouse);
    }

    @Override
    public void close() {
        aliases.close();
    }
}
