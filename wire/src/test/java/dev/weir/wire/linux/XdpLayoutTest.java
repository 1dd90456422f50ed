package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XdpLayoutTest {
    /** The kernel keeps 256 octets of a chunk; 22 are the Ethernet header and two tags. */
    @ParameterizedTest(name = "MTU {0}")
    @CsvSource({
        "68, 2048, false",
        "1500, 2048, false",
        "1770, 2048, false",
        "1771, 4096, false",
        "3818, 4096, false",
        "3819, 4096, true",
        "9000, 4096, true",
        "65535, 4096, true"
    })
    void of_mtu_choosesChunksAndParts(int mtu, int chunk, boolean parts) {
        XdpLayout layout = XdpLayout.of(64, mtu);
        assertThat(layout.chunk()).isEqualTo(chunk);
        assertThat(layout.parts()).isEqualTo(parts);
        assertThat(layout.maxFrame()).isEqualTo(mtu + 22);
        assertThat(layout.assemblyOctets()).isGreaterThanOrEqualTo(parts ? mtu + 22 : 0);
    }

    @ParameterizedTest
    @CsvSource({"1500, 2048", "9000, 4096"})
    void places_doNotOverlap(int mtu, int chunk) {
        XdpLayout layout = XdpLayout.of(64, mtu);
        assertThat(layout.transmitAt(0)).isEqualTo(64L * chunk);
        assertThat(layout.transmitAt(63) + chunk).isEqualTo(layout.registered());
        assertThat(layout.assemblyAt()).isEqualTo(layout.registered());
        assertThat(layout.total()).isEqualTo(layout.registered() + layout.assemblyOctets());
        assertThat(layout.chunkOf(3L * chunk + 256)).isEqualTo(3L * chunk);
        assertThat(layout.chunkOf(4L * chunk - 1)).isEqualTo(3L * chunk);
    }
}
