package dev.weir.table.match;

import dev.weir.table.parts.Memory;

/**
 * How a {@link PrefixTrie} changes: the nodes on the way are spread out to 64 slots each, changed, and gathered again. A
 * node, while it is handled, is three longs of an array: the bits of its children, of its runs of leaves, and the cells
 * where they are. The owner calls; allocates nothing after construction.
 */
final class TrieWriter {
    private static final int STRIDE = PrefixTrie.STRIDE, SLOTS = PrefixTrie.SLOTS;
    private static final int NODE_CELLS = PrefixTrie.NODE_CELLS;

    /** What changing a node may take before it gives back: all children, all leaves, and the leaf of a new child. */
    static final int MOST_CELLS_A_LEVEL = SLOTS * NODE_CELLS + SLOTS / 2 + 1;

    /** Where the longs of a node are. */
    private static final int CHILDREN = 0, RUNS = 1, PLACES = 2;

    /** One node with its slots spread out: each is a value, or {@link #CHILD}, and then a node. */
    private static final class Slots {
        static final int CHILD = -1;
        final int[] leaf = new int[SLOTS];
        final long[] child = new long[SLOTS * NODE_CELLS];
        /** The same in a row, as it is to be stored. */
        final int[] leaves = new int[SLOTS];

        final long[] children = new long[SLOTS * NODE_CELLS];
    }

    private final Cells cells;
    private final Slots[] levels;
    private final int lastWord;
    private long[] key = {};
    private int length, from, to;

    /** {@code lastWord}: the number of a key's last word. */
    TrieWriter(Cells cells, int levels, int lastWord) {
        this.cells = cells;
        this.lastWord = lastWord;
        this.levels = new Slots[levels];
        for (int level = 0; level < levels; level++) {
            this.levels[level] = new Slots();
        }
    }

    /** See {@link PrefixTrie#replace}; changes the node at {@code top[0]}, which decides the key's bits from {@code pos} on. */
    void replace(long[] top, long[] key, int pos, int length, int from, int to) {
        this.key = key;
        this.length = length;
        this.from = from;
        this.to = to;
        replace(0, top, 0, pos);
    }

    private void replace(int level, long[] nodes, int at, int pos) {
        Slots s = levels[level];
        spread(nodes, at, s);
        int left = length - pos;
        if (left > STRIDE) {
            int slot = PrefixTrie.slot(key, 0, pos, lastWord);
            if (s.leaf[slot] != Slots.CHILD) {
                makeNode(s.child, slot * NODE_CELLS, s.leaf[slot]);
                s.leaf[slot] = Slots.CHILD;
            }
            int child = slot * NODE_CELLS;
            replace(level + 1, s.child, child, pos + STRIDE);
            if (isLeaf(s.child, child)) {
                s.leaf[slot] = takeLeaf(s.child, child);
            }
        } else {
            int covered = 1 << (STRIDE - left);
            int first = PrefixTrie.slot(key, 0, pos, lastWord) & -covered;
            for (int slot = first; slot < first + covered; slot++) {
                if (s.leaf[slot] == Slots.CHILD) {
                    repaint(s.child, slot * NODE_CELLS);
                } else if (s.leaf[slot] == from) {
                    s.leaf[slot] = to;
                }
            }
        }
        gather(s, nodes, at);
    }

    /** The same where all of the node at {@code top[0]} lies below the prefix. */
    void repaint(long[] top, int from, int to) {
        this.from = from;
        this.to = to;
        repaint(top, 0);
    }

    private void repaint(long[] nodes, int at) {
        repaint(nodes[at + CHILDREN], nodes[at + RUNS], nodes[at + PLACES]);
    }

    /**
     * In place, since no run changes: below a prefix nothing has the value of the prefix around it while it is there, and
     * nothing its own before.
     */
    private void repaint(long children, long runs, long places) {
        int block = (int) (places >>> 32);
        for (int i = 0; i < Long.bitCount(runs); i++) {
            long leaf = cells.at(block) + (long) i * Integer.BYTES;
            if (Memory.getInt(leaf) == from) {
                Memory.setInt(leaf, to);
            }
        }
        for (int i = 0; i < Long.bitCount(children); i++) {
            int child = (int) places + i * NODE_CELLS;
            repaint(
                    Memory.getLong(cells.at(child + CHILDREN)),
                    Memory.getLong(cells.at(child + RUNS)),
                    Memory.getLong(cells.at(child + PLACES)));
        }
    }

