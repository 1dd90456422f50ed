package dev.weir.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Routes of random lengths to some next hops, and packets to them: 60 octets, UDP over IPv4. Before each vector its packets are put into the cache
 * anew, as a network card does; {@link #nanos} counts the thread's time on a processor without that.
 */
final class P4Routes implements AutoCloseable {
    private static final int FRAME = 64, HOPS = 16, SHORTEST = 8, LONGEST = 28;
    private static final int LENGTH = 60, TTL_AT = 22, DESTINATION_AT = 30;
    private static final byte[] HEADER = {
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0, 0,
        9
    };

    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random = new SplittableRandom(1);
    private final int[] prefixes, lengths;
    private final MemorySegment pristine;
    private final MemorySegment worked = arena.allocate((long) P4Loop.VECTOR * FRAME, 64);
    private final PacketVector vector = new PacketVector(P4Loop.VECTOR);
    private final int packets;
    private long nanos;
    private long seen;
    private long forwarded;
    private long now = 1;

    P4Routes(int count, int packets) {
        this.packets = packets;
        prefixes = new int[count];
        lengths = new int[count];
        draw();
        pristine = arena.allocate((long) packets * FRAME, 64);
        for (int i = 0; i < packets; i++) {
            MemorySegment.copy(HEADER, 0, pristine, JAVA_BYTE, (long) i * FRAME, HEADER.length);
            int route = random.nextInt(count);
            int to = prefixes[route] | (random.nextInt() & (-1 >>> lengths[route]));
            for (int octet = 0; octet < 4; octet++) {
                pristine.set(JAVA_BYTE, (long) i * FRAME + DESTINATION_AT + octet, (byte) (to >> (24 - 8 * octet)));
            }
        }
        for (int i = 0; i < P4Loop.VECTOR; i++) {
            vector.length[i] = LENGTH;
        }
        vector.uniform(LinkType.ETHERNET, 0);
        vector.data = worked;
        vector.size = P4Loop.VECTOR;
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

    private static void require(Result result) {
        if (result != Result.DONE) throw new IllegalStateException("an entry was refused: " + result);
    }

    /** All packets, once. */
    void run(P4Loop loop) {
        for (int from = 0; from < packets; from += P4Loop.VECTOR) {
            MemorySegment.copy(pristine, (long) from * FRAME, worked, 0, worked.byteSize());
            for (int i = 0; i < P4Loop.VECTOR; i++) {
                vector.offset[i] = (long) i * FRAME;
                vector.captured[i] = LENGTH;
                vector.time[i] = now++;
            }
            long start = Rounds.THREADS.getCurrentThreadCpuTime();
            loop.run(vector);
            nanos += Rounds.THREADS.getCurrentThreadCpuTime() - start;
            for (int i = 0; i < P4Loop.VECTOR; i++) {
                boolean sent = loop.state().verdict[i] == Verdict.FORWARD.code;
                forwarded += sent && worked.get(JAVA_BYTE, vector.offset[i] + TTL_AT) == 63 ? 1 : 0;
            }
            seen += P4Loop.VECTOR;
        }
    }

    long nanos() {
        return nanos;
    }

    long seen() {
        return seen;
    }

    /** Of those seen: sent on with one hop less to live. */
    long forwarded() {
        return forwarded;
    }

    @Override
    public void close() {
        arena.close();
    }
}
