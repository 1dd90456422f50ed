package dev.weir.p4.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.RecordSink;
import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.table.FlowEvent;
import dev.weir.wire.Captures;
import dev.weir.wire.FileClock;
import dev.weir.wire.FilePort;
import dev.weir.wire.PacketSource;
import dev.weir.wire.PcapWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class P4NodeTest {
    /** Does what the type of a frame says. */
    private static final String PROGRAM = """
            program types
            header ethernet_t {
                dst 48
                src 48
                type 16
            }
            header tag_t {
                number 32
            }
            headers {
                ethernet ethernet_t
                tag tag_t
            }
            variables {
                port 32 = port
                again 1 = recirculated
            }
            counter frames[1] packets_and_bytes
            parser {
                state start {
                    extract ethernet
                    goto accept
                }
            }
            control {
                count frames[1w0]
                switch ethernet.type {
                    case 0x9001 {
                        ethernet.dst = 48w0x0a0b0c0d0e0f
                        forward 32w1
                    }
                    case 0x9002 {
                        tag.$valid = 1w1
                        tag.number = port + 32w0x11223344
                        forward 32w1
                    }
                    case 0x9003 {
                        mirror(8w0, 16w7)
                        drop
                    }
                    case 0x9004 {
                        if again {
                            forward 32w2
                        } else {
                            ethernet.src = 48w1
                            recirculate
                        }
                    }
                    case 0x9005 {
                        recirculate
                    }
                    case 0x9006 {
                        forward 32w9
                    }
                    case 0x9008 {
                        tag.$valid = 1w1
                        tag.number = 32w1
                        mirror(8w0, 16w7)
                        mirror(8w1, 16w8)
                        mirror(8w2, 16w9)
                    }
                }
            }
            deparser {
                emit ethernet
                emit tag
            }
            """;

    private static final String BEFORE = "000000000002" + "000000000001";

    @TempDir
    private Path folder;

    private static CompiledProgram program() {
        return ProgramCompiler.compile(IrReader.read(PROGRAM));
    }

    private String capture(String name, List<String> frames) throws IOException {
        Path file = folder.resolve(name);
        try (Arena arena = Arena.ofConfined();
                PcapWriter writer = new PcapWriter(
                        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        LinkType.ETHERNET)) {
            long time = 1_000_000_000;
            for (String frame : frames) {
                byte[] bytes = HexFormat.of().parseHex(frame);
                MemorySegment segment = arena.allocate(bytes.length);
                segment.copyFrom(MemorySegment.ofArray(bytes));
                writer.write(segment, 0, bytes.length, time++);
            }
        }
        return file.toString();
    }

    private List<String> frames(String name) throws IOException {
        List<String> frames = new ArrayList<>();
        PacketVector vector = new PacketVector(16);
        try (PacketSource source = Captures.open(List.of(folder.resolve(name).toString()))) {
            while (source.read(vector) > 0) {
                for (int i = 0; i < vector.size; i++) {
                    MemorySegment frame = vector.data.asSlice(vector.offset[i], vector.captured[i]);
                    frames.add(HexFormat.of().formatHex(frame.toArray(ValueLayout.JAVA_BYTE)));
                }
            }
        }
        return frames;
    }

    @Test
    void node_inAGraph_doesWithFramesWhatTheProgramDecides() throws Exception {
        String rest = "0011223344556677889900112233445566778899001122334455667788990011223344556677889900112233";
        List<String> in = new ArrayList<>();
        for (int type = 0x9001; type <= 0x9007; type++) in.add(BEFORE + Integer.toHexString(type) + rest);
        FileClock clock = new FileClock();
        P4Config config = new P4Config(
                program(), RunOptions.of(Rules.P4TC), Map.of(7, MirrorSession.to("c")), new ProgramControl());
        GraphConfig graph =
                GraphConfig.builder().node("types", config).ports("a", "b", "c").build();
        List<FilePort> ports = List.of(
                FilePort.open("a", List.of(capture("a.pcap", in)), null, 1, 0, clock),
                FilePort.open("b", List.of(), folder.resolve("b.pcap"), 1, 1, clock),
                FilePort.open("c", List.of(), folder.resolve("c.pcap"), 1, 2, clock));
        try (Dataplane dataplane = Dataplane.start(graph, ports, DataplaneOptions.defaults())) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
            NodeCounters counted = dataplane.counters().get(10, TimeUnit.SECONDS).nodes().stream()
                    .filter(node -> node.name().equals("types"))
                    .findFirst()
                    .orElseThrow();
            assertThat(counted.toString())
                    .contains("FORWARDED=3", "PASSED=1", "MIRRORED=1", "RECIRCULATED=9")
                    .contains("program=1", "no-such-port=1", "recirculated-too-often=1");
        }
        assertThat(frames("b.pcap"))
                .containsExactlyInAnyOrder(
                        "0a0b0c0d0e0f" + "000000000001" + "9001" + rest, BEFORE + "9002" + "11223344" + rest);
        assertThat(frames("c.pcap"))
                .containsExactlyInAnyOrder(BEFORE + "9003" + rest, "000000000002" + "000000000001" + "9004" + rest);
    }

    /** A frame of a port of the host goes to port 2, one of the network to port 1. */
    @Test
    void hostPorts_areThoseOfTheConfiguration() throws Exception {
        String program = PROGRAM.replace("again 1 = recirculated", "again 1 = recirculated\n    host 1")
                .replace("counter frames", "register host_ports[8] 1\ncounter frames")
                .replace("    count frames[1w0]\n", """
                            host <- read host_ports[port]
                            if host {
                                forward 32w2
                            } else {
                                forward 32w1
                            }
                        """);
        program =
                program.substring(0, program.indexOf("    switch")) + program.substring(program.indexOf("}\ndeparser"));
        CompiledProgram compiled = ProgramCompiler.compile(IrReader.read(program));
        P4Config config = P4Config.of(compiled, RunOptions.of(Rules.PNA)).withHostPorts(List.of("b"));
        FileClock clock = new FileClock();
        String frame = BEFORE + "9001" + "aa".repeat(50);
        List<String> in = List.of(capture("a.pcap", List.of(frame)));
        List<FilePort> ports = List.of(
                FilePort.open("a", in, null, 1, 0, clock),
                FilePort.open("b", in, folder.resolve("b.out"), 1, 1, clock),
                FilePort.open("c", List.of(), folder.resolve("c.out"), 1, 2, clock));
        GraphConfig graph =
                GraphConfig.builder().node("ports", config).ports("a", "b", "c").build();
        try (Dataplane dataplane = Dataplane.start(graph, ports, DataplaneOptions.defaults())) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
        }
        assertThat(frames("b.out")).containsExactly(frame);
        assertThat(frames("c.out")).containsExactly(frame);
    }

    @Test
    void mirroredPackets_areWhatTheirSessionsSay_andAPacketThatGrewGoesOn() throws Exception {
        String frame = BEFORE + "9008" + "aa".repeat(50);
        FileClock clock = new FileClock();
        Map<Integer, MirrorSession> sessions = Map.of(
                7, MirrorSession.to("b"),
                8, new MirrorSession("c", new MirrorCopy(Contents.POST_MODIFY, 20, 1)),
                9, new MirrorSession("d", new MirrorCopy(Contents.PRE_MODIFY, 0, 3)));
        P4Config config = new P4Config(program(), RunOptions.of(Rules.PNA), sessions, new ProgramControl());
        GraphConfig graph = GraphConfig.builder()
                .node("types", config)
                .node("wires", new CrossConnectConfig(List.of(new CrossConnectConfig.Pair("a", "e"))))
                .ports("a", "b", "c", "d", "e")
                .build();
        List<FilePort> ports = new ArrayList<>();
        ports.add(FilePort.open("a", List.of(capture("a.pcap", Collections.nCopies(4, frame))), null, 1, 0, clock));
        for (String name : List.of("b", "c", "d", "e")) {
            ports.add(FilePort.open(name, List.of(), folder.resolve(name + ".pcap"), 1, ports.size(), clock));
        }
        try (Dataplane dataplane = Dataplane.start(graph, ports, DataplaneOptions.defaults())) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
        }
        String made = BEFORE + "9008" + "00000001" + "aa".repeat(50);
        assertThat(frames("b.pcap")).isEqualTo(Collections.nCopies(4, frame));
        assertThat(frames("c.pcap")).isEqualTo(Collections.nCopies(4, made.substring(0, 40)));
        assertThat(frames("d.pcap")).isEqualTo(Collections.nCopies(2, frame));
        assertThat(frames("e.pcap")).isEqualTo(Collections.nCopies(4, made));
    }

    @Test
    void tables_areCounted() throws Exception {
        String tcp = BEFORE + "080045000028000000004006000" + "00a0000010a0000029c400050" + "0".repeat(32);
        String other = tcp.replace("0a000001", "0a000003");
        FileClock clock = new FileClock();
        P4Config config =
                P4Config.of(ProgramCompiler.compile(Samples.pipeline("flowtracker")), RunOptions.of(Rules.P4TC));
        GraphConfig graph =
                GraphConfig.builder().node("tracker", config).ports("a").build();
        FilePort port =
                FilePort.open("a", List.of(capture("a.pcap", List.of(tcp, tcp, other, tcp))), null, 1, 0, clock);
        try (Dataplane dataplane = Dataplane.start(graph, List.of(port), DataplaneOptions.defaults())) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
            assertThat(dataplane.counters().get(10, TimeUnit.SECONDS).nodes().toString())
                    .contains("Main.flows.HIT=2", "Main.flows.MISS=2", "Main.flows.ADDED=2", "Main.flows.NOT_ADDED=0");
        }
    }

    /** Says of flows what the source address of a frame tells it to: 1 marks, 2 takes the mark off. */
    private static final String MARKS = """
            program marks
            header ethernet_t {
                dst 48
                src 48
                type 16
            }
            headers {
                ethernet ethernet_t
            }
            parser {
                state start {
                    extract ethernet
                    goto accept
                }
            }
            control {
                forward 32w0
                switch ethernet.src {
                    case 1 {
                        mark_flow 1w1
                    }
                    case 2 {
                        mark_flow 1w0
                    }
                }
            }
            deparser {
                emit ethernet
            }
            """;

    /** Who watches is told of each flow whose mark has changed, by the data path; frames without a flow have no mark. */
    @Test
    void programThatMarks_marksTheFlowsOfItsPackets() throws Exception {
        String rest = "080045000028000000004006000" + "00a0000010a00000%d9c400050" + "0".repeat(32);
        List<String> in = new ArrayList<>();
        for (int flow = 2; flow <= 4; flow++) {
            for (int said : List.of(3, flow == 4 ? 3 : 1, flow == 3 ? 2 : 3)) {
                in.add("00000000000200000000000" + said + rest.formatted(flow));
            }
        }
        in.add("000000000002" + "000000000001" + "9001" + "0".repeat(92));
        P4Config config = P4Config.of(ProgramCompiler.compile(IrReader.read(MARKS)), RunOptions.of(Rules.PNA));
        assertThat(config.decidesByPacket()).isTrue();
        assertThat(P4Config.of(program(), RunOptions.of(Rules.PNA)).decidesByPacket())
                .isFalse();
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        RecordSink sink = record ->
                told.add((record.kind() == FlowEvent.UPDATED ? "updated by " + record.author() : "ended") + " to "
                        + record.key().destination().getHostAddress() + (record.offloaded() ? " offloaded" : ""));
        GraphConfig graph =
                GraphConfig.builder().node("marks", config).ports("a").build();
        FilePort port = FilePort.open("a", List.of(capture("a.pcap", in)), null, 1, 0, new FileClock());
        DataplaneOptions options = DataplaneOptions.defaults().withSink(sink, FlowEvent.UPDATED | FlowEvent.ENDED);
        try (Dataplane dataplane = Dataplane.start(graph, List.of(port), options)) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
        }
        // Where a vector ends within the third flow's packets, it is told as it was then.
        assertThat(told)
                .hasSize(6)
                .contains("updated by 0 to 10.0.0.2 offloaded", "ended to 10.0.0.2 offloaded")
                .contains("updated by 0 to 10.0.0.3", "ended to 10.0.0.3", "ended to 10.0.0.4");
    }

    @Test
    void packetOfAnotherPort_passesTheProgramBy() throws Exception {
        String frame = BEFORE + "9001" + "0".repeat(100);
        FileClock clock = new FileClock();
        P4Config config = P4Config.of(program(), RunOptions.of(Rules.PNA)).withInputs(List.of("a"));
        GraphConfig graph =
                GraphConfig.builder().node("types", config).ports("a", "b").build();
        List<FilePort> ports = List.of(
                FilePort.open("a", List.of(capture("a.pcap", List.of(frame))), null, 1, 0, clock),
                FilePort.open("b", List.of(capture("b.pcap", List.of(frame, frame))), null, 1, 1, clock));
        try (Dataplane dataplane = Dataplane.start(graph, ports, DataplaneOptions.defaults())) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
            assertThat(dataplane.counters().get(10, TimeUnit.SECONDS).nodes().toString())
                    .contains("FORWARDED=1", "PASSED=0", "packets=3");
        }
        assertThat(config.ports()).containsExactly("a");
    }

    @Test
    void question_isAnsweredByEachWorker_untilItEnds() throws Exception {
        ProgramControl control = new ProgramControl();
        try (RunningProgram program = program().start(RunOptions.of(Rules.PNA), 1)) {
            AtomicInteger roused = new AtomicInteger();
            ProgramControl.Mail mail = control.join(program.state().pipeline(), 1, roused::incrementAndGet);
            List<CompletableFuture<Long>> answers =
                    control.ask(state -> state.cells("frames").packets(0));
            assertThat(answers).hasSize(1);
            assertThat(answers.getFirst()).isNotDone();
            assertThat(roused).hasValue(1);
            mail.deliver(program.state());
            assertThat(answers.getFirst().get()).isZero();
            CompletableFuture<Long> wrong =
                    control.ask(state -> state.cells("frames").packets(5)).getFirst();
            CompletableFuture<Integer> late = control.ask(state -> 1).getFirst();
            mail.close();
            assertThatThrownBy(late::get).hasMessageContaining("does not run any more");
            assertThat(wrong).isCompletedExceptionally();
            assertThat(control.ask(state -> 1)).isEmpty();
        }
    }

    /** A sleeping worker looks by itself after 50 ms, which would make 5 s here. */
    @Test
    void question_toWorkerThatSleeps_wakesIt() throws Exception {
        String frame = BEFORE + "9001" + "0".repeat(100);
        FileClock clock = new FileClock();
        P4Config config = P4Config.of(program(), RunOptions.of(Rules.PNA));
        GraphConfig graph =
                GraphConfig.builder().node("types", config).ports("a", "b").build();
        List<FilePort> ports = List.of(
                FilePort.open("a", List.of(capture("a.pcap", List.of(frame))), null, 1, 0, clock),
                FilePort.open("b", List.of(capture("b.pcap", List.of(frame))), null, 1, 1, clock));
        try (Dataplane dataplane = Dataplane.start(graph, ports, DataplaneOptions.defaults())) {
            while (!dataplane.isFinished()) Thread.onSpinWait();
            long before = System.nanoTime();
            for (int n = 0; n < 100; n++) {
                LockSupport.parkNanos(2_000_000);
                List<CompletableFuture<Integer>> answers = config.control().ask(state -> 1);
                assertThat(answers.getFirst().get(10, TimeUnit.SECONDS)).isEqualTo(1);
            }
            assertThat(System.nanoTime() - before).isLessThan(2_500_000_000L);
        }
    }

    @Test
    void session_outOfRange_isRefused() {
        assertThatThrownBy(() -> new P4Config(
                        program(),
                        RunOptions.of(Rules.PNA),
                        Map.of(70_000, MirrorSession.to("c")),
                        new ProgramControl()))
                .hasMessage("sessions: 70000 is out of range; give 0 to 65535");
    }
}
