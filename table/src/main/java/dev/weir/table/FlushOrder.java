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
        int count = v4.live() + v6.live();
        long[] ids = new long[count];
        int[] slots = new int[count];
        int at = collect(v4, 0, ids, slots, 0);
        collect(v6, V6, ids, slots, at);
        return new FlushOrder(sorted(ids, slots));
    }

    private static int collect(FlowStore flows, int family, long[] ids, int[] slots, int from) {
        int at = from;
        for (int slot = 0; slot < flows.fresh(); slot++) {
            if (flows.isLive(slot)) {
                ids[at] = flows.id(slot);
                slots[at++] = slot << 1 | family;
            }
        }
        return at;
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
