package dev.weir.table.parts;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * A hierarchical timing wheel of slot numbers (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987). It
 * keeps each armed slot in a list at or before its deadline's tick, and hands it out when it gets there; the owner, who
 * alone knows the true deadline, then ends the entry or arms it again. So a hit costs no timer work, and what a far list
 * hands out on the way down is mostly re-armed by its newest deadline, not cascaded by its oldest.
 *
 * <p>A tick is 2^24 ns (16.8 ms). Level 0 has a list a tick for the next 4096 ticks (69 s), level 1 a list for every
 * 4096 ticks (78 h); beyond that there is one list, and one for slots that never come due, oldest first. The owner
 * calls; nothing is allocated. Order within a list is not promised.
 *
 * <pre>
 * links, 8 bytes a slot    0      4      8
 *                          | next | prev |      prev of a list's first: ~list; others: see HELD, LOOSE
 *                          | i32  | i32  |
 * </pre>
 */
public final class TimingWheel {
    public static final int TICK_SHIFT = 24;
    public static final int NONE = -1;
    public static final int LINK_BYTES = 8;

    private static final int SHIFT = 12, LISTS = 1 << SHIFT, MASK = LISTS - 1;
    /** Numbers of the lists: level 0, level 1, then these. */
    private static final int FAR = 2 * LISTS, NEVER = FAR + 1, DRAIN = FAR + 2, LIST_COUNT = FAR + 3;
    /** In {@code prev}: armed elsewhere, by the owner, who keeps a number in {@code next}; not armed at all. */
    private static final int HELD = Integer.MIN_VALUE, LOOSE = Integer.MIN_VALUE + 1;

    private final long links, bytes;
    private final int[] heads = new int[LIST_COUNT];
    /** A bit a list of levels 0 and 1 that has slots in it. */
    private final long[] occupied = new long[2 * LISTS / Long.SIZE];
    /** How many lists of level 0 and of level 1 are occupied. */
    private final int[] lists = new int[2];

    /** How many slots are in lists. */
    private int armed;

    private int neverTail = NONE;
    /** The next tick to handle: all before it are done. */
    private long current;

    public TimingWheel(int slots, long now, Arena arena) {
        bytes = (long) slots * LINK_BYTES;
        links = OffHeap.allocate(bytes, arena).address();
        Arrays.fill(heads, NONE);
        current = now >>> TICK_SHIFT;
    }

    /** See {@link OffHeap#touch}. */
    public void touch() {
        OffHeap.touch(links, bytes);
    }

    public static long tick(long nanos) {
        return nanos >>> TICK_SHIFT;
    }

    /** All deadlines before this tick were handed out. */
    public long current() {
        return current;
    }

    /** Moves an empty wheel to a first time. */
    public void startAt(long now) {
        if (armed != 0) {
            throw new IllegalStateException("wheel is in use: armed=" + armed);
        }
        current = tick(now);
    }

    /**
     * Puts a slot that is in no list where it will be handed out at {@code deadline}'s tick, or next if that is past.
     */
    public void arm(int slot, long deadline) {
        if (deadline == Long.MAX_VALUE) {
            append(slot);
            return;
        }
        long tick = tick(deadline);
        long blocks = (tick >>> SHIFT) - (current >>> SHIFT);
        if (tick < current) {
            push(DRAIN, slot);
        } else if (tick - current < LISTS) {
            push((int) tick & MASK, slot);
        } else if (blocks < LISTS) {
            push(LISTS + ((int) (tick >>> SHIFT) & MASK), slot);
        } else {
            push(FAR, slot);
        }
    }

    /** Takes a slot out of the list that it is in. */
    public void disarm(int slot) {
        int next = next(slot), prev = prev(slot);
        if (next != NONE) {
            prev(next, prev);
        } else if (slot == neverTail) {
            neverTail = prev >= 0 ? prev : NONE;
        }
        if (prev >= 0) {
            next(prev, next);
        } else {
            head(~prev, next);
        }
        armed--;
        prev(slot, LOOSE);
    }

    /** Whether the slot is in one of the wheel's lists. */
    public boolean isArmed(int slot) {
        int prev = prev(slot);
        return prev != HELD && prev != LOOSE;
    }

    /** Marks a slot that is in no list as kept by the owner, with a number of the owner's. */
    public void hold(int slot, int number) {
        next(slot, number);
        prev(slot, HELD);
    }

