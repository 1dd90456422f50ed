package dev.weir.bench.cache;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * What a table of so many entries can be worth at the most, to somebody who knows all packets that will come. Each packet may add an entry for its flow or not.
 *
 * @param hitPackets packets that find an entry
 * @param hitBytes octets of these
 */
public record Optimum(long hitPackets, long hitBytes) {

    /**
     * The most packets (Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 5, 1966, with entries that need not be
     * made): the flow goes, or stays out, whose next packet is the farthest.
     */
    public static Optimum ofPackets(CacheTrace trace, int entries) {
        int[] next = trace.next();
        // the next packet of each flow that has an entry; what is out of date stays in the queue until it comes up
        long[] expected = new long[trace.flows()];
        Arrays.fill(expected, -1);
        PriorityQueue<Long> farthest = new PriorityQueue<>(java.util.Comparator.reverseOrder());
        int size = 0;
        long hits = 0, bytes = 0;
        for (int i = 0; i < trace.packets(); i++) {
            int flow = trace.flow()[i];
            long coming = ((long) next[i] << 32) | flow;
            if (expected[flow] >= 0) {
                hits++;
                bytes += trace.bytes()[i];
            } else if (size < entries) {
                size++;
            } else {
                long last = top(farthest, expected);
                if (last <= coming) continue;
                farthest.poll();
                expected[(int) last] = -1;
            }
            expected[flow] = coming;
            farthest.add(coming);
        }
        return new Optimum(hits, bytes);
    }

    private static long top(PriorityQueue<Long> farthest, long[] expected) {
        while (true) {
            long last = farthest.element();
            if (expected[(int) last] == last) return last;
            farthest.poll();
        }
    }

    /**
     * A bound of octets that nothing can be above. A hit takes an entry for all packets since the one before of its flow; all hits together take no more than entries
     * times packets. The bound takes hits in the order of octets by packets until that is used up (the fractional knapsack; of the kind of Berger, Beckmann, Harchol-Balter,
     * Practical bounds on optimal caching with variable object sizes, SIGMETRICS 2018). It forgets that at no moment more than all entries are in use, so it is a little too high.
     */
    public static long bytesBound(CacheTrace trace, int entries) {
        int[] next = trace.next();
        double[] worth = new double[trace.packets()];
        int intervals = 0;
        for (int i = 0; i < worth.length; i++) {
            if (next[i] != Integer.MAX_VALUE) worth[intervals++] = (double) trace.bytes()[next[i]] / (next[i] - i);
        }
        double[] sorted = Arrays.copyOf(worth, intervals);
        Arrays.sort(sorted);
        // the least worth that all is used up by, found by halving, then what is left at it
        long room = (long) entries * trace.packets();
        int low = 0, high = intervals;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (used(trace, next, sorted[middle])[0] <= room) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low == intervals) return intervals == 0 ? 0 : (long) (room * sorted[intervals - 1]);
        long[] whole = used(trace, next, sorted[low]);
        double rest = low == 0 ? 0 : (room - whole[0]) * sorted[low - 1];
        return whole[1] + (long) Math.ceil(rest);
    }

    /** Entries times packets, and octets, of all hits that are worth that much or more. */
    private static long[] used(CacheTrace trace, int[] next, double worth) {
        long room = 0, bytes = 0;
        for (int i = 0; i < next.length; i++) {
            if (next[i] == Integer.MAX_VALUE) continue;
            int octets = trace.bytes()[next[i]], length = next[i] - i;
            if ((double) octets / length < worth) continue;
            room += length;
            bytes += octets;
        }
        return new long[] {room, bytes};
    }

    /** Without a limit all but the first packet of each flow find an entry. */
    public static Optimum unbounded(CacheTrace trace) {
        return ofPackets(trace, trace.flows());
    }
}
