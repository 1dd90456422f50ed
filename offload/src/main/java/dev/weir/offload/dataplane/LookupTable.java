package dev.weir.offload.dataplane;

import dev.weir.offload.model.Flow;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
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

    private final Map<List<Long>, Tuple> tuples = new HashMap<>();
    private final Map<Long, Entry> byUid = new HashMap<>();
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

    /** The flow of that uid; the writer's thread. */
    @Nullable
    Entry byUid(long uid) {
        return byUid.get(uid);
    }

    /** All flows; the writer's thread. */
    List<Flow> all() {
        return byUid.values().stream().map(entry -> entry.flow).toList();
    }

    void add(Entry entry) {
        byUid.put(entry.flow.uid(), entry);
        Tuple tuple = tuples.computeIfAbsent(masks(entry), _ -> new Tuple(entry.pattern));
        boolean rises = tuple.isEmpty() || tuple.greatestPriority() < entry.priority();
        tuple.add(entry);
        if (rises) rank();
    }

    void remove(Entry entry) {
        byUid.remove(entry.flow.uid());
        List<Long> masks = masks(entry);
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
        byUid.put(after.flow.uid(), after);
    }

    private static List<Long> masks(Entry entry) {
        return Arrays.stream(entry.pattern.masks).boxed().toList();
    }

    private void rank() {
        ranking = tuples.values().stream()
                .map(tuple -> new Ranked(tuple, tuple.greatestPriority()))
                .sorted(Ranked.ORDER)
                .toArray(Ranked[]::new);
    }
}
