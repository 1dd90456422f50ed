package dev.weir.cluster.job;

import java.util.Arrays;

/**
 * Which numbers of a run were seen, as ranges in ascending order: from, to, from, to. They come in nearly their order, so there are few. Beyond
 * {@link #MOST_RANGES} the lowest hole is given up: what is in it counts as seen, and as lost. Immutable arrays; stateless.
 */
final class Sequences {
    static final int MOST_RANGES = 4096;

    private Sequences() {}

    /** Whether the number was seen. */
    static boolean has(long[] ranges, long number) {
        int place = place(ranges, number);
        return 2 * place < ranges.length && ranges[2 * place] <= number;
    }

    /** The first range that does not end before the number. */
    private static int place(long[] ranges, long number) {
        int low = 0, high = ranges.length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ranges[2 * middle + 1] < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The same with that number. */
    static long[] with(long[] ranges, long number) {
        int n = ranges.length / 2, low = place(ranges, number);
        if (has(ranges, number)) {
            return ranges;
        }
        boolean joinsBefore = low > 0 && ranges[2 * low - 1] + 1 == number;
        boolean joinsAfter = low < n && ranges[2 * low] - 1 == number;
        long[] more;
        if (joinsBefore && joinsAfter) {
            more = new long[ranges.length - 2];
            System.arraycopy(ranges, 0, more, 0, 2 * low - 1);
            System.arraycopy(ranges, 2 * low + 1, more, 2 * low - 1, ranges.length - 2 * low - 1);
        } else if (joinsBefore || joinsAfter) {
            more = ranges.clone();
            more[joinsBefore ? 2 * low - 1 : 2 * low] = number;
        } else {
            more = new long[ranges.length + 2];
            System.arraycopy(ranges, 0, more, 0, 2 * low);
            more[2 * low] = number;
            more[2 * low + 1] = number;
            System.arraycopy(ranges, 2 * low, more, 2 * low + 2, ranges.length - 2 * low);
        }
        return more;
    }

    /** How many numbers are missing between the first and the last. */
    static long missing(long[] ranges) {
        long missing = 0;
        for (int i = 2; i < ranges.length; i += 2) {
            missing += ranges[i] - ranges[i - 1] - 1;
        }
        return missing;
    }

    /** Whether the lowest hole is to be given up. */
    static boolean isFull(long[] ranges) {
        return ranges.length > 2 * MOST_RANGES;
    }

    /** How many numbers the lowest hole has. */
    static long lowestHole(long[] ranges) {
        return ranges[2] - ranges[1] - 1;
    }

    /** The last number of the lowest hole. */
    static long endOfLowestHole(long[] ranges) {
        return ranges[2] - 1;
    }

    /** The same without its lowest hole. */
    static long[] withoutLowestHole(long[] ranges) {
        long[] fewer = Arrays.copyOfRange(ranges, 2, ranges.length);
        fewer[0] = ranges[0];
        return fewer;
    }
}
