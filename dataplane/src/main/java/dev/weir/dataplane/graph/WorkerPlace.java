package dev.weir.dataplane.graph;

import dev.weir.table.FlowTable;

/** What one worker's stages share for its whole life. */
record WorkerPlace(int worker, int workers, FlowTable table, WorkerPorts ports) {}
