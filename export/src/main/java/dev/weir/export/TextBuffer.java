package dev.weir.export;

import dev.weir.packet.Addresses;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * Text made byte by byte in one reused array, and handed to a stream whenever the array is full. ASCII only. One thread; allocates
 * nothing after construction.
 *
 * <p>Call {@link #room} with an upper bound of what comes next, then the {@code put...} methods, which check nothing. Fails as the
 * stream does.
 */
final class TextBuffer {
    private static final int CAPACITY = 1 << 17;
    private static final long NANOS = 1_000_000_000L, SECONDS_A_DAY = 86_400L;
    /** The decimal digits of 0 to 99, two octets each. */
    private static final byte[] PAIRS = new byte[200];

    private static final long[] POWERS = new long[19];

    static {
        for (int i = 0; i < 100; i++) {
            PAIRS[2 * i] = (byte) ('0' + i / 10);
            PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private final OutputStream out;
    private final byte[] bytes = new byte[CAPACITY];
    /** The date of {@link #day}, as {@code 2026-11-21T}. */
    private final byte[] date = new byte[11];

    private long day = Long.MIN_VALUE;
    private int size;

    TextBuffer(OutputStream out) {
        this.out = out;
    }

    /** Makes sure that {@code count} octets fit; at most 64 KiB may be asked for. */
    void room(int count) throws IOException {
        if (CAPACITY - size < count) {
            drain();
        }
    }

    /** Where the next octet goes; for {@link #alignRight} and {@link #alignLeft}, and only until the next {@link #room}. */
    int mark() {
        return size;
    }

    void put(char ascii) {
        bytes[size++] = (byte) ascii;
    }

    void put(byte[] ascii) {
        System.arraycopy(ascii, 0, bytes, size, ascii.length);
        size += ascii.length;
    }

    /** A number that is not negative. */
    void putDecimal(long value) {
        int digits = digits(value);
        int at = size + digits;
        size = at;
        long rest = value;
        while (rest >= 100) {
            long quotient = rest / 100;
            int pair = (int) (rest - quotient * 100) << 1;
            bytes[--at] = PAIRS[pair + 1];
            bytes[--at] = PAIRS[pair];
            rest = quotient;
        }
        if (rest >= 10) {
            bytes[--at] = PAIRS[((int) rest << 1) + 1];
            bytes[--at] = PAIRS[(int) rest << 1];
        } else {
            bytes[--at] = (byte) ('0' + rest);
        }
    }

    /** The last {@code digits} decimal digits of a number that is not negative, with leading zeros. */
    void putPadded(int value, int digits) {
        int rest = value;
        int at = size + digits;
        while (at - size >= 2) {
            int quotient = rest / 100;
            int pair = (rest - quotient * 100) << 1;
            bytes[--at] = PAIRS[pair + 1];
            bytes[--at] = PAIRS[pair];
            rest = quotient;
        }
        if (at > size) {
            bytes[size] = (byte) ('0' + rest % 10);
        }
        size += digits;
    }

    /** A span of nanoseconds as seconds with nine fraction digits; what is negative counts as 0. */
    void putSeconds(long nanos) {
        long span = Math.max(0, nanos);
        putDecimal(span / NANOS);
        put('.');
        putPadded((int) (span % NANOS), 9);
    }

    /**
     * A number that is not negative, rounded to that many fraction digits, 0 to 9. From 9.2e18 / 10^digits on it has no
     * fraction, and stops at 2^63 - 1.
     */
    void putFixed(double value, int fractionDigits) {
        long power = POWERS[fractionDigits];
        double scaled = Math.rint(value * power);
        boolean large = scaled >= Long.MAX_VALUE;
        long whole = large ? (long) value : (long) scaled / power;
        putDecimal(whole);
        if (fractionDigits > 0) {
            put('.');
            putPadded(large ? 0 : (int) ((long) scaled % power), fractionDigits);
        }
    }

    /** An instant, nanoseconds since 1970, as RFC 3339 in UTC with that many fraction digits, 0 to 9; further ones are cut off. */
    void putTime(long nanos, int fractionDigits) {
        long second = Math.floorDiv(nanos, NANOS);
        int fraction = (int) (nanos - second * NANOS);
        long today = Math.floorDiv(second, SECONDS_A_DAY);
        if (today != day) {
            setDay(today);
        }
        put(date);
        int ofDay = (int) (second - today * SECONDS_A_DAY);
        int minutes = ofDay / 60;
        putPair(minutes / 60);
        put(':');
        putPair(minutes % 60);
        put(':');
        putPair(ofDay - minutes * 60);
        if (fractionDigits > 0) {
            put('.');
            putPadded(fraction / (int) POWERS[9 - fractionDigits], fractionDigits);
        }
        put('Z');
    }

    /** The address at {@code at}, in network order, of that family: 4 or 6. */
    void putAddress(MemorySegment segment, long at, int family) {
        size = Addresses.format(segment, at, family, bytes, size);
    }

    /** Moves what was put since the mark to the right end of a field that is {@code width} wide; wider text stays as it is. */
    void alignRight(int mark, int width) {
        int length = size - mark, blanks = width - length;
        if (blanks > 0) {
            System.arraycopy(bytes, mark, bytes, mark + blanks, length);
            Arrays.fill(bytes, mark, mark + blanks, (byte) ' ');
            size += blanks;
        }
    }

    /** Fills a field that begins at the mark and is {@code width} wide with blanks; wider text stays as it is. */
    void alignLeft(int mark, int width) {
        while (size - mark < width) {
            bytes[size++] = ' ';
        }
    }

    /** Hands everything to the stream and flushes that. */
    void flush() throws IOException {
        drain();
        out.flush();
    }

    /** As {@link #flush}, and closes the stream. */
    void close() throws IOException {
        try (out) {
            drain();
        }
    }

    private void drain() throws IOException {
        int count = size;
        size = 0;
        if (count > 0) {
            out.write(bytes, 0, count);
        }
    }

    private void putPair(int value) {
        bytes[size++] = PAIRS[value << 1];
        bytes[size++] = PAIRS[(value << 1) + 1];
    }

    private void setDay(long epochDay) {
        byte[] text = LocalDate.ofEpochDay(epochDay).toString().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, date, 0, 10);
        date[10] = 'T';
        day = epochDay;
    }

    private static int digits(long value) {
        if (value < 10) {
            return 1;
        }
        // log10(2) is 1233/4096 closely enough for 64 bits; one comparison mends the rest.
        int guess = ((64 - Long.numberOfLeadingZeros(value)) * 1233) >>> 12;
        return guess < POWERS.length && value >= POWERS[guess] ? guess + 1 : guess;
    }
}
