package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MatchKeyTest {
    private static final KeyLayout LAYOUT = KeyLayout.of(
            new KeyField("e", 16, MatchKind.EXACT),
            new KeyField("l", 32, MatchKind.LPM),
            new KeyField("t", 8, MatchKind.TERNARY),
            new KeyField("r", 16, MatchKind.RANGE),
            new KeyField("o", 4, MatchKind.OPTIONAL));

    private static MatchKey key(FieldMatch prefix, FieldMatch ternary, FieldMatch range, FieldMatch optional) {
        return MatchKey.of(LAYOUT, FieldMatch.exact(7), prefix, ternary, range, optional);
    }

    /** As given, and as the key says it. */
    static Stream<Arguments> canonical() {
        return Stream.of(
                Arguments.of(
                        key(FieldMatch.lpm(0x0A01_0203L, 8), any(), any(), any()),
                        List.of(FieldMatch.exact(7), FieldMatch.lpm(0x0A00_0000L, 8), any(), any(), any())),
                Arguments.of(
                        key(any(), FieldMatch.ternary(0xFF, 0x0F), FieldMatch.range(80, 90), FieldMatch.exact(3)),
                        List.of(
                                FieldMatch.exact(7),
                                FieldMatch.lpm(0, 0),
                                FieldMatch.ternary(0x0F, 0x0F),
                                FieldMatch.range(80, 90),
                                FieldMatch.exact(3))),
                Arguments.of(
                        key(FieldMatch.exact(9), FieldMatch.ternary(5, 0), FieldMatch.range(0, 0xFFFF), any()),
                        List.of(FieldMatch.exact(7), FieldMatch.lpm(9, 32), any(), any(), any())),
                Arguments.of(
                        key(any(), FieldMatch.lpm(0xAB, 4), FieldMatch.exact(80), any()),
                        List.of(
                                FieldMatch.exact(7),
                                FieldMatch.lpm(0, 0),
                                FieldMatch.ternary(0xA0, 0xF0),
                                FieldMatch.range(80, 80),
                                any())));
    }

    private static FieldMatch any() {
        return FieldMatch.any();
    }

    @ParameterizedTest
    @MethodSource("canonical")
    void key_howeverWritten_saysWhatItMatches(MatchKey key, List<FieldMatch> fields) {
        assertThat(key.fields()).isEqualTo(fields);
        assertThat(MatchKey.of(LAYOUT, fields)).isEqualTo(key).hasSameHashCodeAs(key);
    }

    @Test
    void keys_thatMatchOtherPackets_differ() {
        MatchKey all = key(any(), any(), any(), any());
        assertThat(all)
                .isNotEqualTo(key(FieldMatch.lpm(0, 1), any(), any(), any()))
                .isNotEqualTo(key(any(), FieldMatch.ternary(0, 1), any(), any()))
                .isNotEqualTo(key(any(), any(), FieldMatch.range(0, 0xFFFE), any()))
                .isNotEqualTo(key(any(), any(), any(), FieldMatch.exact(0)))
                .isEqualTo(key(FieldMatch.lpm(5, 0), any(), any(), any()));
    }

    static Stream<Arguments> refused() {
        var wide = new FieldMatch.Exact(BigInteger.ONE.shiftLeft(4));
        return Stream.of(
                Arguments.of(key4(FieldMatch.lpm(1, 33)), "key field 'l': a prefix of 33 bits; give 0 to 32"),
                Arguments.of(
                        key4(FieldMatch.ternary(1, 1)),
                        "key field 'l': it is not matched by Ternary[value=1, mask=1]; "
                                + "give a value and the length of its prefix"),
                Arguments.of(
                        List.of(any(), any(), any(), any(), any()),
                        "key field 'e': it is not matched by Any[]; give a value"),
                Arguments.of(
                        List.of(FieldMatch.exact(1), any(), any(), FieldMatch.range(2, 1), any()),
                        "key field 'r': the range from 2 to 1 is empty; give the lower bound first"),
                Arguments.of(
                        List.of(FieldMatch.exact(1), any(), any(), FieldMatch.range(1, 0x10000), any()),
                        "key field 'r': 65536 does not fit its 16 bits"),
                Arguments.of(
                        List.of(FieldMatch.exact(1), any(), any(), any(), wide),
                        "key field 'o': 16 does not fit its 4 bits"),
                Arguments.of(
                        List.of(FieldMatch.exact(1), any(), any(), any(), FieldMatch.lpm(1, 2)),
                        "key field 'o': it is not matched by Lpm[value=1, prefix=2]; give a value or nothing"));
    }

    private static List<FieldMatch> key4(FieldMatch prefix) {
        return List.of(FieldMatch.exact(1), prefix, any(), any(), any());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void key_thatCannotBe_saysTheRemedy(List<FieldMatch> fields, String message) {
        assertThatThrownBy(() -> MatchKey.of(LAYOUT, fields))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void key_ofAnotherNumberOfFields_isRefused() {
        assertThatThrownBy(() -> MatchKey.of(LAYOUT, any()))
                .hasMessageStartingWith("key: 1 fields are given; give one match for each of ");
    }
}
