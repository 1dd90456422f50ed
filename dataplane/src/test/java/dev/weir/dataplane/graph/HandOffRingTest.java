package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.table.FlowVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets over a hand-off ring: whole, in order, each once. */
class HandOffRingTest {
    private static final int QUOTED = 1, CAPACITY = 1 << 16, MAX_FRAME = 1500;

    private static Batch batchOf(MemorySegment data) {
        var batch = new Batch();
        batch.packets.data = data;
        batch.packets.size = 1;
        return batch;
    }

    /** A packet whose every octet and number follows from its number in the stream. */
    private static void fill(Batch batch, int number, int length) {
        PacketVector p = batch.packets;
        p.captured[0] = length;
        p.length[0] = length + 1;
        p.time[0] = number * 3L;
        p.port[0] = number % 7;
        p.link[0] = 1;
        p.offload[0] = number * 5L;
        p.data.asSlice(0, length).fill((byte) number);
        if (length >= Integer.BYTES) {
            p.data.set(ValueLayout.JAVA_INT_UNALIGNED, 0, number);
        }
    }

    private static void check(Batch batch, int i, int number, int length) {
        PacketVector p = batch.packets;
        boolean same = p.captured[i] == length
                && p.length[i] == length + 1
                && p.time[i] == number * 3L
                && p.port[i] == number % 7
                && p.offload[i] == number * 5L;
        if (!same) {
            throw new AssertionError("packet " + number + " is another");
        }
        for (int octet = Integer.BYTES; octet < length; octet++) {
            if (p.data.get(ValueLayout.JAVA_BYTE, p.offset[i] + octet) != (byte) number) {
                throw new AssertionError("packet " + number + ": octet " + octet);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void ring_betweenTwoThreads_keepsOrderAndContents(long seed) throws InterruptedException {
        int packets = 100_000;
        try (Arena arena = Arena.ofShared()) {
            var ring = new HandOffRing(CAPACITY, arena);
            var failure = new AtomicReference<Throwable>();
            Thread consumer = Thread.ofPlatform().start(() -> consume(ring, seed, packets, failure));
            Batch batch = batchOf(arena.allocate(MAX_FRAME));
            var quoted = new FlowVector(new PacketVector(Batch.CAPACITY), true);
            var random = new SplittableRandom(seed);
            for (int number = 0; number < packets; number++) {
                fill(batch, number, random.nextInt(MAX_FRAME));
                while (!ring.put(batch, 0, number % 3 == 0 ? QUOTED : 2, quoted, number % 3 == 0)) {
                    ring.publish();
                    LockSupport.parkNanos(1);
                    if (failure.get() != null) {
                        throw new AssertionError("seed=" + seed, failure.get());
                    }
                }
                if (random.nextInt(8) == 0) {
                    ring.publish();
                }
            }
            ring.publish();
            consumer.join();
            assertThat(failure.get()).as("seed=%d", seed).isNull();
        }
    }

    private static void consume(HandOffRing ring, long seed, int packets, AtomicReference<Throwable> failure) {
        try {
            var batch = new Batch();
            var quoted = new FlowVector(new PacketVector(Batch.CAPACITY), true);
            int[] stages = new int[Batch.CAPACITY];
            var random = new SplittableRandom(seed);
            int number = 0;
            while (number < packets) {
                int n = ring.poll(batch, stages, quoted, QUOTED);
                for (int i = 0; i < n; i++) {
                    if (stages[i] != (number % 3 == 0 ? QUOTED : 2)) {
                        throw new AssertionError("packet " + number + " has another stage");
                    }
                    check(batch, i, number++, random.nextInt(MAX_FRAME));
                    random.nextInt(8);
                }
                ring.release();
                if (n == 0) {
                    LockSupport.parkNanos(1);
                }
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    @Test
    void ring_full_refusesAndTakesAgainAfterRelease() {
        try (Arena arena = Arena.ofConfined()) {
            var ring = new HandOffRing(CAPACITY, arena);
            Batch batch = batchOf(arena.allocate(MAX_FRAME));
            var quoted = new FlowVector(new PacketVector(Batch.CAPACITY), true);
            fill(batch, 1, 1000);
            int fit = 0;
            while (ring.put(batch, 0, 0, quoted, false)) {
                fit++;
            }
            assertThat(fit).isBetween(CAPACITY / 1200, CAPACITY / 1000);
            ring.publish();
            var taken = new Batch();
            assertThat(ring.poll(taken, new int[Batch.CAPACITY], quoted, QUOTED))
                    .isEqualTo(fit);
            assertThat(ring.put(batch, 0, 0, quoted, false)).isFalse();
            ring.release();
            assertThat(ring.put(batch, 0, 0, quoted, false)).isTrue();
        }
    }
}
