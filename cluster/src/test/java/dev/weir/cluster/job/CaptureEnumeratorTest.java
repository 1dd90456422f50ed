package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cluster.job.CaptureEvents.AskHead;
import dev.weir.cluster.job.CaptureEvents.Clock;
import dev.weir.cluster.job.CaptureEvents.Head;
import dev.weir.wire.CaptureHead;
import dev.weir.wire.CaptureHead.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which capture is read when, by two readers that do what the test says. */
class CaptureEnumeratorTest {
    private static final int READERS = 2;

    /** Notes what the enumerator has readers do. */
    private static final class Readers implements SplitEnumeratorContext<CaptureSplit> {
        final List<AskHead> asked = new ArrayList<>();
        /** By reader, the captures that it got. */
        final Map<Integer, List<Integer>> given = new TreeMap<>();

        final List<Integer> ended = new ArrayList<>();

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            return UnregisteredMetricsGroup.createSplitEnumeratorMetricGroup();
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {
            if (event instanceof AskHead ask) {
                asked.add(ask);
            }
        }

        @Override
        public int currentParallelism() {
            return READERS;
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            var readers = new TreeMap<Integer, ReaderInfo>();
            IntStream.range(0, READERS).forEach(i -> readers.put(i, new ReaderInfo(i, "here")));
            return readers;
        }

        @Override
        public void assignSplits(SplitsAssignment<CaptureSplit> splits) {
            splits.assignment()
                    .forEach((subtask, each) ->
                            each.forEach(split -> given.computeIfAbsent(subtask, _ -> new ArrayList<>())
                                    .add(split.capture())));
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            ended.add(subtask);
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
            T result;
            try {
                result = callable.call();
            } catch (Exception e) {
                handler.accept(null, e);
                return;
            }
            handler.accept(result, null);
        }

        /** The first time; no time passes in a test. */
        @Override
        public <T> void callAsync(
                Callable<T> callable, BiConsumer<T, Throwable> handler, long delayMillis, long periodMillis) {
            callAsync(callable, handler);
        }

        @Override
        public void runInCoordinatorThread(Runnable runnable) {
            runnable.run();
        }

        @Override
        public void setIsProcessingBacklog(boolean isProcessingBacklog) {}
    }

    private final Readers readers = new Readers();

    /** Of compressed captures that begin at these times. */
    private CaptureEnumerator enumerator(long... starts) {
        var chains = new ArrayList<CaptureChain>();
        for (int i = 0; i < starts.length; i++) {
            chains.add(new CaptureChain(i, "capture-" + i));
        }
        var enumerator = new CaptureEnumerator(readers, chains, List.of(), 1000);
        enumerator.start();
        IntStream.range(0, READERS).forEach(enumerator::addReader);
        while (!readers.asked.isEmpty()) {
            AskHead ask = readers.asked.removeFirst();
            var head = new CaptureHead(ask.file(), Format.WHOLE, 50, 0, new byte[0], 6);
            for (int reader = 0; reader < READERS; reader++) {
                enumerator.handleSourceEvent(reader, new Head(ask.capture(), head, starts[ask.capture()], null));
            }
        }
        return enumerator;
    }

    @Test
    void capturesThatFollowEachOther_areReadOneAfterTheOther() {
        CaptureEnumerator enumerator = enumerator(100, 300, 200);
        enumerator.handleSplitRequest(0, null);
        enumerator.handleSplitRequest(1, null);
        assertThat(readers.given).isEqualTo(Map.of(0, List.of(0)));
        enumerator.handleSourceEvent(0, new Clock(199));
        assertThat(readers.given).isEqualTo(Map.of(0, List.of(0)));
        enumerator.handleSplitRequest(0, null); // it is done
        assertThat(readers.given).isEqualTo(Map.of(0, List.of(0), 1, List.of(2)));
        enumerator.handleSplitRequest(1, null);
        assertThat(readers.given).isEqualTo(Map.of(0, List.of(0, 1), 1, List.of(2)));
        assertThat(readers.ended).containsExactly(1);
        enumerator.handleSplitRequest(0, null);
        assertThat(readers.ended).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void capturesThatOverlap_areReadBesideEachOtherFromThere() {
        CaptureEnumerator enumerator = enumerator(100, 200);
        enumerator.handleSplitRequest(0, null);
        enumerator.handleSplitRequest(1, null);
        assertThat(readers.given).isEqualTo(Map.of(0, List.of(0)));
        enumerator.handleSourceEvent(0, new Clock(200));
        assertThat(readers.given).isEqualTo(Map.of(0, List.of(0), 1, List.of(1)));
    }

    @Test
    void readerThatDies_givesItsCaptureBackToTheOther() {
        CaptureEnumerator enumerator = enumerator(100, 300);
        enumerator.handleSplitRequest(0, null);
        enumerator.handleSplitRequest(1, null);
        var head = new CaptureHead("capture-0", Format.WHOLE, 50, 0, new byte[0], 6);
        enumerator.addSplitsBack(
                List.of(new CaptureSplit(0, 0, head, new byte[0], 0, 50, 0, 0, 100, 0, Long.MIN_VALUE, Map.of())), 0);
        enumerator.addReader(0);
        enumerator.handleSplitRequest(0, null);
        assertThat(readers.given.values().stream().flatMap(List::stream)).containsExactly(0, 0);
    }

    /** What a checkpoint knows of other captures is refused, and not tried again. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a b | a c   | number 2 was b and is c;
            a b | b a   | number 1 was a and is b;
            a b | a     | number 2 was b and is none;
            a   | a b   | number 2 was none and is b;
            """)
    void restore_withOtherCaptures_isRefused(String before, String after, String said) throws Exception {
        var chains = new ArrayList<CaptureChain>();
        for (String file : before.split(" ", -1)) {
            chains.add(new CaptureChain(chains.size(), file));
        }
        CaptureState state = CaptureState.of(chains, List.of());
        new CaptureSource(List.of(before.split(" ", -1)), FlowOptions.defaults(1), 1, 1000, 0)
                .restoreEnumerator(readers, state)
                .close();
        var source = new CaptureSource(List.of(after.split(" ", -1)), FlowOptions.defaults(1), 1, 1000, 0);
        assertThatThrownBy(() -> source.restoreEnumerator(readers, state))
                .isInstanceOf(org.apache.flink.runtime.execution.SuppressRestartsException.class)
                .rootCause()
                .hasMessageStartingWith("captures.files: " + said)
                .hasMessageEndingWith("or begin anew without --from");
    }
}
