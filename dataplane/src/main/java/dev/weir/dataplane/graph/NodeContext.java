package dev.weir.dataplane.graph;

import dev.weir.table.FlowContext;
import dev.weir.table.FlowTable;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** What a worker gives one of its nodes. Only the worker's thread calls it; nothing allocates but where it says so. */
public interface NodeContext {
    /** Which worker, from 0. */
    int worker();

    /** How many workers there are. */
    int workers();

    /** The worker's shard of the flow table. */
    FlowTable table();

    /** The view of flows that this node may move as it likes. */
    FlowContext flow();

    /** Where in the annex of a flow this node's octets begin. */
    int annex();

    /** Index of a port by its name; the graph has made sure that there is one. Allocates; for construction. */
    int port(String name);

    /**
     * What the nodes of all workers that one configuration makes have in common, such as a table of addresses: the first
     * of them makes it, the others are given the same. Allocates; for construction, which is one thread's.
     */
    <T> T shared(Class<T> type, Supplier<? extends T> make);

    /** How many ports there are, or will be until the graph is changed; indices are below. */
    int ports();

    /** The Ethernet address of a port, 0 where it has none. */
    long macAddress(int port);

    /** Adds to one of {@link NodeConfig#counters}. */
    void count(int counter, long n);

    /**
     * Sends a copy of a frame that is not (or not only) the packet on its way: a mirrored one, an answer.
     *
     * @param offload as in {@link dev.weir.packet.PacketVector#offload}
     * @return 0, or a {@link dev.weir.wire.SendFault}, which has been counted for the port
     */
    int send(int port, MemorySegment data, long offset, int length, long offload);
}
