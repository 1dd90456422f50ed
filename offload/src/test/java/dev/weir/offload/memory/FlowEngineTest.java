package dev.weir.offload.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Timeouts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What an engine is told, and what becomes of what it counts. */
class FlowEngineTest {
    private static final long IFINDEX = 7;

    /** Knows flows by what they match, as the kernel does. */
    private static final class KeyedEngine implements FlowEngine {
        private final Map<Object, Counts> counted = new HashMap<>();
        private final Set<Object> impossible = new HashSet<>();
        private int removals;

        @Override
        public boolean ordersEqualMatches() {
            return false;
        }

        @Override
        public void put(long ifindex, Flow flow) throws FlowFault {
            if (impossible.contains(flow.matchList())) {
                throw new FlowFault(Fault.NOT_SUPPORTED, "flow " + flow.uid(), "cannot be done; leave it out");
            }
            counted.putIfAbsent(flow.matchList(), new Counts(0, 0, 0));
        }

        @Override
        public List<Counts> remove(long ifindex, List<Flow> flows) {
            removals++;
            return flows.stream()
                    .map(flow -> Objects.requireNonNull(counted.remove(flow.matchList())))
                    .toList();
        }

        @Override
        public Counts counts(long ifindex, Flow flow) {
            return Objects.requireNonNull(counted.get(flow.matchList()));
        }

        void hit(Flow flow, long packets, long at) {
            counted.computeIfPresent(
                    flow.matchList(),
                    (_, before) -> new Counts(before.packets() + packets, before.bytes() + 100 * packets, at));
        }
    }

    private final KeyedEngine engine = new KeyedEngine();
    private final AtomicLong clock = new AtomicLong();
    private final MemoryDriver driver =
            MemoryDriver.driving("keyed", engine, clock::get, Map.of(IFINDEX, Samples.model(2000)));

    private BatchResult set(ErrorMode errors, Flow... flows) {
        return driver.change(FlowChange.set(IFINDEX, List.of(flows), errors)).join();
    }

    private BatchResult modify(ErrorMode errors, Flow... flows) {
        return driver.change(FlowChange.modify(IFINDEX, List.of(flows), errors)).join();
    }

    private BatchResult delete(ErrorMode errors, long... uids) {
        List<Flow> named = new ArrayList<>();
        for (long uid : uids) named.add(Flow.named(Samples.BRIDGE, uid));
        return driver.change(FlowChange.delete(IFINDEX, named, Selection.UID, errors))
                .join();
    }

    private FlowStats seen(long uid) {
        return driver.flows(IFINDEX, FlowQuery.all(Samples.BRIDGE)).join().stream()
                .filter(flow -> flow.uid() == uid)
                .findFirst()
                .orElseThrow()
                .seen();
    }

    @Test
    void aFlowThatTheEngineCannotDo_isRefusedAndNotThere() {
        engine.impossible.add(Samples.bridged(2).matchList());
        BatchResult result = set(ErrorMode.CONTINUE_LOG, Samples.bridged(1), Samples.bridged(2), Samples.bridged(3));
        assertThat(result.applied()).isEqualTo(2);
        assertThat(Objects.requireNonNull(result.first()).reason())
                .isEqualTo("not-supported: flow 2: cannot be done; leave it out");
        assertThat(driver.flows(IFINDEX, FlowQuery.all(Samples.BRIDGE)).join())
                .extracting(Flow::uid)
                .containsExactlyInAnyOrder(1L, 3L);
        assertThat(engine.counted).hasSize(2);
    }

    @Test
    void anotherPriority_isRefused_whereMatchesAreKeys() {
        set(ErrorMode.ABORT, Samples.bridged(1));
        BatchResult result = set(ErrorMode.ABORT, Samples.bridged(1).as(2, 9));
        assertThat(Objects.requireNonNull(result.first()).reason())
                .startsWith(
                        "duplicate-match: table 2 (bridge), flow 2: matches the same packets as flow 1, and the table"
                                + " has one for them, whatever its priority; ");
    }

