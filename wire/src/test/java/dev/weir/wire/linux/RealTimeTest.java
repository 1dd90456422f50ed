package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealTimeTest {
    /** A thread that waits until it is told to end. */
    private static final class Waiting implements AutoCloseable {
        private final CountDownLatch end = new CountDownLatch(1);
        private final FutureTask<Integer> number = new FutureTask<>(RealTime::thread);
        private final Thread thread = Thread.ofPlatform()
                .name("weir-waits-long")
                .start(() -> {
                    number.run();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });

        int number() throws Exception {
            return number.get();
        }

        @Override
        public void close() {
            end.countDown();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void enterAndLeave_changeThatThreadAlone() throws Exception {
        assertThat(RealTime.isPermitted()).isTrue();
        try (var waiting = new Waiting()) {
            assertThat(RealTime.hasEntered(waiting.number())).isFalse();

            var thread = new RealTimeThread(waiting.number());
            assertThat(thread.enter(RealTime.LOW)).isTrue();
            assertThat(RealTime.hasEntered(waiting.number())).isTrue();
            assertThat(RealTime.hasEntered(RealTime.thread())).isFalse();

            assertThat(thread.leave()).isTrue();
            assertThat(RealTime.hasEntered(waiting.number())).isFalse();
        }
    }

    @Test
    void stepAside_outOfTheClassUntilItEntersAgain() throws Exception {
        try (var waiting = new Waiting()) {
            var thread = new RealTimeThread(waiting.number());
            assertThat(thread.stepAside()).as("before it entered").isFalse();
            assertThat(thread.enter(RealTime.LOW)).isTrue();
            assertThat(thread.stepAside()).isTrue();
            assertThat(RealTime.hasEntered(waiting.number())).isFalse();
            assertThat(thread.enter(RealTime.LOW)).isTrue();
            assertThat(RealTime.hasEntered(waiting.number())).isTrue();
            assertThat(thread.leave()).isTrue();
            assertThat(thread.leave()).as("twice").isFalse();
        }
    }

    @Test
    void enter_threadThatHasEnded_isFalse() throws Exception {
        int number;
        try (var waiting = new Waiting()) {
            number = waiting.number();
        }
        awaitEnd(number);
        assertThat(new RealTimeThread(number).enter(RealTime.LOW)).isFalse();
        assertThat(new RealTimeThread(number).leave()).isFalse();
        assertThat(new ThreadTime(number).nanos()).isEqualTo(-1);
    }

    /** Java has joined a thread a little before the kernel has ended it. */
    private static void awaitEnd(int number) {
        var time = new ThreadTime(number);
        long end = System.nanoTime() + 10_000_000_000L;
        while (time.nanos() >= 0) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(500_000);
        }
    }

    @Test
    void enter_threadThatStartsAnother_theOtherIsNotInTheClass() throws Exception {
        var other = new FutureTask<>(() -> RealTime.hasEntered(RealTime.thread()));
        var inClass = new FutureTask<>(() -> {
            boolean entered = new RealTimeThread(RealTime.thread()).enter(RealTime.LOW);
            Thread.ofPlatform().start(other);
            return entered;
        });
        Thread.ofPlatform().start(inClass);
        assertThat(inClass.get()).isTrue();
        assertThat(other.get()).isFalse();
    }

    @Test
    void enter_withoutRights_isFalse() throws Exception {
        var unprivileged = new FutureTask<>(() -> {
            assertThat(Capabilities.keepOnly(Set.of())).isTrue();
            return RealTime.isPermitted() || new RealTimeThread(RealTime.thread()).enter(RealTime.LOW);
        });
        Thread.ofPlatform().start(unprivileged);
        assertThat(unprivileged.get()).isFalse();
    }

    @Test
    void leave_threadWithNicenessAndSliceThatSteppedAside_hasThemAgain() throws Exception {
        var task = new FutureTask<>(() -> {
            Niceness.set(Niceness.LOWEST_PRIORITY);
            assertThat(TimeSlice.ask(TimeSlice.SHORTEST_NANOS)).isTrue();
            long slice = TimeSlice.current();
            var own = new RealTimeThread(RealTime.thread());
            for (int times = 0; times < 3; times++) {
                assertThat(own.enter(RealTime.LOW)).isTrue();
                own.rehearse();
                assertThat(own.stepAside()).isTrue();
                assertThat(TimeSlice.current()).isEqualTo(TimeSlice.LONGEST_NANOS);
                if (times == 1) assertThat(own.enter(RealTime.LOW)).isTrue();
                assertThat(own.leave()).isTrue();
            }
            assertThat(TimeSlice.current()).isEqualTo(slice);
            return NicenessTest.ofThisThread();
        });
        Thread.ofPlatform().start(task);
        assertThat(task.get()).isEqualTo(Niceness.LOWEST_PRIORITY);
    }

    @Test
    void threadsNamed_areFoundByTheBeginningOfTheirNames() throws Exception {
        try (var waiting = new Waiting()) {
            assertThat(RealTime.threadsNamed("weir-waits-long")).containsExactly(waiting.number());
        }
        assertThat(RealTime.threadsNamed("VM Thread")).hasSize(1);
        assertThat(RealTime.threadsNamed("C2 Compiler")).isNotEmpty();
        assertThat(RealTime.threadsNamed("nobody")).isEmpty();
    }

    @Test
    void threadTime_growsWithWorkAlone() throws Exception {
        try (var waiting = new Waiting()) {
            var its = new ThreadTime(waiting.number());
            var own = new ThreadTime(RealTime.thread());
            long itsBefore = its.nanos(), ownBefore = own.nanos();
            while (own.nanos() - ownBefore < 2_000_000) Thread.onSpinWait();

            assertThat(its.nanos() - itsBefore).isLessThan(1_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 99})
    void enter_priorityOutOfRange_isRefused(int priority) {
        assertThatThrownBy(() -> new RealTimeThread(RealTime.thread()).enter(priority))
                .hasMessageContaining("priority=" + priority);
    }
}