    public boolean isHeld(int slot) {
        return prev(slot) == HELD;
    }

    public int heldNumber(int slot) {
        return next(slot);
    }

    /** Marks a slot as in no list and kept by nobody. */
    public void release(int slot) {
        prev(slot, LOOSE);
    }

    /**
     * Takes out the next slot whose list has come due before {@code target}; its true deadline may be later, then it is
     * to be armed again.
     *
     * @return {@link #NONE} when all ticks before {@code target} are done
     */
    public int poll(long target) {
        if (heads[DRAIN] != NONE) {
            return pop(DRAIN);
        }
        while (current < target) {
            int list = (int) current & MASK;
            if (heads[list] != NONE) {
                return pop(list);
            }
            current = nextTick(target);
            if ((current & MASK) == 0 && openBlock()) {
                return pop(DRAIN);
            }
        }
        return NONE;
    }

    /**
     * Takes out all slots whose list is the earliest, to be asked for with {@link #pollDrained}, and armed or held anew
     * one by one. Those that are out already, since {@link #poll} was not called to its end, come first and alone.
     *
     * @return the first tick after the lists: no armed slot has a true deadline before it; {@link #NONE} when only
     *     slots that never come due are left
     */
    public long drainEarliest() {
        if (heads[DRAIN] != NONE) {
            return current;
        }
        long firstTick = lists[0] == 0 ? Long.MAX_VALUE : current + nextOccupied(0, (int) current & MASK, LISTS);
        long block = current >>> SHIFT;
        long firstBlock = lists[1] == 0 ? Long.MAX_VALUE : block + nextOccupied(LISTS, (int) block & MASK, LISTS);
        if (lists[0] + lists[1] == 0) {
            if (heads[FAR] == NONE) {
                return NONE;
            }
            drain(FAR);
            return Long.MAX_VALUE;
        }
        boolean wholeBlock = lists[1] != 0 && firstBlock << SHIFT <= firstTick;
        long end = wholeBlock ? (firstBlock + 1) << SHIFT : firstTick + 1;
        if (wholeBlock) {
            drain(LISTS + ((int) firstBlock & MASK));
        }
        for (long tick = firstTick; tick < Math.min(end, current + LISTS); ) {
            drain((int) tick & MASK);
            tick += nextOccupied(0, (int) tick & MASK, LISTS);
        }
        if (heads[FAR] != NONE && ((current >>> (2 * SHIFT)) + 1) << (2 * SHIFT) < end) {
            drain(FAR);
        }
        return end;
    }

    /** Takes the next slot of a drained list, {@link #NONE} when there is none. */
    public int pollDrained() {
        return heads[DRAIN] == NONE ? NONE : pop(DRAIN);
    }

    /** The slot that longest has no deadline at all, {@link #NONE} when there is none. */
    public int oldestNever() {
        return heads[NEVER];
    }

    /** The next tick, not after {@code target}, that has slots, begins a block, or is the target. */
    private long nextTick(long target) {
        long blockEnd = ((current >>> SHIFT) + 1) << SHIFT;
        if (lists[0] == 0) {
            if (lists[1] == 0 && heads[FAR] == NONE) {
                return target;
            }
            long blocks = lists[1] == 0 ? LISTS : nextOccupied(LISTS, (int) (current >>> SHIFT) + 1 & MASK, LISTS) + 1;
            long wrap = ((current >>> (2 * SHIFT)) + 1) << (2 * SHIFT);
            return Math.min(target, Math.min(wrap, ((current >>> SHIFT) + blocks) << SHIFT));
        }
        long end = Math.min(target, blockEnd);
        int from = (int) (current + 1) & MASK;
        if (current + 1 >= end) {
            return end;
        }
        return Math.min(end, current + 1 + nextOccupied(0, from, (int) (end - current - 1)));
    }

    /** At the first tick of a block: its level 1 list, and at a wrap of level 1 the far list, are to be armed anew. */
    private boolean openBlock() {
        int list = LISTS + ((int) (current >>> SHIFT) & MASK);
        if (heads[list] != NONE) {
            drain(list);
        }
        if ((current >>> SHIFT & MASK) == 0 && heads[FAR] != NONE) {
            drain(FAR);
        }
        return heads[DRAIN] != NONE;
    }

