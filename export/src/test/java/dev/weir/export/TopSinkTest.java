package dev.weir.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import dev.weir.table.TestRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopSinkTest {
    private record Flow(long id, long packets, long bytes, long nanos) {
        double by(TopSink.By by) {
            return switch (by) {
                case BYTES -> bytes;
                case PACKETS -> packets;
                case DURATION -> nanos;
                case RATE -> nanos == 0 ? 0 : (double) bytes / nanos;
            };
        }
    }

    private static final class Ids implements RecordSink {
        final List<Long> ids = new ArrayList<>();
        boolean closed;

        @Override
        public void accept(FlowRecord record) {
            ids.add(record.flowId());
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void close_handsOnWhatASortWouldKeep(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (TopSink.By by : TopSink.By.values()) {
            int limit = random.nextInt(1, 60);
            List<Flow> flows = new ArrayList<>();
            Ids kept = new Ids();
            try (TopSink top = new TopSink(kept, limit, by)) {
                for (long id = 1; id <= 500; id++) {
                    Flow flow = new Flow(id, random.nextInt(1, 40), random.nextInt(64, 100), random.nextInt(5));
                    flows.add(flow);
                    top.accept(record(flow));
                }
                assertThat(kept.ids).isEmpty();
            }
            List<Long> expected = flows.stream()
                    .sorted(Comparator.comparingDouble((Flow f) -> -f.by(by)).thenComparingLong(Flow::id))
                    .limit(limit)
                    .map(Flow::id)
                    .toList();
            assertThat(kept.ids).as("seed=%d by=%s limit=%d", seed, by, limit).isEqualTo(expected);
            assertThat(kept.closed).isTrue();
        }
    }

    @Test
    void accept_keepsACopy_notTheView() throws IOException {
        Ids kept = new Ids();
        TestRecord record = new TestRecord().id(5);
        try (TopSink top = new TopSink(kept, 3, TopSink.By.BYTES)) {
            top.accept(record.view());
            record.id(6);
            top.accept(record.view());
        }
        assertThat(kept.ids).containsExactly(5L, 6L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, TopSink.MAX + 1})
    void limit_outOfRange_isRefused(int limit) {
        assertThatThrownBy(() -> new TopSink(new Ids(), limit, TopSink.By.BYTES).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("top=" + limit);
    }

    private static FlowRecord record(Flow flow) {
        return new TestRecord()
                .id(flow.id)
                .forward(0L, flow.nanos, flow.packets, flow.bytes, flow.bytes)
                .view();
    }
}
