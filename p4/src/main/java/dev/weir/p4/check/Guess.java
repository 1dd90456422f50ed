package dev.weir.p4.check;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Guesses which name was meant: the one that is the fewest letters away (Levenshtein), when that is near enough to be a slip. */
final class Guess {
    private static final int SHORTEST = 3, LONGEST = 64;

    private Guess() {}

    /** @return help for a diagnostic, or null where no name is near */
    static @Nullable String among(Iterable<String> names, String wrong) {
        if (wrong.length() < SHORTEST || wrong.length() > LONGEST) return null;
        int nearest = (wrong.length() < 4 ? 1 : Math.max(2, wrong.length() / 3)) + 1;
        String found = null;
        for (String name : names) {
            if (Math.abs(name.length() - wrong.length()) >= nearest) continue;
            int distance = distance(name, wrong);
            if (distance < nearest || (distance == nearest && found != null && name.compareTo(found) < 0)) {
                nearest = distance;
                found = name;
            }
        }
        return found == null ? null : "is '" + found + "' meant?";
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
