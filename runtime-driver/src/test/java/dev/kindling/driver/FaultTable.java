package dev.kindling.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the faults of a test class did, as the rows of a table in {@code docs/testing.md}: printed when all have run. */
final class FaultTable {
    private final List<String> rows = new ArrayList<>();

    /** @param detectedMs from the fault to the event or error that tells it, negative when that does not apply */
    synchronized void add(String fault, long detectedMs, String result, String cost) {
        String detected = detectedMs < 0 ? "-" : String.format(Locale.ROOT, "%.2f s", detectedMs / 1_000.0);
        rows.add("| " + fault + " | " + detected + " | " + result + " | " + cost + " |");
    }

    synchronized String text() {
        return "| fault | detected after | result | cost |\n|---|---|---|---|\n" + String.join("\n", rows) + "\n";
    }
}
