package dev.weir.offload.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowDriverContract;
import dev.weir.offload.model.Flow;
import dev.weir.testing.Frames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

class PipelineDriverTest extends FlowDriverContract {
    private static final class PipelineUnderTest implements Device {
        private final AtomicLong clock = new AtomicLong(1_700_000_000_000_000_000L);
        private final Pipeline pipeline = pipeline();
        private final NodeUnderTest node = new NodeUnderTest(pipeline);
        private final PipelineDriver driver = PipelineDriver.by(clock::get, Map.of(7L, pipeline, 8L, pipeline()));

        private static Pipeline pipeline() {
            return Pipeline.of(Samples.model(2000), List.of("left", "right"), 1);
        }

        @Override
        public FlowDriver driver() {
            return driver;
        }

        @Override
        public long ifindex() {
            return 7;
        }

        @Override
        public long otherIfindex() {
            return 8;
        }

        @Override
        public Flow flow(long uid) {
            return Samples.bridged(uid);
        }

        @Override
        public Flow wrong(long uid) {
            return Flow.of(Samples.BRIDGE, uid, 0, List.of(Samples.SRC_IP), List.of());
        }

        @Override
        public void hit(long uid, int packets, int octetsEach) {
            byte[] tagged = Frames.tagged((int) uid & 0xfff, 0x88B5, new byte[0]);
            node.fill(Frames.ethernet(0x0200_0000_0000L + uid, Frames.HOST_A, 0x8100, tagged), packets, octetsEach);
            node.process(clock.get());
            for (int i = 0; i < packets; i++) assertThat(node.batch.egress[i]).isZero();
        }

        @Override
        public void pass(Duration time) {
            clock.addAndGet(time.toNanos());
            driver.expire();
        }

        @Override
        public void close() {}
    }

    @Override
    protected Device open() {
        return new PipelineUnderTest();
    }
}
