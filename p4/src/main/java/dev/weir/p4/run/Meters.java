package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Resource.Meter;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The two-rate three-colour marker of RFC 2698, its state in {@value #WORDS} longs of a segment. Tokens are counted to the billionth, so that slow
 * rates are met exactly however often packets come. Memory that is all zeros is a meter that nobody has given rates: all is green. The owner's thread;
 * nothing allocates.
 *
 * <pre>
 * word 0     | 1            | 2               | 3         | 4            | 5..6             | 7..8        | 9    | 10..15
 *     | set  | committed rate | committed burst | peak rate | peak burst | committed tokens | peak tokens | time | packets and bytes of each colour |
 * </pre>
 *
 * Tokens are a whole number and billionths. Colours are counted whether rates are set or not, and go on being counted when they change.
 */
public final class Meters {
    static final int WORDS = 16;

    private static final int SET = 0,
            COMMITTED = 1,
            PEAK = 3,
            COMMITTED_TOKENS = 5,
            PEAK_TOKENS = 7,
            TIME = 9,
            COUNTS = 10;
    private static final long SECOND = 1_000_000_000;

    private Meters() {}

    /** Gives a meter rates and full buckets; {@code null} takes them away. */
    static void configure(MemorySegment s, long at, @Nullable MeterRates rates, long now) {
        s.asSlice(at, 8L * COUNTS).fill((byte) 0);
        if (rates == null) return;
        put(s, at, SET, 1);
        put(s, at, COMMITTED, rates.committedRate());
        put(s, at, COMMITTED + 1, rates.committedBurst());
        put(s, at, PEAK, rates.peakRate());
        put(s, at, PEAK + 1, rates.peakBurst());
        put(s, at, COMMITTED_TOKENS, rates.committedBurst());
        put(s, at, PEAK_TOKENS, rates.peakBurst());
        put(s, at, TIME, now);
    }

    static @Nullable MeterRates rates(MemorySegment s, long at) {
        if (get(s, at, SET) == 0) return null;
        return new MeterRates(get(s, at, COMMITTED), get(s, at, COMMITTED + 1), get(s, at, PEAK), get(s, at, PEAK + 1));
    }

    static MeterCounts counts(MemorySegment s, long at) {
        int green = ofColor(Meter.GREEN), yellow = ofColor(Meter.YELLOW), red = ofColor(Meter.RED);
        return new MeterCounts(
                get(s, at, green),
                get(s, at, green + 1),
                get(s, at, yellow),
                get(s, at, yellow + 1),
                get(s, at, red),
                get(s, at, red + 1));
    }

    /** Has the colours counted on from that. */
    static void setCounts(MemorySegment s, long at, MeterCounts counts) {
        put(s, at, ofColor(Meter.GREEN), counts.greenPackets());
        put(s, at, ofColor(Meter.GREEN) + 1, counts.greenBytes());
        put(s, at, ofColor(Meter.YELLOW), counts.yellowPackets());
        put(s, at, ofColor(Meter.YELLOW) + 1, counts.yellowBytes());
        put(s, at, ofColor(Meter.RED), counts.redPackets());
        put(s, at, ofColor(Meter.RED) + 1, counts.redBytes());
    }

    private static int ofColor(int color) {
        return COUNTS + 2 * color;
    }

    private static long get(MemorySegment s, long at, int word) {
        return s.get(JAVA_LONG, at + 8L * word);
    }

    private static void put(MemorySegment s, long at, int word, long value) {
        s.set(JAVA_LONG, at + 8L * word, value);
    }

    /**
     * Colours a packet.
     *
     * @param color what it has; green for a colour-blind meter
     * @param inBytes whether tokens are bytes; else each packet takes one
     */
    static int execute(MemorySegment s, long at, int color, boolean inBytes, long bytes, long now) {
        int given = color(s, at, color, inBytes ? bytes : 1, now);
        Cells.count(s, at + 8L * ofColor(given), bytes);
        return given;
    }

    private static int color(MemorySegment s, long at, int color, long units, long now) {
        if (get(s, at, SET) == 0) return Meter.GREEN;
        long elapsed = Math.max(0, now - get(s, at, TIME));
        if (elapsed > 0) {
            fill(s, at, COMMITTED, COMMITTED_TOKENS, elapsed);
            fill(s, at, PEAK, PEAK_TOKENS, elapsed);
            put(s, at, TIME, now);
        }
        long peak = get(s, at, PEAK_TOKENS);
        if (color == Meter.RED || peak < units) return Meter.RED;
        put(s, at, PEAK_TOKENS, peak - units);
        long committed = get(s, at, COMMITTED_TOKENS);
        if (color == Meter.YELLOW || committed < units) return Meter.YELLOW;
        put(s, at, COMMITTED_TOKENS, committed - units);
        return Meter.GREEN;
    }

    private static void fill(MemorySegment s, long at, int rateWord, int tokenWord, long elapsed) {
        long rate = get(s, at, rateWord);
        long burst = get(s, at, rateWord + 1);
        long seconds = elapsed / SECOND;
        // a rate has 34 bits and a second's nanoseconds 30, so that this fits 64 bits without a sign
        long part = rate * (elapsed % SECOND) + get(s, at, tokenWord + 1);
        long tokens = get(s, at, tokenWord) + Long.divideUnsigned(part, SECOND);
        boolean full = (rate > 0 && seconds > burst / rate) || tokens + rate * seconds >= burst;
        put(s, at, tokenWord, full ? burst : tokens + rate * seconds);
        put(s, at, tokenWord + 1, full ? 0 : Long.remainderUnsigned(part, SECOND));
    }
}
