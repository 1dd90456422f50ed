package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.Threads;
import dev.weir.wire.linux.Affinity;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.RealTimeThread;
import dev.weir.wire.linux.ThreadTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real threads in the kernel's real-time class, so it takes root. */
class RealTimeWatchTest {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /** How a thread spends its time. */
    enum Habit {
        /** Cycles, and a rest after each. */
        RESTS,
        /** The same, with a rest longer than a window. */
        SLEEPS,
        /** One cycle after the other. */
        BUSY,
        /** The same, on the first processor. */
        PINNED,
        /** A cycle that never ends. */
        STUCK
    }

    private static final class Habitual implements RealTimeWorker.Watched, Runnable, AutoCloseable {
        private final Thread thread = Thread.ofPlatform().name("weir-habitual").unstarted(this);
        private volatile Habit habit;
        private volatile int number;
        private final AtomicLong cycles = new AtomicLong(), sleeps = new AtomicLong();
        private volatile boolean ends;

        Habitual(Habit habit) {
            this.habit = habit;
            thread.start();
        }

        @Override
        public void run() {
            if (habit == Habit.PINNED) Affinity.pin(0);
            number = RealTime.thread();
            while (!ends) {
                while (habit == Habit.STUCK && !ends) Thread.onSpinWait();
                cycles.incrementAndGet();
                if (habit == Habit.RESTS || habit == Habit.SLEEPS) {
                    LockSupport.parkNanos(habit == Habit.RESTS ? 200_000 : 4 * RealTimeWorker.LONG_WINDOW_NANOS);
                    sleeps.incrementAndGet();
                }
            }
            number = 0;
        }

        @Override
        public int thread() {
            return number;
        }

        @Override
        public long progress() {
            return cycles.get();
        }

        @Override
        public long sleeps() {
            return sleeps.get();
        }

        boolean isRealTime() {
            return number != 0 && RealTime.hasEntered(number);
        }

