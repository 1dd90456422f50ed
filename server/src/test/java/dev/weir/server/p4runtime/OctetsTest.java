package dev.weir.server.p4runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of P4Runtime 1.5, section 8.4. */
final class OctetsTest {
    private static ByteString octets(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        bit<8>  | 63     | 99    | 63
        bit<16> | 0063   | 99    | 63
        bit<16> | 63     | 99    | 63
        bit<16> | 3064   | 12388 | 3064
        bit<16> | 003064 | 12388 | 3064
        bit<12> | 0063   | 99    | 63
        bit<12> | 000063 | 99    | 63
        bit<16> | 00     | 0     | 00
        int<8>  | 63     | 99    | 63
        int<8>  | 9d     | -99   | 9d
        int<8>  | ff9d   | -99   | 9d
        int<12> | fd1d   | -739  | fd1d
        int<16> | 0000   | 0     | 00
        """)
    void number_thatFits_isReadFromAnyLengthAndWrittenInTheShortest(
            String type, String given, String value, String written) throws EntityFault {
        int bits = Integer.parseInt(type.substring(4, type.length() - 1));
        boolean signed = type.startsWith("int");

        BigInteger number = signed ? Octets.signed(octets(given), bits, "x") : Octets.number(octets(given), bits, "x");

        assertThat(number).isEqualTo(new BigInteger(value).and(Octets.mask(bits)));
        assertThat(signed ? Octets.ofSigned(number, bits) : Octets.of(number)).isEqualTo(octets(written));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        bit<8>  | 0163
        bit<8>  | ''
        bit<16> | 010063
        bit<12> | 1063
        bit<12> | 010063
        bit<12> | 004063
        int<8>  | 009d
        int<12> | 8d1d
        int<16> | ''
        """)
    void number_thatDoesNotFit_isOutOfRange(String type, String given) {
        int bits = Integer.parseInt(type.substring(4, type.length() - 1));

        assertThatThrownBy(() -> {
                    var _ = type.startsWith("int")
                            ? Octets.signed(octets(given), bits, "x")
                            : Octets.number(octets(given), bits, "x");
                })
                .isInstanceOfSatisfying(
                        EntityFault.class, fault -> assertThat(fault.code()).isEqualTo(Code.OUT_OF_RANGE))
                .hasMessageStartingWith("x: ");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void numbers_writtenAndRead_areTheSame(long seed) throws EntityFault {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            int bits = random.nextInt(1, 300);
            byte[] some = new byte[(bits + 7) / 8];
            random.nextBytes(some);
            BigInteger number = new BigInteger(1, some).and(Octets.mask(bits));

            assertThat(Octets.number(Octets.of(number), bits, "x"))
                    .as("seed=" + seed)
                    .isEqualTo(number);
            assertThat(Octets.signed(Octets.ofSigned(number, bits), bits, "x"))
                    .as("seed=" + seed)
                    .isEqualTo(number);
        }
    }
}
