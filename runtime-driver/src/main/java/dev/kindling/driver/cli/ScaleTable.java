package dev.kindling.driver.cli;

import dev.kindling.driver.sim.SimScale;
import java.util.Locale;
import java.util.function.Consumer;

/** What {@code kindling sim --scale} says: the driver's core with very many executors and tasks, a line for each cluster. */
final class ScaleTable {
    private static final String HEAD = "| executors | slots each | tasks | preferred hosts | tasks/s of the core |"
            + " with its codec | over the ideal makespan | heap of a waiting task | frames | a heartbeat waits, 99 % and"
            + " all |";

    private final long seed;
    private final int taskCount;

    ScaleTable(long seed, int taskCount) {
        this.seed = seed;
        this.taskCount = taskCount;
    }

    void print(Consumer<String> lines) {
        for (boolean hasPreferences : new boolean[] {false, true}) {
            SimScale.warmUp(seed, 1_000, 8, taskCount / 2, hasPreferences);
        }
        lines.accept(HEAD);
        lines.accept("|---|---|---|---|---|---|---|---|---|---|");
        for (boolean hasPreferences : new boolean[] {false, true}) {
            lines.accept(row(SimScale.run(seed, 1_000, 8, taskCount, hasPreferences)));
            lines.accept(row(SimScale.run(seed, 10_000, 4, taskCount, hasPreferences)));
        }
    }

    private static String row(SimScale.Report report) {
        return String.format(
                Locale.ROOT,
                "| %,d | %d | %,d | %s | %,.0f | %,.0f | %.1f %% | %.1f B | %,d | %.1f ms, %.1f ms |",
                report.executorCount(),
                report.slotsEach(),
                report.taskCount(),
                report.hasPreferences() ? "3" : "none",
                report.tasksPerSecond(),
                report.tasksPerSecondWithCodec(),
                100 * report.overIdeal(),
                report.bytesPerPendingTask(),
                report.frameCount(),
                report.heartbeatWaitMs(),
                report.longestHeartbeatWaitMs());
    }
}
