package dev.weir.offload.dataplane;

import dev.weir.offload.model.Flow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Flows of a table whose patterns have the same masks: a hash table with open addressing. One thread writes; any number look up meanwhile, without
 * locks, and see each flow either there or not. A place that a flow has left keeps a mark, so that no search stops short; marks go when the
 * table is made anew.
 */
final class Tuple {
    private static final VarHandle PLACE =
            MethodHandles.arrayElementVarHandle(Entry[].class).withInvokeExactBehavior();
    private static final int SMALLEST = 8;
    private static final Entry LEFT = new Entry(
            Flow.named(0, 0),
            new KeyPattern(new long[PacketKey.WORDS], new long[PacketKey.WORDS]),
            ActionCode.DROP,
            new FlowCounts(0));

    private final long[] masks;
    /** The words of the key that the masks look at. */
    private final int[] looked;

    private final int bits;
    /** How many flows have each priority; the writer's. */
    private final TreeMap<Long, Integer> priorities = new TreeMap<>();

    private volatile @Nullable Entry[] places = new Entry[SMALLEST];
    /** Places that are not empty, and those of them with a flow. */
    private int taken;

    private int filled;

    Tuple(KeyPattern pattern) {
        masks = pattern.masks;
        bits = pattern.bits();
        int[] words = new int[PacketKey.WORDS];
        int count = 0;
        for (int i = 0; i < PacketKey.WORDS; i++) {
            if (masks[i] != 0) words[count++] = i;
        }
        looked = Arrays.copyOf(words, count);
    }

    /** How many bits its flows ask for. */
    int bits() {
        return bits;
    }

    boolean isEmpty() {
        return priorities.isEmpty();
    }

    long greatestPriority() {
        return priorities.lastKey();
    }

    static int hash(long[] key, long[] masks) {
        long hash = 0;
        for (int i = 0; i < PacketKey.WORDS; i++) {
            if (masks[i] != 0) hash = step(hash, key[i] & masks[i]);
        }
        return spread(hash);
    }

    private static long step(long hash, long word) {
        long mixed = (hash ^ word) * 0x9E37_79B9_7F4A_7C15L;
        return mixed ^ (mixed >>> 32);
    }

    private static int spread(long hash) {
        return (int) (hash ^ (hash >>> 17));
    }

    /** The flow with the greatest priority that the packet is of; null where there is none. Any thread. */
    @Nullable
    Entry find(long[] key) {
        long hash = 0;
        for (int word : looked) hash = step(hash, key[word] & masks[word]);
        int spread = spread(hash);
        @Nullable Entry[] here = places;
        int last = here.length - 1;
        for (int at = spread & last; ; at = (at + 1) & last) {
            Entry entry = get(here, at);
            if (entry == null) return null;
            if (entry.hash == spread && entry != LEFT && isOf(key, entry.pattern.values)) return entry;
        }
    }

    private boolean isOf(long[] key, long[] values) {
        for (int word : looked) {
            if ((key[word] & masks[word]) != values[word]) return false;
        }
        return true;
    }

    /** The entry of a flow, that object, whose pattern has these values; null where there is none. The writer's thread. */
    @Nullable
    @SuppressWarnings("ReferenceEquality") // a flow that takes the place of another may be equal to it
    Entry of(long[] key, Flow flow) {
        Entry entry = find(key);
        while (entry != null && entry.flow != flow) entry = entry.next;
        return entry;
    }

    private static @Nullable Entry get(@Nullable Entry[] places, int at) {
        return (@Nullable Entry) PLACE.getAcquire(places, at);
    }

    private static void put(@Nullable Entry[] places, int at, Entry entry) {
        PLACE.setRelease(places, at, entry);
    }

    /** Where the flows with that pattern are, or the empty place where they would be. */
    private int place(Entry like) {
        @Nullable Entry[] here = places;
        int last = here.length - 1;
        int at = like.hash & last;
        for (Entry entry = here[at]; entry != null; entry = here[at]) {
            if (entry != LEFT && Arrays.equals(entry.pattern.values, like.pattern.values)) return at;
            at = (at + 1) & last;
        }
        return at;
    }

    void add(Entry entry) {
        priorities.merge(entry.priority(), 1, Integer::sum);
        int at = place(entry);
        Entry head = places[at];
        if (head == null) {
            if (2 * (taken + 1) > places.length) {
                grow();
                at = place(entry);
            }
            taken++;
            filled++;
            put(places, at, entry);
        } else if (head.priority() < entry.priority()) {
            entry.next = head;
            put(places, at, entry);
        } else {
            Entry before = head;
            while (before.next != null && before.next.priority() > entry.priority()) before = before.next;
            entry.next = before.next;
            before.next = entry;
        }
    }

    void remove(Entry entry) {
        int others = priorities.getOrDefault(entry.priority(), 1) - 1;
        if (others == 0) priorities.remove(entry.priority());
        else priorities.put(entry.priority(), others);
        int at = place(entry);
        Entry head = places[at];
        if (head == null) return;
        if (head == entry) {
            put(places, at, entry.next == null ? LEFT : entry.next);
            filled -= entry.next == null ? 1 : 0;
            return;
        }
        Entry before = head;
        while (before.next != null && before.next != entry) before = before.next;
        before.next = entry.next;
    }

    /** Makes the table anew, with room and without marks; who looks up meanwhile does so in the one before. */
    private void grow() {
        @Nullable Entry[] before = places;
        int room = SMALLEST;
        while (room < 4 * (filled + 1)) room *= 2;
        @Nullable Entry[] after = new Entry[room];
        for (Entry entry : before) {
            if (entry == null || entry == LEFT) continue;
            int at = entry.hash & (room - 1);
            while (after[at] != null) at = (at + 1) & (room - 1);
            after[at] = entry;
        }
        taken = filled;
        places = after;
    }
}
