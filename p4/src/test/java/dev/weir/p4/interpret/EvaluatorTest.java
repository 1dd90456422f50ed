package dev.weir.p4.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.run.Rules;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluatorTest {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            8w250 + 8w10                      => 8w4
            8w3 - 8w5                         => 8w0xfe
            8w200 * 8w3                       => 8w88
            8w7 / 8w0                         => 8w0
            8w7 % 8w4                         => 8w3
            8w250 |+| 8w10                    => 8w255
            8w3 |-| 8w5                       => 8w0
            8w100 s|+| 8w100                  => 8w127
            8w0x80 s|-| 8w1                   => 8w0x80
            8w0x80 s|+| 8w0xff                => 8w0x80
            8w0x81 << 16w300                  => 8w0
            8w0x81 >> 16w1                    => 8w0x40
            8w0x81 s>> 16w1                   => 8w0xc0
            8w0x81 s>> 16w300                 => 8w0xff
            8w0x80 < 8w1                      => 1w0
            8w0x80 s< 8w1                     => 1w1
            8w0x80 s<= 8w0x80                 => 1w1
            ~(8w0x0f)                         => 8w0xf0
            -(8w1)                            => 8w0xff
            8w0xab ++ 4w1                     => 12w0xab1
            12w0xab1[11:4]                    => 8w0xab
            zext16(8w0x80)                    => 16w0x80
            sext16(8w0x80)                    => 16w0xff80
            1w0 ? 8w1 : 8w2                   => 8w2
            crc32(32w0, 72w0x313233343536373839) => 32w0xcbf43926
            crc16(16w0, 72w0x313233343536373839) => 16w0xbb3d
            crc32(crc32(32w0, 32w0x31323334), 40w0x3536373839) => 32w0xcbf43926
            sum16(16w0, 64w0x0001f203f4f5f6f7) => 16w0xddf2
            sum16(16w0, 24w0x010203)          => 16w0x402
            128w0xffffffffffffffffffffffffffffffff + 128w2 => 128w1
            """)
    void value_isAsDefined(String value, String expected) {
        String width = expected.substring(0, expected.indexOf('w'));
        Pipeline pipeline = IrVerifier.requireValid(IrReader.read("program p register out[2] " + width
                + " parser { state start { goto accept } } control { write out[8w0] = " + value + " write out[8w1] = "
                + expected + " }"));
        Interpreter interpreter = new Interpreter(pipeline, Rules.PNA, 1);
        interpreter.process(new byte[0], 0, 0, false);
        assertThat(interpreter.resources().register("out", 0))
                .isEqualTo(interpreter.resources().register("out", 1));
    }
}
