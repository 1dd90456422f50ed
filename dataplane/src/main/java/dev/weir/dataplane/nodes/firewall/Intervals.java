package dev.weir.dataplane.nodes.firewall;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which rules fit a value of one criterion: values are cut into the intervals within which the rules that fit are the same,
 * and each interval has their set of bits. Values are unsigned, 128 bits in two halves. Immutable.
 */
final class Intervals {
    /** Values from one to another, both in it; unsigned halves. */
    record Range(long firstHigh, long firstLow, long lastHigh, long lastLow) {
        static final Range ALL = new Range(0, 0, -1, -1);
        /** Its last value is before its first. */
        static final Range NONE = new Range(-1, -1, 0, 0);

        boolean contains(long high, long low) {
            return compare(high, low, firstHigh, firstLow) >= 0 && compare(high, low, lastHigh, lastLow) <= 0;
        }
    }

    private record Value(long high, long low) {}

    private static final Comparator<Value> ORDER = (a, b) -> compare(a.high, a.low, b.high, b.low);

    /** Where each interval begins, ascending; the first at 0. */
    private final long[] high, low;

    private final long[][] rows;

    private Intervals(long[] high, long[] low, long[][] rows) {
        this.high = high;
        this.low = low;
        this.rows = rows;
    }

    /** Of rules that each have one range. */
    static Intervals of(List<Rule> rules, Function<Rule, Range> range) {
        return ofTwo(rules, range, _ -> Range.NONE);
    }

    /** Of rules that each have two. */
    static Intervals ofTwo(List<Rule> rules, Function<Rule, Range> one, Function<Rule, Range> other) {
        var ranges = new ArrayList<Range>();
        rules.forEach(r -> ranges.add(one.apply(r)));
        rules.forEach(r -> ranges.add(other.apply(r)));
        var starts = new TreeSet<>(ORDER);
        starts.add(new Value(0, 0));
        for (Range r : ranges) {
            boolean isLast = r.lastHigh == -1 && r.lastLow == -1;
            if (!r.equals(Range.NONE)) {
                starts.add(new Value(r.firstHigh, r.firstLow));
            }
            if (!r.equals(Range.NONE) && !isLast) {
                starts.add(new Value(r.lastLow == -1 ? r.lastHigh + 1 : r.lastHigh, r.lastLow + 1));
            }
        }
        long[] high = starts.stream().mapToLong(Value::high).toArray();
        long[] low = starts.stream().mapToLong(Value::low).toArray();
        long[][] rows = new long[high.length][];
        Map<BitSet, long[]> shared = new HashMap<>();
        for (int i = 0; i < high.length; i++) {
            BitSet fits = fits(ranges, rules.size(), high[i], low[i]);
            rows[i] = shared.computeIfAbsent(fits, bits -> Arrays.copyOf(bits.toLongArray(), (rules.size() + 63) / 64));
        }
        return new Intervals(high, low, rows);
    }

    private static BitSet fits(List<Range> ranges, int rules, long high, long low) {
        var bits = new BitSet(rules);
        for (int r = 0; r < ranges.size(); r++) {
            if (ranges.get(r).contains(high, low)) {
                bits.set(r % rules);
            }
        }
        return bits;
    }

    /** The rules that fit a value, a bit each. */
    long[] find(long valueHigh, long valueLow) {
        int below = 0, above = high.length;
        while (above - below > 1) {
            int middle = (below + above) >>> 1;
            if (compare(valueHigh, valueLow, high[middle], low[middle]) < 0) {
                above = middle;
            } else {
                below = middle;
            }
        }
        return rows[below];
    }

    private static int compare(long high, long low, long otherHigh, long otherLow) {
        int order = Long.compareUnsigned(high, otherHigh);
        return order != 0 ? order : Long.compareUnsigned(low, otherLow);
    }
}
