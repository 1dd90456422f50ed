package dev.weir.offload.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.Samples;
import dev.weir.offload.check.Match;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowDriverContract;
import dev.weir.offload.driver.SamplesDevice;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryDriverTest extends FlowDriverContract {
    private static final long IFINDEX = 7;

    private static final class MemoryDeviceUnderTest extends SamplesDevice {
        private final MemoryDriver driver = MemoryDriver.by(clock::get, models());

        MemoryDeviceUnderTest() {
            super(-5_000_000_000L);
        }

        @Override
        public FlowDriver driver() {
            return driver;
        }

        @Override
        public void hit(long uid, int packets, int octetsEach) {
            Match.Packet packet = new Match.Packet(0, 0x0200_0000_0000L + uid, 0, uid & 0xfff);
            for (int i = 0; i < packets; i++) {
                assertThat(driver.classify(IFINDEX, Samples.BRIDGE, packet, octetsEach))
                        .isEqualTo(uid);
            }
        }

        @Override
        protected void expire() {
            driver.expire();
        }
    }

    @Override
    protected Device open() {
        return new MemoryDeviceUnderTest();
    }

    private static BatchResult change(MemoryDriver driver, FlowChange change) {
        return driver.change(change).join();
    }

    private static BatchResult set(MemoryDriver driver, Flow... flows) {
        return change(driver, FlowChange.set(IFINDEX, List.of(flows), ErrorMode.ABORT));
    }

    private static MemoryDriver driver(long size) {
        return MemoryDriver.by(() -> 0, Map.of(IFINDEX, Samples.model(size)));
    }

    private static long of(MemoryDriver driver, long source, long protocol) {
        return driver.classify(IFINDEX, Samples.ACL, new Match.Packet(0, source, 0, protocol, 0, 0), 64);
    }

    @Test
    void aFullTable_refusesTheNext() {
        try (MemoryDriver driver = driver(2)) {
            BatchResult result = set(driver, Samples.bridged(1), Samples.bridged(2), Samples.bridged(3));
            assertThat(result.applied()).isEqualTo(2);
            assertThat(Objects.requireNonNull(result.first()).reason())
                    .isEqualTo("table-full: table 2 (bridge), flow 3: the table has all of its 2 flows; delete some");
            Flow replaced = Samples.bridged(2).with(new Timeouts(5, 5));
            assertThat(change(driver, FlowChange.modify(IFINDEX, List.of(replaced), ErrorMode.ABORT))
                            .applied())
                    .isEqualTo(1);
        }
    }

    @Test
    void aModelWithFaults_isRefusedWithAllOfThem() {
        Model wrong = Samples.model().with(new Document.Actions(List.of()));
        assertThatThrownBy(() -> MemoryDriver.start(Map.of(IFINDEX, wrong)))
                .hasMessageContaining("unknown-action: table 1 (acl): has action 5");
    }

    @Test
    void aPacket_isOfTheFlowWithTheGreatestPriority() {
        try (MemoryDriver driver = driver(64)) {
            set(
                    driver,
                    Samples.listed(1, 10, 0x0a000000, 8),
                    Samples.listed(2, 30, 0x0a010000, 16),
                    Samples.listed(3, 20, 0x0a010200, 24),
                    Samples.listed(4, 5, 0x0a010000, 16));
            assertThat(of(driver, 0x0a010203, 6)).isEqualTo(2);
            assertThat(of(driver, 0x0a020203, 6)).isEqualTo(1);
            assertThat(of(driver, 0x0b000000, 6)).isEqualTo(-1);
            change(
                    driver,
                    FlowChange.delete(IFINDEX, List.of(Flow.named(Samples.ACL, 2)), Selection.UID, ErrorMode.ABORT));
            assertThat(of(driver, 0x0a010203, 6)).isEqualTo(3);
            assertThat(of(driver, 0x0a010303, 6)).isEqualTo(1);
        }
    }

    @Test
    void deletion_ofWhatIsCovered_takesNarrowerFlowsOfAnyPriority() {
        try (MemoryDriver driver = driver(64)) {
            set(
                    driver,
                    Samples.listed(1, 10, 0x0a000000, 8),
                    Samples.listed(2, 30, 0x0a010000, 16),
                    Samples.listed(3, 20, 0x0a010200, 24),
                    Samples.listed(4, 20, 0x0b010200, 24));
            List<Flow> wide = List.of(Samples.listed(99, 0, 0x0a010000, 16));
            assertThat(change(driver, FlowChange.delete(IFINDEX, wide, Selection.COVERED, ErrorMode.ATOMIC))
                            .applied())
                    .isEqualTo(2);
            assertThat(driver.flows(IFINDEX, FlowQuery.all(Samples.ACL)).join())
                    .extracting(Flow::uid)
                    .containsExactlyInAnyOrder(1L, 4L);
        }
    }

    /** Random masks and priorities, packets against a look at every flow. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void classification_agreesWithALookAtEveryFlow(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (MemoryDriver driver = driver(10_000)) {
            List<Flow> flows = new ArrayList<>();
            for (int step = 0; step < 600; step++) {
                Flow flow = Samples.listed(
                        step, random.nextInt(100_000), (long) random.nextInt(16) << 28, random.nextInt(1, 5));
                if (set(driver, flow).applied() == 1) flows.add(flow);
                if (random.nextInt(4) == 0) {
                    Flow gone = flows.remove(random.nextInt(flows.size()));
                    change(driver, FlowChange.delete(IFINDEX, List.of(gone), Selection.UID, ErrorMode.ABORT));
                }
                long source = random.nextInt() & 0xffff_ffffL;
                long best = flows.stream()
                        .filter(each -> covers(each, source))
                        .mapToLong(Flow::priority)
                        .max()
                        .orElse(-1);
                long uid = of(driver, source, 6);
                long found = flows.stream()
                        .filter(each -> each.uid() == uid)
                        .mapToLong(Flow::priority)
                        .findFirst()
                        .orElse(-1);
                assertThat(found).as("seed %d, step %d", seed, step).isEqualTo(best);
            }
        }
    }

    private static boolean covers(Flow flow, long source) {
        FieldRef match = flow.matchList().getFirst();
        long differs = Objects.requireNonNull(match.value()).low() ^ source;
        return (differs & Objects.requireNonNull(match.mask()).low()) == 0;
    }

    @Test
    void flowsSetAndDeletedForEver_leaveNoTimersBehind() {
        AtomicLong clock = new AtomicLong();
        try (MemoryDriver driver = MemoryDriver.by(clock::get, Map.of(IFINDEX, Samples.model(Table.UNBOUNDED)))) {
            for (int round = 0; round < 200; round++) {
                List<Flow> flows = LongStream.range(0, 100)
                        .mapToObj(uid -> Samples.bridged(uid).with(new Timeouts(60_000, 0)))
                        .toList();
                change(driver, FlowChange.set(IFINDEX, flows, ErrorMode.ABORT));
                change(driver, FlowChange.delete(IFINDEX, flows, Selection.UID, ErrorMode.ABORT));
            }
            assertThat(driver.timers()).isLessThan(300);
        }
    }

    @Test
    void aStartedDriver_endsFlowsWithoutBeingAsked() throws InterruptedException {
        try (MemoryDriver driver = MemoryDriver.start(Map.of(IFINDEX, Samples.model()))) {
            CountDownLatch ended = new CountDownLatch(2);
            driver.watch(_ -> ended.countDown());
            set(driver, Samples.bridged(1).with(new Timeouts(1, 0)));
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
