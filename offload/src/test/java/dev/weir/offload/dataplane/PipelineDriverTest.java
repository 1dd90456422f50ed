package dev.weir.offload.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowDriverContract;
import dev.weir.offload.driver.SamplesDevice;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.testing.Frames;
import java.util.List;
import java.util.Map;

class PipelineDriverTest extends FlowDriverContract {
    private static final class PipelineUnderTest extends SamplesDevice {
        private final Pipeline pipeline = pipeline();
        private final NodeUnderTest node = new NodeUnderTest(pipeline);
        private final MemoryDriver driver = PipelineDriver.by(clock::get, Map.of(IFINDEX, pipeline, OTHER, pipeline()));

        PipelineUnderTest() {
            super(1_700_000_000_000_000_000L);
        }

        private static Pipeline pipeline() {
            return Pipeline.of(Samples.model(2000), List.of("left", "right"), 1);
        }

        @Override
        public FlowDriver driver() {
            return driver;
        }

        @Override
        public void hit(long uid, int packets, int octetsEach) {
            byte[] tagged = Frames.tagged((int) uid & 0xfff, 0x88B5, new byte[0]);
            node.fill(Frames.ethernet(0x0200_0000_0000L + uid, Frames.HOST_A, 0x8100, tagged), packets, octetsEach);
            node.process(clock.get());
            for (int i = 0; i < packets; i++) assertThat(node.batch.egress[i]).isZero();
        }

        @Override
        protected void expire() {
            driver.expire();
        }
    }

    @Override
    protected Device open() {
        return new PipelineUnderTest();
    }
}
