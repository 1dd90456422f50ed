package dev.weir.table.cache;

/**
 * Doubly linked lists of slots, each slot in one of them at the most: rings through an anchor of each list, so that no end is a special case. Eight octets a
 * slot and list. One thread; allocates nothing after it was made; slots are the caller's, unchecked.
 */
final class SlotLists {
    static final int NONE = -1;

    private final int slots;

    /** Of slot or anchor n, the one before it (towards the first) at 2n, the one behind it at 2n + 1. */
    private final int[] links;

    SlotLists(int slots, int lists) {
        this.slots = slots;
        links = new int[2 * (slots + lists)];
        for (int anchor = slots; anchor < slots + lists; anchor++) join(anchor, anchor);
    }

    private void join(int before, int behind) {
        links[2 * before + 1] = behind;
        links[2 * behind] = before;
    }

    void addFirst(int list, int slot) {
        insert(slots + list, slot);
    }

    void addLast(int list, int slot) {
        insert(links[2 * (slots + list)], slot);
    }

    private void insert(int before, int slot) {
        int behind = links[2 * before + 1];
        join(before, slot);
        join(slot, behind);
    }

    void remove(int slot) {
        join(links[2 * slot], links[2 * slot + 1]);
    }

    /** Has a slot of that list be its first. */
    void toFirst(int list, int slot) {
        if (links[2 * slot] == slots + list) return;
        remove(slot);
        addFirst(list, slot);
    }

    /** {@link #NONE} of an empty list. */
    int last(int list) {
        return slotOr(links[2 * (slots + list)]);
    }

    /** The one before a slot, towards the first; {@link #NONE} for the first. */
    int before(int slot) {
        return slotOr(links[2 * slot]);
    }

    private int slotOr(int number) {
        return number < slots ? number : NONE;
    }

    long bytes() {
        return (long) links.length * Integer.BYTES;
    }
}
