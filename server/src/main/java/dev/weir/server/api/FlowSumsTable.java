package dev.weir.server.api;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Sums by key, in memory that is bounded however many keys there are: open addressing in arrays that grow up to a limit of
 * keys; then the smaller half of them is forgotten, by the sum that counts. A key that was forgotten counts from 0 where it
 * comes again, so its sum is too low by less than what was forgotten of it each time: {@link #shortBy} adds these up. One
 * thread.
 *
 * <p>A key is 128 bits and a small number that tells kinds apart: an address and its family, a protocol and port.
 */
final class FlowSumsTable {
    /** What is summed up, each at its offset of a key's place. */
    static final int FLOWS = 0, PACKETS = 1, BYTES = 2, SENT_PACKETS = 3, SENT_BYTES = 4;

    /** How many keys there are at the most. */
    static final int MAX_KEYS = 1 << 16;

    private static final int SUMS = 5, FIRST = 1 << 10;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final int order;
    private final int maxKeys;
    private long[] high = new long[FIRST], low = new long[FIRST], sums = new long[FIRST * SUMS];
    /** The kind, and 1 more; 0 where nobody is. */
    private int[] kind = new int[FIRST];

    private int size;
    private long seen, shortBy;

    /** @param order which sum counts: {@link #FLOWS}, {@link #PACKETS} or {@link #BYTES} */
    FlowSumsTable(int order, int maxKeys) {
        this.order = order;
        this.maxKeys = maxKeys;
    }

    /** Adds a flow's part. */
    void add(int keyKind, long keyHigh, long keyLow, long packets, long bytes, long sentPackets, long sentBytes) {
        int at = find(keyKind, keyHigh, keyLow);
        if (kind[at] == 0) {
            at = begin(at, keyKind, keyHigh, keyLow);
        }
        int sum = at * SUMS;
        sums[sum + FLOWS]++;
        sums[sum + PACKETS] += packets;
        sums[sum + BYTES] += bytes;
        sums[sum + SENT_PACKETS] += sentPackets;
        sums[sum + SENT_BYTES] += sentBytes;
    }

    /** How many keys were seen; those that were forgotten and came again count again. */
    long seen() {
        return seen;
    }

    /** How much too low the sum that counts can be. */
    long shortBy() {
        return shortBy;
    }

    /** The places of the largest, the largest first; among equals by key, so that an answer is the same each time. */
    int[] largest(int limit) {
        return IntStream.range(0, kind.length)
                .filter(at -> kind[at] != 0)
                .boxed()
                .sorted(this::compare)
                .limit(limit)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int compare(int a, int b) {
        int bySum = Long.compareUnsigned(sum(b, order), sum(a, order));
        int byHigh = bySum != 0 ? bySum : Long.compareUnsigned(high[a], high[b]);
        int byLow = byHigh != 0 ? byHigh : Long.compareUnsigned(low[a], low[b]);
        return byLow != 0 ? byLow : Integer.compare(kind[a], kind[b]);
    }

    int kind(int at) {
        return kind[at] - 1;
    }

    long high(int at) {
        return high[at];
    }

    long low(int at) {
        return low[at];
    }

    /** A sum of a place that {@link #largest} gave. */
    long sum(int at, int which) {
        return sums[at * SUMS + which];
    }

    private int begin(int free, int keyKind, long keyHigh, long keyLow) {
        int at = free;
        if (size >= maxKeys) {
            forget();
            at = find(keyKind, keyHigh, keyLow);
        } else if (size >= kind.length / 2) {
            rebuild(kind.length * 2, -1);
            at = find(keyKind, keyHigh, keyLow);
        }
        kind[at] = keyKind + 1;
        high[at] = keyHigh;
        low[at] = keyLow;
        size++;
        seen++;
        return at;
    }

    /** Drops the keys whose sums are at most the middle one's. */
    private void forget() {
        long[] all = new long[size];
        int n = 0;
        for (int at = 0; at < kind.length; at++) {
            if (kind[at] != 0) {
                all[n++] = sum(at, order);
            }
        }
        Arrays.sort(all);
        long middle = all[n / 2];
        shortBy += middle;
        rebuild(kind.length, middle);
    }

    private void rebuild(int places, long notAbove) {
        long[] oldHigh = high, oldLow = low, oldSums = sums;
        int[] oldKind = kind;
        high = new long[places];
        low = new long[places];
        sums = new long[places * SUMS];
        kind = new int[places];
        size = 0;
        for (int old = 0; old < oldKind.length; old++) {
            if (oldKind[old] == 0 || oldSums[old * SUMS + order] <= notAbove) {
                continue;
            }
            int at = find(oldKind[old] - 1, oldHigh[old], oldLow[old]);
            kind[at] = oldKind[old];
            high[at] = oldHigh[old];
            low[at] = oldLow[old];
            System.arraycopy(oldSums, old * SUMS, sums, at * SUMS, SUMS);
            size++;
        }
    }

    /** Where the key is, or where it would be put. */
    private int find(int keyKind, long keyHigh, long keyLow) {
        int mask = kind.length - 1;
        long mixed = (keyHigh * MIX ^ keyLow + keyKind) * MIX;
        int at = (int) (mixed >>> 32) & mask;
        while (kind[at] != 0 && (kind[at] != keyKind + 1 || high[at] != keyHigh || low[at] != keyLow)) {
            at = at + 1 & mask;
        }
        return at;
    }
}
