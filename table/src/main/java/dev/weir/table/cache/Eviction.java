package dev.weir.table.cache;

/**
 * The order in which slots go, of those that may. {@link BoundedCache} tells what happens to them, and asks whose turn it is. One thread; nothing allocates. A
 * weight is 1 or more.
 */
sealed interface Eviction permits LruEviction, LfuEviction, TinyLfuEviction {
    int NONE = SlotLists.NONE;

    /** A slot that is there was hit. */
    void hit(int slot, int weight);

    /** A newcomer with that hash was used, and is to come in. */
    void tried(long hash, int weight);

    /** The slot that goes for a newcomer; {@link #NONE} where the newcomer is to stay out, or there is none. */
    int victim(long hash);

    /** The slot that goes for one that comes in in any case; {@link #NONE} where there is none. */
    int victim();

    /** Whether a newcomer may come in for that slot. */
    boolean isHotter(long hash, int slot);

    /** How much reason there is to keep a slot. */
    long heat(int slot);

    void add(int slot, long hash, int weight);

    void remove(int slot);

    /** Octets of memory. */
    long bytes();
}
