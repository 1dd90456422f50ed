package dev.weir.server.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody meant who misspelt a name. */
final class Spelling {
    private static final int LONGEST = 64;
    private static final int MOST_LISTED = 12;

    private Spelling() {}

    /** {@code did you mean 'x'?}, else the names that there are, else what to do otherwise. */
    static String suggest(String wrong, Collection<String> known, String otherwise) {
        return known.stream()
                .filter(name -> distance(wrong, name) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(name -> distance(wrong, name)))
                .map(name -> "did you mean '" + name + "'?")
                .orElseGet(() -> known.size() <= MOST_LISTED
                        ? otherwise + " (there are: " + String.join(", ", known) + ")"
                        : otherwise);
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        if (a.length() > LONGEST || b.length() > LONGEST) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        char x = a.charAt(i - 1), y = b.charAt(j - 1);
        int replaced = cost[i - 1][j - 1] + (x == y ? 0 : 1);
        int best = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && x == b.charAt(j - 2) && y == a.charAt(i - 2);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
