package dev.weir.offload.dataplane;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.packet.LinkType;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTuple;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;

/** A pipeline's node, given packets one vector at a time, without a data plane around it. Its port 0 is number 1. */
final class NodeUnderTest implements NodeContext {
    private static final int ROOM = 2048;

    final Batch batch = new Batch();
    final long[] counted = new long[3];
    private final List<String> ports;
    private final Node node;
    private final int[] picks = new int[Batch.CAPACITY];

    NodeUnderTest(Pipeline pipeline) {
        ports = pipeline.ports();
        node = pipeline.node().create(this);
    }

    /** Puts {@code copies} of a frame into the next vector, each of which is said to have had that length. */
    void fill(byte[] frame, int copies, int length) {
        batch.packets.room(ROOM * Batch.CAPACITY, 0);
        batch.packets.uniform(LinkType.ETHERNET, 0);
        for (int i = 0; i < copies; i++) {
            batch.packets.offset[i] = (long) i * ROOM;
            batch.packets.captured[i] = frame.length;
            batch.packets.length[i] = length;
            batch.packets.offload[i] = 0;
            MemorySegment.copy(
                    MemorySegment.ofArray(frame), 0, batch.packets.data, batch.packets.offset[i], frame.length);
            picks[i] = i;
        }
        batch.packets.size = copies;
    }

    /** Has the vector processed. */
    void process(long now) {
        batch.now = now;
        for (int i = 0; i < batch.packets.size; i++) batch.egress[i] = Batch.NO_PORT;
        node.process(batch, picks, batch.packets.size);
    }

    @Override
    public int worker() {
        return 0;
    }

    @Override
    public int workers() {
        return 1;
    }

    @Override
    public int port(String name) {
        return ports.indexOf(name);
    }

    @Override
    public int ports() {
        return ports.size();
    }

    @Override
    public void count(int counter, long n) {
        counted[counter] += n;
    }

    @Override
    public int send(int port, MemorySegment data, long offset, int length, long offload) {
        return 0;
    }

    @Override
    public long macAddress(int port) {
        return 0;
    }

    @Override
    public boolean isUp(int port) {
        return port < ports.size();
    }

    @Override
    public List<InetAddress> addresses(int port) {
        return List.of();
    }

    @Override
    public int annex() {
        return 0;
    }

    @Override
    public FlowTable table() {
        throw unasked();
    }

    @Override
    public FlowContext flow() {
        throw unasked();
    }

    @Override
    public <T> T shared(Class<T> type, Supplier<? extends T> make) {
        throw unasked();
    }

    @Override
    public int entryPort(int flow) {
        throw unasked();
    }

    @Override
    public boolean owns(FlowTuple tuple) {
        throw unasked();
    }

    @Override
    public int alias(Batch batch, int i, FlowTuple second) {
        throw unasked();
    }

    @Override
    public void markOffloaded(Batch batch, int i, boolean offloaded) {
        throw unasked();
    }

    @Override
    public void decidesAnew() {
        throw unasked();
    }

    @Override
    public void recall(OffloadedFlow flow) {
        throw unasked();
    }

    @Override
    public void rouse() {
        throw unasked();
    }

    private static AssertionError unasked() {
        return new AssertionError("the node has no business with flows of the flow table");
    }
}
