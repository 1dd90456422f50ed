package dev.weir.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProgramState;
import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Destinations that the flow cache knows, and packets to them from a server: 64 octets with the VLAN tag, UDP over IPv4; 110 when they are in their
 * tunnel of VXLAN over IPv4.
 */
final class P4Gateway implements AutoCloseable {
    static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** What a tunnel puts before a frame, in whole cache lines. */
    static final int HEADROOM = 64;

    private static final int LENGTH = 64, TUNNELLED = 110, SERVER_PORT = 2, VLAN = 10, VNI = 100;
    private static final int DESTINATION_AT = 34, OUTER_DESTINATION_AT = 30;
    private static final int FIRST = 0xc0a8_0000, DATA_CENTRE = 0x0a00_0001, GATEWAY = 0x0a00_0002;
    private static final long HOUR = 3_600_000_000_000L;
    private static final byte[] HEADER = {
        2,
        0,
        0,
        0,
        0,
        1,
        2,
        0,
        0,
        0,
        0,
        2,
        (byte) 0x81,
        0,
        0,
        VLAN,
        8,
        0,
        0x45,
        0,
        0,
        46,
        0,
        0,
        0,
        0,
        64,
        17,
        0,
        0,
        1,
        1,
        1,
        1,
        0,
        0,
        0,
        0,
        3,
        (byte) 0xe8,
        0x30,
        0x39,
        0,
        26,
        0,
        0
    };

    private final int destinations;
    private final P4Vectors vectors;

    P4Gateway(int destinations, int packets) {
        this.destinations = destinations;
        vectors = new P4Vectors(packets, LENGTH, HEADROOM, SERVER_PORT);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < packets; i++) {
            MemorySegment frame = vectors.frame(i);
            MemorySegment.copy(HEADER, 0, frame, JAVA_BYTE, 0, HEADER.length);
            frame.set(INT, DESTINATION_AT, FIRST + random.nextInt(destinations));
        }
    }

    /** Adds how the destinations are reached. */
    void addTo(ProgramState state) {
        BigInteger mapped = BigInteger.valueOf(0xffff).shiftLeft(Integer.SIZE);
        var vlan = new Match.Exactly(BigInteger.valueOf(VLAN));
        var way = new Table.Call(
                "Gateway.to_ipv4",
                List.of(
                        BigInteger.valueOf(VNI),
                        BigInteger.valueOf(GATEWAY),
                        BigInteger.valueOf(DATA_CENTRE),
                        BigInteger.ONE,
                        BigInteger.TWO,
                        BigInteger.ONE,
                        BigInteger.TWO));
        for (int i = 0; i < destinations; i++) {
            var to = new Match.Exactly(mapped.add(BigInteger.valueOf(Integer.toUnsignedLong(FIRST + i))));
            P4Routes.require(state.control("Gateway.contexts")
                    .insert(new Table.Entry(List.of(to, vlan), null, way, false), HOUR));
        }
    }

    P4Vectors vectors() {
        return vectors;
    }

    /** Whether a packet that was sent on is in its tunnel. */
    static boolean isTunnelled(PacketVector vector, int i) {
        return vector.captured[i] == TUNNELLED
                && vector.data.get(INT, vector.offset[i] + OUTER_DESTINATION_AT) == DATA_CENTRE;
    }

    @Override
    public void close() {
        vectors.close();
    }
}
