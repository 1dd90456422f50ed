package dev.weir.cli.boxes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.CommandException;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.stf.CompiledDevice;
import dev.weir.p4.stf.StfDevice;
import dev.weir.testing.Frames;
import dev.weir.wire.SendFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The boxes frame by frame; the gateway's program is the judge of what the OTR makes. */
class BoxesTest {
    private static final long MOST = Long.MAX_VALUE / 10;
    private static final Vtep NEAR = new Vtep(IpPrefix.of("10.0.0.254"), 0x0200_0000_005EL);
    private static final Vtep FAR = new Vtep(IpPrefix.of("10.0.0.1"), 0x0200_0000_000DL);
    private static final Vtep NEAR6 = new Vtep(IpPrefix.of("fd00::fe"), 0x0200_0000_005EL);
    private static final Vtep FAR6 = new Vtep(IpPrefix.of("fd00::1"), 0x0200_0000_000DL);
    private static final long TENANT_MAC = 0x0200_0000_0101L, GATEWAY_MAC = 0x0200_0000_00FEL;
    private static final String[] WORDS = {"dead", "0800", "86dd", "8100", "4500", "6000", "12b5", "0000", "ffff"};

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private FrameText text(boolean json) {
        return new FrameText(new PrintStream(printed, true, StandardCharsets.UTF_8), json, 3);
    }

    private static FrameText silent() {
        return new FrameText(new PrintStream(OutputStream.nullOutputStream()), false, 0);
    }

    private static byte[] tagged(int vlan, byte[] packet) {
        return Frames.ethernet(0x8100, Frames.tagged(vlan, Frames.typeOf(packet), packet));
    }

    private static Otr otr(boolean wide, Vtep near, Vtep far, FrameText text) {
        return new Otr(
                new Associations(100), new Otr.Rule(10, far, TENANT_MAC), null, near, GATEWAY_MAC, wide, MOST, text);
    }

    // The servers

    @Test
    void responder_ofADatagram_swapsAndPrints() {
        byte[] asked = Frames.ip("192.168.0.1", "1.1.1.1", Frames.UDP, Frames.udp(12345, 1000, new byte[] {1, 2, 3}));
        Responder responder = new Responder(Set.of(10), List.of(IpPrefix.of("1.1.1.1")), MOST, text(false));

        List<byte[]> sent = MemoryQueue.through(responder, tagged(10, asked), 0);

        byte[] answer = Frames.ip("1.1.1.1", "192.168.0.1", Frames.UDP, Frames.udp(1000, 12345, new byte[] {1, 2, 3}));
        byte[] frame = Frames.ethernet(Frames.HOST_A, Frames.HOST_B, 0x8100, Frames.tagged(10, 0x0800, answer));
        assertThat(sent).hasSize(1);
        assertThat(HexFormat.of().formatHex(sent.getFirst()))
                .isEqualTo(HexFormat.of().formatHex(frame));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo("answered: vlan 10, 1.1.1.1:1000 > 192.168.0.1:12345 udp, 49 octets\n");
        assertThat(responder.figures()).containsEntry("answered", 1L).containsEntry("received", 1L);
    }

    @ParameterizedTest
    @CsvSource({
        "20, 1.1.1.1, 17, 0, ignored",
        "10, 1.1.1.2, 17, 0, ignored",
        "10, 1.1.1.1, 6, 0, ignored",
        "10, 1.1.1.1, 17, 8192, ignored",
        "10, 1.1.1.1, 1, 0, ignored",
        "10, 1.1.1.1, 17, 1, ignored",
    })
    void responder_ofWhatIsNotForIt_leavesItAlone(int vlan, String to, int protocol, int fragment, String figure) {
        byte[] segment = protocol == 6
                ? Frames.tcp(1, 2, Frames.SYN, new byte[0])
                : protocol == 1 ? new byte[] {0, 0, 0, 0, 0, 0, 0, 0} : Frames.udp(1, 2, new byte[8]);
        byte[] packet = Frames.ipv4("192.168.0.1", to, protocol, 7, fragment, segment);
        Responder responder = new Responder(Set.of(10), List.of(IpPrefix.of("1.1.1.1")), MOST, silent());
        assertThat(MemoryQueue.through(responder, tagged(vlan, packet), 0)).isEmpty();
        assertThat(responder.figures()).containsEntry(figure, 1L);
    }

