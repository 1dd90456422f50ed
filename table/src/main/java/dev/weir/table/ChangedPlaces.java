package dev.weir.table;

/**
 * Where flows are that changed: the place of each record that {@link FlowTable#copyChanged} copied, and the places that are empty now. A place is one flow's from its beginning to
 * its end, and another's after that. One thread at a time; allocates nothing after it was made.
 */
public final class ChangedPlaces {
    private final int[] changed, empty;
    private int empties;

    /** @param capacity records, and empty places, that there is room for */
    public ChangedPlaces(int capacity) {
        changed = new int[capacity];
        empty = new int[capacity];
    }

    /** The place of record {@code i}, as {@link FlowVector#flow} numbers flows. */
    public int changed(int i) {
        return changed[i];
    }

    /** How many places are empty. */
    public int empties() {
        return empties;
    }

    /** The {@code i}-th empty place. */
    public int empty(int i) {
        return empty[i];
    }

    /** Whether a place is one for IPv6. */
    public static boolean isV6(int place) {
        return (place & FlowVector.V6) != 0;
    }

    /** Number of a place among those of its family, from 0. */
    public static int slot(int place) {
        return place & FlowVector.SLOT_MASK;
    }

    public void clear() {
        empties = 0;
    }

    boolean isFull() {
        return empties == empty.length;
    }

    void putChanged(int record, int place) {
        changed[record] = place;
    }

    void putEmpty(int place) {
        empty[empties++] = place;
    }
}
