package dev.weir.dataplane.nodes.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.testing.Frames;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeterTest {
    /** 1000 IP octets: 972 of payload, and headers. */
    private static final byte[] FORWARD = Frames.udpFrame("10.0.0.1", 5000, "10.0.0.2", 53, 972);

    private static final byte[] REVERSE = Frames.udpFrame("10.0.0.2", 53, "10.0.0.1", 5000, 972);
    private static final byte[] OTHER = Frames.udpFrame("10.0.0.1", 5001, "10.0.0.2", 53, 972);

    private static NodeBench bench(MeterUnit unit, long rate, long burst, boolean eachDirection) {
        return new NodeBench(new MeterConfig(unit, rate, burst, eachDirection, false), "east");
    }

    /** Packets of a thousand octets, one a millisecond, for a second: what the rate and the burst let pass. */
    @ParameterizedTest(name = "{0} {1}/s, burst {2}: {3}")
    @CsvSource(textBlock = """
            BITS,    800000,  2000,   101
            BITS,    800000,  50000,  149
            BITS,    8000000, 2000,   1000
            BITS,    7992000, 2000,   1000
            BITS,    1,       3000,   3
            PACKETS, 10,      1,      10
            PACKETS, 10,      5,      14
            PACKETS, 1000,    1,      1000
            """)
    void flow_passesAtItsRate(MeterUnit unit, long rate, long burst, int passed) {
        try (var bench = bench(unit, rate, burst, false)) {
            int next = 0;
            for (int ms = 0; ms < 1000; ms++) {
                bench.clear().after(1_000_000).add("east", FORWARD);
                next += bench.run().equals(List.of("next")) ? 1 : 0;
            }
            assertThat(next).isEqualTo(passed);
            assertThat(bench.counter("CONFORMED")).isEqualTo(passed);
            assertThat(bench.counter("EXCEEDED")).isEqualTo(1000 - passed);
        }
    }

    @Test
    void whatExceeds_isDroppedByName() {
        try (var bench = bench(MeterUnit.PACKETS, 1, 2, false)) {
            bench.add("east", FORWARD).add("east", FORWARD).add("east", FORWARD);
            assertThat(bench.run()).containsExactly("next", "next", "drop:over-rate");
            assertThat(bench.trace(2)).isEqualTo("0 packets left");
        }
    }

    @Test
    void whatExceeds_takesTheArcWhereThereIsOne() {
        try (var bench = new NodeBench(new MeterConfig(MeterUnit.BITS, 8000, 2500, false, true), "east")) {
            bench.add("east", FORWARD).add("east", FORWARD).add("east", FORWARD);
            assertThat(bench.run()).containsExactly("next", "next", "arc:exceeded");
            assertThat(bench.trace(0)).isEqualTo("500 octets left");
        }
    }

    @Test
    void flows_haveBucketsOfTheirOwn() {
        try (var bench = bench(MeterUnit.PACKETS, 1, 1, false)) {
            bench.add("east", FORWARD).add("east", OTHER).add("east", FORWARD);
            assertThat(bench.run()).containsExactly("next", "next", "drop:over-rate");
        }
    }

    @ParameterizedTest(name = "each direction: {0}")
    @CsvSource({"false, drop:over-rate", "true, next"})
    void directions_shareABucketOrNot(boolean eachDirection, String second) {
        try (var bench = bench(MeterUnit.PACKETS, 1, 1, eachDirection)) {
            bench.add("east", FORWARD).add("east", REVERSE).add("east", FORWARD).add("east", REVERSE);
            assertThat(bench.run()).containsExactly("next", second, "drop:over-rate", "drop:over-rate");
            bench.clear().after(NodeBench.SECOND).add("east", REVERSE).add("east", FORWARD);
            assertThat(bench.run())
                    .as("a second later")
                    .containsExactly("next", eachDirection ? "next" : "drop:over-rate");
        }
    }

    @Test
    void packetOlderThanTheLast_bringsNoTokens() {
        try (var bench = bench(MeterUnit.PACKETS, 1, 1, false)) {
            bench.add("east", FORWARD);
            bench.run();
            for (int i = 0; i < 5; i++) {
                bench.clear().after(-NodeBench.SECOND).add("east", FORWARD);
                assertThat(bench.run()).containsExactly("drop:over-rate");
            }
            bench.clear().at(NodeBench.START + NodeBench.SECOND).add("east", FORWARD);
            assertThat(bench.run()).containsExactly("next");
        }
    }

    @Test
    void metering_allocatesNothing() {
        try (var bench = bench(MeterUnit.BITS, 1_000_000, 100_000, true)) {
            Collections.nCopies(30, FORWARD).forEach(frame -> bench.add("east", frame));
            Collections.nCopies(30, REVERSE).forEach(frame -> bench.add("east", frame));
            bench.assertAllocatesNothing(1_000_000);
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatThrownBy(() -> bench(MeterUnit.BITS, 0, 2000, false)).hasMessageContaining("rate: 0 is out of range");
        assertThatThrownBy(() -> bench(MeterUnit.BITS, 8, 1499, false))
                .hasMessageContaining("burst: 1499 is out of range; give 1500 to 1073741824 octets");
        assertThatThrownBy(() -> bench(MeterUnit.PACKETS, 8, 0, false)).hasMessageContaining("give 1 to");
    }
}
