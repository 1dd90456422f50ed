package dev.weir.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bench.wire.ApiWatchers.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiWatchersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                         | 0 0 0 0",
                "'3 10 0 900'               | 0 0 0 0",
                "'3 10 0 900\n'             | 3 10 0 900",
                "'3 10 0 900\n3 20 1 1800\n' | 3 20 1 1800",
                "'3 10 0 900\n3 20'         | 3 10 0 900",
            })
    void last_isTheLastWholeLine(String printed, String line) {
        assertThat(Line.last(printed)).hasToString(line);
    }

    /** Needs root. */
    @Test
    void everyWatcher_isToldEveryEvent_andUpdatesReachEveryFlow() throws IOException {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root for network namespaces");
        int flows = 500, watchers = 3;
        try (var bed = new WireTestbed(2)) {
            WireWeir weir = WireWeir.packetSockets(1).withSettings("flow-table: {idle-timeout: 1h}\n");
            weir.start(bed);
            Process program = bed.start(bed.middle, "watchers", ApiWatchers.command(WireWeir.socket(bed), watchers));
            while (Line.last(bed.said("watchers")).streams() < watchers) {
                assertThat(program.isAlive()).as(bed.said("watchers")).isTrue();
                WireTestbed.pause();
            }
            try (var traffic = new WireTraffic(bed);
                    var client = new ApiClient(WireWeir.socket(bed))) {
                traffic.run(WireFrames.inTurn(flows, WireMix.SMALL.sizes(), weir.destination(bed)), 5_000, 0.5);
                while (Line.last(bed.said("watchers")).events() < (long) flows * watchers) {
                    assertThat(program.isAlive()).as(bed.said("watchers")).isTrue();
                    WireTestbed.pause();
                }
                assertThat(client.scan(0, _ -> {})).isEqualTo(flows);
                assertThat(client.updatesPerSecond(client.updates(flows, 100), 0.1))
                        .isPositive();
            }
            assertThat(Line.last(bed.said("watchers")).missed()).isZero();
        }
    }
}
