package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.testing.Allocation;
import dev.weir.testing.Namespace;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two hosts and a box in the middle, each a network namespace; the box passes packets from one interface to the other. */
class PacketPortTest {
    private static final PacketPortOptions DEFAULTS = PacketPortOptions.defaults();
    private static final String LEFT = "10.7.0.1", RIGHT = "10.7.0.2";
    private Namespace left, middle, right;

    @BeforeEach
    void build() throws IOException {
        left = new Namespace();
        middle = new Namespace();
        right = new Namespace();
        Namespace.join(left, "eth0", middle, "west");
        Namespace.join(right, "eth0", middle, "east");
        left.ip("address", "add", LEFT + "/24", "dev", "eth0");
        right.ip("address", "add", RIGHT + "/24", "dev", "eth0");
    }

    @AfterEach
    void tearDown() throws IOException {
        try (Namespace _ = left;
                Namespace _ = middle;
                Namespace _ = right) {
            // each is deleted, whatever happens to the others
        }
    }

    private PacketPort open(String name, PacketPortOptions options) throws Exception {
        return middle.call(() -> PacketPort.open(name, options));
    }

    private Forwarder forward(PacketPortOptions options) throws Exception {
        return new Forwarder(middle, open("west", options), open("east", options));
    }

    private void assertPing(String... more) throws IOException {
        String[] command = {"ping", "-c", "3", "-i", "0.1", "-w", "10"};
        String[] all = Arrays.copyOf(command, command.length + more.length);
        System.arraycopy(more, 0, all, command.length, more.length);
        assertThat(left.exec(all)).contains("3 received");
    }

