package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.dataplane.graph.TranslatedWorkersTest.Collected;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.dataplane.nodes.balance.BalanceConfig;
import dev.weir.dataplane.nodes.balance.Target;
import dev.weir.dataplane.nodes.firewall.FirewallConfig;
import dev.weir.dataplane.nodes.firewall.Rule;
import dev.weir.dataplane.nodes.firewall.Verdict;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowRecord;
import dev.weir.table.TenantMode;
import dev.weir.testing.Frames;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flows of one data plane go on in another, with as many workers or not, and with another configuration. */
@Timeout(120)
class FlowRestoreTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int FLOWS = 1200;

    /** Copies of flows, kept on the heap. */
    private static final class Kept implements FlowSink {
        private record Flow(int worker, MemorySegment octets, MemorySegment aliases, int aliasCount) {}

        private final List<Flow> flows = new ArrayList<>();
        private FlowsLegend legend =
                new FlowsLegend(TenantMode.NONE, TunnelMode.OUTER, 0, List.of(), List.of(), List.of());
        private FlowsLegend.Counted counted = new FlowsLegend.Counted(Map.of(), Map.of(), List.of());

        @Override
        public void begin(FlowsLegend of, FlowsLegend.Counted soFar) {
            legend = of;
            counted = soFar;
        }

        @Override
        public void flows(int worker, FlowCopies copies) {
            var view = new FlowRecord();
            for (int i = 0; i < copies.size(); i++) {
                copies.get(i, view);
                int octets = FlowRecord.SIZE + copies.annexBytes();
                var flow = new Flow(worker, heap(octets), heap(176), copies.aliases(i));
                MemorySegment.copy(view.segment(), view.offset(), flow.octets, 0, octets);
                long aliasBytes = (long) flow.aliasCount * FlowCopies.ALIAS_BYTES;
                MemorySegment.copy(copies.aliasMemory(), copies.aliasAt(i), flow.aliases, 0, aliasBytes);
                flows.add(flow);
            }
        }

        private static MemorySegment heap(int octets) {
            return MemorySegment.ofArray(new long[octets / Long.BYTES]);
        }

        Consumer<FlowRestore> into(List<FlowRestore> told) {
            return restore -> {
                Optional<String> refused = restore.begin(legend);
                if (refused.isEmpty()) {
                    restore.counted(counted);
                    var view = new FlowRecord();
                    for (Flow flow : flows) {
                        restore.flow(flow.worker, view.wrap(flow.octets, 0), flow.aliases, 0, flow.aliasCount);
                    }
                }
                told.add(restore);
            };
        }
    }

    private static List<MemoryPort> ports(int workers) {
        return List.of(new MemoryPort("inside", 1, workers), new MemoryPort("outside", 2, workers));
    }

    private static void put(MemoryPort port, int workers, long time, List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            port.put(i % workers, new MemoryPort.Frame(time, frames.get(i)));
        }
    }

    private static List<byte[]> sent(Dataplane plane, MemoryPort port) {
        while (!plane.isFinished()) {
            LockSupport.parkNanos(1_000_000);
        }
        return port.sent().stream().map(MemoryPort.Frame::octets).toList();
    }

    private static List<String> texts(List<byte[]> frames) {
        return frames.stream()
                .map(frame -> Base64.getEncoder().encodeToString(frame))
                .toList();
    }

    private static List<byte[]> packets() {
        var all = new ArrayList<byte[]>();
        for (int flow = 0; flow < FLOWS; flow++) {
            all.add(TranslatedWorkersTest.packet(flow));
        }
        return all;
    }

    private static List<byte[]> answers(List<byte[]> frames) {
        return frames.stream().map(Packets::answer).toList();
    }

    /** What leaves on both sides in one exchange: out, and back from there. */
    private static List<byte[]> converse(Dataplane plane, List<MemoryPort> ports, int workers, long time) {
        put(ports.get(0), workers, time, packets());
        List<byte[]> out = sent(plane, ports.get(1));
        put(ports.get(1), workers, time, answers(out));
        assertThat(texts(sent(plane, ports.get(0))))
                .as("answers")
                .containsExactlyInAnyOrderElementsOf(texts(answers(packets())));
        return out;
    }

    private static DataplaneOptions to(Collected sink) {
        return DataplaneOptions.defaults().withSink(sink);
    }

    private static Map<String, Long> counts(Dataplane plane, String node, String... names) {
        Map<String, Long> all = plane.counters().join().node(node).own(), some = new TreeMap<>();
        for (String name : names) {
            some.put(name, all.get(name));
        }
        return some;
    }

    @ParameterizedTest(name = "{0} workers, then {1}")
    @CsvSource({"1, 1", "2, 2", "1, 2", "3, 1", "2, 3"})
    void translatedAndBalancedFlows_goOn_asIfNothingHadBeen(int before, int after) throws PortException, IOException {
        var first = new Collected();
        var running = new Kept();
        var atEnd = new Kept();
        List<byte[]> out;
        Map<String, Long> bindings, targets;
        List<MemoryPort> ports = ports(before);
        Dataplane plane = Dataplane.start(TranslatedWorkersTest.edge(before), ports, to(first));
        out = converse(plane, ports, before, SECOND);
        bindings = counts(plane, "source", "BINDINGS", "TRANSLATED");
        targets = counts(plane, "balance", "a:active", "b:active", "c:active", "a:flows", "b:packets");
        assertThat(plane.copyFlows(running)).isTrue();
        plane.close(atEnd);
        assertThat(first.records).as("nothing has ended").isEmpty();
        assertThat(running.flows).hasSize(FLOWS);
        assertThat(atEnd.flows).hasSize(FLOWS);

        var second = new Collected();
        var told = new ArrayList<FlowRestore>();
        List<MemoryPort> nextPorts = ports(after);
        try (var next = Dataplane.start(
                TranslatedWorkersTest.edge(after), nextPorts, to(second).withRestore(running.into(told)))) {
            assertThat(told.getFirst().leftOut()).isEmpty();
            assertThat(told.getFirst().forgotten()).isEmpty();
            assertThat(told.getFirst().restored()).isEqualTo(FLOWS);
            assertThat(counts(next, "source", "BINDINGS", "TRANSLATED")).isEqualTo(bindings);
            assertThat(counts(next, "balance", "a:active", "b:active", "c:active", "a:flows", "b:packets"))
                    .isEqualTo(targets);
            put(nextPorts.get(1), after, 2 * SECOND, answers(out));
            assertThat(texts(sent(next, nextPorts.get(0))))
                    .as("answers that come first")
                    .containsExactlyInAnyOrderElementsOf(texts(answers(packets())));
            assertThat(texts(converse(next, nextPorts, after, 3 * SECOND)))
                    .as("flows keep their ports and targets")
                    .containsExactlyInAnyOrderElementsOf(texts(out));
            NodeCounters table = next.counters().join().node(GraphConfig.FLOW_TABLE);
            assertThat(table.own()).containsEntry("ALIAS_CLASHES", 0L);
            assertThat(next.counters().join().table()).containsEntry("CREATED", (long) FLOWS);
        }
        assertThat(second.records).containsExactlyInAnyOrderElementsOf(withoutRestart());
    }

    private static Iterable<String> withoutRestart() throws PortException {
        var sink = new Collected();
        List<MemoryPort> ports = ports(1);
        try (var plane = Dataplane.start(TranslatedWorkersTest.edge(1), ports, to(sink))) {
            List<byte[]> out = converse(plane, ports, 1, SECOND);
            put(ports.get(1), 1, 2 * SECOND, answers(out));
            assertThat(sent(plane, ports.get(0))).hasSize(FLOWS);
            converse(plane, ports, 1, 3 * SECOND);
        }
        return sink.records;
    }

    private static GraphConfig firewall(Verdict verdict, boolean recheck, String... targets) {
        FirewallConfig rules = FirewallConfig.of(Rule.named("all", verdict));
        List<Target> all = List.of(targets).stream()
                .map(name -> Target.byPort(name, "outside"))
                .toList();
        return GraphConfig.builder()
                .ports("inside", "outside")
                .node("rules", recheck ? rules.withRecheck() : rules)
                .node("balance", BalanceConfig.of(all.toArray(Target[]::new)))
                .workers(1)
                .build();
    }

    private static Kept flows(GraphConfig config, int flows) throws PortException, IOException {
        var kept = new Kept();
        List<MemoryPort> ports = ports(1);
        Dataplane plane = Dataplane.start(config, ports, DataplaneOptions.defaults());
        put(ports.get(0), 1, SECOND, udp(flows));
        assertThat(sent(plane, ports.get(1))).hasSize(flows);
        plane.close(kept);
        return kept;
    }

    private static List<byte[]> udp(int flows) {
        var all = new ArrayList<byte[]>();
        for (int flow = 0; flow < flows; flow++) {
            all.add(Packets.withChecksums(Frames.udpFrame("10.0.0.1", 1000 + flow, "10.0.0.2", 53, 8)));
        }
        return all;
    }

    /** What is let through, and of how many flows nodes forget what they knew, after a start with another configuration. */
    @ParameterizedTest(name = "{0}, recheck {1}, targets {2}")
    @CsvSource({
        "accept, true, a b c, 30, 0",
        "accept, true, c b a, 30, 0",
        "accept, true, a c, 30, 10",
        "drop, true, a b c, 0, 0",
        "drop, false, a b c, 30, 0",
    })
    void configurationThatChanged_isFollowed(
            String verdict, boolean recheck, String targets, int through, long forgotten)
            throws PortException, IOException {
        Kept kept = flows(firewall(Verdict.ACCEPT, recheck, "a", "b", "c"), 30);
        var told = new ArrayList<FlowRestore>();
        List<MemoryPort> ports = ports(1);
        Verdict now = Verdict.valueOf(verdict.toUpperCase(java.util.Locale.ROOT));
        try (var plane = Dataplane.start(
                firewall(now, recheck, targets.split(" ")),
                ports,
                DataplaneOptions.defaults().withRestore(kept.into(told)))) {
            assertThat(told.getFirst().restored()).isEqualTo(30);
            put(ports.get(0), 1, 2 * SECOND, udp(30));
            assertThat(sent(plane, ports.get(1))).hasSize(through);
        }
        assertThat(told.getFirst().forgotten().getOrDefault("balance", 0L)).isEqualTo(forgotten);
    }

    @Test
    void tableThatIsSmaller_takesWhatItHasRoomFor_andSaysSo() throws PortException, IOException {
        Kept kept = flows(firewall(Verdict.ACCEPT, true, "a"), 30);
        var told = new ArrayList<FlowRestore>();
        GraphConfig config = firewall(Verdict.ACCEPT, true, "a");
        try (var plane = Dataplane.start(
                config.withTable(config.table().withMaxFlows(20)),
                ports(1),
                DataplaneOptions.defaults().withRestore(kept.into(told)))) {
            assertThat(plane.isServing()).isTrue();
            assertThat(told.getFirst().restored()).isEqualTo(20);
            assertThat(told.getFirst().leftOut()).isEqualTo(Map.of("no-room", 10L));
        }
    }

    @Test
    void copying_allocatesNothing_andWaitsForWhoEmptiesBlocks() {
        GraphConfig config = firewall(Verdict.ACCEPT, true, "a");
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int blocks = 16, flows = 2 * blocks * FlowCopies.FLOWS;
        try (var graph = GraphTester.of(config)) {
            udp(flows).forEach(frame -> graph.in("inside", SECOND, frame));
            graph.run();
            int annex = graph.worker().table().config().annexBytes();
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 50; round++) {
                try (var copying = new FlowCopying(annex)) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    while (!copying.isWaiting()) {
                        copying.run(graph.worker());
                    }
                    boolean ended = copying.run(graph.worker());
                    allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
                    assertThat(ended).isFalse();
                    int copied = 0;
                    for (var block = copying.poll(); block != null; block = copying.poll()) {
                        copied += block.size();
                        copying.giveBack(block);
                        while (!ended && !copying.isWaiting()) {
                            ended = copying.run(graph.worker());
                        }
                    }
                    assertThat(ended).isTrue();
                    assertThat(copied).isEqualTo(flows);
                }
            }
            assertThat(allocated).as("octets while all blocks are filled").isLessThan(64);
        }
    }
}
