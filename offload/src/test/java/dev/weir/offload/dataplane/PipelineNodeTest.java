package dev.weir.offload.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.offload.Samples;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import dev.weir.packet.Checksums;
import dev.weir.packet.Ethernet;
import dev.weir.packet.LinkType;
import dev.weir.packet.Tcp;
import dev.weir.packet.Udp;
import dev.weir.testing.Allocation;
import dev.weir.testing.Frames;
import dev.weir.wire.FileClock;
import dev.weir.wire.FilePort;
import dev.weir.wire.PcapWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of packets of a capture file on their way through a data plane with flows: what leaves by its two other ports, octet by octet. */
class PipelineNodeTest {
    private static final long ADDRESS_1 = 0x0A000001, ADDRESS_9 = 0x0A000009;
    private static final List<String> PORTS = List.of("in", "out", "other");

    @TempDir
    private Path folder = Path.of("");

    /** What left by each port, and what was counted. */
    private record Outcome(List<byte[]> out, List<byte[]> other, NodeCounters node, List<Flow> flows) {}

    private static FieldRef column(KeyField field, MaskType type) {
        return FieldRef.column(field.layer.uid, field.layer.uid, field.uid, type);
    }

    private static FieldRef is(KeyField field, long number) {
        return column(field, MaskType.EXACT).exactly(Value.of(ValueType.ofBits(field.width), number));
    }

    private static Action action(ActionKind kind) {
        return Action.of(kind.title, kind.uid);
    }

    private static Action action(ActionKind kind, long low) {
        return action(kind, 0, low);
    }

    private static Action action(ActionKind kind, long high, long low) {
        String name = kind.catalogued().arguments().getFirst().name();
        return Action.of(kind.title, kind.uid, new ActionArg(name, kind.argument, new Value(kind.argument, high, low)));
    }

    private static Action output(int port) {
        return action(ActionKind.OUTPUT, port);
    }

    private static Flow filter(long uid, long priority, List<FieldRef> matches, Action... actions) {
        return Flow.of(StandardModel.FILTER, uid, priority, matches, List.of(actions));
    }

    private static Flow forward(long uid, List<FieldRef> matches, Action... actions) {
        return Flow.of(StandardModel.FORWARD, uid, 0, matches, List.of(actions));
    }

