package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.PacketVector;
import dev.weir.testing.Namespace;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import dev.weir.wire.PacketSource;
import dev.weir.wire.PortException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts on a wire; what is captured at one of them. */
class LiveSourceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private Namespace here, there;

    @TempDir
    private Path folder;

    @BeforeEach
    void build() throws IOException {
        here = new Namespace();
        there = new Namespace();
        Namespace.join(here, "eth0", there, "eth0");
        here.ip("address", "add", "10.7.0.1/24", "dev", "eth0");
        there.ip("address", "add", "10.7.0.2/24", "dev", "eth0");
    }

    @AfterEach
    void tearDown() throws IOException {
        try (Namespace _ = here;
                Namespace _ = there) {
            // each is deleted, whatever happens to the other
        }
    }

    private PacketSource open(String filter, long nanos) throws Exception {
        return here.call(() -> LiveSource.open("eth0", filter, nanos));
    }

    /** Reads to the end: a line a packet, of its time, its length and the octets of it that a live source keeps. */
    private static List<String> packets(PacketSource source) throws IOException {
        List<String> lines = new ArrayList<>();
        PacketVector vector = new PacketVector(64);
        long clock = Long.MIN_VALUE;
        for (int n = source.read(vector); n != 0; n = source.read(vector)) {
            for (int i = 0; i < vector.size; i++) {
                assertThat(vector.time[i]).isGreaterThanOrEqualTo(clock);
                int octets = Math.min(vector.captured[i], LiveSource.SNAP);
                byte[] bytes = vector.data.asSlice(vector.offset[i], octets).toArray(JAVA_BYTE);
                lines.add(vector.time[i] + " " + vector.length[i] + " "
                        + HexFormat.of().formatHex(bytes));
            }
            clock = source.clock();
        }
        return lines;
    }

    @Test
    void packets_areThoseThatTcpdumpSees_toTheNanosecond() throws Exception {
        Path file = folder.resolve("tcpdump.pcap");
        Process tcpdump = here.start(
                "tcpdump",
                "-i",
                "eth0",
                "-B",
                "8192",
                "-j",
                "host",
                "--time-stamp-precision=nano",
                "-U",
                "-Z",
                "root",
                "-w",
                file.toString());
        try (PacketSource source = open("", 4 * SECOND)) {
            awaitFile(file);
            here.exec("ping", "-c", "10", "-i", "0.05", "-s", "1200", "10.7.0.2");
            List<String> live = packets(source);
            assertThat(source.dropped()).isZero();
            here.exec("kill", "-INT", Long.toString(tcpdump.pid()));
            assertThat(tcpdump.waitFor(10, TimeUnit.SECONDS)).isTrue();
            try (PacketSource captured = Captures.open(List.of(file.toString()))) {
                assertThat(live).hasSizeGreaterThanOrEqualTo(20).isEqualTo(packets(captured));
            }
        }
    }

    @Test
    void loopback_whatGoesAndComes_isSeenOnce() throws Exception {
        try (PacketSource source = here.call(() -> LiveSource.open("lo", "", SECOND))) {
            here.exec("ping", "-c", "5", "-i", "0.02", "127.0.0.1");
            assertThat(packets(source)).hasSize(10);
        }
    }

    /** The field of the stamp holds the time at which TCP wanted the packet sent. */
    @Test
    void stampedLate_countsTcpOfThePeer_andNothingElse() throws Exception {
        try (PacketSource source = open("tcp and src host 10.7.0.1 or icmp", SECOND)) {
            here.exec("ping", "-c", "5", "-i", "0.02", "10.7.0.2");
            refusedConnection(here, "10.7.0.2");
            assertThat(packets(source)).hasSize(11);
            assertThat(source.stampedLate()).isZero();
        }
        try (PacketSource source = open("tcp and src host 10.7.0.2", SECOND)) {
            refusedConnection(there, "10.7.0.1");
            assertThat(packets(source)).hasSize(1);
            assertThat(source.stampedLate()).isOne();
        }
    }

    private static void refusedConnection(Namespace from, String to) throws IOException {
        from.exec("bash", "-c", "! exec 3<>/dev/tcp/" + to + "/9");
    }

    private static void awaitFile(Path file) throws Exception {
        for (int i = 0; i < 200 && (!Files.exists(file) || Files.size(file) < 24); i++) Thread.sleep(20);
        assertThat(file).exists();
    }

    @Test
    void filter_ofOneDirection_isAppliedByTheKernel() throws Exception {
        try (PacketSource source = open("icmp and src 10.7.0.2", SECOND)) {
            here.exec("ping", "-c", "5", "-i", "0.02", "10.7.0.2");
            assertThat(packets(source)).hasSize(5);
        }
    }

    @Test
    void filter_thatTheKernelCannotRun_isAppliedHere() throws Exception {
        try (PacketSource source = open("ip protochain 1", SECOND)) {
            here.exec("ping", "-c", "5", "-i", "0.02", "10.7.0.2");
            assertThat(packets(source)).hasSize(10);
        }
    }

    @Test
    void vlanTag_isInItsPlace_andFilteredFor() throws Exception {
        try (PacketSource source = open("vlan 291", SECOND);
                PacketPort port = there.call(() -> PacketPort.open("eth0", PacketPortOptions.defaults()));
                Arena arena = Arena.ofConfined()) {
            String tagged = "0102030405060708090a0b0c8100" + "0123" + "88b5" + "00".repeat(50);
            String other = "0102030405060708090a0b0c8100" + "0124" + "88b5" + "00".repeat(50);
            for (String frame : List.of(tagged, other)) {
                byte[] octets = HexFormat.of().parseHex(frame);
                MemorySegment data = arena.allocate(octets.length).copyFrom(MemorySegment.ofArray(octets));
                port.queues().getFirst().send(data, 0, octets.length, 0);
            }
            port.queues().getFirst().flush();
            assertThat(packets(source)).singleElement().asString().endsWith(" " + tagged);
        }
    }

    @Test
    void interface_thatIsDeleted_isDamageAfterItsPackets() throws Exception {
        try (PacketSource source = open("", Long.MAX_VALUE)) {
            here.exec("ping", "-c", "1", "10.7.0.2");
            here.ip("link", "delete", "eth0");
            assertThatThrownBy(() -> packets(source))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageMatching("eth0: the interface is gone \\(at byte \\d+, after packet \\d+\\)");
            assertThat(source.read(new PacketVector(1))).isZero();
        }
    }

    @Test
    void interface_thatWasDown_goesOn_andIsNoted() throws Exception {
        try (PacketSource source = open("icmp", 3 * SECOND)) {
            here.ip("link", "set", "eth0", "down");
            Thread upAgain = Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(1500);
                    here.ip("link", "set", "eth0", "up");
                    here.exec("ping", "-c", "3", "-i", "0.02", "10.7.0.2");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(packets(source)).hasSize(6);
            upAgain.join();
            assertThat(source.notes()).containsExactly("eth0: the interface was down for a while");
        }
    }

    @Test
    void open_noSuchInterface_namesThoseThatThereAre() {
        assertThatThrownBy(() -> here.call(() -> LiveSource.open("eth9", "", SECOND)))
                .isInstanceOf(PortException.class)
                .hasMessage("eth9: no such interface; the interfaces are: lo, eth0");
    }
}
