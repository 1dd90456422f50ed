package dev.weir.table.match;

import dev.weir.table.parts.Memory;
import dev.weir.table.parts.OffHeap;
import java.lang.foreign.Arena;

/**
 * From a key to the value of its longest prefix: the compressed multiway trie of Asai and Ohara, "Poptrie: A Compressed
 * Trie with Population Count for Fast and Scalable Software IP Routing Table Lookup" (SIGCOMM 2015), here with updates in
 * place ({@link TrieWriter}). The first 16 to 24 bits of a key choose a cell of the root; each node below decides 6 bits more. What a prefix covers is pushed down to the leaves, so a search ends at the first leaf and looks back at nothing.
 *
 * <pre>
 * root cell, i32:  0 no value;  above 0 the value;  below 0 a node: its cell, and the top bit
 * node, 24 octets  0               8                16           20           24
 *                  | which of 64   | which slots    | first child, | first leaf, |
 *                  | slots are     | begin a run of | cell u32     | cell u32    |
 *                  | nodes, u64    | equal leaves   | (24 each)    | (i32 each)  |
 * </pre>
 *
 * Children of a node lie side by side, as do its leaves, one for each run of slots with the same value; a run goes on
 * across slots that are nodes. So the place of either is a count of bits.
 *
 * <p>The owner calls; nothing is allocated after construction. Memory is reserved for the worst case, a node of its own and a
 * few leaves for each prefix on each level, and taken from the kernel as it is touched.
 */
final class PrefixTrie {
    static final int STRIDE = 6, SLOTS = 1 << STRIDE;
    static final int NODE_CELLS = 3, NODE_BYTES = NODE_CELLS * Long.BYTES;

    /** How many keys go down side by side. */
    static final int ROUND = 256;

    /** From so many prefixes on the root is as large as it can be, so that most searches end at the one line of it that is not in the caches. */
    private static final int LARGE = 1 << 17;

    private static final int LEAST_ROOT_BITS = 16, MOST_ROOT_BITS = 24;
    /** The root of a smaller table has four to eight cells a prefix: it stays in the second-level cache, where a node more costs little. */
    private static final int ROOT_BITS_BEYOND_PREFIXES = 2;

    private static final int LEAF_RUNS = 8, CHILDREN = 16, LEAVES = 20;
    private static final int NODE = 1 << 31;
    private static final int CELLS_A_PREFIX_AND_LEVEL = 12;

    private final int rootBits;
    private final int levels;
    private final int lastWord;
    private final boolean oneWord;
    private final long root;
    private final Cells cells;
    private final TrieWriter writer;
    private final long[] top = new long[NODE_CELLS];
    /** Keys of a vector that are at a node, and the addresses of these. */
    private final int[] which = new int[ROUND];

    private final long[] nodes = new long[ROUND];

    /** For keys of so many bits and so many prefixes. */
    PrefixTrie(int bits, int prefixes, Arena arena) {
        int small = Math.max(
                LEAST_ROOT_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(prefixes) + ROOT_BITS_BEYOND_PREFIXES);
        rootBits = Math.min(bits, prefixes < LARGE ? small : MOST_ROOT_BITS);
        levels = (bits - rootBits + STRIDE - 1) / STRIDE;
        lastWord = (bits - 1) / Long.SIZE;
        oneWord = bits <= Long.SIZE;
        root = OffHeap.allocate((long) Integer.BYTES << rootBits, arena).address();
        cells = new Cells((long) prefixes * levels * CELLS_A_PREFIX_AND_LEVEL + mostOfAnUpdate(), arena);
        writer = new TrieWriter(cells, levels, lastWord);
    }

    /** Octets that are in use, or were. */
    long bytes() {
        return ((long) Integer.BYTES << rootBits) + cells.used();
    }

    /** The value of the longest prefix of the key at {@code keys[at]}, 0 where there is none. */
    int find(long[] keys, int at) {
        long key = keys[at];
        int cell = Memory.getInt(rootAt(key >>> -rootBits));
        if (cell >= 0) {
            return cell;
        }
        long node = Memory.known(cells.base + ((long) (cell & ~NODE) << 3));
        return oneWord ? findInWord(key << rootBits, node) : findInWords(keys, at, node);
    }

    private int findInWord(long key, long top) {
        long node = top;
        long rest = key;
        while (true) {
            int slot = (int) (rest >>> -STRIDE);
            long children = Memory.getLong(node);
            if ((children >>> slot & 1) == 0) {
                return leaf(node, slot);
            }
            node = child(node, children, slot);
            rest <<= STRIDE;
        }
    }

    private int findInWords(long[] keys, int at, long top) {
        long node = top;
        int pos = rootBits;
        while (true) {
            int slot = slot(keys, at, pos, lastWord);
            long children = Memory.getLong(node);
            if ((children >>> slot & 1) == 0) {
                return leaf(node, slot);
            }
            node = child(node, children, slot);
            pos += STRIDE;
        }
    }

