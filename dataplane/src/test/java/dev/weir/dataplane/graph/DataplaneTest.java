package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.graph.GraphConfig.Chain;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowUpdate;
import dev.weir.testing.Frames;
import dev.weir.wire.PortException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole data plane with its threads, between ports in memory. */
@Timeout(120)
class DataplaneTest {
    private static final long SECOND = 1_000_000_000L, MILLISECOND = 1_000_000L;
    private static final int A = 0x0A00_0001, B = 0x0A00_0002;
    private static final int NUMBER = 14 + 20 + 8;

    /** Final records as text that does not depend on which worker had the flow. */
    private static final class Collected implements RecordSink {
        private final ConcurrentLinkedQueue<String> records = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> reasons = new ConcurrentLinkedQueue<>();

        @Override
        public void accept(FlowRecord record) {
            records.add(record.sourcePort() + ">" + record.destinationPort() + " " + record.forwardPackets() + "/"
                    + record.reversePackets() + " " + record.forwardBytes() + "/" + record.reverseBytes());
            reasons.add(EndReason.name(record.reason()));
        }
    }

    private static GraphConfig.Builder wire(int workers) {
        return GraphConfig.builder()
                .ports("a", "b")
                .node("path", new StaticPath("a", "b"))
                .workers(workers);
    }

    /** A packet of a flow, with its number. */
    private static byte[] numbered(int flow, boolean reverse, int number) {
        byte[] payload = ByteBuffer.allocate(16).putInt(number).array();
        byte[] segment = reverse ? Frames.udp(53, 1000 + flow, payload) : Frames.udp(1000 + flow, 53, payload);
        return Frames.ethernet(
                reverse ? Frames.ipv4(B, A, Frames.UDP, segment) : Frames.ipv4(A, B, Frames.UDP, segment));
    }

