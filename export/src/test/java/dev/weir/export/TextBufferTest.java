package dev.weir.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextBufferTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final TextBuffer text = new TextBuffer(out);

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                9,
                10,
                99,
                100,
                101,
                999_999,
                1_000_000,
                Long.MAX_VALUE,
                999_999_999_999_999_999L,
                1_000_000_000_000_000_000L
            })
    void putDecimal_edges_areAsJavaWritesThem(long value) throws IOException {
        text.putDecimal(value);
        assertThat(written()).isEqualTo(Long.toString(value));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void numbersTimesAndSpans_agreeWithTheLibrary(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            long value = random.nextLong() >>> random.nextInt(1, 64);
            long nanos = random.nextLong() >> random.nextInt(8);
            int digits = random.nextInt(10);
            text.room(200);
            text.putDecimal(value);
            text.put(' ');
            text.putSeconds(value);
            text.put(' ');
            text.putTime(nanos, digits);
            String expected = value + " " + BigDecimal.valueOf(value, 9).toPlainString() + " " + rfc3339(nanos, digits);
            assertThat(written()).as("seed=%d step=%d", seed, i).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,                    0, 1970-01-01T00:00:00Z",
        "-1,                   9, 1969-12-31T23:59:59.999999999Z",
        "1767225599999999999,  6, 2025-12-31T23:59:59.999999Z",
        "1767225600000000000,  6, 2026-01-01T00:00:00.000000Z",
        "9223372036854775807,  9, 2262-04-11T23:47:16.854775807Z",
        "-9223372036854775808, 3, 1677-09-21T00:12:43.145Z",
    })
    void putTime_edges(long nanos, int digits, String expected) throws IOException {
        text.putTime(nanos, digits);
        assertThat(written()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0,              6, 0.000000",
        "0.0000005,      6, 0.000000",
        "0.0000006,      6, 0.000001",
        "1.9999996,      6, 2.000000",
        "3.5,            0, 4",
        "12.345,         3, 12.345",
        "9007199254740993, 3, 9007199254740992.000",
        "1e15,           9, 1000000000000000.000000000",
        "1e30,           3, 9223372036854775807.000",
    })
    void putFixed_number_isRoundedToItsDigits(double value, int digits, String expected) throws IOException {
        text.putFixed(value, digits);
        assertThat(written()).isEqualTo(expected);
    }

    @Test
    void putSeconds_negative_countsAsZero() throws IOException {
        text.putSeconds(-5);
        assertThat(written()).isEqualTo("0.000000000");
    }

    @Test
    void align_fillsTheField_andLeavesWhatIsWider() throws IOException {
        int mark = text.mark();
        text.putDecimal(7);
        text.alignRight(mark, 3);
        mark = text.mark();
        text.putDecimal(8);
        text.alignLeft(mark, 3);
        mark = text.mark();
        text.putDecimal(12345);
        text.alignRight(mark, 3);
        assertThat(written()).isEqualTo("  78  12345");
    }

    @Test
    void room_overManyLines_losesNothing() throws IOException {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            text.room(Column.MAX_LINE);
            text.putDecimal(i);
            text.put('\n');
            expected.append(i).append('\n');
        }
        assertThat(written()).isEqualTo(expected.toString());
    }

    private String written() throws IOException {
        text.flush();
        String all = out.toString(StandardCharsets.US_ASCII);
        out.reset();
        return all;
    }

    private static String rfc3339(long nanos, int digits) {
        Instant instant = Instant.EPOCH.plus(nanos, ChronoUnit.NANOS);
        String seconds = instant.truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", "");
        String fraction =
                String.format("%09d", Math.floorMod(nanos, 1_000_000_000L)).substring(0, digits);
        return seconds + (digits == 0 ? "" : "." + fraction) + "Z";
    }
}
