package dev.weir.dataplane.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixTest {
    @ParameterizedTest(name = "{0} has {1}: {2}")
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:0, true",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "::/0, ff02::1, true"
    })
    void prefix_hasAddressesThatBeginLikeIt(String prefix, String address, boolean contains) {
        IpPrefix block = IpPrefix.of(prefix), one = IpPrefix.of(address);
        assertThat(block.contains(one.high(), one.low())).isEqualTo(contains);
        assertThat(block).hasToString(prefix);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        10.0.0.1/8   | 10.0.0.1/8: bits after the prefix are set; write 10.0.0.0/8
        10.0.0.0/33  | 10.0.0.0/33: the length of the prefix is a number from 0 to 32
        10.0.0.0/x   | 10.0.0.0/x: the length of the prefix is a number from 0 to 32
        ten          | ten: no address or prefix; write it as 10.0.0.0/8 or 2001:db8::/32
        """)
    void prefix_thatIsNone_isRefused(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.of(text)).withMessage(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        90-80   | ports 90-80: they are from 0 to 65535, the lower one first
        70000   | ports 70000-70000: they are from 0 to 65535, the lower one first
        http    | http: no port or range of ports; write 80 or 1024-65535
        """)
    void ports_thatAreNone_areRefused(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PortRange.of(text))
                .withMessage(message);
    }
}