    /**
     * The values of the keys {@code from} to before {@code to}, each of {@code words} words: all keys go down a level
     * before one goes on to the next, so that what they need of it is read at once.
     *
     * @param to at most {@link #ROUND} more than {@code from}
     */
    void find(long[] keys, int words, int from, int to, int[] found) {
        int going = 0;
        for (int i = from; i < to; i++) {
            int cell = Memory.getInt(rootAt(keys[i * words] >>> -rootBits));
            found[i] = cell;
            which[going] = i;
            nodes[going] = cells.base + ((long) (cell & ~NODE) << 3);
            going += cell >>> 31;
        }
        for (int pos = rootBits; going != 0; pos += STRIDE) {
            going = descend(keys, words, pos, going, found);
        }
    }

    /** Takes keys that are at a node to its leaf or its child; returns how many are at a node then. */
    private int descend(long[] keys, int words, int pos, int going, int[] found) {
        int left = 0;
        for (int j = 0; j < going; j++) {
            int i = which[j];
            long node = Memory.known(nodes[j]);
            int slot = slot(keys, i * words, pos, lastWord);
            long children = Memory.getLong(node);
            if ((children >>> slot & 1) == 0) {
                found[i] = leaf(node, slot);
            } else {
                which[left] = i;
                nodes[left++] = child(node, children, slot);
            }
        }
        return left;
    }

    private long rootAt(long index) {
        return Memory.known(root + (index << 2));
    }

    private int leaf(long node, int slot) {
        int run = Long.bitCount(Memory.getLong(node + LEAF_RUNS) << ~slot) - 1;
        long leaves = Memory.getInt(node + LEAVES) & 0xFFFF_FFFFL;
        return Memory.getInt(Memory.known(cells.base + (leaves << 3) + ((long) run << 2)));
    }

    private long child(long node, long children, int slot) {
        int number = Long.bitCount(children << ~slot) - 1;
        long first = Memory.getInt(node + CHILDREN) & 0xFFFF_FFFFL;
        return Memory.known(cells.base + (first << 3) + (long) number * NODE_BYTES);
    }

    /** The 6 bits of the key from bit {@code pos} on, zeros where it has ended. */
    static int slot(long[] keys, int at, int pos, int lastWord) {
        int word = pos >>> 6, bit = pos & 63;
        long bits = keys[at + word] << bit;
        if (bit > Long.SIZE - STRIDE && word < lastWord) {
            bits |= keys[at + word + 1] >>> -bit;
        }
        return (int) (bits >>> -STRIDE);
    }

    /** Whether a prefix can be added. */
    boolean hasRoom() {
        return cells.hasRoom(mostOfAnUpdate());
    }

    /** Cells that adding a prefix may take before it gives others back. */
    private long mostOfAnUpdate() {
        return (long) levels * TrieWriter.MOST_CELLS_A_LEVEL + NODE_CELLS;
    }

    /**
     * Below a prefix, all that had one value gets another. A prefix that is added takes what had the value of the longest
     * prefix around it, 0 where there is none, and gives it back when it is removed.
     *
     * @param length bits of the prefix that {@code key} begins with
     */
    void replace(long[] key, int length, int from, int to) {
        long first = key[0] >>> -rootBits;
        long last = length >= rootBits ? first : first + (1L << (rootBits - length)) - 1;
        for (long index = first; index <= last; index++) {
            long at = rootAt(index);
            int cell = Memory.getInt(at);
            if (length > rootBits) {
                Memory.setInt(at, replaceBelow(cell, key, length, from, to));
            } else if (cell == from) {
                Memory.setInt(at, to);
            } else if (cell < 0) {
                writer.load(cell & ~NODE, 1, top);
                writer.repaint(top, from, to);
            }
        }
    }

    /** Changes the node of a root cell, of which it makes one if it is a value; returns what the cell becomes. */
    private int replaceBelow(int cell, long[] key, int length, int from, int to) {
        int size = Cells.size(NODE_CELLS);
        int block = cell < 0 ? cell & ~NODE : cells.take(size);
        if (cell < 0) {
            writer.load(block, 1, top);
        } else {
            writer.makeNode(top, 0, cell);
        }
        writer.replace(top, key, rootBits, length, from, to);
        if (TrieWriter.isLeaf(top, 0)) {
            cells.giveBack(block, size);
            return writer.takeLeaf(top, 0);
        }
        writer.store(top, 1, block);
        return block | NODE;
    }

    /** Checks what must hold between calls; for tests: as many octets in use as there are nodes and leaves. */
    void assertValid() {
        long used = 0;
        for (long index = 0; index < 1L << rootBits; index++) {
            int cell = Memory.getInt(rootAt(index));
            if (cell < 0) {
                writer.load(cell & ~NODE, 1, top);
                used += NODE_CELLS + writer.used(0, top, 0);
            }
        }
        Entries.check(used == cells.inUse(), "trie: found=" + used + ", in use=" + cells.inUse(), Entries.NONE);
    }
}
