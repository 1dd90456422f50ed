package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.OffloadPolicy;
import dev.weir.packet.IpProtocol;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says of what carries flows. */
class OffloadSectionTest {
    private static final String PORTS = """
            ports:
              left: {interface: eth0}
              right: {interface: eth1}
              tap: {tap: tap0}
            """;

    private static ConfigurationFile read(String offload) {
        return ConfigurationFile.read((PORTS + offload).getBytes(StandardCharsets.UTF_8));
    }

    private static OffloadSettings valid(String offload) {
        return ((Valid) read(offload)).configuration().offload().orElseThrow();
    }

    @Test
    void nothing_carriesUnlessAskedFor() {
        assertThat(((Valid) read("workers: 1")).configuration().offload()).isEmpty();
    }

    @Test
    void everyOption_arrives() {
        assertThat(valid("""
                offload:
                  driver: xdp
                  mode: generic
                  ports: [right]
                  flows: 1000
                  policy: {packets: 50, established: false, protocols: [udp]}
                  interval: 100ms
                """))
                .isEqualTo(new OffloadSettings(
                        Mode.GENERIC,
                        List.of("right"),
                        1000,
                        new OffloadPolicy(50, false, Set.of(IpProtocol.UDP)),
                        Duration.ofMillis(100)));
    }

    @Test
    void whatIsLeftOut_hasItsDefault() {
        assertThat(valid("offload: {}"))
                .isEqualTo(new OffloadSettings(
                        Mode.AUTO, List.of("left", "right"), 65_536, OffloadPolicy.NONE, Duration.ofSeconds(1)));
        assertThat(valid("offload: {policy: {packets: 9}}").policy())
                .isEqualTo(new OffloadPolicy(9, true, Set.of(IpProtocol.TCP, IpProtocol.UDP)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            offload: {driver: dpdk}                                  | 'dpdk' is none of the words for this
            offload: {ports: [tap]}                                  | the port 'tap' has another driver; give it 'af-packet', or leave it out
            offload: {ports: [left, left]}                           | a port is there twice; name each once
            offload: {ports: [up]}                                   | up
            offload: {interval: 1ms}                                 | is too short; give 10ms or more
            offload: {policy: {}}                                    | has no 'packets'
            offload: {flows: 0}                                      | 0 is out of range; give 1 to 8388608
            """)
    void whatCannotBe_isAFault(String offload, String message) {
        ConfigurationFile result = read(offload);
        assertThat(result).isInstanceOf(Invalid.class);
        assertThat(((Invalid) result).faults().toString()).contains(message);
    }

    @Test
    void tenantsByVni_cannotBeToldApartBelow() {
        assertThat(((Invalid) read("offload: {}\ntenants-by: vni")).faults().toString())
                .contains("does not look into tunnels");
    }
}