    @Test
    void responder_ofAnEcho_repliesWithTheRightChecksum() {
        byte[] echo = HexFormat.of().parseHex("0800f7fd00010001");
        Responder responder = new Responder(Set.of(), List.of(), MOST, silent());
        byte[] sent = MemoryQueue.through(
                        responder, Frames.ethernet(Frames.ip("10.0.0.1", "10.0.0.2", Frames.ICMP, echo)), 0)
                .getFirst();
        assertThat(HexFormat.of().formatHex(Arrays.copyOfRange(sent, 34, 42))).isEqualTo("0000fffd00010001");
    }

    // The OTR

    /** What the gateway learns from the OTR's frame makes the same frame, octet by octet, for all kinds of packets and both families outside. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void otr_makesTheTunnelThatTheGatewayMakes(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            boolean wide = random.nextBoolean(), six = random.nextBoolean();
            int vlan = random.nextInt(1, wide ? 4095 : 256);
            byte[] frame = tagged(vlan, packet(random));
            try (CompiledDevice gateway = gateway(wide);
                    Otr otr = otr(wide, six ? NEAR6 : NEAR, six ? FAR6 : FAR, silent())) {
                String which = "seed=" + seed + " round=" + round + " frame="
                        + HexFormat.of().formatHex(frame);
                StfDevice.Sent unknown = gateway.process(frame, 2, 1).getFirst();
                assertThat(unknown.port()).as(which).isEqualTo(1);
                assertThat(unknown.packet()).as(which).isEqualTo(HexFormat.of().formatHex(frame));
                byte[] tunnelled = MemoryQueue.through(otr, frame, 0).getFirst();
                StfDevice.Sent learnt = gateway.process(tunnelled, 1, 2).getFirst();
                StfDevice.Sent cached = gateway.process(frame, 2, 3).getFirst();
                assertThat(cached.port()).as(which).isZero();
                assertThat(cached.packet()).as(which).isEqualTo(learnt.packet());
            }
        }
    }

    private static byte[] packet(SplittableRandom random) {
        boolean six = random.nextBoolean();
        String from = six ? "2001:db8::" + random.nextInt(1, 9) : "1.1.1." + random.nextInt(1, 9);
        String to =
                six ? "fd00::" + random.nextInt(1, 9999) : "192.168." + random.nextInt(256) + "." + random.nextInt(256);
        byte[] data = new byte[random.nextInt(200)];
        random.nextBytes(data);
        int source = random.nextInt(65536), destination = random.nextInt(65536);
        return switch (random.nextInt(4)) {
            case 0 -> Frames.ip(from, to, Frames.UDP, Frames.udp(source, destination, data));
            case 1 -> Frames.ip(from, to, Frames.TCP, Frames.tcp(source, destination, Frames.ACK, data));
            case 2 -> Frames.ip(from, to, 47, data);
            default ->
                six
                        ? Frames.ip(from, to, Frames.ICMPV6, HexFormat.of().parseHex("8000000000010001"))
                        : Frames.ipv4(
                                from, to, Frames.UDP, 9, Frames.MORE_FRAGMENTS, Frames.udp(source, destination, data));
        };
    }

    /** With OFFLOAD_AFTER the gateway says of a flow that it may be carried when its destination has had so many packets, and takes that back when it does not know it. */
    @Test
    void gateway_ofABusyDestination_hasFlowsCarried() throws IOException {
        byte[] frame = tagged(10, Frames.ip("1.1.1.1", "192.168.0.1", Frames.UDP, Frames.udp(1, 2, new byte[4])));
        byte[] other = tagged(20, Frames.ip("1.1.1.1", "192.168.0.1", Frames.UDP, Frames.udp(1, 2, new byte[4])));
        try (CompiledDevice gateway = gateway(Map.of("OFFLOAD_AFTER", "2"));
                Otr otr = otr(false, NEAR, FAR, silent())) {
            gateway.process(frame, 2, 1);
            assertThat(gateway.mark()).isEqualTo(FlowMark.NOT_OFFLOADED);
            gateway.process(MemoryQueue.through(otr, frame, 0).getFirst(), 1, 2);
            assertThat(gateway.mark()).isEqualTo(FlowMark.UNSAID);
            for (int i = 0; i < 4; i++) {
                assertThat(gateway.process(frame, 2, 3).getFirst().port()).isZero();
                assertThat(gateway.mark()).isEqualTo(i < 2 ? FlowMark.UNSAID : FlowMark.OFFLOADED);
            }
            gateway.process(other, 2, 4);
            assertThat(gateway.mark()).isEqualTo(FlowMark.NOT_OFFLOADED);
        }
    }

