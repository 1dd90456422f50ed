package dev.weir.export.filter;

import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Finds what somebody meant who misspelt a name. */
final class Spelling {
    private static final int LONGEST = 32;

    private Spelling() {}

    /** The known name with the fewest slips from the wrong one; null where it would be more than a third of its letters. */
    static @Nullable String nearest(String wrong, Collection<String> known) {
        if (wrong.length() > LONGEST) {
            return null;
        }
        return known.stream()
                .filter(name -> distance(wrong, name) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(name -> distance(wrong, name)))
                .orElse(null);
    }

    /** Letters that are too many, missing, other or swapped with their neighbour (optimal string alignment distance). */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + other, Math.min(last[j], row[j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