    private Outcome run(List<byte[]> frames, Flow... flows) throws IOException {
        Path in = folder.resolve("in.pcap");
        try (PcapWriter writer = new PcapWriter(
                FileChannel.open(
                        in, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                LinkType.ETHERNET)) {
            long time = 1_700_000_000_000_000_000L;
            for (byte[] frame : frames) writer.write(off(frame), 0, frame.length, time += 1000);
        }
        FileClock clock = new FileClock();
        Pipeline pipeline = Pipeline.of(StandardModel.model(), PORTS, 1);
        try (MemoryDriver driver = PipelineDriver.by(clock::now, Map.of(1L, pipeline))) {
            BatchResult result = driver.change(FlowChange.set(1, List.of(flows), ErrorMode.ABORT))
                    .join();
            assertThat(result.first()).isNull();
            GraphConfig.Builder graph = GraphConfig.builder().node("tables", pipeline.node());
            for (String port : PORTS) graph.port(new GraphConfig.PortEntry(port, null, null, null, false));
            NodeCounters node;
            List<Flow> seen = new ArrayList<>();
            try (Dataplane plane = Dataplane.start(graph.build(), ports(in, clock), DataplaneOptions.defaults())) {
                while (!plane.isFinished()) LockSupport.parkNanos(1_000_000);
                node = plane.counters().join().node("tables");
                for (long table : new long[] {StandardModel.FILTER, StandardModel.FORWARD}) {
                    seen.addAll(driver.flows(1, FlowQuery.all(table)).join());
                }
            }
            return new Outcome(read("out"), read("other"), node, seen);
        }
    }

    private List<FilePort> ports(Path in, FileClock clock) throws IOException {
        return List.of(
                FilePort.open("in", List.of(in.toString()), null, 1, 0, clock),
                FilePort.open("out", List.of(), folder.resolve("out.pcap"), 1, 1, clock),
                FilePort.open("other", List.of(), folder.resolve("other.pcap"), 1, 2, clock));
    }

    private static MemorySegment off(byte[] frame) {
        MemorySegment segment = Arena.ofAuto().allocate(frame.length);
        return segment.copyFrom(MemorySegment.ofArray(frame));
    }

    /** The packets of a pcap file that this machine wrote. */
    private List<byte[]> read(String port) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(port + ".pcap")))
                .order(ByteOrder.nativeOrder());
        List<byte[]> frames = new ArrayList<>();
        for (int at = 24; at < file.limit(); at += 16 + file.getInt(at + 8)) {
            byte[] frame = new byte[file.getInt(at + 8)];
            file.get(at + 16, frame);
            frames.add(frame);
        }
        return frames;
    }

    /** An IP packet in a frame, all checksums right. */
    private static byte[] frame(String source, String destination, int protocol, byte[] payload) {
        return checked(Frames.ethernet(Frames.ip(source, destination, protocol, payload)));
    }

    private static byte[] checked(byte[] frame) {
        MemorySegment data = MemorySegment.ofArray(frame);
        boolean v4 = Ethernet.type(data, 0) == 0x0800;
        int transport = Ethernet.SIZE + (v4 ? 20 : 40);
        if (v4) {
            ByteBuffer.wrap(frame).putShort(Ethernet.SIZE + 10, (short) 0);
            ByteBuffer.wrap(frame).putShort(Ethernet.SIZE + 10, (short) Checksums.ipv4Header(data, Ethernet.SIZE));
        }
        int protocol = frame[Ethernet.SIZE + (v4 ? 9 : 6)];
        if (protocol == Frames.TCP) Tcp.fillChecksum(data, Ethernet.SIZE, transport, frame.length - transport);
        if (protocol == Frames.UDP) Udp.fillChecksum(data, Ethernet.SIZE, transport);
        return frame;
    }

    private static byte[] tcp(String source, int sourcePort, String destination, int destinationPort) {
        return frame(
                source,
                destination,
                Frames.TCP,
                Frames.tcp(sourcePort, destinationPort, Frames.ACK, Frames.payload(9)));
    }

    private static byte[] udp(String source, int sourcePort, String destination, int destinationPort) {
        return frame(source, destination, Frames.UDP, Frames.udp(sourcePort, destinationPort, Frames.payload(6)));
    }

    private static byte[] tagged(int vlan, byte[] frame) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) 0x8100)
                .putShort((short) vlan)
                .put(frame, 12, frame.length - 12)
                .array();
    }

    private static byte[] addressed(long destination, long source, byte[] frame) {
        return ByteBuffer.wrap(frame.clone())
                .putShort((short) (destination >>> 32))
                .putInt((int) destination)
                .putShort((short) (source >>> 32))
                .putInt((int) source)
                .array();
    }

    private static byte[] hopped(byte[] frame) {
        byte[] hopped = frame.clone();
        hopped[Ethernet.SIZE + (hopped[Ethernet.SIZE] >>> 4 == 4 ? 8 : 7)]--;
        return checked(hopped);
    }

    private static Arguments edit(String what, byte[] frame, byte[] expected, Action... actions) {
        return Arguments.of(what, frame, expected, List.of(actions));
    }

    private static Stream<Arguments> edits() {
        byte[] tcp = tcp("10.0.0.1", 1000, "10.0.0.2", 80);
        byte[] udp = udp("10.0.0.1", 1000, "10.0.0.2", 53);
        byte[] six = tcp("fd00::1", 1000, "fd00::2", 80);
        long high = 0xFD00_0000_0000_0000L;
        return Stream.of(
                edit("nothing", tcp, tcp),
                edit(
                        "IPv4 source",
                        tcp,
                        tcp("10.0.0.9", 1000, "10.0.0.2", 80),
                        action(ActionKind.SET_V4_SRC, ADDRESS_9)),
                edit(
                        "IPv4 destination",
                        udp,
                        udp("10.0.0.1", 1000, "10.0.0.9", 53),
                        action(ActionKind.SET_V4_DST, ADDRESS_9)),
                edit("IPv6 source", six, tcp("fd00::9", 1000, "fd00::2", 80), action(ActionKind.SET_V6_SRC, high, 9)),
                edit(
                        "IPv6 destination",
                        six,
                        tcp("fd00::1", 1000, "fd00::9", 80),
                        action(ActionKind.SET_V6_DST, high, 9)),
                edit("another family", six, six, action(ActionKind.SET_V4_SRC, ADDRESS_9)),
                edit("source port", tcp, tcp("10.0.0.1", 7, "10.0.0.2", 80), action(ActionKind.SET_SRC_PORT, 7)),
                edit("destination port", udp, udp("10.0.0.1", 1000, "10.0.0.2", 7), action(ActionKind.SET_DST_PORT, 7)),
                edit("port of IPv6", six, tcp("fd00::1", 1000, "fd00::2", 7), action(ActionKind.SET_DST_PORT, 7)),
                edit("time to live", tcp, hopped(tcp), action(ActionKind.DECREMENT_TTL)),
                edit("hop limit", six, hopped(six), action(ActionKind.DECREMENT_TTL)),
                edit(
                        "hardware addresses",
                        tcp,
                        addressed(5, 6, tcp),
                        action(ActionKind.SET_ETH_DST, 5),
                        action(ActionKind.SET_ETH_SRC, 6)),
                edit("a tag", tcp, tagged(7, tcp), action(ActionKind.PUSH_VLAN, 7)),
                edit(
                        "two tags",
                        tcp,
                        tagged(8, tagged(7, tcp)),
                        action(ActionKind.PUSH_VLAN, 7),
                        action(ActionKind.PUSH_VLAN, 8)),
                edit("another tag", tagged(7, tcp), tagged(8, tcp), action(ActionKind.SET_VLAN_ID, 8)),
                edit("no tag", tagged(7, tcp), tcp, action(ActionKind.POP_VLAN)),
                edit("no tag that was there", tcp, tcp, action(ActionKind.POP_VLAN)),
                edit(
                        "all at once",
                        tagged(7, tcp),
                        hopped(tcp("10.0.0.9", 7, "10.0.0.2", 80)),
                        action(ActionKind.POP_VLAN),
                        action(ActionKind.SET_V4_SRC, ADDRESS_9),
                        action(ActionKind.SET_SRC_PORT, 7),
                        action(ActionKind.DECREMENT_TTL)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void actions_makeThePacketThatWouldHaveBeenSent(String what, byte[] frame, byte[] expected, List<Action> actions)
            throws IOException {
        List<Action> all = new ArrayList<>(actions);
        all.add(output(2));
        Outcome seen = run(List.of(frame, frame), forward(1, List.of(), all.toArray(Action[]::new)));
        assertThat(seen.out()).as(what).containsExactly(expected, expected);
    }

    @Test
    void packets_goThroughTableAfterTable_asTheFlowBeforeLeftThem() throws IOException {
        byte[] frame = tcp("10.0.0.1", 1000, "10.0.0.2", 80);
        Outcome seen = run(
                List.of(frame),
                filter(1, 1, List.of(is(KeyField.V4_SRC, ADDRESS_1)), action(ActionKind.SET_V4_DST, ADDRESS_9)),
                forward(1, List.of(column(KeyField.V4_DST, MaskType.LPM).prefixed(u32(ADDRESS_9), 32, 32)), output(3)),
                forward(2, List.of(column(KeyField.V4_DST, MaskType.LPM).prefixed(u32(ADDRESS_9), 8, 32)), output(2)));
        assertThat(seen.out()).isEmpty();
        assertThat(seen.other()).containsExactly(tcp("10.0.0.1", 1000, "10.0.0.9", 80));
    }

    private static Value u32(long number) {
        return Value.of(ValueType.U32, number);
    }

    @Test
    void packets_areDroppedForReasons() throws IOException {
        byte[] last = tcp("10.0.0.5", 1, "10.0.0.2", 80);
        last[Ethernet.SIZE + 8] = 1;
        Outcome seen = run(
                List.of(
                        tcp("10.0.0.1", 1000, "10.0.0.2", 80),
                        udp("10.0.0.1", 1000, "10.0.0.2", 53),
                        Frames.arp(),
                        checked(last),
                        tcp("10.0.0.6", 1, "10.0.0.2", 443)),
                filter(1, 1, List.of(is(KeyField.TCP_SRC, 1000))),
                filter(2, 2, List.of(is(KeyField.V4_SRC, 0x0A000005)), action(ActionKind.DECREMENT_TTL)),
                forward(1, List.of(is(KeyField.ETHERTYPE, 0x0806)), output(9)),
                filter(3, 1, List.of(is(KeyField.V4_SRC, 0x0A000006)), output(2)));
        assertThat(seen.node().drops())
                .containsEntry("flow", 1L)
                .containsEntry("no-output", 1L)
                .containsEntry("no-such-port", 1L)
                .containsEntry("ttl-expired", 1L);
        assertThat(seen.out()).hasSize(1);
    }

    @Test
    void ofSeveralOutputs_allGetThePacketAsItIsThen() throws IOException {
        byte[] frame = udp("10.0.0.1", 1000, "10.0.0.2", 53);
        Outcome seen =
                run(List.of(frame), forward(1, List.of(), output(2), action(ActionKind.SET_SRC_PORT, 7), output(3)));
        assertThat(seen.out()).containsExactly(frame);
        assertThat(seen.other()).containsExactly(udp("10.0.0.1", 7, "10.0.0.2", 53));
    }

    @Test
    void flows_countWhatTheyGet_andTheNodeWhatItFinds() throws IOException {
        byte[] tcp = tcp("10.0.0.1", 1000, "10.0.0.2", 80);
        byte[] udp = udp("10.0.0.1", 1000, "10.0.0.2", 53);
        Outcome seen = run(
                List.of(tcp, udp, tcp),
                filter(1, 1, List.of(is(KeyField.V4_PROTOCOL, 6)), action(ActionKind.DECREMENT_TTL)),
                forward(2, List.of(is(KeyField.IN_PORT, 1)), output(2)));
        assertThat(seen.flows()).extracting(Flow::uid).containsExactly(1L, 2L);
        assertThat(seen.flows()).extracting(flow -> flow.seen().packets()).containsExactly(2L, 3L);
        assertThat(seen.flows())
                .extracting(flow -> flow.seen().bytes())
                .containsExactly(2L * tcp.length, 2L * tcp.length + udp.length);
        assertThat(seen.node().own()).containsEntry("HITS", 5L).containsEntry("MISSES", 1L);
    }

    /** Which packets a match of that field takes: of all kinds those that have the header, and the number. */
    @Test
    void aField_isNothingThatOtherHeadersHave() throws IOException {
        byte[] tcp = tcp("10.0.0.1", 53, "10.0.0.2", 80);
        byte[] udp = udp("10.0.0.1", 53, "10.0.0.2", 80);
        byte[] six = udp("fd00::1", 53, "fd00::2", 80);
        Outcome seen = run(
                List.of(tcp, udp, six, tagged(3, udp)),
                filter(1, 2, List.of(is(KeyField.UDP_SRC, 53), is(KeyField.V4_PROTOCOL, 17)), output(2)),
                filter(2, 1, List.of(is(KeyField.V6_NEXT_HEADER, 17)), output(3)),
                filter(3, 3, List.of(is(KeyField.VLAN_ID, 3))));
        assertThat(seen.out()).containsExactly(udp);
        assertThat(seen.other()).containsExactly(six);
        assertThat(seen.node().drops()).containsEntry("flow", 1L).containsEntry("no-output", 1L);
    }

    @Test
    void aModelThatTheDataPlaneCannotDo_isRefusedWithAllThatItCannot() {
        Model model = Samples.model();
        List<Action> actions = new ArrayList<>(model.actions());
        actions.add(Action.of("teleport", 99));
        Model other = model.with(new Document.Actions(actions)).with(new Document.TableGraph(List.of()));
        assertThatThrownBy(() -> Pipeline.of(other, PORTS, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("action 99 (teleport): ")
                .hasMessageContaining("table graph: ");
    }

    /** Frames cut and changed anywhere, through flows with every action there is: each leaves or is dropped, and nothing is thrown. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void anyOctets_areChangedOrLeftAlone(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Pipeline pipeline = Pipeline.of(StandardModel.model(), PORTS, 1);
        List<Action> all = new ArrayList<>();
        for (ActionKind kind : ActionKind.values()) {
            if (kind == ActionKind.DROP || kind == ActionKind.OUTPUT) continue;
            all.add(kind.argument == ValueType.NONE ? action(kind) : action(kind, 0, 7));
        }
        all.add(output(2));
        List<byte[]> frames = List.of(
                tcp("10.0.0.1", 1000, "10.0.0.2", 80),
                tagged(7, udp("fd00::1", 1000, "fd00::2", 53)),
                frame("10.0.0.1", "10.0.0.2", Frames.ICMP, new byte[32]),
                Frames.arp());
        try (MemoryDriver driver = PipelineDriver.by(() -> 0, Map.of(1L, pipeline))) {
            driver.change(FlowChange.set(
                            1, List.of(Flow.of(StandardModel.FORWARD, 1, 0, List.of(), all)), ErrorMode.ABORT))
                    .join();
            NodeUnderTest node = new NodeUnderTest(pipeline);
            for (int round = 0; round < 3000; round++) {
                byte[] frame = frames.get(random.nextInt(frames.size())).clone();
                for (int changes = random.nextInt(4); changes > 0; changes--) {
                    frame[random.nextInt(frame.length)] = (byte) random.nextInt();
                }
                frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
                node.fill(frame, 2, Math.max(frame.length, random.nextInt(1500)));
                node.process(round);
                assertThat(node.batch.packets.captured[1])
                        .as("seed %d, round %d", seed, round)
                        .isBetween(0, frame.length + 4);
            }
            assertThat(node.counted[PipelineConfig.HITS]).isEqualTo(6000);
        }
    }

    /** After it has warmed up a vector costs no memory, whatever it does to its packets. */
    @Test
    void vectors_allocateNothing() {
        Pipeline pipeline = Pipeline.of(StandardModel.model(), PORTS, 1);
        try (MemoryDriver driver = PipelineDriver.by(() -> 0, Map.of(1L, pipeline))) {
            driver.change(FlowChange.set(
                            1,
                            List.of(
                                    filter(
                                            1,
                                            1,
                                            List.of(is(KeyField.TCP_SRC, 1000)),
                                            action(ActionKind.SET_V4_SRC, ADDRESS_9)),
                                    forward(1, List.of(), action(ActionKind.PUSH_VLAN, 7), output(2))),
                            ErrorMode.ABORT))
                    .join();
            NodeUnderTest node = new NodeUnderTest(pipeline);
            byte[] frame = tcp("10.0.0.1", 1000, "10.0.0.2", 80);
            long allocated = Allocation.octetsOfRound(49, () -> {
                        node.fill(frame, 64, frame.length);
                        for (int i = 0; i < 50; i++) node.process(i);
                    })
                    / 50;
            assertThat(allocated).as("octets a vector").isZero();
        }
    }
}
