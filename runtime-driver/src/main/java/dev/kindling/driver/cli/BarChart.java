package dev.kindling.driver.cli;

import java.util.List;
import java.util.SortedMap;

/** Bars of hash signs, the longest as wide as asked for. */
final class BarChart {
    private BarChart() {}

    /** A line for each entry: key, bar, number. */
    static List<String> lines(SortedMap<Integer, Integer> values, int width) {
        int longest = values.values().stream().mapToInt(Integer::intValue).max().orElse(1);
        return values.entrySet().stream()
                .map(entry -> "%4d | %s %d"
                        .formatted(
                                entry.getKey(),
                                "#".repeat((int) Math.max(1, (long) width * entry.getValue() / Math.max(1, longest))),
                                entry.getValue()))
                .toList();
    }
}
