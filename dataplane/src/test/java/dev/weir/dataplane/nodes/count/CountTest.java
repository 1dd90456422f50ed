package dev.weir.dataplane.nodes.count;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.testing.Frames;
import org.junit.jupiter.api.Test;

class CountTest {
    @Test
    void packets_areCountedByDirection() {
        try (var bench = new NodeBench(new CountConfig(), "east", "west")) {
            bench.add("east", Frames.udpFrame("10.0.0.1", 5000, "10.0.0.2", 53, 10))
                    .add("east", Frames.udpFrame("10.0.0.1", 5000, "10.0.0.2", 53, 20))
                    .add("west", Frames.udpFrame("10.0.0.2", 53, "10.0.0.1", 5000, 100))
                    .add("west", Frames.arp());

            assertThat(bench.run()).containsOnly("next");

            assertThat(bench.counter("FORWARD_PACKETS")).isEqualTo(2);
            assertThat(bench.counter("FORWARD_BYTES")).isEqualTo(2 * 42 + 30);
            assertThat(bench.counter("REVERSE_PACKETS")).isEqualTo(1);
            assertThat(bench.counter("REVERSE_BYTES")).isEqualTo(142);
            assertThat(bench.counter("UNHANDLED_PACKETS")).isEqualTo(1);
            assertThat(bench.counter("UNHANDLED_BYTES")).isEqualTo(42);
            assertThat(bench.trace(2)).isEqualTo("reverse, 142 octets");
            assertThat(bench.trace(3)).isEqualTo("unhandled, 42 octets");
            bench.assertAllocatesNothing(1000);
        }
    }
}
