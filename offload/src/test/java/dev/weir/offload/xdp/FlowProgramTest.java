package dev.weir.offload.xdp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import dev.weir.packet.Checksums;
import dev.weir.packet.Headers;
import dev.weir.packet.LinkType;
import dev.weir.packet.Malformed;
import dev.weir.packet.PacketParser;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowKey;
import dev.weir.testing.Frames;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Capability;
import dev.weir.wire.linux.EbpfUse;
import dev.weir.wire.linux.XdpProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as the running kernel carries it out, over frames that the kernel is given for a test (BPF_PROG_TEST_RUN). */
class FlowProgramTest {
    private static final EbpfUse USE = new EbpfUse(Set.of(Capability.BPF, Capability.NET_ADMIN), "do without");
    private static final int LOOPBACK = 1, LONGEST = 2000;

    private XdpMaps maps;
    private FlowStore flows;
    private XdpProgram program;

    @BeforeEach
    void load() throws Exception {
        assumeTrue(Capabilities.missing(USE.needed()).isEmpty(), "needs CAP_BPF and CAP_NET_ADMIN for programs");
        maps = XdpMaps.create("test", USE, XdpDriverOptions.defaults().withFlows(512, 512), 4);
        flows = FlowStore.create("test", USE, maps);
        maps.devices().put(3, LOOPBACK);
        program = program(false, 0);
    }

    private XdpProgram program(boolean byVlan, int tenant) throws Exception {
        return XdpProgram.load(
                "test", USE, "weir_test", FlowProgram.of(new FlowProgram.Place(maps, byVlan, tenant)), true);
    }

    @AfterEach
    void unload() {
        if (program != null) program.close();
        if (flows != null) flows.close();
        if (maps != null) maps.close();
    }

    private XdpPut put(FlowKey key, XdpAction action) {
        return flows.put(new XdpFlow(key, action), (port, tunnelled) -> LONGEST);
    }

