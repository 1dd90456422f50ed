package dev.weir.p4.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.source.SourceFile;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexerTest {
    private static List<Token> read(String text) {
        return Lexer.read(SourceFile.of("test.p4", text));
    }

    private static String kinds(String text) {
        return read(text).stream().map(t -> t.kind().name()).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            header h_t            => HEADER IDENTIFIER
            headers _ _x          => IDENTIFIER UNDERSCORE IDENTIFIER
            8w0xFF 0b1_0 4s7 10   => INTEGER INTEGER INTEGER INTEGER
            8w 0x 0b2 10abc 8w_1  => BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER
            1..5                  => INTEGER RANGE INTEGER
            a ... b &&& c && d    => IDENTIFIER ELLIPSIS IDENTIFIER MASK IDENTIFIER AND IDENTIFIER
            a |+|= b |-| c        => IDENTIFIER ADD_SATURATING_ASSIGN IDENTIFIER SUBTRACT_SATURATING IDENTIFIER
            a >> b >>= c >= d     => IDENTIFIER GREATER GREATER IDENTIFIER GREATER AT_LEAST IDENTIFIER AT_LEAST IDENTIFIER
            <<= ++ +: {#} ##      => SHIFT_LEFT_ASSIGN CONCAT PLUS_COLON INVALID_HEADER PASTE
            a /* b */ c // d      => IDENTIFIER IDENTIFIER
            a /* b                => IDENTIFIER BAD_COMMENT
            "a\\"b" "c            => STRING BAD_STRING
            $ a                   => STRAY IDENTIFIER
            """)
    void read_givesTheKinds(String text, String expected) {
        assertThat(kinds(text)).isEqualTo(expected);
    }

    @Test
    void read_keepsPlacesAndBeginsOfLines() {
        List<Token> tokens = read("a b \\\n c /* \n */ d\r\ne");
        assertThat(tokens).extracting(Token::text).containsExactly("a", "b", "c", "d", "e");
        assertThat(tokens).extracting(Token::startsLine).containsExactly(true, false, false, true, true);
        assertThat(tokens)
                .extracting(t -> t.span().position().toString())
                .containsExactly("test.p4:1:1", "test.p4:1:3", "test.p4:2:2", "test.p4:3:5", "test.p4:4:1");
    }

    @ParameterizedTest
    @CsvSource({
        "10, 10, 10, -1, false",
        "0x1F, 31, 16, -1, false",
        "0d19, 19, 10, -1, false",
        "0o17, 15, 8, -1, false",
        "8w0b1111_0000, 240, 2, 8, false",
        "4s0xF, 15, 16, 4, true",
        "32w10_000, 10000, 10, 32, false",
        "128w0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF, 340282366920938463463374607431768211455, 16, 128, false"
    })
    void literal_parse(String text, java.math.BigInteger value, int base, int width, boolean signed) {
        Literal literal = Literal.parse(text);
        assertThat(literal).isEqualTo(new Literal(value, base, width, signed));
        assertThat(Literal.parse(literal.toString())).isEqualTo(literal);
    }
}
