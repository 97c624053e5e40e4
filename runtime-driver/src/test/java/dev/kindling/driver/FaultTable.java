package dev.kindling.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What faults did, as the rows of the table in {@code docs/testing.md}: one table for all test classes of a JVM, printed
 * by each as far as it has come, so the last one is whole.
 */
final class FaultTable {
    private static final List<String> ROWS = new ArrayList<>();

    private FaultTable() {}

    /** @param detectedMs from the fault to the event or error that tells it */
    static synchronized void add(String fault, long detectedMs, String result, String cost) {
        String detected = String.format(Locale.ROOT, "%.2f s", detectedMs / 1_000.0);
        ROWS.add("| " + fault + " | " + detected + " | " + result + " | " + cost + " |");
    }

    static long msSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    static synchronized void print() {
        System.out.println(Surroundings.describe());
        System.out.println("| fault | detected after | result | cost |\n|---|---|---|---|");
        ROWS.forEach(System.out::println);
    }
}
