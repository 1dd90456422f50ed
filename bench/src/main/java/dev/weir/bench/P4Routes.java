package dev.weir.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Routes of random lengths to some next hops, and packets to them: 60 octets, UDP over IPv4. */
final class P4Routes implements AutoCloseable {
    private static final int HOPS = 16, SHORTEST = 8, LONGEST = 28;
    private static final int LENGTH = 60, TTL_AT = 22, DESTINATION_AT = 30;
    private static final byte[] HEADER = {
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0, 0,
        9
    };

    private final SplittableRandom random = new SplittableRandom(1);
    private final int[] prefixes, lengths;
    private final P4Vectors vectors;

    P4Routes(int count, int packets) {
        prefixes = new int[count];
        lengths = new int[count];
        draw();
        vectors = new P4Vectors(packets, LENGTH, 0, 0);
        for (int i = 0; i < packets; i++) {
            MemorySegment frame = vectors.frame(i);
            MemorySegment.copy(HEADER, 0, frame, JAVA_BYTE, 0, HEADER.length);
            int route = random.nextInt(count);
            int to = prefixes[route] | (random.nextInt() & (-1 >>> lengths[route]));
            frame.set(P4Gateway.INT, DESTINATION_AT, to);
        }
    }

    private void draw() {
        Set<Long> drawn = new HashSet<>();
        for (int i = 0; i < prefixes.length; ) {
            int length = random.nextInt(SHORTEST, LONGEST + 1);
            int prefix = random.nextInt() & (-1 << (32 - length));
            if (drawn.add((long) prefix << 8 | length)) {
                prefixes[i] = prefix;
                lengths[i++] = length;
            }
        }
    }

    /** Adds the routes and the hops. */
    void addTo(ProgramState state) {
        for (int hop = 0; hop < HOPS; hop++) {
            var match = new Match.Exactly(BigInteger.valueOf(hop));
            var send = new Table.Call("Route.send", List.of(BigInteger.valueOf(hop), BigInteger.TEN, BigInteger.ONE));
            require(state.control("Route.hops").insert(new Table.Entry(List.of(match), null, send, false), 0));
        }
        for (int i = 0; i < prefixes.length; i++) {
            BigInteger mask = Value.mask(lengths[i]).shiftLeft(32 - lengths[i]);
            var match = new Match.Masked(BigInteger.valueOf(Integer.toUnsignedLong(prefixes[i])), mask);
            var via = new Table.Call("Route.via", List.of(BigInteger.valueOf(i % HOPS)));
            require(state.control("Route.routes").insert(new Table.Entry(List.of(match), null, via, false), 0));
        }
    }

    static void require(Result result) {
        if (result != Result.DONE) throw new IllegalStateException("an entry was refused: " + result);
    }

    P4Vectors vectors() {
        return vectors;
    }

    /** Whether a packet that was sent on has one hop less to live. */
    static boolean isForwarded(PacketVector vector, int i) {
        return vector.data.get(JAVA_BYTE, vector.offset[i] + TTL_AT) == 63;
    }

    @Override
    public void close() {
        vectors.close();
    }
}
