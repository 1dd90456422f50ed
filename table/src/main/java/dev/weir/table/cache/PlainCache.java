package dev.weir.table.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what {@link BoundedCache} decides, with lists that are searched from their begin to their end and no thought of speed: what the fast one is held to, by
 * tests and by the interpreter of P4 programs. Entries are any objects, told apart by identity. One thread; allocates. {@link WindowClimber}, and which counters
 * of the sketch are a key's, it has in common with the fast one.
 *
 * @param <E> entries
 */
public final class PlainCache<E> {
    private static final int WINDOW = 0, PROBATION = 1, PROTECTED = 2;

    private final CacheConfig config;
    private final IdentityHashMap<E, Item<E>> items = new IdentityHashMap<>();

    /** Items that are not pinned, the one that was hit last first; of {@link CachePolicy#TINYLFU} a list for each part. */
    private final List<List<Item<E>>> lists = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());

    private final int[][][] sketch;
    private final WindowClimber climber;
    private long clock;
    private long packets;
    private long hits;
    private long all;

    private static final class Item<E> {
        final E entry;
        final long hash;
        final long tenant;
        boolean pinned;
        int list;
        long use;
        long last;

        Item(E entry, long hash, long tenant) {
            this.entry = entry;
            this.hash = hash;
            this.tenant = tenant;
        }
    }

    /** What comes of a newcomer: whether it may come in, and what has to go for it, if anything. */
    public record Offer<E>(boolean admitted, @Nullable E victim) {}

    public PlainCache(CacheConfig config) {
        this.config = config;
        sketch = new int[FrequencySketch.blocks(config.capacity())][FrequencySketch.ROWS][FrequencySketch.COLUMNS];
        climber = new WindowClimber(config.capacity());
    }

    private boolean tiny() {
        return config.policy() == CachePolicy.TINYLFU;
    }

    private int weight(long bytes) {
        return config.byBytes() ? (int) Math.max(1, Math.min(1023, (bytes + 63) / 64)) : 1;
    }

    private Item<E> item(E entry) {
        return Objects.requireNonNull(items.get(entry), "it is in the cache");
    }

    private List<Item<E>> list(int number) {
        return lists.get(number);
    }

    private void count(long hash, int weight) {
        int raised = (int) Math.min(FrequencySketch.MOST, estimate(hash) + weight);
        int[][] block = sketch[FrequencySketch.block(hash, sketch.length)];
        for (int row = 0; row < FrequencySketch.ROWS; row++) {
            int column = FrequencySketch.column(hash, row);
            block[row][column] = Math.max(block[row][column], raised);
        }
    }

    private long estimate(long hash) {
        int[][] block = sketch[FrequencySketch.block(hash, sketch.length)];
        int least = FrequencySketch.MOST;
        for (int row = 0; row < FrequencySketch.ROWS; row++) {
            least = Math.min(least, block[row][FrequencySketch.column(hash, row)]);
        }
        return least;
    }

    private void used(long hash, int weight, boolean hit) {
        if (!tiny()) return;
        count(hash, weight);
        all += weight;
        if (hit) hits += weight;
        if (++packets < (long) TinyLfuEviction.SAMPLE * config.capacity()) return;
        packets = 0;
        for (int[][] block : sketch) {
            for (int[] row : block) {
                for (int i = 0; i < row.length; i++) row[i] /= 2;
            }
        }
        climber.sampled(hits, all);
        hits = 0;
        all = 0;
    }

    private int mostProtected() {
        return (int) ((config.capacity() - climber.window()) * 4L / 5);
    }

    /** A packet found the entry. */
    public void hit(E entry, long bytes) {
        Item<E> item = item(entry);
        if (item.pinned) return;
        used(item.hash, weight(bytes), true);
        item.use += weight(bytes);
        boolean promoted = tiny() && item.list == PROBATION;
        toFirst(item, promoted ? PROTECTED : item.list);
        if (promoted && list(PROTECTED).size() > mostProtected()) {
            part(list(PROTECTED).getLast(), PROBATION, true);
        }
    }

    private void toFirst(Item<E> item, int list) {
        list(item.list).remove(item);
        item.list = list;
        list(list).addFirst(item);
        item.last = ++clock;
    }

    /** Whose turn it is to go by the policy, of these, the one that was hit the longest ago last. */
    private @Nullable Item<E> least(List<Item<E>> of) {
        return of.stream()
                .min(Comparator.<Item<E>>comparingLong(i -> i.use).thenComparingLong(i -> i.last))
                .orElse(null);
    }

    private long members(long tenant) {
        return items.values().stream()
                .filter(i -> !i.pinned && i.tenant == tenant)
                .count();
    }

    private long tenant(long tenant) {
        return config.tenants() ? tenant : 0;
    }

    /** A packet's key is not there and is to come in. */
    public Offer<E> offer(long hash, long tenant, long bytes) {
        used(hash, weight(bytes), false);
        Item<E> victim;
        if (config.quota() > 0 && members(tenant(tenant)) >= config.quota()) {
            victim = own(tenant(tenant), hash);
        } else if (items.size() < config.capacity()) {
            return new Offer<>(true, null);
        } else {
            victim = victim(hash);
        }
        return new Offer<>(victim != null, victim == null ? null : victim.entry);
    }

    private @Nullable Item<E> own(long tenant, long hash) {
        List<Item<E>> oldest = items.values().stream()
                .filter(i -> !i.pinned && i.tenant == tenant)
                .sorted(Comparator.comparingLong(i -> i.last))
                .limit(8)
                .toList();
        Item<E> coldest = oldest.getFirst();
        for (Item<E> item : oldest) {
            if (heat(item) < heat(coldest)) coldest = item;
        }
        return !tiny() || estimate(hash) > estimate(coldest.hash) ? coldest : null;
    }

    private long heat(Item<E> item) {
        return switch (config.policy()) {
            case LRU -> 0;
            case LFU -> item.use;
            case TINYLFU -> estimate(item.hash);
        };
    }

    private @Nullable Item<E> last(int list) {
        return list(list).isEmpty() ? null : list(list).getLast();
    }

    private @Nullable Item<E> coldest() {
        List<Item<E>> main = list(PROBATION).isEmpty() ? list(PROTECTED) : list(PROBATION);
        Item<E> coldest = main.isEmpty() ? null : main.getLast();
        for (Item<E> item : main.reversed().stream().limit(8).toList()) {
            if (coldest == null || estimate(item.hash) < estimate(coldest.hash)) coldest = item;
        }
        return coldest;
    }

    private @Nullable Item<E> victim(long hash) {
        if (config.policy() == CachePolicy.LRU) return last(0);
        if (config.policy() == CachePolicy.LFU) return least(list(0));
        balance();
        Item<E> cold = coldest();
        Item<E> leaving = last(WINDOW);
        if (climber.window() == 0) {
            Item<E> item = cold == null ? leaving : cold;
            return item != null && estimate(hash) > estimate(item.hash) ? item : null;
        }
        if (leaving == null || cold == null) return leaving == null ? cold : leaving;
        if (estimate(leaving.hash) <= estimate(cold.hash)) return leaving;
        part(leaving, PROBATION, true);
        return cold;
    }

    /** Moves an item to another part; when it was hit stays as it is. */
    private void part(Item<E> item, int to, boolean first) {
        list(item.list).remove(item);
        item.list = to;
        if (first) {
            list(to).addFirst(item);
        } else {
            list(to).addLast(item);
        }
    }

    private void shrink() {
        for (int i = 0; i < 2 && list(WINDOW).size() > climber.window(); i++) {
            part(list(WINDOW).getLast(), PROBATION, true);
        }
    }

    private void balance() {
        shrink();
        for (int i = 0; i < 2 && list(WINDOW).size() < climber.window(); i++) {
            Item<E> cold = coldest();
            if (cold != null) part(cold, WINDOW, false);
        }
    }

    /** The entry that goes for one that comes in in any case. */
    public @Nullable E victim() {
        Item<E> item = switch (config.policy()) {
            case LRU -> last(0);
            case LFU -> least(list(0));
            case TINYLFU -> {
                Item<E> cold = coldest(), leaving = last(WINDOW);
                if (leaving == null || cold == null) yield leaving == null ? cold : leaving;
                yield estimate(leaving.hash) > estimate(cold.hash) ? cold : leaving;
            }
        };
        return item == null ? null : item.entry;
    }

    /** A newcomer that may come in is there. */
    public void added(E entry, long hash, long tenant, long bytes) {
        Item<E> item = new Item<>(entry, hash, tenant(tenant));
        items.put(entry, item);
        enter(item, weight(bytes));
    }

    /** An entry is there that no packet asked for. */
    public void put(E entry, long hash, long tenant, boolean pinned) {
        Item<E> item = new Item<>(entry, hash, tenant(tenant));
        items.put(entry, item);
        item.pinned = pinned;
        if (!pinned) enter(item, 1);
    }

    private void enter(Item<E> item, int weight) {
        item.use = weight;
        item.list = !tiny() || climber.window() > 0 ? WINDOW : PROBATION;
        item.last = ++clock;
        list(item.list).addFirst(item);
        if (tiny()) shrink();
    }

    /** Has an entry be pinned from now on, or not. */
    public void pin(E entry, boolean pinned) {
        Item<E> item = item(entry);
        if (item.pinned == pinned) return;
        item.pinned = pinned;
        if (pinned) {
            list(item.list).remove(item);
        } else {
            enter(item, 1);
        }
    }

    /** An entry goes. */
    public void removed(E entry) {
        Item<E> item = item(entry);
        items.remove(entry);
        if (!item.pinned) list(item.list).remove(item);
    }

    public int size() {
        return items.size();
    }
}
