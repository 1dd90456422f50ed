package dev.weir.table.cache;

/**
 * {@link CachePolicy#LFU}: a binary heap whose root was used the least since it came, of several the one that was hit the longest ago. A hit lets a slot sink, which
 * ends at once for what is used much, since such slots are leaves; it takes as many steps as the heap has levels at the most. 24 octets a slot.
 */
final class LfuEviction implements Eviction {
    private final int[] heap;
    private final int[] place;
    private final long[] use;

    /** When each slot was hit, in hits. */
    private final long[] last;

    private int size;
    private long hits;

    LfuEviction(int capacity) {
        heap = new int[capacity];
        place = new int[capacity];
        use = new long[capacity];
        last = new long[capacity];
    }

    @Override
    public void hit(int slot, int weight) {
        use[slot] += weight;
        last[slot] = ++hits;
        sink(place[slot], slot);
    }

    @Override
    public void tried(long hash, int weight) {}

    @Override
    public int victim(long hash) {
        return victim();
    }

    @Override
    public int victim() {
        return size == 0 ? NONE : heap[0];
    }

    @Override
    public boolean isHotter(long hash, int slot) {
        return true;
    }

    @Override
    public long heat(int slot) {
        return use[slot];
    }

    @Override
    public void add(int slot, long hash, int weight) {
        use[slot] = weight;
        last[slot] = ++hits;
        rise(size++, slot);
    }

    @Override
    public void remove(int slot) {
        int at = place[slot];
        int moved = heap[--size];
        if (at == size) return;
        if (at > 0 && goesBefore(moved, heap[(at - 1) >>> 1])) {
            rise(at, moved);
        } else {
            sink(at, moved);
        }
    }

    private boolean goesBefore(int a, int b) {
        return use[a] < use[b] || (use[a] == use[b] && last[a] < last[b]);
    }

    private void rise(int from, int slot) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!goesBefore(slot, heap[parent])) break;
            put(at, heap[parent]);
            at = parent;
        }
        put(at, slot);
    }

    private void sink(int from, int slot) {
        int at = from;
        for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && goesBefore(heap[child + 1], heap[child])) child++;
            if (!goesBefore(heap[child], slot)) break;
            put(at, heap[child]);
            at = child;
        }
        put(at, slot);
    }

    private void put(int at, int slot) {
        heap[at] = slot;
        place[slot] = at;
    }

    @Override
    public long bytes() {
        return 24L * heap.length;
    }
}
