package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.weir.table.parts.TimingWheel;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link TimingWheel} and {@link DeadlineHeap}, as {@link FlowStore} uses them, against the plain list of all deadlines. */
class TimersTest {
    private static final int SLOTS = 200;
    private static final long TICK = 1L << TimingWheel.TICK_SHIFT, BLOCK = TICK << 12, WRAP = BLOCK << 12;
    private static final long NEVER = Long.MAX_VALUE, NOT_ARMED = -1;

    private static final long[] SPANS = {
        TICK / 2, TICK, 3 * TICK, 100 * TICK, BLOCK, 3 * BLOCK, 500 * BLOCK, 4095 * BLOCK, WRAP, 20 * WRAP
    };

    /** The wheel, the true deadlines, and the clock. */
    private static final class Model {
        private final SplittableRandom random;
        private final TimingWheel wheel;
        private final long[] deadlines = new long[SLOTS];
        private long now;

        private Model(long seed, Arena arena) {
            random = new SplittableRandom(seed);
            now = random.nextInt(3) == 0 ? random.nextLong(BLOCK) : random.nextLong(1L << 60);
            wheel = new TimingWheel(SLOTS, now, arena);
            Arrays.fill(deadlines, NOT_ARMED);
            for (int slot = 0; slot < SLOTS; slot++) {
                wheel.release(slot);
            }
        }

        private long span() {
            return random.nextLong(2 * SPANS[random.nextInt(SPANS.length)]);
        }

        private void touch() {
            int slot = random.nextInt(SLOTS);
            if (deadlines[slot] == NOT_ARMED) {
                deadlines[slot] = random.nextInt(10) == 0 ? NEVER : now + span();
                if (random.nextInt(20) == 0) {
                    deadlines[slot] = Math.max(0, now - span());
                }
                wheel.arm(slot, deadlines[slot]);
            } else if (random.nextInt(4) == 0) {
                wheel.disarm(slot);
                deadlines[slot] = NOT_ARMED;
            } else if (random.nextInt(4) == 0) {
                wheel.disarm(slot);
                deadlines[slot] = now + span();
                wheel.arm(slot, deadlines[slot]);
            } else {
                // As by a hit: the deadline moves away, the wheel is not told.
                deadlines[slot] = deadlines[slot] == NEVER ? NEVER : deadlines[slot] + span();
            }
        }

        private void advance() {
            now += random.nextInt(50) == 0 ? 40 * WRAP : span();
            if (random.nextInt(4) == 0) {
                now = (now / BLOCK + 1) * BLOCK;
            }
            long target = TimingWheel.tick(now);
            boolean breaksOff = random.nextInt(4) == 0;
            for (int slot = wheel.poll(target); slot != TimingWheel.NONE; slot = wheel.poll(target)) {
                assertThat(deadlines[slot]).isNotEqualTo(NOT_ARMED);
                if (TimingWheel.tick(deadlines[slot]) < target) {
                    deadlines[slot] = NOT_ARMED;
                } else {
                    wheel.arm(slot, deadlines[slot]);
                }
                if (breaksOff && random.nextInt(10) == 0) {
                    return;
                }
            }
            assertThat(wheel.current()).isEqualTo(target);
            for (long deadline : deadlines) {
                assertThat(deadline == NOT_ARMED || TimingWheel.tick(deadline) >= target)
                        .isTrue();
            }
        }

