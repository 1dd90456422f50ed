package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.balance.BalanceConfig;
import dev.weir.dataplane.nodes.balance.Target;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.testing.Frames;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.SendFault;
import dev.weir.wire.VirtualQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ten million packets from port to port, whose flows begin and end, allocate nothing. */
class GraphAllocationTest {
    private static final long PACKETS = 10_000_000;
    /** A window that is looked at alone; the first ones go to the JIT, which takes longer where the machine does much else. */
    private static final long WINDOW = PACKETS / 4, WINDOWS = 8;

    private static final int FRAME = 64, FLOWS = 20_000;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    @Test
    void graph_inSteadyState_allocatesNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        GraphConfig config = GraphConfig.builder()
                .ports("a")
                .node("one", new StaticPath("a", "a"))
                .node("two", new StaticPath("a", "a"))
                .table(FlowTableConfig.defaults().withMaxFlows(4 * FLOWS).withLifetime(1))
                .build();
        var plan = new Plan(config, new Numbering());
        try (var table = new FlowTable(config.table().withAnnexBytes(plan.annexBytes));
                Arena arena = Arena.ofConfined()) {
            var ports = new WorkerPorts(new PortQueue[] {new Endless(arena)}, new long[1], new Port[1]);
            Letters letters = Letters.between(1, Letters.capacity(1), arena, _ -> {})[0];
            var place = new WorkerPlace(0, 1, table, ports, letters, () -> {});
            List<NodeSlot> slots = List.of(new NodeSlot(plan, 0, place, ports), new NodeSlot(plan, 1, place, ports));
            var graph = new Graph(plan, slots, place, Graph.outputCounters());
            HandOff handOff = HandOff.between(1, arena, _ -> {})[0];
            var worker = new Worker(place, new Counted(), handOff, graph, true);
            worker.open();
            long now = 1;
            long warming = WINDOW;
            for (int window = 1; window <= WINDOWS && warming * 100 / WINDOW > 0; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                while (worker.packetsIn() < window * WINDOW) {
                    worker.cycle(now += 10_000);
                }
                warming = threads.getCurrentThreadAllocatedBytes() - before;
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            long first = worker.packetsIn();
            while (worker.packetsIn() - first < PACKETS) {
                worker.cycle(now += 10_000);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated * 100 / PACKETS).as("octets a hundred packets").isZero();
            assertThat(table.counters().get("CREATED")).isGreaterThan(PACKETS / 20);
            assertThat(graph.output().drops).containsOnly(0);
            worker.close();
            place.close();
        }
    }

    /** Two workers, half of whose flows have their second key at the other one. */
    @Test
    void translation_betweenWorkers_allocatesNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        GraphConfig config = GraphConfig.builder()
                .ports("a")
                .node(
                        "balance",
                        BalanceConfig.of(
                                FlowMatch.ALL.to(IpPrefix.of("0.0.0.2")),
                                Target.byAddress("one", IpPrefix.of("203.0.113.1"), 53)))
                .node("path", new StaticPath("a", "a"))
                .table(FlowTableConfig.defaults().withMaxFlows(4 * FLOWS).withLifetime(1))
                .workers(2)
                .build();
        var plan = new Plan(config, new Numbering());
        try (Arena arena = Arena.ofConfined()) {
            List<FlowTable> tables = FlowTable.shards(config.table().withAnnexBytes(plan.annexBytes), 2);
            HandOff[] handOffs = HandOff.between(2, arena, _ -> {});
            Letters[] letters = Letters.between(2, Letters.capacity(2), arena, _ -> {});
            var places = new ArrayList<WorkerPlace>();
            var workers = new ArrayList<Worker>();
            for (int w = 0; w < 2; w++) {
                var ports = new WorkerPorts(new PortQueue[] {new Endless(arena)}, new long[1], new Port[1]);
                var place = new WorkerPlace(w, 2, tables.get(w), ports, letters[w], () -> {});
                places.add(place);
                List<NodeSlot> slots =
                        List.of(new NodeSlot(plan, 0, place, ports), new NodeSlot(plan, 1, place, ports));
                var graph = new Graph(plan, slots, place, Graph.outputCounters());
                workers.add(new Worker(place, new Counted(), handOffs[w], graph, true));
                workers.get(w).open();
            }
            long allocated = WINDOW;
            for (int window = 1; window <= WINDOWS && allocated * 100 / WINDOW > 0; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                cycle(workers, window * WINDOW);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated * 100 / WINDOW).as("octets a hundred packets").isZero();
            assertThat(places).allMatch(place -> place.aliases().size() > FLOWS / 4);
            assertThat(places).allMatch(place -> place.aliases().clashes() == 0);
            workers.forEach(Worker::close);
            places.forEach(WorkerPlace::close);
            tables.forEach(FlowTable::close);
        }
    }

    /** Until the first worker has got so many packets in all. */
    private static void cycle(List<Worker> workers, long packets) {
        Worker first = workers.getFirst();
        long now = first.table().now();
        while (first.packetsIn() < packets) {
            now += 10_000;
            for (int w = 0; w < 2; w++) {
                workers.get(w).cycle(now);
            }
        }
    }

    /** Records are looked at and forgotten. */
    private static final class Counted implements RecordOutlet {
        private long ended;

        @Override
        public int kinds() {
            return FlowEvent.ENDED;
        }

        @Override
        public void accept(FlowRecords block) {
            ended += block.size();
        }

        @Override
        public boolean isCongested() {
            return ended < 0;
        }
    }

    /** Always has a vector of packets, of other flows each time. */
    private static final class Endless extends VirtualQueue {
        private final MemorySegment memory;
        private final MemorySegment sent;
        /** So often a tenth of the flows is left behind for others. */
        private static final int VECTORS = 64;

        private int flow, vectors, moved;

        Endless(Arena arena) {
            memory = arena.allocate((long) Batch.CAPACITY * FRAME);
            sent = arena.allocate(FRAME);
            byte[] frame = Frames.ethernet(Frames.ipv4(1, 2, Frames.UDP, Frames.udp(1, 2, Frames.payload(22))));
            for (int i = 0; i < Batch.CAPACITY; i++) {
                MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, (long) i * FRAME, FRAME);
            }
        }

        @Override
        public int receive(PacketVector vector) {
            vector.data = memory;
            vector.uniform(LinkType.ETHERNET, 0);
            for (int i = 0; i < Batch.CAPACITY; i++) {
                vector.offset[i] = (long) i * FRAME;
                vector.captured[i] = FRAME;
                vector.length[i] = FRAME;
                vector.offload[i] = 0;
                flow = (flow + 7919) % FLOWS;
                memory.set(INT, (long) i * FRAME + 14 + 12, flow + moved);
                memory.set(INT, (long) i * FRAME + 14 + 16, 2);
                memory.set(INT, (long) i * FRAME + 14 + 20, 1 << 16 | 2);
            }
            if (++vectors % VECTORS == 0) {
                moved += FLOWS / 10;
            }
            return Batch.CAPACITY;
        }

        @Override
        public int send(MemorySegment data, long offset, int length, long offload) {
            MemorySegment.copy(data, offset, sent, 0, length);
            counters.add(PortCounters.TX_PACKETS, 1);
            return SendFault.NONE;
        }
    }
}
