package dev.weir.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.api.v1.FlowKey;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowKeysTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tcp 10.0.0.1:1234 > 10.0.0.2:80                       | tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.1:1234>10.0.0.2:80                         | tcp 10.0.0.1:1234 > 10.0.0.2:80
            TCP 10.0.0.1:1234 -> 10.0.0.2:80                      | tcp 10.0.0.1:1234 > 10.0.0.2:80
            6 10.0.0.1:1234->10.0.0.2:80                          | tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.1:1234 - 10.0.0.2:80                       | tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.1:1234 to 10.0.0.2:80                      | tcp 10.0.0.1:1234 > 10.0.0.2:80
            udp [2001:db8::1]:53 > [2001:db8::2]:5353 tenant 7    | udp [2001:db8::1]:53 > [2001:db8::2]:5353 tenant 7
            icmp 10.0.0.1 > 10.0.0.2                              | icmp 10.0.0.1 > 10.0.0.2
            icmp 10.0.0.1:9 > 10.0.0.2:9 tenant 16777215          | icmp 10.0.0.1:9 > 10.0.0.2:9 tenant 16777215
            icmp6 fe80::1 > [fe80::2]                             | ipv6-icmp fe80::1 > fe80::2
            gre 10.0.0.1 > 10.0.0.2                               | 47 10.0.0.1 > 10.0.0.2
            sctp 10.0.0.1:0 > 10.0.0.2:65535                      | 132 10.0.0.1:0 > 10.0.0.2:65535
            """)
    void parse_readsWhatPeopleWrite_andFormatWritesOneForm(String text, String canonical) throws FlowKeyException {
        FlowKey key = FlowKeys.parse(text);
        assertThat(FlowKeys.format(key)).isEqualTo(canonical);
        assertThat(FlowKeys.parse(canonical)).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                       | at character 1: the protocol is missing; begin with tcp, udp, icmp, or a number up to 255
            tpc 10.0.0.1:1 > 10.0.0.2:2              | at character 1: 'tpc' is no protocol; begin with tcp, udp, icmp, or a number up to 255
            256 10.0.0.1 > 10.0.0.2                  | at character 1: '256' is no protocol; begin with tcp, udp, icmp, or a number up to 255
            tcp                                      | at character 4: the source is missing; write tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.300:1 > 10.0.0.2:2            | at character 5: '10.0.0.300' is no address; write 10.0.0.1, or [2001:db8::1] where a port follows
            tcp 10.0.0.1:99999 > 10.0.0.2:2          | at character 14: '99999' is no port; give 0 to 65535
            tcp 10.0.0.1:x > 10.0.0.2:2              | at character 14: 'x' is no port; give 0 to 65535
            tcp 10.0.0.1 > 10.0.0.2:2                | at character 13: the port is missing; write 10.0.0.1:80
            tcp 2001:db8::1:80 > [::1]:2             | at character 19: the port is missing; write [2001:db8::1:80]:80
            gre 10.0.0.1:5 > 10.0.0.2                | at character 13: protocol 47 has no ports; leave it out
            tcp 10.0.0.1:1                           | at character 15: '>' is missing between the two ends; write tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.1:1 10.0.0.2:2                | at character 16: '>' is missing between the two ends; write tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.1:1 >                         | at character 17: the destination is missing; write tcp 10.0.0.1:1234 > 10.0.0.2:80
            tcp 10.0.0.1:1 > [::1]:2                 | at character 18: the source is IPv4 and the destination is not; give addresses of one family
            tcp 10.0.0.1:1 > 10.0.0.2:2 7            | at character 29: only 'tenant N' can follow, not '7'
            tcp 10.0.0.1:1 > 10.0.0.2:2 > x          | at character 29: only 'tenant N' can follow, not '>'
            tcp 10.0.0.1:1 > 10.0.0.2:2 tenant       | at character 35: '' is no tenant; give a number up to 16777215
            tcp 10.0.0.1:1 > 10.0.0.2:2 tenant 16777216 | at character 36: '16777216' is no tenant; give a number up to 16777215
            tcp 10.0.0.1:1 > 10.0.0.2:2 tenant 7 x   | at character 38: nothing can follow the tenant; leave it out
            """)
    void parse_ofWhatIsNone_saysWhereAndWhatToWrite(String text, String message) {
        assertThatThrownBy(() -> FlowKeys.parse(text))
                .isInstanceOf(FlowKeyException.class)
                .hasMessage(message);
    }

    @Test
    void parse_ofTooLong_isRefused() {
        assertThatThrownBy(() -> FlowKeys.parse("tcp ".repeat(100))).hasMessageContaining("too long");
    }

    @Test
    void format_ofTextAlone_isThatText() {
        assertThat(FlowKeys.format(FlowKey.newBuilder().setText("as it came").build()))
                .isEqualTo("as it came");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void parse_ofAnything_givesAKeyThatRoundTrips_orSaysWhereItIsWrong(long seed) throws FlowKeyException {
        var random = new SplittableRandom(seed);
        String alphabet = "tcpudp 10.:[]>-/af\u00e9\n";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder(random.nextInt(3) == 0 ? "icmp 10.0.0.1 > " : "");
            for (int n = random.nextInt(24); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                FlowKey key = FlowKeys.parse(text.toString());
                assertThat(FlowKeys.parse(FlowKeys.format(key)))
                        .as("seed %s: %s", seed, text)
                        .isEqualTo(key);
            } catch (FlowKeyException e) {
                assertThat(e.offset()).as("seed %s: %s", seed, text).isBetween(0, text.length());
            }
        }
    }
}