    private long passedUp(PassedUp reason) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(8L * Processors.possible(), 8);
            maps.reasons().get(arena.allocateFrom(ValueLayout.JAVA_INT, reason.number), values);
            return Arrays.stream(values.toArray(ValueLayout.JAVA_LONG)).sum();
        }
    }

    /** Each seed runs hundreds of packets of all shapes through rewrites of all kinds. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0xF10A})
    void redirectedPackets_areAsIfMadeAnew(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 800; i++) {
            Sample sample = Sample.random(random);
            XdpRewrite rewrite = sample.randomRewrite(random);
            assertThat(put(sample.key(), new XdpAction.Redirect(3, rewrite))).isEqualTo(XdpPut.ADDED);
            byte[] frame = sample.frame();
            XdpProgram.Run run = program.run(frame);
            if (sample.looksUnfinished()) continue;
            assertThat(run.verdict())
                    .as("seed %d, packet %d, %s: %s", seed, i, sample, rewrite)
                    .isEqualTo(XdpProgram.REDIRECT);
            assertThat(run.frame())
                    .as("seed %d, packet %d, %s: %s", seed, i, sample, rewrite)
                    .isEqualTo(sample.frameAfter(rewrite, run.frame()));
            XdpCounters counted = requireNonNull(flows.counters(sample.key()));
            assertThat(counted.packets()).isOne();
            assertThat(counted.ipOctets()).isEqualTo(sample.ipOctets());
            assertThat(counted.frameOctets()).isEqualTo(frame.length);
            assertThat(counted.tcpFlags()).isEqualTo(sample.protocol() == XdpFlow.TCP ? sample.tcpFlags() : 0);
            assertThat(System.nanoTime() - counted.lastSeenNanos()).isBetween(-20_000_000L, 1_000_000_000L);
            if (i % 100 == 99) flows.remove(keys());
        }
    }

    private List<FlowKey> keys() {
        List<FlowKey> all = new ArrayList<>();
        flows.forEach((key, counters) -> all.add(key));
        return all;
    }

    @Test
    void verdicts_areThoseOfTheAction_andOfTheDirection() throws Exception {
        Sample sample = Sample.random(new SplittableRandom(7));
        byte[] frame = sample.frame();
        FlowKey key = sample.key();
        assertThat(program.run(frame).verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(passedUp(PassedUp.NO_FLOW)).isOne();
        assertThat(put(key, new XdpAction.Drop())).isEqualTo(XdpPut.ADDED);
        assertThat(program.run(frame).verdict()).isEqualTo(XdpProgram.DROP);
        assertThat(put(key, new XdpAction.Pass())).isEqualTo(XdpPut.CHANGED);
        assertThat(program.run(frame).verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(put(key, XdpAction.to(3))).isEqualTo(XdpPut.CHANGED);
        assertThat(program.run(frame).verdict()).isEqualTo(XdpProgram.REDIRECT);
        assertThat(put(key, XdpAction.to(2))).isEqualTo(XdpPut.CHANGED);
        assertThat(program.run(frame).verdict()).as("a port without interface").isEqualTo(XdpProgram.DROP);
        assertThat(flows.remove(List.of(key, key)))
                .hasSize(1)
                .allSatisfy((k, c) -> assertThat(c.packets()).isEqualTo(4));
        assertThat(program.run(frame).verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(passedUp(PassedUp.NO_FLOW)).isEqualTo(2);
    }

    private static final String A = "10.0.0.1", B = "10.0.0.2", A6 = "2001:db8::1", B6 = "2001:db8::2";

    static Stream<Arguments> passing() {
        byte[] udp = Frames.udp(1, 2, new byte[20]);
        return Stream.of(
                row("ARP", PassedUp.NOT_IP, Frames.arp()),
                row("three tags", PassedUp.NOT_IP, tagged(tagged(tagged(Frames.udpFrame(A, 1, B, 2, 20))))),
                row("a bare Ethernet header", PassedUp.MALFORMED, Frames.ethernet(0x0800, new byte[0])),
                row("half an IPv4 header", PassedUp.MALFORMED, cut(Frames.udpFrame(A, 1, B, 2, 20), 30)),
                row("half an IPv6 header", PassedUp.MALFORMED, cut(Frames.udpFrame(A6, 1, B6, 2, 20), 50)),
                row("length beyond the frame", PassedUp.MALFORMED, changed(b -> b[17]++)),
                row("length beyond the frame, IPv6", PassedUp.MALFORMED, changed6(b -> b[19]++)),
                row("UDP longer than IP", PassedUp.MALFORMED, changed(b -> b[39]++)),
                row("UDP shorter than its header", PassedUp.MALFORMED, changed(b -> b[39] = 7)),
                row("another version", PassedUp.OPTIONS, changed(b -> b[14] = 0x55)),
                row("IPv4 options", PassedUp.OPTIONS, changed(b -> b[14] = 0x46)),
                row("another version, IPv6", PassedUp.MALFORMED, changed6(b -> b[14] = 0x50)),
                row("the first fragment", PassedUp.FRAGMENT, ipv4(Frames.UDP, Frames.MORE_FRAGMENTS, udp)),
                row("a later fragment", PassedUp.FRAGMENT, ipv4(Frames.UDP, 5, udp)),
                row("GRE", PassedUp.PROTOCOL, ipv4(47, 0, udp)),
                row("an unreachable", PassedUp.PROTOCOL, ipv4(Frames.ICMP, 0, new byte[] {3, 1, 0, 0, 0, 0, 0, 0})),
                row(
                        "a fragment header",
                        PassedUp.PROTOCOL,
                        Frames.ethernet(Frames.ipv6Fragment(1, 2, Frames.UDP, 3, 0, true, udp))),
                row("SYN", PassedUp.CONTROL, Frames.tcpFrame(A, 1, B, 2, Frames.SYN, 0)),
                row("FIN", PassedUp.CONTROL, Frames.tcpFrame(A, 1, B, 2, Frames.FIN | Frames.ACK, 9)),
                row("RST", PassedUp.CONTROL, Frames.tcpFrame(A6, 1, B6, 2, Frames.RST, 0)),
                row("TCP header beyond the packet", PassedUp.MALFORMED, tcpOffset(0x60)),
                row("TCP header too short", PassedUp.MALFORMED, tcpOffset(0x40)),
                row("TTL 1", PassedUp.TTL, changed(b -> b[22] = 1)),
                row("hop limit 1", PassedUp.TTL, changed6(b -> b[21] = 1)),
                row("longer than the port sends", PassedUp.TOO_LONG, Frames.udpFrame(A, 1, B, 2, LONGEST)),
                row("no tag to take off", PassedUp.TAGS, Frames.udpFrame(A, 1, B, 3, 20)),
                row("checksum of the pseudo header", PassedUp.UNFINISHED_CHECKSUM, unfinished()),
                row("another flow", PassedUp.NO_FLOW, Frames.udpFrame(A, 1, B, 4, 20)));
    }

    private static Arguments row(String what, PassedUp reason, byte[] frame) {
        return Arguments.of(what, reason, frame);
    }

    private static byte[] cut(byte[] frame, int octets) {
        return Arrays.copyOf(frame, octets);
    }

    private static byte[] changed(Consumer<byte[]> change) {
        byte[] frame = Frames.udpFrame(A, 1, B, 2, 20);
        change.accept(frame);
        return frame;
    }

    private static byte[] changed6(Consumer<byte[]> change) {
        byte[] frame = Frames.udpFrame(A6, 1, B6, 2, 20);
        change.accept(frame);
        return frame;
    }

    private static byte[] tcpOffset(int octet) {
        byte[] frame = Frames.tcpFrame(A, 1, B, 2, Frames.ACK, 0);
        frame[46] = (byte) octet;
        return frame;
    }

    private static byte[] ipv4(int protocol, int fragment, byte[] payload) {
        return Frames.ethernet(Frames.ipv4(A, B, protocol, 9, fragment, payload));
    }

    private static byte[] tagged(byte[] frame) {
        byte[] rest = Arrays.copyOfRange(frame, 14, frame.length);
        return Frames.ethernet(0x8100, Frames.tagged(5, (frame[12] & 0xFF) << 8 | (frame[13] & 0xFF), rest));
    }

    private static byte[] unfinished() {
        byte[] frame = Frames.udpFrame(A, 1, B, 2, 20);
        MemorySegment packet = MemorySegment.ofArray(Arrays.copyOfRange(frame, 14, frame.length));
        Sample.put(frame, 14 + 20 + 6, Checksums.pseudoHeader(packet, 0, 28, Frames.UDP));
        return frame;
    }

    private static FlowKey key(String from, int port, String to, int toPort, int protocol) {
        return new FlowKey(InetAddress.ofLiteral(from), port, InetAddress.ofLiteral(to), toPort, protocol, 0);
    }

    /** All of the flows of these packets are offloaded, but for the last one's. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void packetsThatTheFlowTableMustSee_passUpAsTheyCame(String what, PassedUp reason, byte[] frame) throws Exception {
        XdpAction routed = new XdpAction.Redirect(3, XdpRewrite.NONE.withTtlDecremented());
        for (int protocol : new int[] {XdpFlow.TCP, XdpFlow.UDP}) {
            put(key(A, 1, B, 2, protocol), routed);
            put(key(A6, 1, B6, 2, protocol), routed);
        }
        put(key(A, 1, B, 3, XdpFlow.UDP), new XdpAction.Redirect(3, XdpRewrite.NONE.withTags(1)));
        XdpProgram.Run run = program.run(frame);
        assertThat(run.verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(run.frame()).isEqualTo(frame);
        assertThat(passedUp(reason)).isOne();
        flows.forEach((key, counters) -> assertThat(counters.packets()).isZero());
    }

    /** Where some octets of a packet are others, it is taken for a flow's only if the JVM would say the same. */
    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void damagedPackets_areTakenOnlyForTheFlowThatTheParserSees(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        PacketParser parser = new PacketParser(TunnelMode.OUTER);
        Headers headers = new Headers();
        int taken = 0;
        for (int i = 0; i < 2000; i++) {
            Sample sample = Sample.random(random);
            if (i % 20 == 0) flows.remove(keys());
            put(sample.key(), new XdpAction.Drop());
            byte[] frame = sample.frame();
            for (int n = random.nextInt(3); n >= 0; n--) {
                frame[random.nextInt(12, Math.min(frame.length, 80))] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) frame = cut(frame, random.nextInt(14, frame.length + 1));
            XdpProgram.Run run = program.run(frame);
            assertThat(run.frame()).isEqualTo(frame);
            if (run.verdict() == XdpProgram.PASS) continue;
            taken++;
            int status = parser.parse(
                    MemorySegment.ofArray(frame), 0, frame.length, frame.length, LinkType.ETHERNET, headers);
            String about = "seed %d, packet %d, %s".formatted(seed, i, sample);
            assertThat(Malformed.name(status)).as(about).isEqualTo(Malformed.name(Malformed.NONE));
            assertThat(headers.fragment).as(about).isEqualTo(Headers.WHOLE);
            assertThat(headers.protocol).as(about).isEqualTo(sample.protocol());
            assertThat(headers.sourcePort).as(about).isEqualTo(sample.ends().sourcePort());
            assertThat(headers.destinationPort)
                    .as(about)
                    .isEqualTo(sample.ends().destinationPort());
            assertThat(headers.ipBytes).as(about).isLessThanOrEqualTo(frame.length - 14);
        }
        assertThat(taken).isBetween(100, 1900);
    }

    @Test
    void tenants_ofVlans_separateFlows() throws Exception {
        byte[] plain = Frames.udpFrame(A, 1, B, 2, 20);
        FlowKey key = key(A, 1, B, 2, XdpFlow.UDP);
        put(tenant(key, 5), new XdpAction.Drop());
        try (XdpProgram byVlan = program(true, 0)) {
            assertThat(byVlan.run(plain).verdict()).isEqualTo(XdpProgram.PASS);
            assertThat(byVlan.run(tagged(plain)).verdict()).isEqualTo(XdpProgram.DROP);
            assertThat(byVlan.run(tagged(tagged(plain))).verdict()).isEqualTo(XdpProgram.PASS);
            put(tenant(key, 5 << 12 | 5), new XdpAction.Drop());
            assertThat(byVlan.run(tagged(tagged(plain))).verdict()).isEqualTo(XdpProgram.DROP);
        }
    }

    @Test
    void tenants_ofPorts_separateFlows() throws Exception {
        byte[] plain = Frames.udpFrame(A6, 1, B6, 2, 20);
        put(tenant(key(A6, 1, B6, 2, XdpFlow.UDP), 0xFF_FFFF), new XdpAction.Drop());
        assertThat(program.run(plain).verdict()).isEqualTo(XdpProgram.PASS);
        try (XdpProgram ofPort = program(false, 0xFF_FFFF)) {
            assertThat(ofPort.run(plain).verdict()).isEqualTo(XdpProgram.DROP);
        }
    }

    private static FlowKey tenant(FlowKey key, int tenant) {
        return new FlowKey(
                key.source(), key.sourcePort(), key.destination(), key.destinationPort(), key.protocol(), tenant);
    }

    /** Each packet of a flow's kind is put into the same outer flow, that of another into another one. */
    @Test
    void tunnel_sourcePortIsOneOfTheDynamicOnes_byFlow() throws Exception {
        VxlanTunnel tunnel =
                new VxlanTunnel(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("192.0.2.2"), 42, 4789, 1, 2);
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            put(key(A, i, B, 2, XdpFlow.UDP), new XdpAction.Redirect(3, XdpRewrite.NONE.withTunnel(tunnel)));
            int first = outerPort(program.run(Frames.udpFrame(A, i, B, 2, 20)).frame());
            assertThat(outerPort(program.run(Frames.udpFrame(A, i, B, 2, 90)).frame()))
                    .isEqualTo(first);
            assertThat(first).isBetween(0xC000, 0xFFFF);
            ports.add(first);
        }
        assertThat(ports).hasSizeGreaterThan(90);
    }

    /** Learned of one packet; others of the same key may be somebody else's, or would be in another tunnel. */
    @Test
    void packetsOfAnotherKind_thanTheFlowWasLearnedFrom_passUp() throws Exception {
        byte[] plain = Frames.udpFrame(A, 1, B, 2, 20);
        VlanTag seven = VlanTag.of(7), five = new VlanTag(0x88A8, 3 << 13 | 5);
        XdpRewrite untagged = XdpRewrite.NONE.withTags(1).withGiven(new XdpRewrite.Given(List.of(five), 0));
        put(key(A, 1, B, 2, XdpFlow.UDP), new XdpAction.Redirect(3, untagged));
        assertThat(program.run(tagged(plain)).verdict()).as("VLAN 5").isEqualTo(XdpProgram.REDIRECT);
        assertThat(program.run(plain).verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(program.run(tagged(tagged(plain))).verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(passedUp(PassedUp.TAGS)).isEqualTo(2);
        byte[] marked = tagged(plain);
        marked[19] = 1;
        assertThat(program.run(marked).verdict()).isEqualTo(XdpProgram.PASS);
        assertThat(passedUp(PassedUp.TYPE_OF_SERVICE)).isOne();
        XdpRewrite other =
                XdpRewrite.NONE.withTags(1).withGiven(new XdpRewrite.Given(List.of(seven), XdpRewrite.Given.ANY));
        put(key(A, 1, B, 2, XdpFlow.UDP), new XdpAction.Redirect(3, other));
        assertThat(program.run(tagged(plain)).verdict()).as("not VLAN 7").isEqualTo(XdpProgram.PASS);
        assertThat(passedUp(PassedUp.TAGS)).isEqualTo(3);
    }

    private static int outerPort(byte[] frame) {
        return (frame[34] & 0xFF) << 8 | (frame[35] & 0xFF);
    }

    @Test
    void flows_thatNoLongerFit_areRefusedAndFitAfterARemoval() {
        for (int i = 0; i < 512; i++) {
            assertThat(put(key(A, i, B, 2, XdpFlow.UDP), XdpAction.to(i & 3))).isEqualTo(XdpPut.ADDED);
        }
        assertThat(put(key(A, 512, B, 2, XdpFlow.UDP), XdpAction.to(1))).isEqualTo(XdpPut.FULL);
        assertThat(put(key(A, 511, B, 2, XdpFlow.UDP), XdpAction.to(1))).isEqualTo(XdpPut.CHANGED);
        assertThat(put(key(A6, 1, B6, 2, XdpFlow.UDP), XdpAction.to(1))).isEqualTo(XdpPut.ADDED);
        assertThat(flows.remove(List.of(key(A, 7, B, 2, XdpFlow.UDP)))).hasSize(1);
        assertThat(put(key(A, 512, B, 2, XdpFlow.UDP), XdpAction.to(1))).isEqualTo(XdpPut.ADDED);
        assertThat(flows.count()).isEqualTo(513);
        assertThat(keys()).hasSize(513).doesNotHaveDuplicates();
    }

    /** More actions of their own than there is room for, over and over; what was replaced is used again. */
    @Test
    void actions_changedOverAndOver_neverRunOut() {
        FlowKey key = key(A, 1, B, 2, XdpFlow.UDP);
        for (int i = 0; i < 5000; i++) {
            XdpRewrite rewrite = XdpRewrite.NONE.withEnds(InetAddress.ofLiteral(A), i, InetAddress.ofLiteral(B), 3);
            assertThat(put(key, new XdpAction.Redirect(3, rewrite))).isEqualTo(i == 0 ? XdpPut.ADDED : XdpPut.CHANGED);
        }
        assertThat(flows.count()).isOne();
    }

    @Test
    void tunnels_noLongerUsed_makeRoomForOthers() {
        FlowKey key = key(A, 1, B, 2, XdpFlow.UDP);
        for (int i = 0; i < 1000; i++) {
            VxlanTunnel tunnel = new VxlanTunnel(
                    InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("192.0.2.2"), i, 4789, 1, 2);
            XdpAction into = new XdpAction.Redirect(3, XdpRewrite.NONE.withTunnel(tunnel));
            assertThat(put(key, into)).isEqualTo(i == 0 ? XdpPut.ADDED : XdpPut.CHANGED);
        }
    }

    @Test
    void vlanTag_ofAnIdentifier_isACustomerTag() {
        assertThat(VlanTag.of(7)).isEqualTo(new VlanTag(0x8100, 7));
    }
}
