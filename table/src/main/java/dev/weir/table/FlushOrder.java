package dev.weir.table;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The live flows of two stores in the order of their ids, taken at one moment. Allocates eight octets a flow. */
final class FlushOrder {
    private static final int V6 = 1;

    /** Slot and family, {@code slot << 1 | V6}, in the order of flow ids. */
    private final int[] order;

    private int next;

    private FlushOrder(int[] order) {
        this.order = order;
    }

    static FlushOrder of(FlowStore v4, FlowStore v6) {
        int count = v4.live() + v6.live(), narrow = v4.live();
        long[] ids = new long[count];
        int[] slots = new int[count];
        boolean narrowRise = collect(v4, 0, ids, slots, 0), wideRise = collect(v6, V6, ids, slots, narrow);
        if (!narrowRise || !wideRise) {
            return new FlushOrder(sorted(ids, slots));
        }
        return new FlushOrder(narrow == 0 || narrow == count ? slots : merged(ids, slots, narrow));
    }

    /** Puts a store's flows from {@code from} on; returns whether their ids rise, as they do where no slot was used twice. */
    private static boolean collect(FlowStore flows, int family, long[] ids, int[] slots, int from) {
        boolean rising = true;
        int at = from;
        long last = Long.MIN_VALUE;
        for (int slot = 0; slot < flows.fresh(); slot++) {
            if (flows.isLive(slot)) {
                long id = flows.id(slot);
                rising &= id > last;
                last = id;
                ids[at] = id;
                slots[at++] = slot << 1 | family;
            }
        }
        return rising;
    }

    /** Of ids that rise up to {@code second} and from there on. */
    private static int[] merged(long[] ids, int[] slots, int second) {
        int[] order = new int[ids.length];
        int left = 0, right = second;
        for (int i = 0; i < order.length; i++) {
            boolean fromLeft = right == ids.length || (left < second && ids[left] < ids[right]);
            order[i] = fromLeft ? slots[left++] : slots[right++];
        }
        return order;
    }

    /** Sorts id and position packed into one long, which the JDK does with vector instructions, where both fit. */
    private static int[] sorted(long[] ids, int[] slots) {
        int n = ids.length;
        int positionBits = Integer.SIZE - Integer.numberOfLeadingZeros(n);
        long min = Arrays.stream(ids).min().orElse(0);
        long range = Arrays.stream(ids).max().orElse(0) - min;
        if (Long.SIZE - Long.numberOfLeadingZeros(range) + positionBits >= Long.SIZE) {
            return IntStream.range(0, n)
                    .boxed()
                    .sorted(Comparator.comparingLong(i -> ids[i]))
                    .mapToInt(i -> slots[i])
                    .toArray();
        }
        long[] packed = new long[n];
        for (int i = 0; i < n; i++) {
            packed[i] = (ids[i] - min) << positionBits | i;
        }
        Arrays.sort(packed);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = slots[(int) (packed[i] & ((1L << positionBits) - 1))];
        }
        return order;
    }

    boolean hasNext() {
        return next < order.length;
    }

    boolean nextIsV6() {
        return (order[next] & V6) != 0;
    }

    int takeSlot() {
        return order[next++] >>> 1;
    }
}
