package dev.weir.table.cache;

/** {@link CachePolicy#LRU}: a list in the order of hits. A hit moves a slot to its front. Eight octets a slot. */
final class LruEviction implements Eviction {
    private static final int ALL = 0;

    private final SlotLists list;

    LruEviction(int capacity) {
        list = new SlotLists(capacity, 1);
    }

    @Override
    public void hit(int slot, int weight) {
        list.toFirst(ALL, slot);
    }

    @Override
    public void tried(long hash, int weight) {}

    @Override
    public int victim(long hash) {
        return victim();
    }

    @Override
    public int victim() {
        return list.last(ALL);
    }

    @Override
    public boolean isHotter(long hash, int slot) {
        return true;
    }

    @Override
    public long heat(int slot) {
        return 0;
    }

    @Override
    public void add(int slot, long hash, int weight) {
        list.addFirst(ALL, slot);
    }

    @Override
    public void remove(int slot) {
        list.remove(slot);
    }

    @Override
    public long bytes() {
        return list.bytes();
    }
}
