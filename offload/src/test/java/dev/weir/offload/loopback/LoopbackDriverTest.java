package dev.weir.offload.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.Samples;
import dev.weir.offload.check.Match;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowDriverContract;
import dev.weir.offload.driver.SamplesDevice;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Timeouts;
import dev.weir.offload.netlink.HairpinCodec;
import dev.weir.offload.netlink.HairpinMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopbackDriverTest extends FlowDriverContract {
    private static final long IFINDEX = 7;

    @TempDir
    private Path folder;

    private LoopbackDriver openDriver(Duration timeout) {
        try {
            return LoopbackDriver.open(folder.resolve("loopback"), timeout);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LoopbackBackend startBackend(FlowDriver driver) {
        return LoopbackBackend.start(folder.resolve("loopback"), driver);
    }

    static void awaitReady(LoopbackDriver driver) {
        for (int i = 0; i < 10_000 && !driver.isReady(); i++) sleep(1);
        assertThat(driver.isReady()).isTrue();
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class LoopbackDeviceUnderTest extends SamplesDevice {
        private final MemoryDriver memory = MemoryDriver.by(clock::get, models());
        private final LoopbackDriver driver = openDriver(Duration.ofSeconds(5));
        private final LoopbackBackend backend = startBackend(memory);

        LoopbackDeviceUnderTest() {
            super(0);
            awaitReady(driver);
        }

        @Override
        public FlowDriver driver() {
            return driver;
        }

        @Override
        public void hit(long uid, int packets, int octetsEach) {
            Match.Packet packet = new Match.Packet(0, 0x0200_0000_0000L + uid, 0, uid & 0xfff);
            for (int i = 0; i < packets; i++) {
                assertThat(memory.classify(IFINDEX, Samples.BRIDGE, packet, octetsEach))
                        .isEqualTo(uid);
            }
        }

        @Override
        protected void expire() {
            memory.expire();
        }

        @Override
        public void close() {
            backend.close();
            memory.close();
        }
    }

    @Override
    protected Device open() {
        return new LoopbackDeviceUnderTest();
    }

    private static CompletableFuture<BatchResult> set(FlowDriver driver, long from, long to) {
        List<Flow> flows = LongStream.range(from, to).mapToObj(Samples::bridged).toList();
        return driver.change(FlowChange.set(IFINDEX, flows, ErrorMode.ABORT));
    }

    private static CompletableFuture<BatchResult> delete(FlowDriver driver, long from, long to) {
        List<Flow> flows = LongStream.range(from, to).mapToObj(Samples::bridged).toList();
        return driver.change(FlowChange.delete(IFINDEX, flows, Selection.UID, ErrorMode.ABORT));
    }

    private static List<Flow> flows(FlowDriver driver) {
        return driver.flows(IFINDEX, FlowQuery.all(Samples.BRIDGE)).join();
    }

    @Test
    void withoutABackend_callsFailAtOnce() throws IOException {
        try (LoopbackDriver driver = LoopbackDriver.open(folder.resolve("alone"), Duration.ofSeconds(5))) {
            assertThatThrownBy(() -> flows(driver))
                    .hasCauseInstanceOf(DriverException.class)
                    .hasMessageContaining("backend-gone: driver loopback: no backend listens; start one");
            assertThat(driver.interfaces()).isEmpty();
        }
    }

    /** Who waits reads for all: each has the answer to its own call, whoever read it, and those that nobody waits for come as well. */
    @Test
    void manyWhoWait_haveEachTheirOwnAnswers() throws Exception {
        FlowDriver driver = device().driver();
        List<Thread> callers = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int caller = 0; caller < 6; caller++) {
            int first = caller * 100;
            boolean waits = caller % 3 != 0;
            callers.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((_, e) -> failures.add(e))
                    .start(() -> {
                        for (int round = 0; round < 300; round++) {
                            int flows = 1 + (first / 100 + round) % 20;
                            assertThat(applied(set(driver, first, first + flows), waits))
                                    .isEqualTo(flows);
                            assertThat(applied(delete(driver, first, first + flows), waits))
                                    .isEqualTo(flows);
                        }
                    }));
        }
        for (Thread caller : callers) caller.join();
        assertThat(failures).isEmpty();
        assertThat(flows(driver)).isEmpty();
    }

    private static long applied(CompletableFuture<BatchResult> answer, boolean waits) {
        if (waits) return answer.join().applied();
        CountDownLatch done = new CountDownLatch(1);
        var _ = answer.whenComplete((_, _) -> done.countDown());
        try {
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer.join().applied();
    }

    @Test
    void aSocketThatIsInUse_isRefused() {
        assertThatThrownBy(() -> LoopbackDriver.open(folder.resolve("loopback"), Duration.ofSeconds(5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("somebody listens there; give another path");
    }

    @Test
    void aSecondBackend_waitsForTheFirstToGo() throws IOException {
        Path socket = folder.resolve("two");
        try (LoopbackDriver driver = LoopbackDriver.open(socket, Duration.ofSeconds(5));
                MemoryDriver one = MemoryDriver.start(SamplesDevice.models());
                MemoryDriver two = MemoryDriver.start(SamplesDevice.models())) {
            LoopbackBackend first = LoopbackBackend.start(socket, one);
            awaitReady(driver);
            set(driver, 0, 10).join();
            LoopbackBackend second = LoopbackBackend.start(socket, two);
            sleep(150);
            assertThat(flows(two)).isEmpty();
            first.close();
            for (int i = 0; i < 5000 && driver.counts().links() < 2; i++) sleep(1);
            awaitReady(driver);
            assertThat(flows(two)).hasSize(10);
            second.close();
        }
    }

    /** The backend restarts without its flows: it is given them again, but for those that had timed out. */
    @Test
    void aBackendThatRestarts_isGivenItsFlowsAgain() throws IOException {
        Path socket = folder.resolve("restart");
        AtomicLong clock = new AtomicLong();
        try (LoopbackDriver driver = LoopbackDriver.open(socket, Duration.ofSeconds(5))) {
            MemoryDriver before = MemoryDriver.by(clock::get, SamplesDevice.models());
            LoopbackBackend backend = LoopbackBackend.start(socket, before);
            awaitReady(driver);
            set(driver, 0, 1500).join();
            Flow brief = Samples.bridged(1999).with(new Timeouts(5, 0));
            driver.change(FlowChange.set(IFINDEX, List.of(brief), ErrorMode.ABORT))
                    .join();
            clock.addAndGet(1_000_000_000);
            before.expire();
            flows(driver);
            set(driver, 1500, 1501).join();
            backend.close();
            before.close();
            try (MemoryDriver after = MemoryDriver.by(clock::get, SamplesDevice.models());
                    LoopbackBackend again = LoopbackBackend.start(socket, after)) {
                for (int i = 0; i < 5000 && driver.counts().links() < 2; i++) sleep(1);
                awaitReady(driver);
                assertThat(again).isNotNull();
                assertThat(flows(after))
                        .extracting(Flow::uid)
                        .containsExactlyInAnyOrderElementsOf(
                                LongStream.range(0, 1501).boxed().toList());
                assertThat(driver.counts().repaired()).isEqualTo(1501);
            }
        }
    }

    @Test
    void aBackendThatTalksNonsense_isSentAwayAndTheProblemIsTold() throws IOException {
        Path socket = folder.resolve("nonsense");
        try (LoopbackDriver driver = LoopbackDriver.open(socket, Duration.ofSeconds(5));
                SocketChannel backend = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(driver.problem()).isNull();
            HairpinMessage.Listener listener = new HairpinMessage.Listener(1, 1, 0, 1, List.of(IFINDEX));
            backend.write(ByteBuffer.wrap(HairpinCodec.encode(new HairpinMessage.SetListener(listener))));
            backend.write(ByteBuffer.allocate(64));
            for (int i = 0; i < 5000 && driver.problem() == null; i++) sleep(1);
            assertThat(driver.problem()).contains("the stream is out of step: no message begins here");
            assertThat(driver.isReady()).isFalse();
        }
    }

    @Test
    void manyCalls_areUnderWayAtOnce() {
        LoopbackDriver driver = (LoopbackDriver) device().driver();
        List<CompletableFuture<BatchResult>> answers = LongStream.range(0, 1000)
                .mapToObj(uid -> driver.change(FlowChange.set(IFINDEX, List.of(Samples.bridged(uid)), ErrorMode.ABORT)))
                .toList();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().applied()).isEqualTo(1));
        assertThat(flows(driver)).hasSize(1000);
    }
}