    @Test
    void whatTheEngineCounted_goesOnUnderAnotherMatch() {
        set(ErrorMode.ABORT, Samples.bridged(1));
        engine.hit(Samples.bridged(1), 3, 0);
        assertThat(seen(1).packets()).isEqualTo(3);
        modify(ErrorMode.ABORT, Samples.bridged(5).as(1, 0));
        assertThat(engine.counted.keySet()).isEqualTo(Set.of(Samples.bridged(5).matchList()));
        engine.hit(Samples.bridged(5), 4, 0);
        assertThat(seen(1).packets()).isEqualTo(7);
        assertThat(seen(1).bytes()).isEqualTo(700);
        modify(ErrorMode.ABORT, Samples.bridged(5).as(1, 8));
        assertThat(seen(1).packets()).isEqualTo(7);
    }

    @Test
    void anAtomicBatch_leavesTheEngineAsItWas() {
        set(ErrorMode.ABORT, Samples.bridged(1), Samples.bridged(2));
        engine.hit(Samples.bridged(1), 3, 0);
        Set<Object> before = Set.copyOf(engine.counted.keySet());
        assertThat(set(ErrorMode.ATOMIC, Samples.bridged(3), Samples.bridged(1)).applied())
                .isZero();
        assertThat(delete(ErrorMode.ATOMIC, 1, 9).applied()).isZero();
        assertThat(modify(ErrorMode.ATOMIC, Samples.bridged(8).as(1, 0), Samples.bridged(9))
                        .applied())
                .isZero();
        assertThat(engine.counted.keySet()).isEqualTo(before);
        assertThat(seen(1).packets()).isEqualTo(3);
    }

    @Test
    void aModificationThatTheEngineCannotDo_leavesTheFlow() {
        set(ErrorMode.ABORT, Samples.bridged(1));
        engine.impossible.add(Samples.bridged(5).matchList());
        assertThat(modify(ErrorMode.ABORT, Samples.bridged(5).as(1, 0)).refused())
                .isEqualTo(1);
        assertThat(engine.counted.keySet()).isEqualTo(Set.of(Samples.bridged(1).matchList()));
        assertThat(delete(ErrorMode.ABORT, 1).applied()).isEqualTo(1);
        assertThat(engine.counted).isEmpty();
    }

    @Test
    void deletions_areOneRemovalForABatch_andTellFinalCounts() throws InterruptedException {
        set(ErrorMode.ABORT, Samples.bridged(1), Samples.bridged(2), Samples.bridged(3));
        List<String> told = new ArrayList<>();
        try (var watch = driver.watch(event -> {
            if (event instanceof FlowEvent.Changed(long _, FlowEvent.Cause cause, Flow flow)) {
                told.add(cause + " " + flow.uid() + " of " + flow.seen().packets());
            }
        })) {
            engine.hit(Samples.bridged(2), 5, 0);
            delete(ErrorMode.ABORT, 1, 2, 3);
            watch.await();
        }
        assertThat(engine.removals).isEqualTo(1);
        assertThat(told).containsExactly("DELETED 1 of 0", "DELETED 2 of 5", "DELETED 3 of 0");
    }

    @Test
    void idleness_isSinceWhatTheEngineSawLast() {
        long second = TimeUnit.SECONDS.toNanos(1);
        Flow flow = Samples.bridged(1).with(new Timeouts(1000, 0));
        set(ErrorMode.ABORT, flow);
        engine.hit(flow, 1, second / 2);
        clock.set(second + second / 4);
        driver.expire();
        assertThat(seen(1).idleMillis()).isEqualTo(750);
        clock.set(second + second / 2);
        driver.expire();
        assertThat(driver.flows(IFINDEX, FlowQuery.all(Samples.BRIDGE)).join()).isEmpty();
        assertThat(engine.counted).isEmpty();
    }
}
