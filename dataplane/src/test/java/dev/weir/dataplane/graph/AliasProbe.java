package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTuple;
import dev.weir.table.FlowVector;

/** The second keys of a worker's flows as the graph keeps them, for tests of nodes outside a graph. */
public final class AliasProbe implements AutoCloseable {
    private final FlowAliases aliases;

    /** Of one of so many workers, none of whom reads letters. */
    public AliasProbe(int worker, int workers, FlowTable table) {
        aliases = FlowAliases.of(worker, workers, table, (_, _) -> true);
    }

    public void resolve(FlowVector flows) {
        aliases.resolve(flows);
    }

    public boolean resolve(FlowVector flows, int i) {
        return aliases.resolve(flows, i);
    }

    public boolean owns(FlowTuple tuple) {
        return aliases.owns(tuple);
    }

    public int alias(Batch batch, int i, FlowTuple second) {
        return aliases.alias(batch, i, second);
    }

    public void ended(FlowRecord record) {
        aliases.ended(record);
    }

    public int size() {
        return aliases.size();
    }

    @Override
    public void close() {
        aliases.close();
    }
}
