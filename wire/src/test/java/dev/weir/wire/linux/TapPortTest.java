package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.PacketVector;
import dev.weir.testing.Namespace;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host with a TAP device, whose other end is ours. */
class TapPortTest {
    private static final TapPortOptions OPTIONS = new TapPortOptions(2, 0x0200_0000_0701L, 1400, Segments.CARRY, 3);

    private Namespace host;

    @BeforeEach
    void build() throws IOException {
        host = new Namespace();
    }

    @AfterEach
    void tearDown() throws IOException {
        host.close();
    }

    private TapPort open() throws Exception {
        TapPort port = host.call(() -> TapPort.open("tap0", OPTIONS));
        host.quiet("tap0");
        host.ip("address", "add", "10.7.0.1/24", "dev", "tap0");
        host.ip("neighbour", "add", "10.7.0.2", "lladdr", "02:00:00:00:07:02", "dev", "tap0");
        return port;
    }

    @Test
    void device_isMadeAsAsked_andGoesWithThePort() throws Exception {
        try (TapPort port = open()) {
            assertThat(host.ip("link", "show", "tap0")).contains("mtu 1400", "02:00:00:00:07:01", "UP");
            assertThat(port.maxFrame()).isEqualTo(1414);
            assertThat(port.macAddress()).isEqualTo(0x0200_0000_0701L);
            assertThatThrownBy(() -> host.call(() -> TapPort.open("tap0", OPTIONS)))
                    .isInstanceOf(PortException.class)
                    .hasMessageStartingWith("tap0: there is such an interface; give another name");
        }
        assertThat(host.ip("link")).doesNotContain("tap0");
    }

    @Test
    void datagram_ofTheHost_comesFinished_andItsAnswerArrives() throws Exception {
        try (TapPort port = open();
                DatagramSocket socket = host.call(() -> new DatagramSocket(7000))) {
            socket.setSoTimeout(10_000);
            byte[] sent = {1, 2, 3, 4, 5};
            socket.send(new DatagramPacket(sent, 5, InetAddress.getByName("10.7.0.2"), 7000));
            answer(port);
            DatagramPacket got = new DatagramPacket(new byte[100], 100);
            socket.receive(got);
            assertThat(Arrays.copyOf(got.getData(), got.getLength())).isEqualTo(sent);
        }
    }

    /** Sends the first packet back with addresses swapped, which leaves all checksums right; ports are equal. */
    private static void answer(TapPort port) {
        PacketVector vector = new PacketVector(8, true);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() < until) {
            for (PortQueue queue : port.queues()) {
                if (queue.receive(vector) == 0) continue;
                assertThat(vector.offload[0]).isZero();
                assertThat(vector.port[0]).isEqualTo(3);
                swap(vector, 0, 6);
                swap(vector, 26, 4);
                assertThat(queue.send(vector.data, vector.offset[0], vector.captured[0], 0))
                        .isZero();
                queue.flush();
                queue.release();
                assertThat(queue.counters().get(PortCounters.CHECKSUMS)).isOne();
                return;
            }
        }
        throw new AssertionError("nothing came");
    }

    /** Swaps two fields of {@code octets} octets that follow each other. */
    private static void swap(PacketVector vector, int field, int octets) {
        for (int i = 0; i < octets; i++) {
            long at = vector.offset[0] + field + i;
            byte first = vector.data.get(JAVA_BYTE, at);
            byte second = vector.data.get(JAVA_BYTE, at + octets);
            vector.data.set(JAVA_BYTE, at, second);
            vector.data.set(JAVA_BYTE, at + octets, first);
        }
    }

    @Test
    void device_thatIsDeleted_isMadeAgain() throws Exception {
        try (TapPort port = open()) {
            host.quiet("default"); // also the device that is made again says nothing by itself
            host.ip("link", "delete", "tap0");
            assertThat(host.call(port::maintain)).isEqualTo("tap0: was deleted and is made again");
            assertThat(port.queues().getFirst().receive(new PacketVector(8, true)))
                    .isZero();
            assertThat(host.ip("link", "show", "tap0")).contains("mtu 1400", "UP");
        }
    }
}
