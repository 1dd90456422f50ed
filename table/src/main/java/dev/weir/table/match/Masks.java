package dev.weir.table.match;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The masks that the entries of a {@link TernaryTable} have: each with a number, which entries keep, and all in the order of
 * their largest priority. The owner calls; a mask that was not there before allocates.
 */
final class Masks {
    /** By number; null where a number is free. */
    private @Nullable MaskGroup[] groups = new MaskGroup[8];
    /** Those that have entries, the largest priority first. */
    private MaskGroup[] order = new MaskGroup[8];

    private int size;

    /** How many have entries. */
    int size() {
        return size;
    }

    /** The one at a place of the order. */
    MaskGroup at(int place) {
        return order[place];
    }

    /** The one that an entry names. */
    MaskGroup numbered(int number) {
        MaskGroup group = groups[number];
        if (group == null) {
            throw new IllegalStateException("table lost a mask: number=" + number);
        }
        return group;
    }

    @Nullable
    MaskGroup find(long[] mask) {
        for (int place = 0; place < size; place++) {
            if (Arrays.equals(order[place].mask, mask)) {
                return order[place];
            }
        }
        return null;
    }

    /** The group of a mask, to be added to: new, with a free number, if it was not there. */
    MaskGroup of(long[] mask) {
        MaskGroup known = find(mask);
        if (known != null) {
            return known;
        }
        int number = 0;
        while (number < groups.length && groups[number] != null) {
            number++;
        }
        if (number == groups.length) {
            groups = Arrays.copyOf(groups, 2 * number);
        }
        var group = new MaskGroup(number, mask.clone());
        groups[number] = group;
        return group;
    }

    void add(MaskGroup group, Entries entries, int entry) {
        int place = group.size() == 0 ? append(group) : placeOf(group);
        group.add(entries, entry);
        move(group, place);
    }

    /** A group without entries is gone, its number free. */
    void remove(MaskGroup group, Entries entries, int entry) {
        int place = placeOf(group);
        group.remove(entries, entry);
        if (group.size() == 0) {
            size--;
            System.arraycopy(order, place + 1, order, place, size - place);
            groups[group.number] = null;
        } else {
            move(group, place);
        }
    }

    /** Forgets all entries, which get other numbers; masks keep theirs. */
    void clear() {
        for (int place = 0; place < size; place++) {
            order[place].clear();
        }
        size = 0;
    }

    private int append(MaskGroup group) {
        if (size == order.length) {
            order = Arrays.copyOf(order, 2 * size);
        }
        order[size] = group;
        return size++;
    }

    private int placeOf(MaskGroup group) {
        int place = 0;
        while (order[place] != group) {
            place++;
        }
        return place;
    }

    /** Moves a group whose best priority changed to where it belongs. */
    private void move(MaskGroup group, int from) {
        int place = from;
        while (place > 0 && order[place - 1].best() < group.best()) {
            order[place] = order[place - 1];
            place--;
        }
        while (place + 1 < size && order[place + 1].best() > group.best()) {
            order[place] = order[place + 1];
            place++;
        }
        order[place] = group;
    }

    /** Checks what must hold between calls; returns how many entries there are; for tests. */
    int assertValid(Entries entries) {
        int grouped = 0;
        for (int place = 0; place < size; place++) {
            order[place].assertValid(entries);
            grouped += order[place].size();
            boolean ordered = place == 0 || order[place - 1].best() >= order[place].best();
            Entries.check(ordered, "order of masks", place);
        }
        return grouped;
    }
}
