package dev.kindling.driver.cli;

import dev.kindling.driver.sim.SimReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** How large simulated runs are, from the first of them: medians, and what one in a hundred exceeds. Any thread. */
final class SeedSizes {
    private static final int RUNS = 10_000;

    private final List<Measure> measures = List.of(
            new Measure("executors started", SimReport::executors, 1),
            new Measure("attempts", SimReport::attempts, 1),
            new Measure("messages", SimReport::messages, 1),
            new Measure("events", SimReport::steps, 1),
            new Measure("virtual seconds", SimReport::virtualMs, 1_000));

    private int runCount;
    private long submittedCount;
    private long succeededCount;

    private static final class Measure {
        final String name;
        final ToLongFunction<SimReport> of;
        final int unit;
        long[] values = new long[16];

        Measure(String name, ToLongFunction<SimReport> of, int unit) {
            this.name = name;
            this.of = of;
            this.unit = unit;
        }

        String describe(int runCount) {
            long[] sorted = Arrays.copyOf(values, runCount);
            Arrays.sort(sorted);
            return String.format(
                    Locale.ROOT,
                    "%s %d (%d)",
                    name,
                    sorted[runCount / 2] / unit,
                    sorted[(int) (runCount * 0.99)] / unit);
        }
    }

    synchronized void add(SimReport report) {
        submittedCount += report.submittedJobs();
        succeededCount += report.succeededJobs();
        if (runCount == RUNS) {
            return;
        }
        for (Measure measure : measures) {
            if (runCount == measure.values.length) {
                measure.values = Arrays.copyOf(measure.values, 2 * runCount);
            }
            measure.values[runCount] = measure.of.applyAsLong(report);
        }
        runCount++;
    }

    /** In sentences. */
    synchronized List<String> describe() {
        if (runCount == 0) {
            return List.of();
        }
        List<String> sizes = new ArrayList<>();
        measures.forEach(measure -> sizes.add(measure.describe(runCount)));
        return List.of(
                succeededCount + " of " + submittedCount + " jobs were right, the others ended for a planted cause",
                "the median seed (one in a hundred has more than): " + String.join(", ", sizes));
    }
}
