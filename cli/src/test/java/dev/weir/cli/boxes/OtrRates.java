package dev.weir.cli.boxes;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.testing.Frames;
import dev.weir.wire.SendFault;
import dev.weir.wire.VirtualQueue;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** How many packets a second the OTR answers, and learns of, from memory to memory: a line a number of associations. Run as a program; no test. */
final class OtrRates {
    private static final int VECTOR = 256,
            TURNS = 20_000,
            FIRST = 0x0A00_0000,
            TAGGED_DESTINATION = 34,
            INNER_SOURCE = 76;
    private static final Vtep NEAR = new Vtep(IpPrefix.of("10.0.0.254"), 0x5E),
            FAR = new Vtep(IpPrefix.of("10.0.0.1"), 0x0D);
    private static final ValueLayout.OfInt ADDRESS = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private OtrRates() {}

    public static void main(String[] args) throws IOException {
        for (int many : new int[] {1_000, 1_000_000, 10_000_000}) measure(many);
    }

    private static void measure(int many) throws IOException {
        Associations table = new Associations(many, true);
        TunnelLessons lessons = new TunnelLessons(table, NEAR, TunnelLessons.Vlans.times(10), Long.MAX_VALUE >> 2);
        FrameText silent = new FrameText(new PrintStream(OutputStream.nullOutputStream()), false, 0);
        byte[] inner = Frames.ethernet(
                1, 2, 0x0800, Frames.ip("10.0.0.0", "1.1.1.1", Frames.UDP, Frames.udp(1, 2, new byte[22])));
        byte[] asked = Frames.ethernet(
                NEAR.mac(),
                FAR.mac(),
                0x0800,
                Frames.ip("10.0.0.1", "10.0.0.254", Frames.UDP, Frames.udp(50000, 4789, Frames.vxlan(100, inner))));
        byte[] answer = Frames.ethernet(
                0x8100,
                Frames.tagged(
                        10, 0x0800, Frames.ip("1.1.1.1", "10.0.0.0", Frames.UDP, Frames.udp(2, 1, new byte[18]))));
        try (Otr otr = new Otr(table, null, lessons, NEAR, 3, false, Long.MAX_VALUE, silent)) {
            Packets learning = new Packets(asked, INNER_SOURCE, many),
                    answering = new Packets(answer, TAGGED_DESTINATION, many);
            long begin = System.nanoTime();
            for (int at = 0; at < many; at += VECTOR) learning.inOrder(otr, at, Math.min(VECTOR, many - at));
            double learnt = many * 1e9 / (System.nanoTime() - begin);
            learning.atRandom(otr, TURNS);
            double again = learning.atRandom(otr, TURNS);
            answering.atRandom(otr, TURNS);
            double answered = answering.atRandom(otr, TURNS);
            System.out.printf(
                    "%,d associations, %,d octets of table, %s resident: %,.0f learnt a second, %,.0f seen again, %,.0f answered; %s%n",
                    table.size(), table.bytes(), resident(), learnt, again, answered, otr.figures());
        }
    }

    private static String resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.substring(6).strip())
                .findFirst()
                .orElse("?");
    }

    /** A vector of packets that differ in an address. */
    private static final class Packets {
        private final PacketVector vector = new PacketVector(VECTOR, true);
        private final SplittableRandom random = new SplittableRandom(1);
        private final Nowhere out = new Nowhere();
        private final int address, many;

        Packets(byte[] frame, int address, int many) {
            this.address = address;
            this.many = many;
            int room = 2048;
            vector.data = Arena.ofAuto().allocate((long) room * VECTOR);
            for (int i = 0; i < VECTOR; i++) {
                vector.offset[i] = (long) i * room;
                vector.captured[i] = frame.length;
                vector.length[i] = frame.length;
                MemorySegment.copy(frame, 0, vector.data, ValueLayout.JAVA_BYTE, vector.offset[i], frame.length);
            }
            vector.uniform(LinkType.ETHERNET, 0);
            vector.size = VECTOR;
        }

        void inOrder(Otr otr, int first, int n) {
            for (int i = 0; i < n; i++) vector.data.set(ADDRESS, vector.offset[i] + address, FIRST + first + i);
            for (int i = 0; i < n; i++) otr.frame(vector, i, 1, out);
        }

        /** @return packets a second */
        double atRandom(Otr otr, int turns) {
            long nanos = 0;
            for (int turn = 0; turn < turns; turn++) {
                for (int i = 0; i < VECTOR; i++) {
                    vector.data.set(ADDRESS, vector.offset[i] + address, FIRST + random.nextInt(many));
                }
                long begin = System.nanoTime();
                for (int i = 0; i < VECTOR; i++) otr.frame(vector, i, 1, out);
                nanos += System.nanoTime() - begin;
            }
            return (double) turns * VECTOR * 1e9 / nanos;
        }
    }

    /** Takes all. */
    private static final class Nowhere extends VirtualQueue {
        @Override
        public int send(MemorySegment data, long offset, int length, long offload) {
            return SendFault.NONE;
        }

        @Override
        public int receive(PacketVector vector) {
            return 0;
        }
    }
}
