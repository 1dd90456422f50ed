package dev.weir.offload.xdp;

/** Indices from 0 that are free. One thread at a time; allocates nothing after it was made. */
final class FreeIndices {
    static final int NONE = -1;

    private final int[] free;
    private int count;

    /** All of {@code size} are free; the lowest is taken first. */
    FreeIndices(int size) {
        free = new int[size];
        for (int i = 0; i < size; i++) free[i] = size - 1 - i;
        count = size;
    }

    /** @return one that is taken now, or {@link #NONE} */
    int take() {
        return count == 0 ? NONE : free[--count];
    }

    void give(int index) {
        free[count++] = index;
    }

    int count() {
        return count;
    }
}