    /** Moves a list in front of the drained one: at once where that is empty, as it is for the first of several that come due together. */
    private void drain(int list) {
        int first = heads[list];
        if (heads[DRAIN] == NONE && first != NONE) {
            head(list, NONE);
            heads[DRAIN] = first;
            prev(first, ~DRAIN);
            return;
        }
        while (first != NONE) {
            int slot = pop(list);
            push(DRAIN, slot);
            first = heads[list];
        }
    }

    /**
     * How many lists after {@code from}, cyclically and less than {@code limit}, the first occupied one of a level is;
     * {@code limit} if none.
     */
    private int nextOccupied(int base, int from, int limit) {
        int seen = 0;
        while (seen < limit) {
            int at = from + seen & MASK;
            long word = occupied[(base + at) >>> 6] >>> at;
            if (word != 0) {
                return Math.min(limit, seen + Long.numberOfTrailingZeros(word));
            }
            seen += Long.SIZE - (at & Long.SIZE - 1);
        }
        return limit;
    }

    /** Checks what must hold between calls; for tests. */
    public void assertValid(IntToLongFunction trueDeadline) {
        int found = 0;
        int[] used = new int[2];
        for (int list = 0; list < LIST_COUNT; list++) {
            int previous = ~list;
            for (int slot = heads[list]; slot != NONE; slot = next(slot)) {
                boolean due = tick(trueDeadline.applyAsLong(slot)) >= earliest(list);
                if (prev(slot) != previous || !due) {
                    throw new AssertionError("wheel: slot=" + slot + ", list=" + list + ", current=" + current);
                }
                previous = slot;
                found++;
            }
            boolean isOccupied = list < FAR && (occupied[list >>> 6] >>> list & 1) != 0;
            if (isOccupied) {
                used[list >>> SHIFT]++;
            }
            boolean bitFits = list >= FAR || isOccupied == (heads[list] != NONE);
            boolean tailFits = list != NEVER || neverTail == Math.max(previous, NONE);
            if (!bitFits || !tailFits) {
                throw new AssertionError("wheel: list=" + list + ", current=" + current);
            }
        }
        if (found != armed || !Arrays.equals(used, lists)) {
            throw new AssertionError("wheel: armed=" + armed + ", found=" + found);
        }
    }

    /** The first tick at which a slot of that list may have its true deadline; 0 where it may have passed. */
    private long earliest(int list) {
        if (list < LISTS) {
            return current + (list - (int) current & MASK);
        }
        long block = current >>> SHIFT;
        return switch (list) {
            case FAR -> ((current >>> (2 * SHIFT)) + 1) << (2 * SHIFT);
            case NEVER -> tick(Long.MAX_VALUE);
            case DRAIN -> 0;
            default -> (block + (list - (int) block & MASK)) << SHIFT;
        };
    }

    public int armed() {
        return armed;
    }

    private void push(int list, int slot) {
        int first = heads[list];
        next(slot, first);
        prev(slot, ~list);
        if (first != NONE) {
            prev(first, slot);
        }
        head(list, slot);
        armed++;
    }

    private void append(int slot) {
        next(slot, NONE);
        if (neverTail == NONE) {
            prev(slot, ~NEVER);
            heads[NEVER] = slot;
        } else {
            prev(slot, neverTail);
            next(neverTail, slot);
        }
        neverTail = slot;
        armed++;
    }

    private int pop(int list) {
        int slot = heads[list];
        int next = next(slot);
        if (next != NONE) {
            prev(next, ~list);
        }
        head(list, next);
        armed--;
        prev(slot, LOOSE);
        return slot;
    }

    private void head(int list, int slot) {
        boolean was = heads[list] != NONE;
        heads[list] = slot;
        if (list < FAR && was != (slot != NONE)) {
            occupied[list >>> 6] ^= 1L << list;
            lists[list >>> SHIFT] += was ? -1 : 1;
        }
    }

    private int next(int slot) {
        return Memory.getInt(links + (long) slot * LINK_BYTES);
    }

    private void next(int slot, int value) {
        Memory.setInt(links + (long) slot * LINK_BYTES, value);
    }

    private int prev(int slot) {
        return Memory.getInt(links + (long) slot * LINK_BYTES + 4);
    }

    private void prev(int slot, int value) {
        Memory.setInt(links + (long) slot * LINK_BYTES + 4, value);
    }
}
