package dev.weir.dataplane.nodes.crossconnect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.dataplane.nodes.NodeBench;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig.Pair;
import dev.weir.testing.Frames;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossConnectTest {
    private static final CrossConnectConfig CONFIG =
            new CrossConnectConfig(List.of(new Pair("east", "west"), new Pair("north", "south")));
    private static final String[] PORTS = {"spare", "south", "east", "north", "west"};

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            one end to the other        | east  |       | west  | east to west
            and back                    | west  |       | east  | west to east
            another pair                | south |       | north | south to north
            chosen before               | east  | spare | spare | egress was chosen before
            a port that nothing is told | spare |       | none  | port in no pair
            """)
    void packet_leavesByTheOtherEnd(String what, String from, String chosen, String to, String trace) {
        try (var bench = new NodeBench(CONFIG, PORTS)) {
            bench.add(from, Frames.udpFrame("10.0.0.1", 1, "10.0.0.2", 2, 8)).add(from, Frames.arp());
            if (chosen != null) {
                bench.leavingBy(chosen);
            }
            assertThat(bench.run()).containsExactly("next", "next");
            assertThat(bench.egress(1)).as(what).isEqualTo(to);
            assertThat(bench.trace(1)).isEqualTo(trace);
            assertThat(bench.sent).isEmpty();
            bench.assertAllocatesNothing(1000);
        }
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        assertThatThrownBy(() -> new Pair("east", "east")).hasMessageContaining("name two different ports");
        assertThatThrownBy(() -> new CrossConnectConfig(List.of())).hasMessageContaining("name at least two ports");
        assertThatThrownBy(() -> new CrossConnectConfig(List.of(new Pair("a", "b"), new Pair("b", "c"))))
                .hasMessageContaining("port 'b' is in two pairs");
    }

    @Test
    void configuration_namesItsPorts() {
        assertThat(CONFIG.ports()).containsExactly("east", "west", "north", "south");
    }
}
