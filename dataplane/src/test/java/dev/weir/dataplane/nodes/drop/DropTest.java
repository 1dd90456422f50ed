package dev.weir.dataplane.nodes.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.testing.Frames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropTest {
    @Test
    void anyPacket_isDroppedUnderTheGivenName() {
        try (var bench = new NodeBench(new DropConfig("not-for-us"), "east")) {
            bench.add("east", Frames.arp()).add("east", Frames.udpFrame("10.0.0.1", 1, "10.0.0.2", 2, 8));
            assertThat(bench.run()).containsExactly("drop:not-for-us", "drop:not-for-us");
            assertThat(bench.trace(1)).isEqualTo("not-for-us");
            bench.assertAllocatesNothing(1000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Not For Us", "-a", "a-", "a--b", "a\nb"})
    void reason_thatIsNoName_isRefused(String reason) {
        assertThatThrownBy(() -> new DropConfig(reason)).hasMessageContaining("give lower-case words");
    }
}
