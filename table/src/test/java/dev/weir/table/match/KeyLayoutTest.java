package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLayoutTest {
    private static KeyField exact(String name, int bits) {
        return new KeyField(name, bits, MatchKind.EXACT);
    }

    @Test
    void fields_ofAnyWidth_fillWholeOctetsBigEndianFromTheTop() {
        KeyLayout layout = KeyLayout.of(exact("dev", 9), exact("addr", 32), exact("port", 16), exact("flag", 1));
        long[] key = new long[layout.words()];
        layout.put(key, 0, 0, 0x1FF);
        layout.put(key, 0, 1, 0xC0A8_0001L);
        layout.put(key, 0, 2, 0xABCD);
        layout.put(key, 0, 3, 1);
        assertThat(key).containsExactly(0x01FF_C0A8_0001_ABCDL, 0x0100_0000_0000_0000L);
        assertThat(layout.bits()).isEqualTo(72);
        assertThat(IntStream.range(0, 4).map(layout::bitOffset)).containsExactly(7, 16, 48, 71);
    }

    @Test
    void lpmField_amongExactOnes_standsLast() {
        KeyLayout layout = KeyLayout.of(new KeyField("dst", 32, MatchKind.LPM), exact("vrf", 16));
        long[] key = new long[1];
        layout.put(key, 0, 0, 0x0A00_0001L);
        layout.put(key, 0, 1, 7);
        assertThat(key).containsExactly(0x0007_0A00_0001_0000L);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
            EXACT EXACT,       EXACT
            LPM,               LPM
            EXACT LPM EXACT,   LPM
            LPM LPM,           TERNARY
            LPM TERNARY,       TERNARY
            EXACT RANGE,       TERNARY
            OPTIONAL,          TERNARY
            """)
    void kinds_ofFields_decideTheKindOfTable(String kinds, TableKind table) {
        List<KeyField> fields = new ArrayList<>();
        for (String kind : kinds.split(" ", -1)) {
            fields.add(new KeyField("f" + fields.size(), 8, MatchKind.valueOf(kind)));
        }
        assertThat(KeyLayout.of(fields).kind()).isEqualTo(table);
    }

    /** The key as one number, octet by octet, is what it should be; and every field can be read back. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void randomFields_putInAnyOrder_standWhereTheNumberHasThem(long seed) {
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            List<KeyField> fields = new ArrayList<>();
            for (int n = 1 + random.nextInt(7); n > 0; n--) {
                fields.add(exact("f" + n, 1 + random.nextInt(random.nextBoolean() ? 20 : 300)));
            }
            KeyLayout layout = KeyLayout.of(fields);
            int at = random.nextInt(3);
            long[] keys = random.longs(at + layout.words() + 1).toArray();
            long before = at == 0 ? 0 : keys[at - 1], after = keys[at + layout.words()];
            Arrays.fill(keys, at, at + layout.words(), 0);
            BigInteger whole = BigInteger.ZERO;
            List<BigInteger> values = new ArrayList<>();
            for (int field = 0; field < fields.size(); field++) {
                int bits = fields.get(field).bits();
                BigInteger value = number(random, bits);
                values.add(value);
                layout.put(keys, at, field, number(random, bits));
                if (bits <= 64) {
                    layout.put(keys, at, field, value.longValue() | (bits == 64 ? 0 : -1L << bits));
                    assertThat(layout.getLong(keys, at, field)).isEqualTo(value.longValue());
                } else {
                    layout.put(keys, at, field, value);
                }
                whole = whole.shiftLeft((bits + 7) / 8 * 8).or(value);
            }
            whole = whole.shiftLeft(layout.words() * 64 - layout.bits());
            for (int field = 0; field < fields.size(); field++) {
                assertThat(layout.get(keys, at, field))
                        .as("seed=%d %s", seed, fields)
                        .isEqualTo(values.get(field));
            }
            for (int word = 0; word < layout.words(); word++) {
                long expected =
                        whole.shiftRight(64 * (layout.words() - 1 - word)).longValue();
                assertThat(keys[at + word])
                        .as("seed=%d %s word %d", seed, fields, word)
                        .isEqualTo(expected);
            }
            assertThat(at == 0 ? 0 : keys[at - 1]).isEqualTo(before);
            assertThat(keys[at + layout.words()]).isEqualTo(after);
        }
    }

    static BigInteger number(SplittableRandom random, int bits) {
        byte[] octets = new byte[(bits + 7) / 8];
        random.nextBytes(octets);
        return new BigInteger(1, octets).mod(BigInteger.ONE.shiftLeft(bits));
    }

    @Test
    void layout_thatCannotBe_saysTheRemedy() {
        assertThatThrownBy(() -> KeyLayout.of()).hasMessage("key: its fields fill 0 bits; give it 1 to 4096");
        assertThatThrownBy(() -> KeyLayout.of(exact("a", 4096), exact("b", 1)))
                .hasMessage("key: its fields fill 4104 bits; give it 1 to 4096");
        assertThatThrownBy(() -> KeyLayout.of(exact("a", 8), exact("a", 9)))
                .hasMessageStartingWith("key: two fields share a name; name each once: ");
        assertThatThrownBy(() -> exact("a", 0)).hasMessage("key field 'a': it has 0 bits; give it 1 to 4096");
        assertThatThrownBy(() -> new KeyField("a", 65, MatchKind.RANGE))
                .hasMessage("key field 'a': a range of 65 bits; ranges have up to 64, match it by mask or prefix");
        assertThatThrownBy(() -> KeyLayout.of(exact("a", 8)).field("b"))
                .hasMessage("key field 'b': there is none; there are [a]");
        assertThatThrownBy(() -> KeyLayout.of(exact("a", 128)).put(new long[2], 0, 0, 1L))
                .hasMessage("key field 'a': it has 128 bits; set it from a BigInteger");
    }
}
