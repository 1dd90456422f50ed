package dev.weir.cli.boxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.stf.CompiledDevice;
import dev.weir.p4.stf.StfDevice;
import dev.weir.testing.Frames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway's program, to which damaged packets come by all its links: what it knows stays as it is, and it learns from the OTR alone. */
class GatewayDamageTest {
    private static final int DC = 0, OTR = 1, SERVERS = 2;
    private static final String TENANT = "192.168.0.1", STRANGER = "192.168.77.7", SERVER = "1.1.1.1";
    private static final byte[] KNOWN = answer(TENANT), UNKNOWN = answer(STRANGER);

    private CompiledDevice gateway;
    private long now;

    @BeforeEach
    void start() throws IOException {
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.Compiled compiled = P4Compiler.compile(
                "flow_cache",
                IncludePath.read(Path.of("../examples/p4/flow-cache/flow-cache.p4")),
                new IncludePath(List.of()),
                Map.of(),
                diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        gateway = new CompiledDevice(
                ProgramCompiler.compile(Objects.requireNonNull(compiled).pipeline()), Rules.P4TC, 1);
    }

    @AfterEach
    void end() {
        gateway.close();
    }

    private static byte[] answer(String tenant) {
        byte[] packet = Frames.ip(SERVER, tenant, Frames.UDP, Frames.udp(1000, 12345, new byte[30]));
        return Frames.ethernet(0x8100, Frames.tagged(10, 0x0800, packet));
    }

    /** VXLAN of VNI 100; the last octet of its header names a VLAN. */
    private static byte[] tunnelled(String from, String to, int vlan) {
        byte[] inner = Frames.ethernet(Frames.ip(from, to, Frames.UDP, Frames.udp(7, 8, new byte[30])));
        byte[] vxlan = Frames.vxlan(100, inner);
        vxlan[7] = (byte) vlan;
        byte[] datagram = Frames.udp(50000, 4789, vxlan);
        return Frames.ethernet(
                0x5E, 0x0D, 0x0800, Frames.ipv4("10.0.0.254", "10.0.0.1", Frames.UDP, 0, 0x4000, datagram));
    }

    private List<StfDevice.Sent> through(byte[] frame, int port) {
        return gateway.process(frame, port, ++now);
    }

    private static byte[] damaged(byte[] frame, SplittableRandom random) {
        byte[] other = frame.clone();
        for (int n = random.nextInt(4); n >= 0; n--) other[random.nextInt(other.length)] = (byte) random.nextInt(256);
        return random.nextInt(3) == 0 ? Arrays.copyOf(other, random.nextInt(1, other.length + 1)) : other;
    }

    /** Damaged or not, with or without VLANs in the reserved octet: the data centre and the servers teach nothing. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void damagedPackets_ofTheDataCentreAndTheServers_changeNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        through(tunnelled(SERVER, TENANT, 10), OTR);
        List<StfDevice.Sent> before = through(KNOWN, SERVERS);
        assertThat(before).hasSize(1).allMatch(sent -> sent.port() == DC);
        for (int i = 0; i < 20_000; i++) {
            boolean isServer = random.nextBoolean();
            String tenant = random.nextBoolean() ? TENANT : STRANGER;
            byte[] frame = isServer ? answer(tenant) : tunnelled(tenant, SERVER, random.nextInt(256));
            through(damaged(frame, random), isServer ? SERVERS : DC);
            if (i % 500 == 0) {
                String which = "seed=" + seed + " packet=" + i;
                assertThat(through(KNOWN, SERVERS)).as(which).isEqualTo(before);
                assertThat(through(UNKNOWN, SERVERS))
                        .as(which)
                        .isEqualTo(
                                List.of(new StfDevice.Sent(OTR, HexFormat.of().formatHex(UNKNOWN))));
            }
        }
    }

    /** What the OTR sends and cannot be VXLAN with an IP packet in it, since lengths contradict each other or it is cut, is dropped and teaches nothing. */
    @ParameterizedTest
    @ValueSource(longs = {3, 4, 0xF00D})
    void malformedPackets_ofTheOtr_areDroppedAndTeachNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] sound = tunnelled(SERVER, STRANGER, 10);
        for (int i = 0; i < 5_000; i++) {
            byte[] frame = sound.clone();
            switch (random.nextInt(6)) {
                case 0 -> frame = Arrays.copyOf(frame, random.nextInt(1, frame.length));
                case 1 -> frame[42] &= (byte) ~8; // no VNI
                case 2 -> frame[16] = (byte) random.nextInt(1, 256); // longer than the frame
                case 3 -> frame[39] ^= (byte) random.nextInt(1, 256); // UDP of another length
                case 4 -> frame[66] = (byte) random.nextInt(1, 256); // longer than the datagram
                default -> frame[14] = (byte) (0x40 | random.nextInt(5)); // no header
            }
            String which =
                    "seed=" + seed + " packet=" + i + " " + HexFormat.of().formatHex(frame);
            assertThat(through(frame, OTR)).as(which).isEmpty();
            assertThat(through(UNKNOWN, SERVERS)).as(which).allMatch(sent -> sent.port() == OTR);
        }
        assertThat(through(sound, OTR)).hasSize(1);
        assertThat(through(UNKNOWN, SERVERS)).allMatch(sent -> sent.port() == DC);
    }
}
