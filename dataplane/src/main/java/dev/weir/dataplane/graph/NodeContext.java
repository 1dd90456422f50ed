package dev.weir.dataplane.graph;

import dev.weir.table.FlowContext;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTuple;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;

/** What a worker gives one of its nodes. Only the worker's thread calls it, but for {@link #rouse}; nothing allocates but where it says so. */
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

    /**
     * How many ports there are, or will be until the graph is changed; indices are below. For construction: a node that
     * asks is made anew when there are more, see {@link Node#replace}.
     */
    int ports();

    /** The Ethernet address of a port, 0 where it has none. */
    long macAddress(int port);

    /**
     * Whether packets can leave by a port now: there is one, its interface is up and has a carrier, as far as was noticed in the last tenth of a second. To be asked now and then, not for
     * each packet.
     */
    boolean isUp(int port);

    /** The IP addresses of a port, none where it has none. Allocates; for construction. */
    List<InetAddress> addresses(int port);

    /** Index of the port by which the flow's first packet came, {@link Batch#NO_PORT} where that is not known. */
    int entryPort(int flow);

    /** Whether packets between these ends, in either direction, arrive at this worker. */
    boolean owns(FlowTuple tuple);

    /**
     * Gives the flow of packet {@code i}, which is its own, a second key: packets from {@code second}'s source to its
     * destination are the flow's forward packets, those from there its reverse ones. To be called before a packet that
     * has been translated so leaves; the graph removes it when the flow ends.
     *
     * @return {@link #ALIASED}; {@link #TAKEN} where another flow has that key; {@link #FULL} where there is no room
     */
    int alias(Batch batch, int i, FlowTuple second);

    /** What {@link #alias} returns. */
    int ALIASED = 0, TAKEN = 1, FULL = 2;

    /**
     * Marks the flow of packet {@code i} as offloaded, or takes its mark off, and has watchers told when that changes it. Does
     * nothing where the packet has no flow, or is an ICMP error, whose {@link Batch#flow} is the one that it quotes.
     */
    void markOffloaded(Batch batch, int i, boolean offloaded);

    /**
     * What the node does to flows may be otherwise from now on, though its configuration stays: those that are carried below the
     * data plane come back within the interval of their counts, and their next packets are looked at.
     */
    void decidesAnew();

    /**
     * The same for one flow, which comes back at once, if something carries it. For any time, also while packets are handled;
     * allocates.
     */
    void recall(OffloadedFlow flow);

    /**
     * Has the worker take a turn soon, also where it sleeps: for who has put something where {@link Node#turn} looks for it. Any thread, also after the data plane has
     * ended.
     */
    void rouse();

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
