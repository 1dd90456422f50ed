package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.nodes.FlowMatch;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.dataplane.nodes.Packets;
import dev.weir.dataplane.nodes.PortRange;
import dev.weir.dataplane.nodes.balance.BalanceConfig;
import dev.weir.dataplane.nodes.balance.Target;
import dev.weir.dataplane.nodes.nat.DestinationRule;
import dev.weir.dataplane.nodes.nat.NatConfig;
import dev.weir.dataplane.nodes.nat.SourceRule;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Rewrite;
import dev.weir.table.FlowRecord;
import dev.weir.testing.Frames;
import dev.weir.wire.PortException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows whose second key belongs to another worker than the flow: their answers get home, and they stay one flow. */
@Timeout(120)
class TranslatedWorkersTest {
    private static final long SECOND = 1_000_000_000L;
    private static final IpPrefix INSIDE = IpPrefix.of("10.0.0.0/8");

    /** Final records as text that does not depend on which worker had the flow. */
    static final class Collected implements RecordSink {
        final Collection<String> records = new ConcurrentLinkedQueue<>();

        @Override
        public void accept(FlowRecord record) {
            var text = new StringBuilder();
            for (int octet = 0; octet < (record.family() == 4 ? 4 : 16); octet++) {
                text.append(record.sourceOctet(octet)).append('.');
                text.append(record.destinationOctet(octet)).append(' ');
            }
            text.append(record.protocol())
                    .append(' ')
                    .append(record.sourcePort())
                    .append('>');
            text.append(record.destinationPort())
                    .append(' ')
                    .append(record.forwardPackets())
                    .append('/');
            text.append(record.reversePackets())
                    .append(' ')
                    .append(record.forwardBytes())
                    .append('/');
            records.add(text.append(record.reverseBytes()).toString());
        }
    }

    /** UDP to 192.0.2.1 goes to a server, to 192.0.2.2 to one of three; echo and what has no ports gets a source. */
    static GraphConfig edge(int workers) {
        return GraphConfig.builder()
                .ports("inside", "outside")
                .node(
                        "destination",
                        NatConfig.ofDestination(
                                new DestinationRule(
                                        "one",
                                        FlowMatch.ALL
                                                .to(IpPrefix.of("192.0.2.1"))
                                                .toPorts(IpProtocol.UDP, PortRange.of("53")),
                                        IpPrefix.of("203.0.113.1"),
                                        PortRange.of("5353")),
                                new DestinationRule(
                                        "one6",
                                        FlowMatch.ALL.to(IpPrefix.of("2001:db8::1")),
                                        IpPrefix.of("2001:db8::2"),
                                        null)))
                .node(
                        "balance",
                        BalanceConfig.of(
                                FlowMatch.ALL.to(IpPrefix.of("192.0.2.2")),
                                Target.byAddress("a", IpPrefix.of("203.0.113.11"), 80),
                                Target.byAddress("b", IpPrefix.of("203.0.113.12"), Rewrite.KEEP_PORT),
                                Target.byAddress("c", IpPrefix.of("203.0.113.13"), 82)))
                .node(
                        "source",
                        NatConfig.ofSource(SourceRule.toPool(
                                "out",
                                FlowMatch.ALL.from(INSIDE).to(IpPrefix.of("198.18.0.0/15")),
                                PortRange.of("1024-65535"),
                                IpPrefix.of("198.51.100.1"))))
                .node("path", new StaticPath("inside", "outside"))
                .workers(workers)
                .build();
    }

    /** The first packet of a flow, of one of the kinds that are translated. */
    static byte[] packet(int flow) {
        String client = "10.0." + (flow >> 8) + "." + (flow & 0xFF),
                far = "198.18." + (flow >> 8) + "." + (flow & 0xFF);
        byte[] segment = Frames.udp(1000 + flow, 53, Frames.payload(flow % 50));
        byte[] ip = switch (flow % 6) {
            case 0 -> Frames.ip(client, "192.0.2.1", IpProtocol.UDP, segment);
            case 1 -> Frames.ip(client, "192.0.2.2", IpProtocol.UDP, segment);
            case 2 -> Frames.ip(client, far, IpProtocol.ICMP, Packets.echo(8, flow));
            case 3 -> Frames.ip(client, far, IpProtocol.GRE, Frames.payload(16));
            case 4 -> Frames.ip(client, far, IpProtocol.UDP, segment);
            default -> Frames.ip("fd00::" + (flow + 1), "2001:db8::1", IpProtocol.UDP, segment);
        };
        return Packets.withChecksums(Frames.ethernet(ip));
    }

    private static String text(byte[] frame) {
        return Base64.getEncoder().encodeToString(frame);
    }

    private static List<String> texts(List<MemoryPort.Frame> frames) {
        return frames.stream().map(frame -> text(frame.octets())).toList();
    }