        private void drain() {
            List<Integer> drained = new ArrayList<>();
            long end = wheel.drainEarliest();
            for (int slot = wheel.pollDrained(); slot != TimingWheel.NONE; slot = wheel.pollDrained()) {
                drained.add(slot);
            }
            boolean onlyNever = Arrays.stream(deadlines).allMatch(d -> d == NOT_ARMED || d == NEVER);
            if (end == TimingWheel.NONE) {
                assertThat(onlyNever).isTrue();
                assertThat(drained).isEmpty();
            }
            for (int slot = 0; slot < SLOTS && end != TimingWheel.NONE; slot++) {
                boolean early = deadlines[slot] != NOT_ARMED && TimingWheel.tick(deadlines[slot]) < end;
                assertThat(!early || deadlines[slot] == NEVER || drained.contains(slot))
                        .as("slot %d, deadline %d, end %d", slot, deadlines[slot], end)
                        .isTrue();
            }
            for (int slot : drained) {
                wheel.arm(slot, deadlines[slot]);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void wheel_randomDeadlinesAndJumps_handsOutEachWhenItIsDue(long seed) {
        try (Arena arena = Arena.ofConfined()) {
            var model = new Model(seed, arena);
            for (int step = 0; step < 3000; step++) {
                switch (model.random.nextInt(12)) {
                    case 0 -> model.advance();
                    case 1 -> model.drain();
                    default -> model.touch();
                }
                if (step % 50 == 0) {
                    model.wheel.assertValid(slot -> model.deadlines[slot]);
                }
            }
        }
    }

    /** A slot is handed out once for the far list, once for its block and once for its tick, however far the clock jumps. */
    @Test
    void wheel_jumpOfCenturies_takesBoundedWork() {
        try (Arena arena = Arena.ofConfined()) {
            int slots = 10_000;
            var wheel = new TimingWheel(slots, 0, arena);
            for (int slot = 0; slot < slots; slot++) {
                wheel.arm(slot, slot % 3 == 0 ? NEVER : slot * (15 * WRAP / slots));
            }
            assertTimeout(Duration.ofSeconds(5), () -> {
                long target = TimingWheel.tick(250L * 365 * 86_400 * 1_000_000_000L);
                int handed = 0;
                while (wheel.poll(target) != TimingWheel.NONE) {
                    handed++;
                }
                assertThat(handed).isEqualTo(slots - (slots + 2) / 3);
                assertThat(wheel.current()).isEqualTo(target);
            });
        }
    }

    @Test
    void wheel_emptyAndNever_jumpsAtOnce() {
        try (Arena arena = Arena.ofConfined()) {
            var wheel = new TimingWheel(4, 0, arena);
            assertThat(wheel.oldestNever()).isEqualTo(TimingWheel.NONE);
            wheel.arm(2, NEVER);
            wheel.arm(0, NEVER);
            wheel.arm(1, NEVER);
            assertThat(wheel.poll(Long.MAX_VALUE >>> 24)).isEqualTo(TimingWheel.NONE);
            assertThat(wheel.oldestNever()).isEqualTo(2);
            wheel.disarm(2);
            assertThat(wheel.oldestNever()).isZero();
            wheel.disarm(1);
            wheel.arm(3, NEVER);
            wheel.disarm(0);
            assertThat(wheel.oldestNever()).isEqualTo(3);
            wheel.assertValid(_ -> NEVER);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void heap_randomAddsAndRemoves_keepsTheSmallestFirst(long seed) {
        var random = new SplittableRandom(seed);
        try (Arena arena = Arena.ofConfined()) {
            var heap = new DeadlineHeap(new TimingWheel(SLOTS, 0, arena));
            long[] deadlines = new long[SLOTS];
            Arrays.fill(deadlines, NOT_ARMED);
            for (int step = 0; step < 5000; step++) {
                int slot = random.nextInt(SLOTS);
                if (deadlines[slot] == NOT_ARMED) {
                    deadlines[slot] = random.nextInt(50);
                    heap.add(slot, deadlines[slot]);
                } else {
                    deadlines[slot] = NOT_ARMED;
                    heap.remove(slot);
                }
                heap.assertValid(s -> deadlines[s]);
                long smallest = Arrays.stream(deadlines)
                        .filter(d -> d != NOT_ARMED)
                        .min()
                        .orElse(NOT_ARMED);
                assertThat(heap.isEmpty() ? NOT_ARMED : heap.firstDeadline())
                        .as("seed=%d step=%d", seed, step)
                        .isEqualTo(smallest);
            }
        }
    }
}
