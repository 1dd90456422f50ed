package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.run.TableLikeness.Part;
import dev.weir.table.match.ExactTable;
import dev.weir.table.match.MatchTable;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings the entries of a table into one of another program while packets go on to change the first: a copy of all of them in pieces, then, as often as it
 * takes, copies of those that were changed since, until few are left for the moment at which the second table takes over. It is how machines are moved
 * without a stop (Clark et al., Live Migration of Virtual Machines, NSDI 2005, section 3). Packets change what they hit, add, and let run out;
 * the control plane has to wait meanwhile. The worker's thread; allocates nothing for exact keys after it was made.
 */
final class TableMove {
    /** How many entries are copied at once, and how many numbers looked at. */
    private static final int PIECE = 256, NUMBERS = 16 * PIECE;

    /** How often those that were changed since are copied before it ends in any case. */
    private static final int MOST_ROUNDS = 16;

    private final TableRun from, to;
    private final TableLikeness likeness;
    private final MatchTable source, target;
    /** Of the source's entries: those that were hit, added, or went since they were copied. */
    final Marks changed;

    /** By number in the source, the number in the target, and the other way: one more than it, 0 for none. */
    private final int[] there, origin;

    private final long[] key, otherKey;
    private final @Nullable ReferenceMove references;
    private int next;
    private int word;
    private int round;
    private int copiedInRound;
    private long moved;
    private boolean full;

    TableMove(TableRun from, TableRun to, TableLikeness likeness, MatchTable source, MatchTable target) {
        this.from = from;
        this.to = to;
        this.likeness = likeness;
        this.source = source;
        this.target = target;
        changed = Marks.of(source.capacity());
        there = new int[source.capacity()];
        origin = new int[target.capacity()];
        key = new long[source.layout().words()];
        otherKey = new long[key.length];
        references =
                to.profile == null ? null : new ReferenceMove(from.control().codec(), to.profile, target);
        target.resumeAfter(source);
    }

    /** Copies a piece; whether what is left is little. */
    boolean advance() {
        if (next < source.end()) {
            int to = Math.min(source.end(), next + NUMBERS);
            for (int copied = 0; copied < PIECE && next < to; next++) {
                if (isThere(source, next)) {
                    copy(next);
                    copied++;
                }
            }
            return false;
        }
        if (copyChanged(PIECE)) return round >= MOST_ROUNDS;
        boolean little = copiedInRound <= PIECE;
        word = 0;
        copiedInRound = 0;
        round++;
        return little || round >= MOST_ROUNDS;
    }

    /** Copies what is left. */
    void finish() {
        word = 0;
        copyChanged(Integer.MAX_VALUE);
    }

    /** Copies entries that were changed, so many at the most; whether there may be more in this round. */
    private boolean copyChanged(int most) {
        int copied = 0;
        for (; word < changed.size(); word++) {
            if (copied >= most) return true;
            for (long bits = changed.take(word); bits != 0; bits &= bits - 1) {
                copy((word << 6) + Long.numberOfTrailingZeros(bits));
                copied++;
                copiedInRound++;
            }
        }
        return false;
    }

    private static boolean isThere(MatchTable table, int entry) {
        return table.next(entry, entry + 1) == entry;
    }

    /** Has the target have what the source has at that number. */
    private void copy(int entry) {
        int number = there[entry] - 1;
        if (number >= 0 && (origin[number] != entry + 1 || !isThere(target, number))) number = MatchTable.NONE;
        boolean goesOn = isThere(source, entry) && action(entry) >= 0;
        if (number >= 0 && !(goesOn && isSame(entry, number))) {
            remove(entry, number);
            number = MatchTable.NONE;
        }
        if (!goesOn) return;
        if (number < 0) number = place(entry);
        if (number >= 0) write(entry, number);
    }

    private long word(int entry) {
        return source.payload().get(JAVA_LONG, source.payloadAt(entry));
    }

    /** The action in the target, -1 for an entry that stays behind. */
    private int action(int entry) {
        long word = word(entry);
        if (EntryLayout.isConstant(word)) return -1;
        if (references != null) return references.isThere(source, entry) ? 0 : -1;
        return likeness.action((int) (word & EntryLayout.ACTION));
    }

    /** Numbers are given again to other keys; packets add exact ones only. */
    private boolean isSame(int entry, int number) {
        if (!(source instanceof ExactTable s) || !(target instanceof ExactTable t)) return true;
        s.loadKey(entry, key, 0);
        t.loadKey(number, otherKey, 0);
        return Arrays.equals(key, otherKey);
    }

    private void remove(int entry, int number) {
        to.notes.forget(number);
        if (references != null) references.leave(number);
        if (to.cache != null) to.cache.cache.removed(number);
        target.remove(number);
        origin[number] = 0;
        there[entry] = 0;
        moved--;
    }

    /** Makes room for an entry in the target; {@link MatchTable#NONE} where there is none, or a constant is in its place. */
    private int place(int entry) {
        int number = add(entry);
        if (number == MatchTable.FULL) {
            full = true;
            return MatchTable.NONE;
        }
        if (number >= 0 && to.cache != null) to.cache.put(number, false);
        if (number == MatchTable.EXISTS) number = target.find(source.key(entry), source.priority(entry));
        if (number < 0) return MatchTable.NONE;
        int before = origin[number] - 1;
        if (before >= 0 && there[before] == number + 1) {
            there[before] = 0;
            moved--;
        } else if (before < 0 && EntryLayout.isConstant(target.payload().get(JAVA_LONG, target.payloadAt(number)))) {
            return MatchTable.NONE;
        }
        there[entry] = number + 1;
        origin[number] = entry + 1;
        moved++;
        return number;
    }

    private int add(int entry) {
        long lifetime = source.lifetime(entry), last = source.lastHit(entry);
        if (source instanceof ExactTable s && target instanceof ExactTable t) {
            s.loadKey(entry, key, 0);
            return t.add(key, 0, lifetime, last);
        }
        return target.add(source.key(entry), source.priority(entry), lifetime, last);
    }

    private void write(int entry, int number) {
        target.touch(number, source.lastHit(entry));
        if (target.lifetime(number) != source.lifetime(entry)) target.setLifetime(number, source.lifetime(entry));
        long before = source.payloadAt(entry), after = target.payloadAt(number);
        MemorySegment s = source.payload(), t = target.payload();
        long word = s.get(JAVA_LONG, before);
        int action = (int) (word & EntryLayout.ACTION);
        int words = references != null ? EntryLayout.SLOT : EntryLayout.ARGUMENTS + likeness.argumentWords(action) - 1;
        long same = references != null ? word : (word & ~EntryLayout.ACTION) | likeness.action(action);
        t.set(JAVA_LONG, after, same);
        MemorySegment.copy(s, before + Long.BYTES, t, after + Long.BYTES, (long) words * Long.BYTES);
        if (references != null) references.refer(source, entry, number);
        to.begin(t, after);
        for (Part part : likeness.resources()) {
            long at = after + 8L * part.to();
            MemorySegment.copy(s, before + 8L * part.from(), t, at, 8L * part.words());
        }
        EntryNotes notes = from.notes.get(entry);
        if (notes != null) to.notes.put(number, notes);
        to.control().pinAgain(number);
    }

    /** How many entries go on. */
    long moved() {
        return moved;
    }

    /** Whether there was no room for some. */
    boolean isFull() {
        return full;
    }
}