    /** Makes a node all of whose slots are one value. */
    void makeNode(long[] nodes, int at, int value) {
        int block = cells.take(Cells.size(1));
        Memory.setInt(cells.at(block), value);
        nodes[at + CHILDREN] = 0;
        nodes[at + RUNS] = 1;
        nodes[at + PLACES] = (long) block << 32;
    }

    /** Whether all slots of a node are one value. */
    static boolean isLeaf(long[] nodes, int at) {
        return nodes[at + CHILDREN] == 0 && Long.bitCount(nodes[at + RUNS]) == 1;
    }

    /** The value of a node that is one only, whose cells are given back. */
    int takeLeaf(long[] nodes, int at) {
        int block = (int) (nodes[at + PLACES] >>> 32);
        int value = Memory.getInt(cells.at(block));
        cells.giveBack(block, Cells.size(1));
        return value;
    }

    private void spread(long[] nodes, int at, Slots s) {
        long children = nodes[at + CHILDREN], runs = nodes[at + RUNS];
        load((int) nodes[at + PLACES], Long.bitCount(children), s.children);
        long leaf = runs == 0 ? 0 : cells.at((int) (nodes[at + PLACES] >>> 32)) - Integer.BYTES;
        int child = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            leaf += (runs >>> slot & 1) * Integer.BYTES;
            if ((children >>> slot & 1) != 0) {
                s.leaf[slot] = Slots.CHILD;
                System.arraycopy(s.children, child, s.child, slot * NODE_CELLS, NODE_CELLS);
                child += NODE_CELLS;
            } else {
                s.leaf[slot] = Memory.getInt(leaf);
            }
        }
    }

    private void gather(Slots s, long[] nodes, int at) {
        long children = 0, runs = 0;
        int child = 0, leaves = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            int leaf = s.leaf[slot];
            if (leaf == Slots.CHILD) {
                children |= 1L << slot;
                System.arraycopy(s.child, slot * NODE_CELLS, s.children, child, NODE_CELLS);
                child += NODE_CELLS;
            } else if (leaves == 0 || s.leaves[leaves - 1] != leaf) {
                runs |= 1L << slot;
                s.leaves[leaves++] = leaf;
            }
        }
        long places = nodes[at + PLACES];
        int childBlock = place((int) places, childCells(nodes[at + CHILDREN]), childCells(children));
        int leafBlock = place((int) (places >>> 32), leafCells(nodes[at + RUNS]), leafCells(runs));
        nodes[at + CHILDREN] = children;
        nodes[at + RUNS] = runs;
        nodes[at + PLACES] = (long) leafBlock << 32 | childBlock;
        store(s.children, child / NODE_CELLS, childBlock);
        for (int i = 0; i < leaves; i++) {
            Memory.setInt(cells.at(leafBlock) + (long) i * Integer.BYTES, s.leaves[i]);
        }
    }

    private static int childCells(long children) {
        return Long.bitCount(children) * NODE_CELLS;
    }

    private static int leafCells(long runs) {
        return (Long.bitCount(runs) + 1) / 2;
    }

    /** The block in which what had {@code was} cells can have {@code wanted}; 0 for none. */
    private int place(int block, int was, int wanted) {
        if (was == 0) {
            return wanted == 0 ? 0 : cells.take(Cells.size(wanted));
        }
        int old = Cells.size(was);
        if (wanted == 0) {
            cells.giveBack(block, old);
            return 0;
        }
        int size = Cells.size(wanted);
        return size == old ? block : cells.exchange(block, old, size);
    }

    /** Reads nodes that lie side by side. */
    void load(int block, int count, long[] nodes) {
        for (int i = 0; i < count * NODE_CELLS; i++) {
            nodes[i] = Memory.getLong(cells.at(block + i));
        }
    }

    void store(long[] nodes, int count, int block) {
        for (int i = 0; i < count * NODE_CELLS; i++) {
            Memory.setLong(cells.at(block + i), nodes[i]);
        }
    }

    /** Cells of what is below a node; for tests. */
    long used(int level, long[] nodes, int at) {
        Slots s = levels[level];
        spread(nodes, at, s);
        long used = (long) Cells.rounded(childCells(nodes[at + CHILDREN])) + Cells.rounded(leafCells(nodes[at + RUNS]));
        for (int slot = 0; slot < SLOTS; slot++) {
            if (s.leaf[slot] == Slots.CHILD) {
                Entries.check(!isLeaf(s.child, slot * NODE_CELLS), "trie: a node is a leaf", slot);
                used += used(level + 1, s.child, slot * NODE_CELLS);
            }
        }
        return used;
    }
}
