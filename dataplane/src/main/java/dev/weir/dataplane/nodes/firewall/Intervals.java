package dev.weir.dataplane.nodes.firewall;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        return ofSeveral(rules, range.andThen(List::of));
    }

    /** Of rules that each have some. */
    static Intervals ofSeveral(List<Rule> rules, Function<Rule, List<Range>> some) {
        List<List<Range>> ranges = rules.stream().map(some).toList();
        var starts = new TreeSet<>(ORDER);
        starts.add(new Value(0, 0));
        ranges.forEach(each -> each.forEach(range -> addStarts(range, starts)));
        long[] high = starts.stream().mapToLong(Value::high).toArray();
        long[] low = starts.stream().mapToLong(Value::low).toArray();
        long[][] rows = new long[high.length][];
        Map<BitSet, long[]> shared = new HashMap<>();
        for (int i = 0; i < high.length; i++) {
            BitSet fits = fits(ranges, high[i], low[i]);
            rows[i] = shared.computeIfAbsent(fits, bits -> Arrays.copyOf(bits.toLongArray(), (rules.size() + 63) / 64));
        }
        return new Intervals(high, low, rows);
    }

    /** Where a range begins, and what is after it. */
    private static void addStarts(Range r, Set<Value> starts) {
        starts.add(new Value(r.firstHigh, r.firstLow));
        if (r.lastHigh != -1 || r.lastLow != -1) {
            starts.add(new Value(r.lastLow == -1 ? r.lastHigh + 1 : r.lastHigh, r.lastLow + 1));
        }
    }

    private static BitSet fits(List<List<Range>> ranges, long high, long low) {
        var bits = new BitSet(ranges.size());
        for (int r = 0; r < ranges.size(); r++) {
            bits.set(r, ranges.get(r).stream().anyMatch(range -> range.contains(high, low)));
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