    private static FlowKey key(int flow) {
        try {
            return new FlowKey(
                    InetAddress.getByAddress(new byte[] {10, 0, 0, 2}),
                    53,
                    InetAddress.getByAddress(new byte[] {10, 0, 0, 1}),
                    1000 + flow,
                    Frames.UDP,
                    0);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<MemoryPort> ports(int workers) {
        return List.of(new MemoryPort("a", 1, workers), new MemoryPort("b", 2, workers));
    }

    private static void finish(Dataplane plane) {
        while (!plane.isFinished()) {
            LockSupport.parkNanos(MILLISECOND);
        }
    }

    @ParameterizedTest(name = "{0} workers, seed {1}")
    @CsvSource({"1, 1", "2, 1", "3, 1", "2, 2", "3, 2"})
    void handOff_betweenWorkers_keepsOrderAndRecords(int workers, long seed) throws PortException {
        int flows = 300, packets = 60_000;
        var random = new SplittableRandom(seed);
        List<MemoryPort> ports = ports(workers);
        var expected = new HashMap<Integer, int[]>();
        for (int number = 0; number < packets; number++) {
            int flow = random.nextInt(flows);
            boolean reverse = expected.containsKey(flow) && random.nextBoolean();
            expected.computeIfAbsent(flow, _ -> new int[2])[reverse ? 1 : 0]++;
            // One queue gets both directions of a flow, but seldom the one of the worker that owns it.
            var frame = new MemoryPort.Frame(SECOND + number, numbered(flow, reverse, number));
            ports.get(reverse ? 1 : 0).put(flow % workers, frame);
        }
        var sink = new Collected();
        try (var plane = Dataplane.start(
                wire(workers).build(), ports, DataplaneOptions.defaults().withSink(sink))) {
            finish(plane);
            DataplaneCounters counters = plane.counters().join();
            assertThat(counters.table()).containsEntry("THRU", (long) packets).containsEntry("CREATED", (long) flows);
            assertThat(counters.node(GraphConfig.FLOW_TABLE).drops()).containsEntry("hand-off-full", 0L);
            if (workers > 1) {
                assertThat(counters.workers()).allMatch(worker -> worker.handed() > 0 && worker.taken() > 0);
            }
        }
        assertThat(inOrder(ports.get(1).sent()) + inOrder(ports.get(0).sent())).isEqualTo(packets);
        assertThat(new TreeSet<>(sink.records))
                .as("seed=%d", seed)
                .hasSize(flows)
                .isEqualTo(records(expected));
        assertThat(sink.reasons).containsOnly("flushed");
    }

    @Test
    void workers_tellThatTheyStart_eachInItsOwnThread() throws PortException {
        var started = new ConcurrentLinkedQueue<String>();
        var listener = new DataplaneListener() {
            @Override
            public void workerStarted(int worker) {
                started.add(worker + " in " + Thread.currentThread().getName());
            }
        };
        try (var plane = Dataplane.start(
                wire(2).build(), ports(2), DataplaneOptions.defaults().withListener(listener))) {
            finish(plane);
        }
        assertThat(started).containsExactlyInAnyOrder("0 in weir-worker-0", "1 in weir-worker-1");
    }

    /** Errors come in at every worker, about flows of every worker. */
    @Test
    void handOff_ofErrors_goesToTheFlowsThatTheyQuote() throws PortException {
        int workers = 3, flows = 60;
        List<MemoryPort> ports = ports(workers);
        for (int flow = 0; flow < flows; flow++) {
            byte[] there = numbered(flow, false, flow);
            byte[] message = ByteBuffer.allocate(36)
                    .putShort((short) 0x0301)
                    .position(8)
                    .put(there, 14, 28)
                    .array();
            byte[] error = Frames.ethernet(Frames.ipv4(0x0A00_00FE + flow, A, Frames.ICMP, message));
            ports.get(0).put(flow % workers, new MemoryPort.Frame(SECOND, there));
            ports.get(1).put((flow + 1) % workers, new MemoryPort.Frame(2 * SECOND, error));
        }
        var related = new CopyOnWriteArrayList<Long>();
        GraphConfig config = GraphConfig.builder()
                .ports("a", "b")
                .node("related", new RelatedCount(related))
                .node("path", new StaticPath("a", "b"))
                .workers(workers)
                .build();
        try (var plane = Dataplane.start(config, ports, DataplaneOptions.defaults())) {
            finish(plane);
            DataplaneCounters counters = plane.counters().join();
            assertThat(counters.table()).containsEntry("CREATED", 2L * flows);
            assertThat(counters.node(GraphConfig.FLOW_TABLE).drops().values()).containsOnly(0L);
        }
        assertThat(ports.get(0).sent()).hasSize(flows);
        assertThat(ports.get(1).sent()).hasSize(flows);
        // The clocks of workers are their packets' here: an error may overtake the packet that it is about.
        assertThat(related.stream().mapToLong(n -> n).sum()).isBetween(1L, (long) flows);
    }

    /** Counts related packets, and checks that they go to the initiator. */
    private record RelatedCount(List<Long> totals) implements NodeConfig {
        @Override
        public String type() {
            return "related-count";
        }

        @Override
        public Node create(NodeContext context) {
            return new Node() {
                private long total;

                @Override
                public void process(Batch batch, int[] picks, int n) {
                    for (int j = 0; j < n; j++) {
                        total += batch.isRelated(picks[j]) && batch.isReverse(picks[j]) ? 1 : 0;
                        batch.next(picks[j]);
                    }
                }

                @Override
                public void close() {
                    totals.add(total);
                }
            };
        }
    }

    /** Checks that each flow's packets come in the order of their numbers; returns how many there are. */
    private static int inOrder(List<MemoryPort.Frame> frames) {
        Map<Integer, Integer> last = new HashMap<>();
        for (MemoryPort.Frame frame : frames) {
            ByteBuffer octets = ByteBuffer.wrap(frame.octets());
            int flow = octets.getShort(34) + octets.getShort(36);
            int number = octets.getInt(NUMBER);
            Integer before = last.put(flow, number);
            assertThat(before == null || before < number).as("flow %d", flow).isTrue();
        }
        return frames.size();
    }

    private static Set<String> records(Map<Integer, int[]> packets) {
        var all = new TreeSet<String>();
        packets.forEach((flow, count) -> all.add(
                (1000 + flow) + ">53 " + count[0] + "/" + count[1] + " " + (44 * count[0]) + "/" + (44 * count[1])));
        return all;
    }

    /** Counts what passes, and takes its count along. */
    private record Tally(String what, List<Long> totals) implements NodeConfig {
        @Override
        public String type() {
            return "tally";
        }

        @Override
        public int annexBytes() {
            return 8;
        }

        @Override
        public Node create(NodeContext context) {
            return new TallyNode(context, totals);
        }
    }

    private static final class TallyNode implements Node {
        private final NodeContext context;
        private final List<Long> totals;
        private long total;

        TallyNode(NodeContext context, List<Long> totals) {
            this.context = context;
            this.totals = totals;
        }

        @Override
        public void process(Batch batch, int[] picks, int n) {
            for (int j = 0; j < n; j++) {
                int i = picks[j];
                var flow = context.flow().at(batch.flow[i]);
                flow.setLong(context.annex(), flow.getLong(context.annex()) + 1);
                total++;
                batch.next(i);
            }
        }

        @Override
        public void replace(Node old) {
            total += ((TallyNode) old).total;
        }

        @Override
        public void close() {
            totals.add(total);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void reload_underLoad_losesNothing(int workers) throws Exception {
        int packets = 100_000;
        List<MemoryPort> ports = ports(workers);
        List<Long> totals = new CopyOnWriteArrayList<>();
        var sink = new Collected();
        GraphConfig first = wire(workers).build();
        try (var plane =
                Dataplane.start(first, ports, DataplaneOptions.defaults().withSink(sink))) {
            Thread feeder = Thread.ofPlatform().start(() -> {
                for (int number = 0; number < packets; number++) {
                    var frame = new MemoryPort.Frame(SECOND + number, numbered(number % 50, false, number));
                    ports.getFirst().put(number % 50 % workers, frame);
                    if (number % 500 == 0) {
                        LockSupport.parkNanos(MILLISECOND);
                    }
                }
            });
            for (int round = 0; feeder.isAlive(); round++) {
                var builder = wire(workers).table(FlowTableConfig.defaults().withMaxFlows(10_000 + round % 2));
                if (round % 3 != 0) {
                    builder.node("tally", new Tally("round " + round % 3, totals));
                }
                List<MemoryPort> added = new ArrayList<>();
                if (round % 2 == 0) {
                    builder.ports("c");
                    added.add(new MemoryPort("c", 3, workers));
                }
                ReloadResult result = plane.reload(builder.build(), added);
                assertThat(result).isInstanceOf(ReloadResult.Applied.class);
                LockSupport.parkNanos(2 * MILLISECOND);
            }
            feeder.join();
            finish(plane);
        }
        assertThat(inOrder(ports.get(1).sent())).isEqualTo(packets);
        assertThat(sink.records).hasSize(50);
        assertThat(totals.stream().mapToLong(n -> n).sum()).isPositive();
    }

    /** Says when it is made, which is once where it has nothing to do with the number of ports. */
    private record Born(boolean byPorts, List<Integer> births) implements NodeConfig {
        @Override
        public String type() {
            return "born";
        }

        @Override
        public boolean takesUnhandled() {
            return true;
        }

        @Override
        public Node create(NodeContext context) {
            births.add(byPorts ? context.ports() : 0);
            return (batch, picks, n) -> {
                for (int j = 0; j < n; j++) {
                    batch.next(picks[j]);
                }
            };
        }
    }

    @Test
    void reload_withAPortMore_makesAnewOnlyNodesThatHaveTablesByPort() throws PortException {
        List<Integer> without = new CopyOnWriteArrayList<>(), by = new CopyOnWriteArrayList<>();
        NodeConfig one = new Born(false, without), other = new Born(true, by);
        try (var plane = Dataplane.start(
                wire(1).node("one", one).node("other", other).build(), ports(1), DataplaneOptions.defaults())) {
            var next = wire(1).node("one", one).node("other", other).ports("c").build();
            assertThat(plane.reload(next, List.of(new MemoryPort("c", 3, 1)))).isInstanceOf(ReloadResult.Applied.class);
        }
        assertThat(without).containsExactly(0);
        assertThat(by).containsExactly(2, 3);
    }

    @Test
    void reload_ofWhatCannotChange_isRefusedByName_andTheOldGoesOn() throws PortException {
        List<MemoryPort> ports = ports(1);
        try (var plane = Dataplane.start(wire(1).build(), ports, DataplaneOptions.defaults())) {
            var other = wire(2).ports("c")
                    .table(FlowTableConfig.defaults().withHashSeed(5))
                    .build();
            assertThat(plane.reload(other, List.of()))
                    .isInstanceOfSatisfying(
                            ReloadResult.Refused.class,
                            refused -> assertThat(refused.faults().stream().map(GraphConfig.Fault::path))
                                    .containsExactly("workers", "flow-table.hash-seed"));
            assertThat(plane.reload(wire(1).ports("c").build(), List.of()))
                    .isInstanceOfSatisfying(
                            ReloadResult.Refused.class,
                            refused -> assertThat(refused.faults().getFirst().path())
                                    .isEqualTo("ports.c"));
            assertThat(plane.reload(wire(1).build(), List.of())).isEqualTo(new ReloadResult.Applied(List.of()));
            ports.getFirst().put(0, new MemoryPort.Frame(SECOND, numbered(1, false, 1)));
            finish(plane);
        }
        assertThat(ports.get(1).sent()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"1", "3"})
    void control_findsChangesAndEndsFlows_byEitherOrientation(int workers) throws PortException {
        int flows = 2000;
        List<MemoryPort> ports = ports(workers);
        for (int flow = 0; flow < flows; flow++) {
            ports.getFirst().put(flow % workers, new MemoryPort.Frame(SECOND + flow, numbered(flow, false, flow)));
        }
        var sink = new Collected();
        try (var plane = Dataplane.start(
                wire(workers).build(), ports, DataplaneOptions.defaults().withSink(sink))) {
            finish(plane);
            assertThat(plane.lookup(key(5)).join())
                    .hasValueSatisfying(
                            record -> assertThat(record.sourcePort()).isEqualTo(1005));
            assertThat(plane.lookup(key(flows)).join()).isEmpty();
            assertThat(plane.update(key(5), FlowUpdate.NOTHING.withCtxId(77)).join())
                    .isTrue();
            assertThat(plane.update(key(flows), FlowUpdate.NOTHING).join()).isFalse();
            assertThat(plane.lookup(key(5)).join().orElseThrow().ctxId()).isEqualTo(77);
            assertThat(plane.delete(key(5)).join()).isTrue();
            assertThat(plane.delete(key(5)).join()).isFalse();
            assertThat(plane.list(_ -> true, Integer.MAX_VALUE).join()).hasSize(flows - 1);
            assertThat(plane.list(_ -> true, 10).join()).hasSize(10);
            assertThat(plane.purge(record -> record.sourcePort() % 2 == 0).join())
                    .isEqualTo(flows / 2);
            assertThat(plane.resize(200)).isInstanceOf(ReloadResult.Applied.class);
            assertThat(plane.list(_ -> true, Integer.MAX_VALUE).join()).hasSizeLessThan(flows / 2 - 1);
        }
        assertThat(sink.records).hasSize(flows);
        assertThat(sink.reasons).contains("deleted", "recycled", "flushed");
    }

    @Test
    void route_sendsAFlowThroughAnotherChain() throws PortException {
        List<MemoryPort> ports = ports(1);
        var totals = new CopyOnWriteArrayList<Long>();
        GraphConfig config = GraphConfig.builder()
                .ports("a", "b")
                .node("tally", new Tally("", totals))
                .node("path", new StaticPath("a", "b"))
                .chain("default", new Chain(List.of("path"), List.of("path"), List.of("path")))
                .chain("tallied", new Chain(List.of("tally", "path"), List.of("path"), List.of()))
                .build();
        try (var plane = Dataplane.start(config, ports, DataplaneOptions.defaults())) {
            ports.getFirst().put(0, new MemoryPort.Frame(SECOND, numbered(1, false, 1)));
            finish(plane);
            assertThat(plane.route(key(1), "tallied", "default").join()).isTrue();
            assertThat(plane.route(key(2), "tallied", "default").join()).isFalse();
            assertThatThrownBy(() -> plane.route(key(1), "lost", "default")).hasMessageContaining("default, tallied");
            var trace = plane.trace("tally", 1, Duration.ofSeconds(30));
            // The trace is on when mail that came after it is answered.
            plane.counters().join();
            ports.getFirst().put(0, new MemoryPort.Frame(SECOND, numbered(1, false, 2)));
            assertThat(trace.join()).singleElement().asString().contains("tally: next", "output: port b");
        }
        assertThat(totals).containsExactly(1L);
    }

    @Test
    void close_endsAskingWithAFailure_andTwiceDoesNothing() throws PortException {
        var plane = Dataplane.start(wire(2).build(), ports(2), DataplaneOptions.defaults());
        plane.close();
        plane.close();
        assertThat(plane.counters()).isCompletedExceptionally();
    }

    @ParameterizedTest
    @CsvSource({"1", "3"})
    void edit_ofManyFlows_changesEachForItself_andTellsOfThose(int workers) throws PortException {
        int flows = 500;
        List<MemoryPort> ports = ports(workers);
        for (int flow = 0; flow < flows; flow++) {
            ports.getFirst().put(flow % workers, new MemoryPort.Frame(SECOND + flow, numbered(flow, false, flow)));
        }
        var updated = new ConcurrentLinkedQueue<Long>();
        RecordSink sink = record -> {
            if (record.kind() == FlowEvent.UPDATED) {
                updated.add(record.ctxId());
            }
        };
        try (var plane = Dataplane.start(
                wire(workers).build(), ports, DataplaneOptions.defaults().withSink(sink, 0))) {
            finish(plane);
            plane.wantEvents("one", FlowEvent.UPDATED).join();
            plane.wantEvents("other", FlowEvent.UPDATED | FlowEvent.CREATED).join();
            plane.wantEvents("other", 0).join();
            List<FlowEdit> edits = new ArrayList<>();
            for (int flow = 0; flow < flows + 3; flow++) {
                edits.add(new FlowEdit(key(flow), FlowUpdate.NOTHING.withCtxId(flow)));
            }
            edits.set(7, new FlowEdit(key(7), FlowUpdate.NOTHING, "lost", null));
            List<FlowEdit.Outcome> outcomes = plane.edit(edits).join();
            assertThat(outcomes.get(7)).isEqualTo(FlowEdit.Outcome.NO_CHAIN);
            assertThat(outcomes.subList(flows, flows + 3)).containsOnly(FlowEdit.Outcome.NO_FLOW);
            assertThat(outcomes.stream().filter(outcome -> outcome == FlowEdit.Outcome.CHANGED))
                    .hasSize(flows - 1);
            assertThat(plane.lookup(key(499)).join().orElseThrow().ctxId()).isEqualTo(499);
            plane.wantEvents("one", 0).join();
            assertThat(plane.update(key(1), FlowUpdate.NOTHING).join()).isTrue();
        }
        assertThat(updated).hasSize(flows - 1).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"1, 7", "1, 5000", "3, 7", "3, 1000"})
    void read_goesOnFromPlaceToPlace_andGivesEachFlowOnce(int workers, int room) throws PortException {
        int flows = 2000;
        List<MemoryPort> ports = ports(workers);
        for (int flow = 0; flow < flows; flow++) {
            ports.getFirst().put(flow % workers, new MemoryPort.Frame(SECOND + flow, numbered(flow, false, flow)));
        }
        try (var plane = Dataplane.start(wire(workers).build(), ports, DataplaneOptions.defaults())) {
            finish(plane);
            var seen = new TreeSet<Integer>();
            var block = new FlowBlock(room);
            var view = new FlowRecord();
            FlowCursor cursor = FlowCursor.START;
            while (!cursor.isEnd()) {
                block.clear();
                cursor = plane.read(cursor, record -> record.sourcePort() % 2 == 0, block)
                        .join();
                for (int i = 0; i < block.size(); i++) {
                    assertThat(seen.add(block.get(i, view).sourcePort())).isTrue();
                }
            }
            assertThat(seen).hasSize(flows / 2);
        }
    }

    @Test
    void call_whereTheMailboxIsFull_failsAtOnce_andLaterOnesSucceed() throws Exception {
        List<MemoryPort> ports = ports(1);
        ports.getFirst().put(0, new MemoryPort.Frame(SECOND, numbered(1, false, 1)));
        try (var plane = Dataplane.start(wire(1).build(), ports, DataplaneOptions.defaults())) {
            finish(plane);
            var held = new CountDownLatch(1);
            var holding = plane.purge(_ -> {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return false;
            });
            List<CompletableFuture<?>> asked = new ArrayList<>();
            while (asked.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
                asked.add(plane.lookup(key(1)));
            }
            assertThatThrownBy(asked.getLast()::join).hasCauseInstanceOf(UnavailableException.class);
            held.countDown();
            assertThat(holding.join()).isZero();
            asked.removeLast();
            asked.forEach(answer -> assertThat(answer.join()).isNotNull());
            assertThat(plane.lookup(key(1)).join()).isPresent();
        }
    }

    @Test
    void close_failsWhatIsUnderWay() throws PortException {
        var plane = Dataplane.start(wire(1).build(), ports(1), DataplaneOptions.defaults());
        var trace = plane.trace(GraphConfig.FLOW_TABLE, 1, Duration.ofMinutes(1));
        plane.counters().join();
        plane.close();
        assertThatThrownBy(trace::join).hasCauseInstanceOf(UnavailableException.class);
    }

    @ParameterizedTest
    @CsvSource({"2", "5"})
    void owner_ofANamedKey_isTheOneThatItsPacketsAreHandedTo(int workers) throws PortException {
        List<MemoryPort> ports = ports(workers);
        for (int flow = 0; flow < 300; flow++) {
            ports.getFirst().put(0, new MemoryPort.Frame(SECOND + flow, numbered(flow, false, flow)));
        }
        try (var plane = Dataplane.start(wire(workers).build(), ports, DataplaneOptions.defaults())) {
            finish(plane);
            for (int flow = 0; flow < 300; flow++) {
                assertThat(plane.lookup(key(flow)).join()).as("flow %s", flow).isPresent();
            }
            assertThat(plane.counters().join().workers().stream().filter(worker -> worker.flows() != 0))
                    .hasSizeGreaterThan(1);
        }
    }
}
