package dev.weir.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.table.EndReason;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.wire.CaptureException;
import dev.weir.wire.Captures;
import dev.weir.wire.ForwardingSource;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that have nothing for now, and go on. */
class LiveTrackerTest {
    private static final List<String> CAPTURE =
            List.of(Path.of("../samples/web.pcap").toString());

    /** A capture after which nothing comes any more while the clock goes on, an hour at a time, until it is stopped. */
    private static final class Quiet extends ForwardingSource {
        private final CountDownLatch stopped = new CountDownLatch(1);
        private boolean captureEnded;
        private long clock = Long.MIN_VALUE;

        Quiet(PacketSource source) {
            super(source);
        }

        @Override
        public int read(PacketVector vector) throws CaptureException {
            if (stopped.getCount() == 0) return 0;
            int n = captureEnded ? 0 : source.read(vector);
            if (n > 0) {
                clock = vector.time[n - 1];
                return n;
            }
            captureEnded = true;
            vector.size = 0;
            clock += TimeUnit.HOURS.toNanos(1);
            return IDLE;
        }

        @Override
        public long clock() {
            return clock;
        }
    }

    @ParameterizedTest(name = "{0} workers")
    @ValueSource(ints = {1, 3})
    void flows_whileNoPacketComes_endByTheClock(int workers) throws IOException {
        FlowTableConfig config = FlowTableConfig.defaults().withTcpClose(false).withLifetime(Lifetime.ofSeconds(60));
        long flows = Tracker.builder()
                .table(config)
                .build()
                .run(Captures.open(CAPTURE))
                .flows();
        List<Integer> reasons = new ArrayList<>();
        try (Quiet source = new Quiet(Captures.open(CAPTURE))) {
            Tracker tracker = Tracker.builder()
                    .table(config)
                    .workers(workers)
                    .sink(record -> {
                        reasons.add(record.reason());
                        if (reasons.size() == flows) source.stopped.countDown();
                    })
                    .build();
            assertThat(tracker.run(source).flows()).isEqualTo(flows);
        }
        assertThat(reasons).hasSize((int) flows).doesNotContain(EndReason.FLUSHED);
    }
}
