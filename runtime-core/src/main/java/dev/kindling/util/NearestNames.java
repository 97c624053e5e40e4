package dev.kindling.util;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what a mistyped name probably meant. */
public final class NearestNames {
    private NearestNames() {}

    /** The {@code count} known names with the fewest letters to change, the closest first. */
    public static List<String> of(String name, Collection<String> known, int count) {
        return known.stream()
                .sorted(Comparator.comparingInt((String other) -> distance(name, other))
                        .thenComparing(other -> other))
                .limit(count)
                .toList();
    }

    /** Letters to insert, delete, replace or swap with their neighbour to make {@code a} into {@code b}. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
