package dev.weir.offload.dataplane;

import dev.weir.offload.model.Flow;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a table, found by packet: tuple space search (Srinivasan, Suri, Varghese, SIGCOMM 1999), a probe for each different set of masks, those
 * with the greatest priorities first. One thread writes; any number look up meanwhile, without locks, and see each flow either there or not.
 */
final class LookupTable {
    /** Tuples in the order in which they are tried, as of some moment. */
    private record Ranked(Tuple tuple, long greatestPriority) {
        static final Comparator<Ranked> ORDER = Comparator.comparingLong(Ranked::greatestPriority)
                .thenComparingInt(ranked -> ranked.tuple.bits())
                .reversed();
    }

    /** The masks of a tuple, which never change. */
    private static final class Masks {
        private final long[] words;

        Masks(long[] words) {
            this.words = words;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Masks masks && Arrays.equals(words, masks.words);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(words);
        }
    }

    private final Map<Masks, Tuple> tuples = new HashMap<>();
    private volatile Ranked[] ranking = {};

    /** The flow that a packet is of: of those that match the one with the greatest priority, then the one that asks for most bits. */
    @Nullable
    Entry find(long[] key) {
        Entry best = null;
        int bestBits = 0;
        for (Ranked ranked : ranking) {
            if (best != null && best.priority() > ranked.greatestPriority) break;
            Entry found = ranked.tuple.find(key);
            if (found == null) continue;
            if (best == null
                    || found.priority() > best.priority()
                    || (found.priority() == best.priority() && ranked.tuple.bits() > bestBits)) {
                best = found;
                bestBits = ranked.tuple.bits();
            }
        }
        return best;
    }

    /** The entry of a flow, the same object, that asks for this; null where it is not in. The writer's thread. */
    @Nullable
    Entry of(KeyPattern pattern, Flow flow) {
        Tuple tuple = tuples.get(new Masks(pattern.masks));
        return tuple == null ? null : tuple.of(pattern.values, flow);
    }

    void add(Entry entry) {
        Tuple tuple = tuples.computeIfAbsent(new Masks(entry.pattern.masks), _ -> new Tuple(entry.pattern));
        boolean rises = tuple.isEmpty() || tuple.greatestPriority() < entry.priority();
        tuple.add(entry);
        if (rises) rank();
    }

    void remove(Entry entry) {
        Masks masks = new Masks(entry.pattern.masks);
        Tuple tuple = tuples.get(masks);
        if (tuple == null) return;
        long before = tuple.greatestPriority();
        tuple.remove(entry);
        if (tuple.isEmpty()) tuples.remove(masks);
        if (tuple.isEmpty() || tuple.greatestPriority() < before) rank();
    }

    /** Has a flow take another's place; a packet finds one of them at any time. */
    void replace(Entry before, Entry after) {
        add(after);
        remove(before);
    }

    private void rank() {
        ranking = tuples.values().stream()
                .map(tuple -> new Ranked(tuple, tuple.greatestPriority()))
                .sorted(Ranked.ORDER)
                .toArray(Ranked[]::new);
    }
}