        @Override
        public void close() {
            ends = true;
            Threads.join(thread);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESTS", "SLEEPS"})
    void look_workerThatRests_isInTheClassAndStays(Habit habit) {
        try (var worker = new Habitual(habit)) {
            var watched = new RealTimeWorker(worker);
            await(() -> {
                watched.look(System.nanoTime(), 0, false, false);
                return worker.isRealTime();
            });
            for (int looks = 0; looks < 100; looks++) {
                LockSupport.parkNanos(1_000_000);
                watched.look(System.nanoTime(), 0, false, false);
                assertThat(worker.isRealTime()).isTrue();
            }
        }
    }

    @Test
    void watch_workerThatNeverRests_leavesForMomentsAndMoreOftenInTime() {
        try (var worker = new Habitual(Habit.BUSY)) {
            var watch = new RealTimeWatch(List.of(worker), () -> 0, new DataplaneListener() {});
            watch.start();
            try {
                awaitStaysBelow(RealTimeWorker.LONG_WINDOW_NANOS / 2, worker);
            } finally {
                watch.stop();
            }
        }
    }

    /** Another thread wants the processor that the worker is on all the time. */
    @Test
    void watch_workerThatNeverRests_leavesAPartOfItsProcessorToOthers() throws Exception {
        try (var worker = new Habitual(Habit.PINNED)) {
            var watch = new RealTimeWatch(List.of(worker), () -> 0, new DataplaneListener() {});
            watch.start();
            try {
                await(worker::isRealTime);
                // The kernel by itself leaves others a twentieth. What else the machine does may take some of it, so
                // there is more than one try.
                double most = 0;
                for (int tries = 0; tries < 5 && most < 0.08; tries++) {
                    var other = new FutureTask<>(RealTimeWatchTest::shareOfAPinnedThread);
                    Thread.ofPlatform().start(other);
                    most = other.get(30, TimeUnit.SECONDS);
                }
                assertThat(most).as("of its processor").isGreaterThan(0.08);
            } finally {
                watch.stop();
            }
        }
    }

    /** Of two seconds. */
    private static double shareOfAPinnedThread() {
        assertThat(Affinity.pin(0)).isTrue();
        var time = new ThreadTime(RealTime.thread());
        long begin = System.nanoTime(), span = 2_000_000_000L;
        while (System.nanoTime() - begin < span) Thread.onSpinWait();
        return (double) time.nanos() / (System.nanoTime() - begin);
    }

    /** Five of them, one after the other; looked at from where no worker keeps one from looking. */
    private static void awaitStaysBelow(long nanos, Habitual worker) {
        var looking = new RealTimeThread(RealTime.thread());
        assertThat(looking.enter(RealTime.HIGH)).isTrue();
        try {
            var inARow = new AtomicInteger();
            await(() -> (stay(worker) < nanos ? inARow.incrementAndGet() : inARow.getAndSet(0)) == 5);
        } finally {
            assertThat(looking.leave()).isTrue();
        }
    }

    /** How long the worker is in the class the next time, in nanoseconds. */
    private static long stay(Habitual worker) {
        await(() -> !worker.isRealTime());
        await(worker::isRealTime);
        long entered = System.nanoTime();
        await(() -> !worker.isRealTime());
        return System.nanoTime() - entered;
    }

    @Test
    void watch_workerThatIsStuckOrNeverRests_leavesTheClassAndComesBack() {
        try (var worker = new Habitual(Habit.RESTS)) {
            var watch = new RealTimeWatch(List.of(worker), () -> 0, new DataplaneListener() {});
            watch.start();
            try {
                for (Habit bad : List.of(Habit.STUCK, Habit.BUSY, Habit.STUCK)) {
                    await(worker::isRealTime);
                    worker.habit = bad;
                    await(() -> !worker.isRealTime());
                    worker.habit = Habit.RESTS;
                }
                await(worker::isRealTime);
            } finally {
                watch.stop();
            }
            assertThat(worker.isRealTime()).as("without a watch").isFalse();
        }
    }

    @Test
    void look_muchIsCompiledFromTheStart_entersBehindIt() {
        try (var worker = new Habitual(Habit.RESTS)) {
            var watched = new RealTimeWorker(worker);
            await(() -> worker.thread() != 0);
            for (int looks = 0; looks < 100; looks++) {
                watched.look(System.nanoTime(), 0, false, true);
                assertThat(worker.isRealTime()).isFalse();
            }
            watched.look(System.nanoTime(), 0, false, false);
            assertThat(worker.isRealTime()).isTrue();
        }
    }

    @Test
    void look_muchIsCompiledWhileWorkerRests_staysInTheClass() {
        try (var worker = new Habitual(Habit.RESTS)) {
            var watched = new RealTimeWorker(worker);
            await(() -> worker.thread() != 0);
            watched.look(System.nanoTime(), 0, false, false);
            for (int looks = 0; looks < 100; looks++) {
                LockSupport.parkNanos(1_000_000);
                watched.look(System.nanoTime(), 0, false, true);
                assertThat(worker.isRealTime()).isTrue();
            }
        }
    }

    @Test
    void watch_muchIsCompiledWhileWorkerNeverRests_leavesForHalfOfTheTime() {
        var compiles = new AtomicBoolean();
        var compiled = new AtomicLong();
        LongSupplier compilers =
                () -> compiles.get() ? compiled.addAndGet(RealTimeWatch.COMPILING_NANOS) : compiled.get();
        try (var worker = new Habitual(Habit.BUSY)) {
            var watch = new RealTimeWatch(List.of(worker), compilers, new DataplaneListener() {});
            watch.start();
            try {
                await(worker::isRealTime);
                compiles.set(true);
                awaitStaysBelow(RealTimeWorker.SHORT_WINDOW_NANOS * 3 / 4, worker);
            } finally {
                watch.stop();
            }
        }
    }

    @Test
    void watch_withoutRights_saysSoAndEnds() {
        var refused = new AtomicBoolean();
        var told = new DataplaneListener() {
            @Override
            public void schedulingStarted() {
                Capabilities.keepOnly(Set.of());
            }

            @Override
            public void schedulingRefused() {
                refused.set(true);
            }
        };
        try (var worker = new Habitual(Habit.RESTS)) {
            var watch = new RealTimeWatch(List.of(worker), () -> 0, told);
            watch.start();
            await(refused::get);
            watch.stop();
            assertThat(worker.isRealTime()).isFalse();
        }
    }

    @Test
    void compilers_haveWorkedSinceTheStart() {
        assertThat(new JitCompilers().getAsLong()).isPositive();
    }

    @Test
    void look_workerThatHasEnded_isLeftAlone() {
        var worker = new Habitual(Habit.RESTS);
        var watched = new RealTimeWorker(worker);
        await(() -> {
            watched.look(System.nanoTime(), 0, false, false);
            return worker.isRealTime();
        });
        worker.close();

        assertThat(watched.look(System.nanoTime(), 0, false, false)).isTrue();
    }

    private static void await(BooleanSupplier what) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(500_000);
        }
    }
}
