package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    /** The rules of RFC 5952 section 4, one by one. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
        0.0.0.0,                                 00000000
        255.255.255.255,                         ffffffff
        10.0.200.1,                              0a00c801
        ::,                                      00000000000000000000000000000000
        ::1,                                     00000000000000000000000000000001
        1::,                                     00010000000000000000000000000000
        2001:db8::1,                             20010db8000000000000000000000001
        2001:db8:0:1:1:1:1:1,                    20010db8000000010001000100010001
        2001:0:0:1::1,                           20010000000000010000000000000001
        2001:db8::1:0:0:1,                       20010db8000000000001000000000001
        2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa,  20010db8aaaabbbbccccddddeeeeaaaa
        fe80::1:20:300,                          fe800000000000000000000100200300
        1:0:3::,                                 00010000000300000000000000000000
        ::ffff:192.0.2.1,                        00000000000000000000ffffc0000201
        ::ffff:0:0:0,                            0000000000000000ffff000000000000
        """)
    void format_canonicalText(String text, String hex) {
        byte[] address = Parsed.hex(hex);
        assertThat(Addresses.text(MemorySegment.ofArray(address), 0, address.length == 4 ? 4 : 6))
                .isEqualTo(text);
        byte[] read = new byte[16];
        assertThat(Addresses.parse(text, read)).isEqualTo(address.length == 4 ? 4 : 6);
        assertThat(Arrays.copyOf(read, address.length)).isEqualTo(address);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
        2001:DB8:0:0:0:0:0:1, 2001:db8::1
        2001:0db8::0001,      2001:db8::1
        1:2:3:4:5:6:7::,      1:2:3:4:5:6:7:0
        ::2:3:4:5:6:7:8,      0:2:3:4:5:6:7:8
        ::1.2.3.4,            ::102:304
        64:ff9b::192.0.2.33,  64:ff9b::c000:221
        1:2:3:4:5:6:1.2.3.4,  1:2:3:4:5:6:102:304
        0:0:0:0:0:0:0:0,      ::
        """)
    void parse_otherForms_areRead(String text, String canonical) {
        byte[] read = new byte[16];
        assertThat(Addresses.parse(text, read)).isEqualTo(6);
        assertThat(Addresses.text(MemorySegment.ofArray(read), 0, 6)).isEqualTo(canonical);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4 ",
                "1..2.3",
                "1.2.3.",
                ".1.2.3",
                "a.b.c.d",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "1:",
                ":1",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "::1.2.3.4:5",
                "fe80::1%eth0",
                "1 ::2"
            })
    void parse_noAddress_isRefused(String text) {
        assertThat(Addresses.parse(text, new byte[16])).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 0x5EED})
    void parse_formattedText_givesTheAddressBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 20_000; step++) {
            byte[] address = new byte[random.nextBoolean() ? 4 : 16];
            for (int i = 0; i < address.length; i++) {
                address[i] = (byte) (random.nextBoolean() ? 0 : random.nextInt(256));
            }
            int family = address.length == 4 ? 4 : 6;
            String text = Addresses.text(MemorySegment.ofArray(address), 0, family);
            byte[] read = new byte[16];
            assertThat(Addresses.parse(text, read))
                    .as("seed=%d step=%d %s", seed, step, text)
                    .isEqualTo(family);
            assertThat(Arrays.copyOf(read, address.length)).isEqualTo(address);
            assertThat(text.length()).isLessThanOrEqualTo(Addresses.MAX_TEXT);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 0x5EED})
    void parse_anyText_neverThrows(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String letters = "0123456789abcdefABCDEFg.:::";
        for (int step = 0; step < 50_000; step++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertThat(Addresses.parse(text, new byte[16])).isIn(0, 4, 6);
        }
    }

    @Test
    void format_position_isKept() {
        byte[] out = "src=................".getBytes(StandardCharsets.US_ASCII);
        int end = Addresses.formatIpv4(0x0A000001, out, 4);
        assertThat(new String(out, 0, end, StandardCharsets.US_ASCII)).isEqualTo("src=10.0.0.1");
    }
}
