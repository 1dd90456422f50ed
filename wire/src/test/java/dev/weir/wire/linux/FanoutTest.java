package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.testing.Namespace;
import dev.weir.wire.PortQueue;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FanoutTest {
    private static final int FRAMES = 400;

    @Test
    void queue_ofBothDirections_isTheSame() {
        assertThat(Fanout.foldAddresses(0x0A000001, 0x0A000002))
                .isEqualTo(Fanout.foldAddresses(0x0A000002, 0x0A000001));
        assertThat(Fanout.foldAddresses(1, 2, 3, 4)).isEqualTo(Fanout.foldAddresses(3, 4, 1, 2));
        assertThat(Fanout.foldPorts(80, 40_000)).isEqualTo(Fanout.foldPorts(40_000, 80));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 16})
    void queue_ofManyFlows_isEven(int queues) {
        int[] count = new int[queues];
        for (int i = 0; i < 40_000; i++) {
            int addresses = Fanout.foldAddresses(0x0A000000 + i / 200, 0x0A010000);
            count[Fanout.queue(addresses, Fanout.foldPorts(32_768 + i % 200, 443), queues)]++;
        }
        int share = 40_000 / queues;
        for (int n : count) assertThat(n).isBetween(share * 9 / 10, share * 11 / 10);
    }

    /** What a test sends, and the queue that is to receive it. */
    private record Sent(MemorySegment frame, int queue) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void kernel_onRandomPackets_choosesTheQueueThatJavaDoes(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int queues = random.nextInt(2, 6);
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) sent.add(random(random, i, queues));
        PacketPortOptions options = PacketPortOptions.defaults();
        try (Namespace near = new Namespace();
                Namespace far = new Namespace()) {
            Namespace.join(near, "out", far, "in");
            try (PacketPort out = near.call(() -> PacketPort.open("out", options));
                    PacketPort in = far.call(() -> PacketPort.open("in", options.withQueues(queues)))) {
                for (Sent each : sent) send(out.queues().getFirst(), each.frame);
                int received = 0;
                for (int queue = 0; queue < queues; queue++) {
                    for (byte[] frame : receive(in.queues().get(queue))) {
                        int number = ByteBuffer.wrap(frame).getInt(frame.length - 4);
                        assertThat(queue)
                                .as("seed=%d packet=%d queues=%d", seed, number, queues)
                                .isEqualTo(sent.get(number).queue);
                        received++;
                    }
                }
                assertThat(received).as("seed=%d", seed).isEqualTo(FRAMES);
            }
        }
    }

    private static void send(PortQueue queue, MemorySegment frame) {
        assertThat(queue.send(frame, 0, (int) frame.byteSize(), 0)).isZero();
        queue.flush();
    }

    private static List<byte[]> receive(PortQueue queue) {
        List<byte[]> frames = new ArrayList<>();
        PacketVector vector = new PacketVector(64, true);
        while (queue.receive(vector) > 0) {
            for (int i = 0; i < vector.size; i++) {
                frames.add(vector.data
                        .asSlice(vector.offset[i], vector.captured[i])
                        .toArray(JAVA_BYTE));
            }
            queue.release();
        }
        return frames;
    }

    /** A random frame whose last four octets are its number. */
    private static Sent random(SplittableRandom random, int number, int queues) {
        ByteBuffer frame = ByteBuffer.allocate(200);
        frame.putLong(0x0200_0000_0001_0200L).putInt(0x0000_0002);
        for (int tags = random.nextInt(4); tags > 0; tags--) {
            frame.putShort((short) (random.nextBoolean() ? 0x8100 : 0x88A8)).putShort((short) random.nextInt(4096));
        }
        int queue = switch (random.nextInt(8)) {
            case 0, 1, 2 -> ipv4(random, frame, queues, 0);
            case 3 -> ipv4(random, frame, queues, random.nextInt(1, 0x4000));
            case 4, 5, 6 -> ipv6(random, frame, queues);
            default -> {
                frame.putShort((short) 0x0806).position(frame.position() + 28);
                yield 0;
            }
        };
        frame.putInt(number).flip();
        byte[] octets = new byte[frame.limit()];
        frame.get(octets);
        return new Sent(MemorySegment.ofArray(octets), queue);
    }

    private static int ipv4(SplittableRandom random, ByteBuffer frame, int queues, int fragment) {
        int words = random.nextInt(5, 16);
        int source = random.nextInt();
        int destination = random.nextInt();
        int protocol = protocol(random);
        frame.putShort((short) 0x0800).put((byte) (0x40 | words)).put((byte) 0).putShort((short) 0);
        frame.putShort((short) random.nextInt()).putShort((short) (fragment | (random.nextInt(2) << 14)));
        frame.put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
        frame.position(frame.position() + 4 * words - 20);
        int ports = ports(random, frame);
        boolean portless = fragment != 0 || !hasPorts(protocol);
        return Fanout.queue(Fanout.foldAddresses(source, destination), portless ? 0 : ports, queues);
    }

    private static int ipv6(SplittableRandom random, ByteBuffer frame, int queues) {
        int protocol = protocol(random);
        long[] address = random.longs(4).toArray();
        frame.putShort((short) 0x86DD)
                .putInt(0x6000_0000 | random.nextInt(1 << 28))
                .putShort((short) 0);
        frame.put((byte) protocol).put((byte) 64);
        for (long half : address) frame.putLong(half);
        int ports = ports(random, frame);
        int folded = Fanout.foldAddresses(address[0], address[1], address[2], address[3]);
        return Fanout.queue(folded, hasPorts(protocol) ? ports : 0, queues);
    }

    private static int protocol(SplittableRandom random) {
        int[] protocols = {6, 17, 33, 132, 136, 1, 58, 47, 44, 255};
        return protocols[random.nextInt(protocols.length)];
    }

    private static boolean hasPorts(int protocol) {
        return protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132 || protocol == 136;
    }

    private static int ports(SplittableRandom random, ByteBuffer frame) {
        int source = random.nextInt(1 << 16);
        int destination = random.nextInt(1 << 16);
        frame.putShort((short) source).putShort((short) destination).putLong(0);
        return Fanout.foldPorts(source, destination);
    }
}
