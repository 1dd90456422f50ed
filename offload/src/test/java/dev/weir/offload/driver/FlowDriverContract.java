package dev.weir.offload.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.check.Fault;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.Refusal;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every driver does. What a driver says that it cannot, it refuses as not supported. */
public abstract class FlowDriverContract {
    /** A device to test, and the flows that it takes. */
    public interface Device extends AutoCloseable {
        FlowDriver driver();

        /** Two interfaces with a model each. */
        long ifindex();

        long otherIfindex();

        /** A good flow; flows of different uids match different packets, all in one table of at least 1000 flows. */
        Flow flow(long uid);

        /** What the table has no column for. */
        Flow wrong(long uid);

        /** Packets of the flow come. */
        void hit(long uid, int packets, int octetsEach);

        /** Time goes on. */
        void pass(Duration time);

        @Override
        void close();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Device device;

    protected abstract Device open();

    protected final Device device() {
        return device;
    }

    @BeforeEach
    void openDevice() {
        device = open();
    }

    @AfterEach
    void closeDevice() {
        device.driver().close();
        device.close();
    }

    private static <T> T get(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    private List<Flow> flows() {
        return flows(device.ifindex());
    }

    private List<Flow> flows(long ifindex) {
        return get(device.driver().flows(ifindex, FlowQuery.all(device.flow(0).table()))).stream()
                .map(flow -> flow.with((FlowStats) null))
                .toList();
    }

    private List<Flow> made(long from, long to) {
        return LongStream.range(from, to).mapToObj(device::flow).toList();
    }

    private BatchResult set(List<Flow> flows, ErrorMode errors) {
        return get(device.driver().change(FlowChange.set(device.ifindex(), flows, errors)));
    }

    private BatchResult modify(Flow flow) {
        return get(device.driver().change(FlowChange.modify(device.ifindex(), List.of(flow), ErrorMode.ABORT)));
    }

    private BatchResult delete(Selection selection, ErrorMode errors, Flow... flows) {
        return get(device.driver().change(FlowChange.delete(device.ifindex(), List.of(flows), selection, errors)));
    }

    private boolean lacks(Feature feature) {
        return !device.driver().capabilities().can(feature);
    }

    private static void assertRefused(BatchResult result, Fault fault) {
        assertThat(result.applied()).isZero();
        assertThat(result.refused()).isEqualTo(1);
        Refusal first = Objects.requireNonNull(result.first());
        assertThat(Fault.ofNumber(first.code())).isEqualTo(fault);
        assertThat(first.reason()).startsWith(fault + ": ").contains("; ");
    }

    private static void assertFails(ThrowingCallable call, Fault fault) {
        assertThatThrownBy(call)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(DriverException.class)
                .hasMessageStartingWith(fault + ": ")
                .hasMessageContaining("; ");
    }

    @Test
    void model_isToldForEachInterface() {
        assertThat(device.driver().interfaces()).contains(device.ifindex(), device.otherIfindex());
        assertThat(get(device.driver().model(device.ifindex())).tables()).isNotEmpty();
    }

    @Test
    void anInterfaceThatIsNotThere_isNamed() {
        FlowDriver driver = device.driver();
        assertFails(() -> driver.model(4711).get(), Fault.UNKNOWN_INTERFACE);
        assertFails(() -> driver.flows(4711, FlowQuery.all(1)).get(), Fault.UNKNOWN_INTERFACE);
        assertFails(
                () -> driver.change(FlowChange.set(4711, List.of(), ErrorMode.ABORT))
                        .get(),
                Fault.UNKNOWN_INTERFACE);
    }

    @Test
    void aTableThatIsNotThere_isNamed() {
        assertFails(
                () -> device.driver()
                        .flows(device.ifindex(), FlowQuery.all(4711))
                        .get(),
                Fault.UNKNOWN_TABLE);
    }

    @Test
    void flowsThatWereSet_areToldAsTheyWere() {
        assertThat(set(made(0, 100), ErrorMode.ABORT)).isEqualTo(BatchResult.done(100));
        assertThat(flows()).containsExactlyInAnyOrderElementsOf(made(0, 100));
    }

    @Test
    void interfaces_haveFlowsOfTheirOwn() {
        set(made(0, 3), ErrorMode.ABORT);
        assertThat(flows(device.otherIfindex())).isEmpty();
        FlowChange other = FlowChange.set(device.otherIfindex(), made(2, 5), ErrorMode.ABORT);
        assertThat(get(device.driver().change(other)).applied()).isEqualTo(3);
        assertThat(flows()).containsExactlyInAnyOrderElementsOf(made(0, 3));
        assertThat(flows(device.otherIfindex())).containsExactlyInAnyOrderElementsOf(made(2, 5));
    }

    @Test
    void aUidThatIsThere_isRefused() {
        set(made(0, 1), ErrorMode.ABORT);
        Flow same = device.flow(0);
        Flow other = device.flow(1);
        Flow clash = other.as(same.uid(), other.priority());
        assertRefused(set(List.of(clash), ErrorMode.ABORT), Fault.DUPLICATE_UID);
        assertThat(flows()).containsExactly(same);
    }

    @Test
    void matchesThatAreThereWithThatPriority_areRefused() {
        set(made(0, 1), ErrorMode.ABORT);
        Flow first = device.flow(0);
        assertRefused(set(List.of(first.as(9, first.priority())), ErrorMode.ABORT), Fault.DUPLICATE_MATCH);
    }

    @Test
    void aFlowThatDoesNotFit_isRefusedWithTableFlowAndField() {
        BatchResult result = set(List.of(device.wrong(7)), ErrorMode.ABORT_LOG);
        assertRefused(result, Fault.UNKNOWN_FIELD);
        assertThat(result.told())
                .singleElement()
                .satisfies(flow -> assertThat(
                                Objects.requireNonNull(flow.refusal()).reason())
                        .contains("table " + device.wrong(7).table())
                        .contains("flow 7"));
    }

    /** Flows 0 and 1 are good, then two wrong ones, then a good one. */
    @ParameterizedTest
    @CsvSource({
        "ABORT, 2, 1, 0, '0 1'",
        "CONTINUE, 3, 2, 0, '0 1 4'",
        "ABORT_LOG, 2, 1, 1, '0 1'",
        "CONTINUE_LOG, 3, 2, 2, '0 1 4'",
        "ATOMIC, 0, 1, 1, ''"
    })
    void aBatchWithWrongFlows_endsAsItsModeSays(ErrorMode errors, long applied, long refused, int told, String left) {
        List<Flow> batch = List.of(device.flow(0), device.flow(1), device.wrong(2), device.wrong(3), device.flow(4));
        BatchResult result = set(batch, errors);
        if (errors == ErrorMode.ATOMIC && lacks(Feature.ATOMIC)) {
            assertRefused(result, Fault.NOT_SUPPORTED);
            return;
        }
        assertThat(result.applied()).isEqualTo(applied);
        assertThat(result.refused()).isEqualTo(refused);
        assertThat(result.first() == null).isEqualTo(errors == ErrorMode.CONTINUE);
        assertThat(result.told())
                .extracting(Flow::uid)
                .isEqualTo(LongStream.range(2, 2 + told).boxed().toList());
        assertThat(result.told()).extracting(Flow::refusal).doesNotContainNull();
        assertThat(uids()).isEqualTo(left);
    }

    private String uids() {
        return String.join(
                " ",
                flows().stream().map(Flow::uid).sorted().map(String::valueOf).toList());
    }

    @Test
    void anAtomicBatch_isTakenBackWhole() {
        if (lacks(Feature.ATOMIC)) return;
        set(made(0, 4), ErrorMode.ABORT);
        assertThat(delete(Selection.UID, ErrorMode.ATOMIC, device.flow(0), device.flow(1), device.flow(9))
                        .applied())
                .isZero();
        assertThat(uids()).isEqualTo("0 1 2 3");
        assertThat(delete(Selection.UID, ErrorMode.ATOMIC, device.flow(0), device.flow(1))
                        .applied())
                .isEqualTo(2);
        assertThat(uids()).isEqualTo("2 3");
        assertThat(set(made(0, 2), ErrorMode.ATOMIC)).isEqualTo(BatchResult.done(2));
        assertThat(uids()).isEqualTo("0 1 2 3");
    }

    @Test
    void deletion_byUid_takesThatFlowAlone() {
        set(made(0, 3), ErrorMode.ABORT);
        Flow named = Flow.named(device.flow(1).table(), 1);
        assertThat(delete(Selection.UID, ErrorMode.ABORT, named)).isEqualTo(BatchResult.done(1));
        assertThat(uids()).isEqualTo("0 2");
        assertRefused(delete(Selection.UID, ErrorMode.ABORT, named), Fault.NOT_FOUND);
    }

    @Test
    void deletion_byMatch_looksAtMatchesAndPriorityAlone() {
        set(made(0, 3), ErrorMode.ABORT);
        Flow one = device.flow(1);
        Flow alike = one.as(77, one.priority());
        BatchResult result = delete(Selection.MATCH, ErrorMode.ABORT, alike);
        if (lacks(Feature.SELECT_MATCH)) {
            assertRefused(result, Fault.NOT_SUPPORTED);
            return;
        }
        assertThat(result).isEqualTo(BatchResult.done(1));
        assertThat(uids()).isEqualTo("0 2");
        assertRefused(delete(Selection.MATCH, ErrorMode.ABORT, alike), Fault.NOT_FOUND);
    }

    @Test
    void deletion_ofWhatIsCovered_mayFindNothing() {
        set(made(0, 3), ErrorMode.ABORT);
        BatchResult result = delete(Selection.COVERED, ErrorMode.ABORT, device.flow(1), device.flow(1));
        if (lacks(Feature.SELECT_COVERED)) {
            assertRefused(result, Fault.NOT_SUPPORTED);
            return;
        }
        assertThat(result).isEqualTo(BatchResult.done(1));
        assertThat(uids()).isEqualTo("0 2");
    }

    @Test
    void modification_replacesAllButWhatWasCounted() {
        set(made(0, 2), ErrorMode.ABORT);
        device.hit(0, 2, 100);
        Flow other = device.flow(5);
        Flow changed = other.as(0, other.priority());
        BatchResult result = modify(changed);
        if (lacks(Feature.MODIFY)) {
            assertRefused(result, Fault.NOT_SUPPORTED);
            return;
        }
        assertThat(result).isEqualTo(BatchResult.done(1));
        assertThat(flows()).containsExactlyInAnyOrder(changed, device.flow(1));
        if (!lacks(Feature.STATS)) assertThat(told(0).seen().packets()).isEqualTo(2);
        assertThat(set(List.of(device.flow(9)), ErrorMode.ABORT).applied()).isEqualTo(1);
        assertRefused(modify(device.flow(4)), Fault.NOT_FOUND);
    }

    @Test
    void aModificationThatDoesNotFit_leavesTheFlow() {
        if (lacks(Feature.MODIFY)) return;
        set(made(0, 2), ErrorMode.ABORT);
        assertRefused(modify(device.wrong(0)), Fault.UNKNOWN_FIELD);
        Flow one = device.flow(1);
        assertRefused(modify(one.as(0, one.priority())), Fault.DUPLICATE_MATCH);
        assertThat(flows()).containsExactlyInAnyOrderElementsOf(made(0, 2));
    }

    private Flow told(long uid) {
        return get(device.driver()
                        .flows(device.ifindex(), FlowQuery.all(device.flow(0).table())))
                .stream()
                .filter(flow -> flow.uid() == uid)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void packets_areCountedByFlow() {
        if (lacks(Feature.STATS)) return;
        set(made(0, 2), ErrorMode.ABORT);
        device.pass(Duration.ofMillis(500));
        device.hit(1, 3, 100);
        device.pass(Duration.ofMillis(200));
        FlowStats seen = told(1).seen();
        assertThat(seen.packets()).isEqualTo(3);
        assertThat(seen.bytes()).isEqualTo(300);
        assertThat(seen.ageMillis()).isBetween(600L, 5000L);
        assertThat(seen.idleMillis()).isBetween(150L, seen.ageMillis() - 300);
        assertThat(told(0).seen().packets()).isZero();
    }

    @Test
    void anIdleFlow_endsAfterItsLastPacketAndItsTimeout() {
        Flow flow = device.flow(0).with(new Timeouts(1000, 0));
        if (lacks(Feature.IDLE_TIMEOUT)) {
            assertRefused(set(List.of(flow), ErrorMode.ABORT), Fault.NOT_SUPPORTED);
            return;
        }
        set(List.of(flow, device.flow(1)), ErrorMode.ABORT);
        device.pass(Duration.ofMillis(700));
        device.hit(0, 1, 100);
        device.pass(Duration.ofMillis(700));
        assertThat(uids()).isEqualTo("0 1");
        device.pass(Duration.ofMillis(500));
        assertThat(uids()).isEqualTo("1");
    }

    @Test
    void aFlow_endsAfterItsHardTimeoutWhateverItSees() {
        Flow flow = device.flow(0).with(new Timeouts(800, 1000));
        if (lacks(Feature.HARD_TIMEOUT)) {
            assertRefused(set(List.of(flow), ErrorMode.ABORT), Fault.NOT_SUPPORTED);
            return;
        }
        set(List.of(flow), ErrorMode.ABORT);
        device.pass(Duration.ofMillis(600));
        device.hit(0, 1, 100);
        device.pass(Duration.ofMillis(600));
        assertThat(uids()).isEmpty();
        assertThat(set(List.of(flow), ErrorMode.ABORT).applied()).isEqualTo(1);
    }

    @Test
    void watchers_areToldWhatCameChangedAndEnded() throws InterruptedException {
        if (lacks(Feature.EVENTS)) return;
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        FlowDriver.Watch watch = device.driver().watch(event -> told.add(text(event)));
        try (watch) {
            set(List.of(device.flow(0), device.flow(1)), ErrorMode.ABORT);
            set(List.of(device.flow(2), device.wrong(3)), ErrorMode.ATOMIC);
            device.hit(0, 4, 10);
            modify(device.flow(1).with(new Timeouts(1000, 0)));
            delete(Selection.UID, ErrorMode.ABORT, device.flow(0));
            device.pass(Duration.ofMillis(1500));
            flows();
            List<String> expected = List.of("SET 0", "SET 1", "MODIFIED 1", "DELETED 0 of 4", "IDLE_TIMEOUT 1 of 0");
            List<String> seen = new ArrayList<>();
            while (seen.size() < expected.size()) {
                String line = told.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (line == null) break;
                seen.add(line);
            }
            assertThat(seen).isEqualTo(expected);
        }
        set(List.of(device.flow(5)), ErrorMode.ABORT);
        assertThat(told.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    private static String text(FlowEvent event) {
        if (!(event instanceof FlowEvent.Changed changed)) return event.toString();
        String line = changed.cause() + " " + changed.flow().uid();
        return changed.cause().ends() ? line + " of " + changed.flow().seen().packets() : line;
    }

    @Test
    void flows_areWantedByPriority() {
        List<Flow> set = new ArrayList<>();
        for (Flow flow : made(0, 5)) {
            set.add(flow.as(flow.uid(), flow.uid() * 10));
        }
        set(set, ErrorMode.ABORT);
        FlowQuery query = new FlowQuery(device.flow(0).table(), 10, 30);
        assertThat(get(device.driver().flows(device.ifindex(), query)))
                .extracting(Flow::uid)
                .containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @ParameterizedTest
    @EnumSource(FlowChange.Kind.class)
    void anEmptyBatch_isDone(FlowChange.Kind kind) {
        FlowChange change = new FlowChange(kind, device.ifindex(), List.of(), Selection.UID, ErrorMode.ABORT);
        assertThat(get(device.driver().change(change))).isEqualTo(BatchResult.done(0));
    }

    @Test
    void aClosedDriver_failsCallsAndEndsWatches() {
        FlowDriver driver = device.driver();
        driver.watch(_ -> {});
        driver.close();
        assertFails(() -> driver.flows(device.ifindex(), FlowQuery.all(1)).get(), Fault.BACKEND_GONE);
        driver.close();
    }

    /** Against a map: sets, deletions and modifications by uid, in batches of any mode, of some flows that are there and some that are not. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void anySequence_agreesWithAMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, Flow> expected = new HashMap<>();
        for (int step = 0; step < 150; step++) {
            ErrorMode errors =
                    random.nextBoolean() || lacks(Feature.ATOMIC) ? ErrorMode.CONTINUE_LOG : ErrorMode.ATOMIC;
            List<Flow> batch = random.longs(random.nextInt(8), 0, 40)
                    .mapToObj(device::flow)
                    .toList();
            boolean set = random.nextInt(3) > 0;
            Map<Long, Flow> after = new HashMap<>(expected);
            long refused = 0;
            for (Flow flow : batch) {
                boolean there = after.containsKey(flow.uid());
                if (there == set) refused++;
                else if (set) after.put(flow.uid(), flow);
                else after.remove(flow.uid());
            }
            if (errors != ErrorMode.ATOMIC || refused == 0) expected = after;
            FlowChange change = set
                    ? FlowChange.set(device.ifindex(), batch, errors)
                    : FlowChange.delete(device.ifindex(), batch, Selection.UID, errors);
            BatchResult result = get(device.driver().change(change));
            String as = "seed %d, step %d".formatted(seed, step);
            assertThat(result.refused()).as(as).isEqualTo(errors == ErrorMode.ATOMIC ? Math.min(refused, 1) : refused);
            assertThat(flows()).as(as).containsExactlyInAnyOrderElementsOf(expected.values());
        }
    }
}