    /** With several queues, too, what is sent must not come back as received: it would go round for ever. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void ping_throughTwoPorts_isAnsweredOnce(int queues) throws Exception {
        try (Forwarder box = forward(DEFAULTS.withQueues(queues))) {
            assertPing(RIGHT);
            long received = 0;
            for (PortQueue each : box.leftPort().queues()) {
                received += each.counters().get(PortCounters.RX_PACKETS);
            }
            assertThat(received).as("packets that came from the left").isLessThan(30);
        }
    }

    @Test
    void open_noSuchInterface_namesThoseThatThereAre() {
        assertThatThrownBy(() -> open("eth9", DEFAULTS))
                .isInstanceOf(PortException.class)
                .hasMessage("eth9: no such interface; the interfaces are: lo, west, east");
        assertThatThrownBy(() -> open("a name that is far too long", DEFAULTS))
                .hasMessageContaining("no such interface");
    }

    @Test
    void open_withoutRights_namesTheCapability() {
        assertThatThrownBy(() -> middle.call(() -> {
                    becomeNobody();
                    return PacketPort.open("west", DEFAULTS);
                }))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("west: may not open a packet socket; needs CAP_NET_RAW: run as root, or ");
    }

    /** The calling thread alone, by the kernel's own call; a thread of another user has no capabilities. */
    private static void becomeNobody() {
        long setresuid = System.getProperty("os.arch").equals("amd64") ? 117 : 147;
        MethodHandle syscall = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            assertThat((long) syscall.invokeExact(setresuid, 65_534, 65_534, 65_534))
                    .isZero();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("setresuid", e);
        }
    }

    @Test
    void datagrams_withUnfinishedChecksums_arriveWithRightOnes() throws Exception {
        try (Forwarder box = forward(DEFAULTS);
                DatagramSocket there = right.call(() -> new DatagramSocket(7000));
                DatagramSocket here = left.call(() -> new DatagramSocket())) {
            there.setSoTimeout(10_000);
            for (int length = 0; length < 1472; length += 61) {
                byte[] sent = random(length);
                here.send(new DatagramPacket(sent, length, InetAddress.getByName(RIGHT), 7000));
                DatagramPacket got = new DatagramPacket(new byte[2000], 2000);
                there.receive(got); // which Linux gives only to those whose checksum is right
                assertThat(Arrays.copyOf(got.getData(), got.getLength())).isEqualTo(sent);
            }
            assertThat(box.left().counters().get(PortCounters.CHECKSUMS)).isPositive();
        }
    }

    private static byte[] random(int length) {
        byte[] octets = new byte[length];
        new SplittableRandom(length).nextBytes(octets);
        return octets;
    }

    /** Sends octets from left to right by TCP; how many of them arrived as they were. */
    private int transfer(int octets) throws Exception {
        byte[] sent = random(octets);
        try (ServerSocket server = right.call(() -> new ServerSocket(7001));
                Socket client = left.call(() -> {
                    Socket socket = new Socket();
                    socket.connect(new InetSocketAddress(RIGHT, 7001), 10_000);
                    return socket;
                })) {
            Socket there = server.accept();
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
                try (there) {
                    return there.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            client.getOutputStream().write(sent);
            client.shutdownOutput();
            byte[] got = received.get(20, TimeUnit.SECONDS);
            return Arrays.equals(got, sent) ? got.length : -1;
        }
    }

    @Test
    void tcp_withSuperPacketsCarried_arrivesWhole() throws Exception {
        try (Forwarder box = forward(DEFAULTS)) {
            assertThat(transfer(30_000_000)).isEqualTo(30_000_000);
            assertThat(box.left().counters().get(PortCounters.SEGMENTED)).isPositive();
        }
    }

    @Test
    void tcp_withSuperPacketsRefused_isToldOnceAndWorksWithoutOffload() throws Exception {
        try (Forwarder box = forward(DEFAULTS.withSegments(Segments.REFUSE))) {
            left.exec("ethtool", "-K", "eth0", "tso", "on", "gso", "on");
            transfer(100_000);
            assertThat(box.left().counters().get(PortCounters.SEGMENTED)).isPositive();
            assertThat(box.leftPort().maintain())
                    .startsWith("west: super-packets of segmentation offload are dropped; turn it off")
                    .contains("ethtool -K west gro off lro off tso off gso off");
            assertThat(box.leftPort().maintain()).isEmpty();
            left.exec("ethtool", "-K", "eth0", "tso", "off", "gso", "off");
            right.exec("ethtool", "-K", "eth0", "tso", "off", "gso", "off");
            long before = box.left().counters().get(PortCounters.SEGMENTED);
            assertThat(transfer(3_000_000)).isEqualTo(3_000_000);
            assertThat(box.left().counters().get(PortCounters.SEGMENTED)).isEqualTo(before);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"8100", "88A8", "8100 8100", "88A8 8100", "88A8 8100 9100"})
    void vlanTags_whichTheKernelTakesOut_areInTheirPlaceAgain(String tags) throws Exception {
        ByteBuffer frame =
                ByteBuffer.allocate(80).putLong(0x0102_0304_0506_0708L).putInt(0x090A_0B0C);
        for (int at = 0; at < tags.length(); at += 5) {
            frame.putShort((short) Integer.parseInt(tags.substring(at, at + 4), 16))
                    .putShort((short) 0xA123);
        }
        frame.putShort((short) 0x88B5).putLong(0x1112_1314_1516_1718L);
        try (PacketPort near = left.call(() -> PacketPort.open("eth0", DEFAULTS));
                PacketPort far = open("west", DEFAULTS);
                Arena arena = Arena.ofConfined()) {
            MemorySegment sent = arena.allocate(80).copyFrom(MemorySegment.ofArray(frame.array()));
            near.queues().getFirst().send(sent, 0, 80, 0);
            near.queues().getFirst().flush();
            PacketVector vector = new PacketVector(4, true);
            assertThat(far.queues().getFirst().receive(vector)).isOne();
            assertThat(vector.length[0]).isEqualTo(80);
            assertThat(vector.data.asSlice(vector.offset[0], 80).mismatch(sent)).isEqualTo(-1);
        }
    }

    @Test
    void jumboFrames_ofAnMtuSetBeforeOrAfterOpening_pass() throws Exception {
        try (Forwarder box = forward(DEFAULTS)) {
            jumbo();
            box.leftPort().maintain();
            box.rightPort().maintain();
            assertThat(box.leftPort().maxFrame()).isEqualTo(9014);
            assertPing("-M", "do", "-s", "8972", RIGHT);
        }
        try (Forwarder _ = forward(DEFAULTS)) {
            assertPing("-M", "do", "-s", "8972", RIGHT);
        }
    }

    private void jumbo() throws IOException {
        left.ip("link", "set", "eth0", "mtu", "9000");
        right.ip("link", "set", "eth0", "mtu", "9000");
        middle.ip("link", "set", "west", "mtu", "9000");
        middle.ip("link", "set", "east", "mtu", "9000");
    }

    @Test
    void send_longerThanTheInterfaceTakes_isTooLong() throws Exception {
        try (PacketPort port = open("west", DEFAULTS);
                Arena arena = Arena.ofConfined()) {
            PortQueue queue = port.queues().getFirst();
            MemorySegment frame = arena.allocate(1600);
            assertThat(queue.send(frame, 0, 1514, 0)).isEqualTo(SendFault.NONE);
            assertThat(queue.send(frame, 0, 1515, 0)).isEqualTo(SendFault.TOO_LONG);
            frame.set(JAVA_INT, 12, 0x0081); // a VLAN tag
            assertThat(queue.send(frame, 0, 1518, 0)).isEqualTo(SendFault.NONE);
            assertThat(queue.send(frame, 0, 1519, 0)).isEqualTo(SendFault.TOO_LONG);
            assertThat(queue.send(frame, 0, 13, 0)).isEqualTo(SendFault.REFUSED);
            queue.flush();
            assertThat(queue.counters().get(PortCounters.TX_FAULTS + SendFault.TOO_LONG))
                    .isEqualTo(2);
            assertThat(queue.counters().get(PortCounters.TX_PACKETS)).isEqualTo(2);
        }
    }

    @Test
    void interface_downAndUp_isToldAndWorksAgain() throws Exception {
        try (Forwarder box = forward(DEFAULTS)) {
            middle.ip("link", "set", "west", "down");
            assertThat(box.leftPort().maintain()).isEqualTo("west: is down or without carrier");
            assertThat(box.leftPort().state()).isEqualTo(PortState.DOWN);
            assertThat(box.rightPort().maintain()).isEmpty();
            middle.ip("link", "set", "west", "up");
            assertThat(box.leftPort().maintain()).isEqualTo("west: is up");
            assertPing(RIGHT);
        }
    }

    @Test
    void interface_whoseOtherEndIsDown_isWithoutCarrier() throws Exception {
        try (PacketPort port = open("west", DEFAULTS)) {
            left.ip("link", "set", "eth0", "down");
            assertThat(port.maintain()).isEqualTo("west: is down or without carrier");
        }
    }

    @ParameterizedTest(name = "{0} queues")
    @CsvSource({"1", "2"})
    void interface_deletedAndMadeAgain_isToldAndWorksAgain(int queues) throws Exception {
        try (Forwarder box = forward(DEFAULTS.withQueues(queues))) {
            middle.ip("link", "delete", "west");
            assertThat(box.leftPort().maintain()).isEqualTo("west: is gone; waiting for it to come back");
            assertThat(box.leftPort().state()).isEqualTo(PortState.GONE);
            assertThat(box.leftPort().maintain()).isEmpty();
            Namespace.join(left, "eth0", middle, "west");
            left.ip("address", "add", LEFT + "/24", "dev", "eth0");
            assertThat(middle.call(box.leftPort()::maintain)).isEqualTo("west: is up");
            assertPing(RIGHT);
        }
    }

    @Test
    void queues_openedWhileTheInterfaceIsDown_receiveOnceItIsUp() throws Exception {
        middle.ip("link", "set", "west", "down");
        try (Forwarder box = forward(DEFAULTS.withQueues(3))) {
            assertThat(box.leftPort().state()).isEqualTo(PortState.DOWN);
            middle.ip("link", "set", "west", "up");
            assertThat(middle.call(box.leftPort()::maintain)).isEqualTo("west: is up");
            assertPing(RIGHT);
        }
    }

    @Test
    void receiveRing_full_dropsAreCounted() throws Exception {
        PacketPortOptions small = DEFAULTS.withFrames(64);
        try (PacketPort from = left.call(() -> PacketPort.open("eth0", DEFAULTS));
                PacketPort to = open("west", small);
                Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(60);
            for (int i = 0; i < 100; i++) from.queues().getFirst().send(frame, 0, 60, 0);
            from.queues().getFirst().flush();
            PortQueue queue = to.queues().getFirst();
            PacketVector vector = new PacketVector(256, true);
            assertThat(queue.receive(vector)).isEqualTo(64);
            queue.release();
            to.maintain();
            assertThat(queue.receive(vector)).isZero();
            assertThat(queue.counters().get(PortCounters.RX_DROPPED)).isEqualTo(36);
        }
    }

    @Test
    void sendRing_fullBehindASlowQueue_isCounted_andWorksAgain() throws Exception {
        try (PacketPort port = open("west", DEFAULTS.withFrames(16));
                Arena arena = Arena.ofConfined()) {
            middle.exec(
                    "tc", "qdisc", "add", "dev", "west", "root", "tbf", "rate", "8kbit", "burst", "1600", "latency",
                    "1000s");
            PortQueue queue = port.queues().getFirst();
            MemorySegment frame = arena.allocate(60);
            int full = 0;
            for (int i = 0; i < 200; i++) {
                int fault = queue.send(frame, 0, 60, 0);
                assertThat(fault).isIn(SendFault.NONE, SendFault.RING_FULL);
                if (fault == SendFault.RING_FULL) full++;
                queue.flush();
            }
            assertThat(full).isBetween(100, 184);
            assertThat(queue.counters().get(PortCounters.TX_FAULTS + SendFault.RING_FULL))
                    .isEqualTo(full);
            assertThat(queue.counters().get(PortCounters.TX_PACKETS)).isEqualTo(200 - full);
            middle.exec("tc", "qdisc", "delete", "dev", "west", "root");
            assertThat(queue.send(frame, 0, 60, 0)).isEqualTo(SendFault.NONE);
        }
    }

    @Test
    void sendRing_frameThatTheKernelRefuses_isTakenOutAndTheOthersLeave() throws Exception {
        PortCounters counters = new PortCounters();
        try (PacketPort to = left.call(() -> PacketPort.open("eth0", DEFAULTS));
                Arena arena = Arena.ofConfined()) {
            PacketSocket socket = middle.call(() -> {
                PacketSocket made = new PacketSocket("west");
                made.bind(Libc.interfaceIndex("west"), 0);
                return made;
            });
            try (socket;
                    SendRing ring = new SendRing(socket, DEFAULTS.withFrames(16), 1514, counters)) {
                MemorySegment frame = arena.allocate(60);
                long outside = Offload.of(Offload.NEEDS_CHECKSUM, Offload.WHOLE, 0, 70, 16);
                for (int i = 0; i < 10; i++) ring.put(frame, 0, 60 - i, i % 3 == 2 ? outside : 0);
                ring.flush();
            }
            PacketVector vector = new PacketVector(256, true);
            assertThat(to.queues().getFirst().receive(vector)).isEqualTo(7);
            assertThat(vector.length).startsWith(60, 59, 57, 56, 54, 53, 51);
            assertThat(counters.get(PortCounters.TX_PACKETS)).isEqualTo(7);
            assertThat(counters.get(PortCounters.TX_FAULTS + SendFault.REFUSED)).isEqualTo(3);
        }
    }

    @Test
    void receiveAndSend_inALoop_allocateNothing() throws Exception {
        try (PacketPort near = left.call(() -> PacketPort.open("eth0", DEFAULTS));
                PacketPort far = open("west", DEFAULTS);
                Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(100);
            PortQueue out = near.queues().getFirst();
            PortQueue in = far.queues().getFirst();
            PacketVector vector = new PacketVector(256, true);
            Runnable round = () -> {
                for (int i = 0; i < 4; i++) out.send(frame, 0, 60 + i, 0);
                out.flush();
                Forwarder.pass(in, in, vector);
                if (out.receive(vector) > 0) out.release();
            };
            assertThat(Allocation.octetsPerCall(5_000, round)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "77"})
    void frames_ofAllLengths_arriveAsTheyWereInOrder(long seed) throws Exception {
        jumbo();
        SplittableRandom random = new SplittableRandom(seed);
        try (PacketPort near = left.call(() -> PacketPort.open("eth0", DEFAULTS.withFrames(64)));
                PacketPort far = open("west", DEFAULTS.withFrames(64));
                Arena arena = Arena.ofConfined()) {
            PacketVector vector = new PacketVector(64, true);
            for (int round = 0; round < 200; round++) {
                int n = random.nextInt(1, 20);
                MemorySegment[] sent = new MemorySegment[n];
                for (int i = 0; i < n; i++) {
                    byte[] octets = new byte[random.nextInt(14, random.nextInt(15, 9015))];
                    random.nextBytes(octets);
                    ByteBuffer.wrap(octets).putShort(12, (short) 0x88B5); // an experimental EtherType: no VLAN tag
                    sent[i] = arena.allocate(octets.length).copyFrom(MemorySegment.ofArray(octets));
                    near.queues().getFirst().send(sent[i], 0, octets.length, 0);
                }
                near.queues().getFirst().flush();
                assertThat(far.queues().getFirst().receive(vector)).isEqualTo(n);
                for (int i = 0; i < n; i++) {
                    MemorySegment got = vector.data.asSlice(vector.offset[i], vector.captured[i]);
                    assertThat(got.mismatch(sent[i]))
                            .as("seed=%d round=%d", seed, round)
                            .isEqualTo(-1);
                }
                far.queues().getFirst().release();
            }
        }
    }

    /** Another socket of the same host sends: heard by the one that listens, by no other; and what is sent to it goes nowhere. */
    @ParameterizedTest
    @CsvSource({"true, 1, 10", "true, 2, 10", "false, 1, 0", "false, 2, 0"})
    void listening_whatTheHostSends_comesIn_andNothingGoesOut(boolean listens, int queues, int heard) throws Exception {
        try (PacketPort host = open("west", DEFAULTS);
                PacketPort ear = open("west", DEFAULTS.withQueues(queues).withListening(listens));
                PacketPort far = left.call(() -> PacketPort.open("eth0", DEFAULTS));
                Arena arena = Arena.ofConfined()) {
            PacketVector vector = new PacketVector(64, true);
            MemorySegment frame = arena.allocate(60);
            frame.set(JAVA_INT, 12, 0xB588); // an experimental EtherType
            for (int i = 0; i < 10; i++) {
                assertThat(host.queues().getFirst().send(frame, 0, 60, 0)).isEqualTo(SendFault.NONE);
            }
            host.queues().getFirst().flush();
            assertThat(ours(far, vector)).isEqualTo(10);
            assertThat(ours(ear, vector)).isEqualTo(heard);
            for (int i = 0; i < 10; i++) {
                assertThat(ear.queues().getFirst().send(frame, 0, 60, 0)).isEqualTo(SendFault.NONE);
            }
            ear.queues().getFirst().flush();
            assertThat(ours(far, vector)).isEqualTo(listens ? 0 : 10);
        }
    }

    /** How many frames of the experimental EtherType are there, on all queues. */
    private static int ours(PacketPort port, PacketVector vector) {
        int found = 0;
        for (PortQueue queue : port.queues()) {
            int n;
            while ((n = queue.receive(vector)) != 0) {
                for (int i = 0; i < n; i++) {
                    if (vector.data.get(JAVA_SHORT_UNALIGNED, vector.offset[i] + 12) == (short) 0xB588) {
                        found++;
                    }
                }
                queue.release();
            }
        }
        return found;
    }
}
