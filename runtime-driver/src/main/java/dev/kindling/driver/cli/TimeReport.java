package dev.kindling.driver.cli;

import dev.kindling.event.AppStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.AppStatus.State;
import dev.kindling.event.StoryLines;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.ByteSizes;
import java.util.ArrayList;
import java.util.List;

/** Where an application's time went: a line for its start, for each stage, for its stop. */
final class TimeReport {
    private static final int NAME_WIDTH = 40;

    private TimeReport() {}

    /**
     * The table.
     *
     * @param status after the end
     * @param startMs from the command's start until jobs could be run
     * @param stopMs from the last result until nothing was left
     */
    static List<String> lines(AppStatus status, long startMs, long stopMs) {
        List<String> lines = new ArrayList<>();
        lines.add("where the time went");
        lines.add(line("start", startMs, "driver, and " + status.executors().size() + " executors asked for"));
        for (StageStatus stage : status.stages()) {
            if (stage.state() != State.SKIPPED && stage.startedMs() >= 0) {
                lines.add(line(stage.name(), stage.endedMs() - stage.startedMs(), describe(stage)));
            }
        }
        lines.add(line("stop", stopMs, ""));
        return lines;
    }

    private static String line(String name, long ms, String detail) {
        String cut = name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "~";
        return "  %-40s %6d ms  %s".formatted(cut, ms, detail).stripTrailing();
    }

    private static String describe(StageStatus stage) {
        TaskMetrics metrics = stage.metrics();
        List<String> parts = new ArrayList<>();
        parts.add(stage.partitionCount() + (stage.partitionCount() == 1 ? " task" : " tasks"));
        addRows(parts, "rows in", metrics.recordsRead());
        addBytes(parts, "shuffle in", metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote());
        addBytes(parts, "shuffle out", metrics.shuffleBytesWritten());
        addBytes(parts, "spilled", metrics.diskSpilled());
        if (stage.failedAttempts() > 0) {
            parts.add(StoryLines.count(stage.failedAttempts(), "attempt") + " failed");
        }
        return String.join(", ", parts);
    }

    private static void addRows(List<String> parts, String what, long count) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }

    private static void addBytes(List<String> parts, String what, long bytes) {
        if (bytes > 0) {
            parts.add(what + " " + ByteSizes.format(bytes));
        }
    }
}
