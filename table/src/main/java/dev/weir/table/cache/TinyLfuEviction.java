package dev.weir.table.cache;

/**
 * {@link CachePolicy#TINYLFU}. A {@link FrequencySketch} estimates how much every key was used, also those that are not in the table. Slots are in three lists,
 * each in the order of hits:
 *
 * <pre>
 *  newcomer ──► window ──last──► contest ──won──► probation ──hit──► protected
 *     │                             ▲ lost: goes     │ last    ◄──last──  │
 *     └── without a window ─────────┘◄───────────────┘ loser goes         └ four fifths of what is not window
 * </pre>
 *
 * Probation's last means the one of its last eight with the smallest estimate. In a full table, without a window, a newcomer comes in for it when its own estimate is larger, and stays out otherwise: a scan of keys that are
 * seen once changes nothing. With a window it always comes in; the window's last then contests with probation's, and the one with the smaller estimate goes.
 * Bursts of packets, for which an estimate comes too late, are hits by the window. {@link WindowClimber} decides how large it is.
 *
 * <p>After ten packets an entry of the capacity all estimates are halved, and the climber is told the hits. A hit takes one block of the sketch and two links
 * of a list; a newcomer up to ten estimates. Memory: 49 to 81 octets a slot. (Einziger, Friedman, Manes: TinyLFU, ACM Transactions on Storage 13, 2017.)
 */
final class TinyLfuEviction implements Eviction {
    /** Packets between two halvings, an entry of the capacity. */
    static final int SAMPLE = 10;

    /** How many slots change between window and probation when one comes in. */
    private static final int MOVES = 2;

    /** Of how many of probation the coldest goes. */
    private static final int LOOKED_AT = 8;

    private static final int WINDOW = 0, PROBATION = 1, PROTECTED = 2;

    private final int capacity;
    private final FrequencySketch sketch;
    private final WindowClimber climber;
    private final SlotLists lists;
    private final byte[] list;
    private final long[] hashes;
    private final int[] sizes = new int[3];
    private int window;
    private int mostProtected;
    private long untilHalving;
    private long hits;
    private long all;

    TinyLfuEviction(int capacity) {
        this.capacity = capacity;
        sketch = new FrequencySketch(capacity);
        climber = new WindowClimber(capacity);
        lists = new SlotLists(capacity, 3);
        list = new byte[capacity];
        hashes = new long[capacity];
        untilHalving = (long) SAMPLE * capacity;
        divide();
    }

    private void divide() {
        window = climber.window();
        mostProtected = (int) ((capacity - window) * 4L / 5);
    }

    @Override
    public void hit(int slot, int weight) {
        sketch.add(hashes[slot], weight);
        hits += weight;
        used(weight);
        if (list[slot] == PROBATION) {
            move(slot, PROTECTED);
            if (sizes[PROTECTED] > mostProtected) move(lists.last(PROTECTED), PROBATION);
        } else {
            lists.toFirst(list[slot], slot);
        }
    }

    @Override
    public void tried(long hash, int weight) {
        sketch.add(hash, weight);
        used(weight);
    }

    private void used(int weight) {
        all += weight;
        if (--untilHalving > 0) return;
        untilHalving = (long) SAMPLE * capacity;
        sketch.halve();
        climber.sampled(hits, all);
        hits = 0;
        all = 0;
        divide();
    }

    private void move(int slot, int to) {
        unlink(slot);
        link(slot, to);
        lists.addFirst(to, slot);
    }

    private void unlink(int slot) {
        lists.remove(slot);
        sizes[list[slot]]--;
    }

    private void link(int slot, int to) {
        list[slot] = (byte) to;
        sizes[to]++;
    }

    /** Of the last of what is not window the one with the smallest estimate. */
    private int coldest() {
        int last = lists.last(PROBATION);
        int slot = last == NONE ? lists.last(PROTECTED) : last;
        int coldest = slot;
        long least = slot == NONE ? 0 : heat(slot);
        for (int i = 1; i < LOOKED_AT && slot != NONE; i++) {
            slot = lists.before(slot);
            long heat = slot == NONE ? Long.MAX_VALUE : heat(slot);
            if (heat < least) {
                least = heat;
                coldest = slot;
            }
        }
        return coldest;
    }

    @Override
    public int victim(long hash) {
        balance();
        int cold = coldest();
        if (window == 0) {
            int slot = cold == NONE ? lists.last(WINDOW) : cold;
            return slot != NONE && isHotter(hash, slot) ? slot : NONE;
        }
        int leaving = lists.last(WINDOW);
        if (leaving == NONE || cold == NONE) return leaving == NONE ? cold : leaving;
        if (!isHotter(hashes[leaving], cold)) return leaving;
        move(leaving, PROBATION);
        return cold;
    }

    @Override
    public int victim() {
        int cold = coldest(), leaving = lists.last(WINDOW);
        if (leaving == NONE || cold == NONE) return leaving == NONE ? cold : leaving;
        return isHotter(hashes[leaving], cold) ? cold : leaving;
    }

    @Override
    public boolean isHotter(long hash, int slot) {
        return sketch.estimate(hash) > sketch.estimate(hashes[slot]);
    }

    @Override
    public long heat(int slot) {
        return sketch.estimate(hashes[slot]);
    }

    /** Brings the window nearer to its size. */
    private void balance() {
        for (int i = 0; i < MOVES && sizes[WINDOW] > window; i++) move(lists.last(WINDOW), PROBATION);
        for (int i = 0; i < MOVES && sizes[WINDOW] < window; i++) {
            int slot = coldest();
            if (slot == NONE) return;
            unlink(slot);
            link(slot, WINDOW);
            lists.addLast(WINDOW, slot);
        }
    }

    @Override
    public void add(int slot, long hash, int weight) {
        hashes[slot] = hash;
        int to = window > 0 ? WINDOW : PROBATION;
        link(slot, to);
        lists.addFirst(to, slot);
        for (int i = 0; i < MOVES && sizes[WINDOW] > window; i++) move(lists.last(WINDOW), PROBATION);
    }

    @Override
    public void remove(int slot) {
        unlink(slot);
    }

    @Override
    public long bytes() {
        return sketch.bytes() + lists.bytes() + 9L * capacity;
    }
}