    private static CompiledDevice gateway(boolean wide) throws IOException {
        return gateway(wide ? Map.of("WIDE_VLAN", "1") : Map.of());
    }

    private static CompiledDevice gateway(Map<String, String> defines) throws IOException {
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.Compiled compiled = P4Compiler.compile(
                "flow_cache",
                IncludePath.read(Path.of("../examples/p4/flow-cache/flow-cache.p4")),
                new IncludePath(List.of()),
                defines,
                diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        return new CompiledDevice(
                ProgramCompiler.compile(Objects.requireNonNull(compiled).pipeline()), Rules.P4TC, 1);
    }

    @Test
    void otr_ofAVlanThatTheOctetCannotName_namesNone() {
        byte[] frame = tagged(256, Frames.ip("1.1.1.1", "192.168.0.1", Frames.UDP, Frames.udp(1, 2, new byte[4])));
        try (Otr otr = otr(false, NEAR, FAR, text(true))) {
            byte[] sent = MemoryQueue.through(otr, frame, 0).getFirst();
            assertThat(HexFormat.of().formatHex(Arrays.copyOfRange(sent, 42, 50)))
                    .isEqualTo("08000000000a0000");
            assertThat(otr.figures()).containsEntry("vlan-not-named", 1L);
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .isEqualTo(
                            "{\"event\":\"encapsulated, vlan 0 named\",\"octets\":96,\"malformed\":false,\"vni\":2560,"
                                    + "\"src\":\"1.1.1.1\",\"dst\":\"192.168.0.1\",\"protocol\":\"udp\",\"src_port\":1,\"dst_port\":2}\n");
        }
        try (Otr otr = otr(true, NEAR, FAR, silent())) {
            byte[] sent = MemoryQueue.through(otr, frame, 0).getFirst();
            assertThat(HexFormat.of().formatHex(Arrays.copyOfRange(sent, 42, 50)))
                    .isEqualTo("08000001000a0000");
        }
    }

    @Test
    void otr_whenItsTableIsFull_answersByItsRuleAndRemembersNoMore() {
        try (Otr otr = otr(false, NEAR, FAR, silent())) {
            for (int i = 0; i < 150; i++) {
                byte[] packet = Frames.ip("1.1.1.1", "10.1.0." + i, Frames.UDP, Frames.udp(1, 2, new byte[4]));
                assertThat(MemoryQueue.through(otr, tagged(10, packet), 0)).hasSize(1);
            }
            assertThat(otr.figures())
                    .containsEntry("answered", 150L)
                    .containsEntry("associations", 100L)
                    .containsEntry("not-remembered", 50L);
        }
    }

    @Test
    void associations_ofAFile_leadWhereItSays(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("tenants.txt"), """
                # VLAN DESTINATION VNI REMOTE REMOTE-MAC INNER-MAC
                10, 192.168.0.0/24, 100, 10.0.0.1, 02:00:00:00:00:0d, 02:00:00:00:01:01
                20 192.168.0.1 200 10.0.0.2 02:00:00:00:00:0e 02:00:00:00:01:02  # another tenant
                20 2001:db8::/126 200 10.0.0.2 02:00:00:00:00:0e 02:00:00:00:01:02
                """);
        try (Associations table = new Associations(1000)) {
            AssociationFile.read(file.toString(), 4, table);
            assertThat(table.size()).isEqualTo(256 + 1 + 4);
            int entry = table.find(4, 0, 0xC0A8_0001L, 20, 0);
            assertThat(table.vni(entry)).isEqualTo(200);
            assertThat(table.vtep(entry)).isEqualTo(new Vtep(IpPrefix.of("10.0.0.2"), 0x0200_0000_000EL));
            assertThat(table.innerMac(entry)).isEqualTo(0x0200_0000_0102L);
            assertThat(table.vni(table.find(4, 0, 0xC0A8_00FFL, 10, 0))).isEqualTo(100);
            assertThat(table.find(4, 0, 0xC0A8_0100L, 10, 0)).isEqualTo(Associations.NONE);
            assertThat(table.find(6, 0x2001_0db8_0000_0000L, 3, 20, 0)).isNotEqualTo(Associations.NONE);
            assertThat(table.find(6, 0x2001_0db8_0000_0000L, 4, 20, 0)).isEqualTo(Associations.NONE);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "10 1.1.1.1 100 10.0.0.1 02:00:00:00:00:01 | 5 words where there should be 6",
                "0 1.1.1.1 100 10.0.0.1 02:00:00:00:00:01 02:00:00:00:00:01 | '0' is no VLAN",
                "4095 1.1.1.1 100 10.0.0.1 02:00:00:00:00:01 02:00:00:00:00:01 | '4095' is no VLAN",
                "10 1.1.1.1 16777216 10.0.0.1 02:00:00:00:00:01 02:00:00:00:00:01 | '16777216' is no VNI",
                "10 1.1.1 100 10.0.0.1 02:00:00:00:00:01 02:00:00:00:00:01 | 1.1.1",
                "10 1.1.1.1 100 10.0.0.0/8 02:00:00:00:00:01 02:00:00:00:00:01 | is no single address",
                "10 1.1.1.1 100 fd00::1 02:00:00:00:00:01 02:00:00:00:00:01 | of another family",
                "10 1.1.1.1 100 10.0.0.1 02:00:00 02:00:00:00:00:01 | '02:00:00' is no Ethernet address",
                "10 0.0.0.0/0 100 10.0.0.1 02:00:00:00:00:01 02:00:00:00:00:01 | too many addresses",
                "10 10.0.0.0/24 100 10.0.0.1 02:00:00:00:00:01 02:00:00:00:00:01 | no room for more than 10",
            })
    void associations_ofAFileWithAFault_areRefusedByLine(String line, String message, @TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("tenants.txt"), "# first\n" + line + "\n");
        try (Associations table = new Associations(10)) {
            assertThatThrownBy(() -> AssociationFile.read(file.toString(), 4, table))
                    .isInstanceOf(CommandException.class)
                    .hasMessageStartingWith(file + ":2: ")
                    .hasMessageContaining(message)
                    .hasMessageContaining("; ");
        }
    }

    // The tenants

    /** Tenants, a server, and an OTR for every answer: all that is sent comes back once, to who sent it. */
    @ParameterizedTest
    @CsvSource({"4, 1.1.1.1", "6, 2001:db8::1"})
    void tenants_areAnsweredOnce(int family, String server) {
        String first = family == 4 ? "192.168.0.1" : "fd00::1";
        TenantShape shape = new TenantShape(
                List.of(100, 200),
                List.of(IpPrefix.of(server)),
                IpPrefix.of(first),
                TENANT_MAC,
                GATEWAY_MAC,
                12345,
                1000,
                64);
        Tenants tenants = new Tenants(
                shape, new TenantFlows(50, 1, 10, 1), FAR, NEAR, 1000, 500, Long.MAX_VALUE, 1_000_000_000, silent());
        Responder responder = new Responder(Set.of(), List.of(), MOST, silent());
        try (Otr otr = otr(false, NEAR, FAR, silent())) {
            long now = 0;
            MemoryQueue wire = new MemoryQueue();
            while (!tenants.isDone(now)) {
                long due = tenants.turn(now, wire);
                boolean again = true; // the first of a turn is answered twice
                for (byte[] frame : wire.sent) {
                    int vlan = (frame[14 + 20 + 8 + 6] & 0xFF) / 10;
                    byte[] packet = Arrays.copyOfRange(frame, 14 + 20 + 8 + 8 + 14, frame.length);
                    byte[] answer = MemoryQueue.through(responder, tagged(vlan == 20 ? 20 : 10, packet), now)
                            .getFirst();
                    byte[] tunnelled = MemoryQueue.through(otr, answer, now).getFirst();
                    MemoryQueue.through(tenants, tunnelled, now + 5000);
                    if (again) MemoryQueue.through(tenants, tunnelled, now + 5000);
                    again = false;
                }
                wire.sent.clear();
                now += Math.max(1, due);
            }
        }
        Map<String, Long> figures = tenants.figures();
        assertThat(figures)
                .containsEntry("sent", 500L)
                .containsEntry("answered", 500L)
                .containsEntry("lost", 0L)
                .containsEntry("astray", 0L)
                .containsEntry("mean-answer-microseconds", 5L);
        assertThat(figures.get("twice")).isPositive();
        assertThat(tenants.wasAnswered()).isTrue();
    }

    @Test
    void tenants_withoutAnswers_waitAndCountThemLost() {
        TenantShape shape = new TenantShape(
                List.of(100), List.of(IpPrefix.of("1.1.1.1")), IpPrefix.of("192.168.0.1"), 1, 2, 3, 4, 32);
        Tenants tenants = new Tenants(
                shape, new TenantFlows(1, 0, 0, 1), FAR, NEAR, 1000, 1, Long.MAX_VALUE, 1_000_000_000, silent());
        MemoryQueue wire = new MemoryQueue();
        wire.fault = SendFault.PORT_DOWN;
        tenants.turn(0, wire);
        assertThat(tenants.isDone(999_999_999)).isFalse();
        assertThat(tenants.isDone(1_000_000_000)).isTrue();
        assertThat(tenants.figures()).containsEntry("lost", 1L).containsEntry("not-sent", 1L);
        assertThat(tenants.wasAnswered()).isFalse();
    }

    /** By Zipf the first place has as much as the harmonic sum says; a set that drifts ends as many flows as were asked for. */
    @Test
    void flows_areDrawnByZipf_andDrift() {
        TenantFlows flows = new TenantFlows(1000, 1, 0, 7);
        int hits = 0;
        for (int i = 0; i < 100_000; i++) hits += flows.next(i) == 0 ? 1 : 0;
        assertThat(hits / 100_000.0).isBetween(0.125, 0.142); // 1 / H(1000) = 0.1336

        TenantFlows drifting = new TenantFlows(100, 0, 50, 7);
        Set<Long> early = new java.util.HashSet<>(), late = new java.util.HashSet<>();
        for (int i = 0; i < 10_000; i++) early.add(drifting.next(0));
        for (int i = 0; i < 10_000; i++) late.add(drifting.next(1_000_000_000));
        assertThat(early).hasSize(100);
        late.removeAll(early);
        assertThat(late).hasSize(50);
    }

    // All of them

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void boxes_ofAnyOctets_neverThrow(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        TenantShape shape = new TenantShape(
                List.of(100), List.of(IpPrefix.of("1.1.1.1")), IpPrefix.of("192.168.0.1"), 1, 2, 3, 4, 32);
        Tenants tenants = new Tenants(
                shape, new TenantFlows(1, 0, 0, 1), FAR, NEAR, 1000, 1, Long.MAX_VALUE, 1_000_000_000, text(true));
        try (Otr otr = otr(random.nextBoolean(), NEAR, FAR, text(false))) {
            List<Box> boxes = List.of(new Responder(Set.of(), List.of(), MOST, text(true)), otr, tenants);
            for (int i = 0; i < 20_000; i++) {
                byte[] frame = mutated(random);
                for (Box box : boxes) {
                    try {
                        MemoryQueue.through(box, frame, i);
                    } catch (RuntimeException e) {
                        throw new AssertionError(
                                "seed=" + seed + " i=" + i + " "
                                        + HexFormat.of().formatHex(frame),
                                e);
                    }
                }
            }
        }
    }

    private static byte[] mutated(SplittableRandom random) {
        byte[] frame = random.nextBoolean()
                ? tagged(10, packet(random))
                : Frames.ethernet(Frames.ip(
                        "10.0.0.1",
                        "10.0.0.254",
                        Frames.UDP,
                        Frames.udp(50000, 4789, Frames.vxlan(100, Frames.ethernet(packet(random))))));
        int length = random.nextInt(4) == 0 ? random.nextInt(frame.length + 1) : frame.length;
        byte[] cut = Arrays.copyOf(frame, length);
        for (int i = random.nextInt(4); i > 0 && length > 2; i--) {
            byte[] word = HexFormat.of().parseHex(WORDS[random.nextInt(WORDS.length)]);
            System.arraycopy(word, 0, cut, random.nextInt(Math.min(length - 1, 80)), 2);
        }
        return cut;
    }
}