    private static void finish(Dataplane plane) {
        while (!plane.isFinished()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static final class Run {
        private final List<MemoryPort> ports;
        private final Collected sink = new Collected();
        private final SplittableRandom random;
        private final int workers;

        Run(int workers, long seed) {
            this.workers = workers;
            random = new SplittableRandom(seed);
            ports = List.of(new MemoryPort("inside", 1, workers), new MemoryPort("outside", 2, workers));
        }

        /** Each flow's packet goes out and its answers, of which there are two, come back: all in by any worker. */
        void converse(Dataplane plane, int flows, long time) {
            List<String> home = new ArrayList<>();
            for (int flow = 0; flow < flows; flow++) {
                byte[] there = packet(flow);
                home.add(text(Packets.answer(there)));
                home.add(text(Packets.answer(there)));
                ports.get(0).put(random.nextInt(workers), new MemoryPort.Frame(time, there));
            }
            finish(plane);
            List<MemoryPort.Frame> sent = ports.get(1).sent();
            assertThat(sent).hasSize(flows);
            for (MemoryPort.Frame frame : sent) {
                byte[] answer = Packets.answer(frame.octets());
                ports.get(1).put(random.nextInt(workers), new MemoryPort.Frame(time + 1, answer));
                ports.get(1).put(random.nextInt(workers), new MemoryPort.Frame(time + 1, answer));
            }
            finish(plane);
            assertThat(texts(ports.get(0).sent())).containsExactlyInAnyOrderElementsOf(home);
        }
    }

    private static Collection<String> records(int workers, long seed) throws PortException {
        var run = new Run(workers, seed);
        try (var plane = Dataplane.start(
                edge(workers), run.ports, DataplaneOptions.defaults().withSink(run.sink))) {
            for (int round = 1; round <= 4; round++) {
                run.converse(plane, 1500, round * SECOND);
            }
            NodeCounters table = plane.counters().join().node(GraphConfig.FLOW_TABLE);
            assertThat(table.drops().values()).containsOnly(0L);
            assertThat(table.own()).containsEntry("ALIAS_CLASHES", 0L);
        }
        return run.sink.records;
    }

    @ParameterizedTest(name = "{0} workers, seed {1}")
    @CsvSource({"2, 1", "3, 1", "2, 2", "3, 2"})
    void answers_getHome_andRecordsAreThoseOfOneWorker(int workers, long seed) throws PortException {
        assertThat(records(workers, seed))
                .as("seed=%d", seed)
                .hasSize(1500)
                .containsExactlyInAnyOrderElementsOf(records(1, seed));
    }

    private static long aliases(Dataplane plane) {
        return plane.counters().join().node(GraphConfig.FLOW_TABLE).own().getOrDefault("ALIASES", -1L);
    }

    private static byte[] tcp(int flow, int flags) {
        return Packets.withChecksums(
                Frames.tcpFrame("10.1." + (flow >> 8) + "." + (flow & 0xFF), 1000, "192.0.2.2", 80, flags, 0));
    }

    /** Connections begin, are reset, and begin anew, at other workers than those that own the servers' keys. */
    @ParameterizedTest(name = "{0} workers")
    @ValueSource(ints = {2, 3})
    void bindings_ofFlowsThatComeAndGo_areAllGivenBack(int workers) throws PortException {
        int flows = 4000, rounds = 12;
        var run = new Run(workers, 7);
        try (var plane = Dataplane.start(edge(workers), run.ports, DataplaneOptions.defaults())) {
            for (int round = 0; round < rounds; round++) {
                for (int flow = 0; flow < flows; flow++) {
                    run.ports.get(0).put(flow % workers, new MemoryPort.Frame(SECOND + round, tcp(flow, Frames.SYN)));
                    run.ports.get(0).put(flow % workers, new MemoryPort.Frame(SECOND + round, tcp(flow, Frames.RST)));
                }
            }
            finish(plane);
            assertThat(run.ports.get(1).sent()).hasSize(2 * flows * rounds);
            assertThat(aliases(plane)).isPositive();
            // The clock of a worker is that of the packets of its flows: these are some for everyone.
            for (int flow = 0; flow < 64; flow++) {
                byte[] late = Packets.withChecksums(Frames.udpFrame("10.2.0.1", 1000 + flow, "10.2.0.2", 1, 8));
                run.ports.get(0).put(0, new MemoryPort.Frame(1000 * SECOND, late));
            }
            while (aliases(plane) != 0) {
                LockSupport.parkNanos(1_000_000);
            }
            DataplaneCounters counters = plane.counters().join();
            NodeCounters balance = counters.node("balance");
            assertThat(balance.drops()).containsEntry("no-room", 0L).containsEntry("taken", 0L);
            NodeCounters table = counters.node(GraphConfig.FLOW_TABLE);
            assertThat(table.own()).containsEntry("ALIAS_CLASHES", 0L);
        }
    }
}
