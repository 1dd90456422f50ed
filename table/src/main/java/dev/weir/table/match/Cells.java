package dev.weir.table.match;

import dev.weir.table.parts.Memory;
import dev.weir.table.parts.OffHeap;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Blocks of 1 to 192 cells of 8 octets, by number of their first cell, out of one region that is reserved at once and taken
 * from the kernel as it is touched. Blocks come in sizes 1, 2, 3, 4, 6, 8, 12, ...; one that was given back is used again
 * for the same size only, so a block has at most a third more cells than were asked for, and what a search structure leaves behind
 * as it changes is what it needs again. The owner calls; allocates nothing after construction.
 */
final class Cells {
    static final int NONE = -1;
    private static final int SIZES = 15;

    /** Address of cell 0. */
    final long base;

    private final long count;
    private final int[] free = new int[SIZES];
    private long fresh;
    private long inUse;

    Cells(long count, Arena arena) {
        this.count = Math.min(count, Integer.MAX_VALUE);
        base = OffHeap.allocate(this.count * Long.BYTES, arena).address();
        Arrays.fill(free, NONE);
    }

    /** Number of the size that has room for so many cells: twice the exponent of two, and one more for half of it more. */
    static int size(int cells) {
        int exponent = 31 - Integer.numberOfLeadingZeros(cells);
        int over = cells - (1 << exponent);
        if (over == 0) {
            return Math.max(0, 2 * exponent - 1);
        }
        return over <= 1 << exponent >> 1 ? 2 * exponent : 2 * exponent + 1;
    }

    private static int cells(int size) {
        return (size & 1) == 0 && size > 0 ? 3 << (size >>> 1) >>> 1 : 1 << ((size + 1) >>> 1);
    }

    /** Whether so many cells can be had, whatever the sizes. */
    boolean hasRoom(long cells) {
        return count - fresh >= cells;
    }

    /** A block of that size; its octets are whatever they were. {@link #hasRoom} was asked before. */
    int take(int size) {
        inUse += cells(size);
        int block = free[size];
        if (block != NONE) {
            free[size] = Memory.getInt(at(block));
            return block;
        }
        block = (int) fresh;
        fresh += cells(size);
        return block;
    }

    /**
     * The block in another size, its octets whatever they were: for a smaller size there is always room, for a larger one
     * {@link #hasRoom} was asked before.
     */
    int exchange(int block, int size, int wanted) {
        if (wanted < size && free[wanted] == NONE && !hasRoom(cells(wanted))) {
            cut(block, cells(size), cells(wanted));
            return block;
        }
        giveBack(block, size);
        return take(wanted);
    }

    /** Gives back what a block has beyond {@code kept} cells, in the largest sizes that fit. */
    private void cut(int block, int whole, int kept) {
        int from = kept;
        while (from < whole) {
            int size = size(whole - from);
            size = cells(size) > whole - from ? size - 1 : size;
            giveBack(block + from, size);
            from += cells(size);
        }
    }

    void giveBack(int block, int size) {
        inUse -= cells(size);
        Memory.setInt(at(block), free[size]);
        free[size] = block;
    }

    long at(int cell) {
        Memory.check(cell, fresh);
        return base + ((long) cell << 3);
    }

    /** Cells that a block for so many has; none for none. */
    static int rounded(int cells) {
        return cells == 0 ? 0 : cells(size(cells));
    }

    /** Cells of blocks that were not given back. */
    long inUse() {
        return inUse;
    }

    /** Octets of the cells that were ever used. */
    long used() {
        return fresh * Long.BYTES;
    }
}
