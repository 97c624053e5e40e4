package dev.kindling.driver.cli;

import dev.kindling.event.AppEvent;
import dev.kindling.event.AppEventListener;
import dev.kindling.protocol.TaskMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Where an application's time went, stage by stage. Written by one thread of the event bus, read when it has ended. */
final class TimeReport implements AppEventListener {
    private final Map<Integer, StageTime> stages = new LinkedHashMap<>();
    private final TreeSet<String> executors = new TreeSet<>();
    private int lostExecutors;

    @Override
    public synchronized void onEvent(long timeMs, AppEvent event) {
        if (event instanceof AppEvent.StageStarted started) {
            stages.computeIfAbsent(started.stageId(), id -> new StageTime(started.name(), timeMs));
        } else if (event instanceof AppEvent.AttemptSucceeded succeeded) {
            StageTime stage = stages.get(succeeded.attempt().stageId());
            if (stage != null) {
                stage.taskCount++;
                stage.metrics = stage.metrics.plus(succeeded.metrics());
                stage.lastMs = timeMs;
            }
        } else if (event instanceof AppEvent.StageCompleted completed) {
            StageTime stage = stages.get(completed.stageId());
            if (stage != null) {
                stage.lastMs = timeMs;
            }
        } else if (event instanceof AppEvent.ExecutorAdded added) {
            executors.add(added.executorId());
        } else if (event instanceof AppEvent.ExecutorLost) {
            lostExecutors++;
        }
    }

    synchronized int lostExecutors() {
        return lostExecutors;
    }

    /**
     * The table, a line per stage between start and stop.
     *
     * @param startMs from the command's start to the first executor that could work
     * @param stopMs from the last result until nothing was left
     */
    synchronized List<String> lines(long startMs, long stopMs) {
        List<String> lines = new ArrayList<>();
        lines.add("where the time went");
        lines.add("  %-44s %7d ms   driver and %d executors".formatted("start", startMs, executors.size()));
        for (StageTime stage : stages.values()) {
            lines.add("  %-44s %7d ms   %s".formatted(cut(stage.name), stage.lastMs - stage.firstMs, stage.describe()));
        }
        lines.add("  %-44s %7d ms".formatted("stop", stopMs));
        return lines;
    }

    private static String cut(String name) {
        return name.length() <= 44 ? name : name.substring(0, 43) + "~";
    }

    static String bytes(long bytes) {
        return bytes < 10_000
                ? bytes + " B"
                : bytes < 10_000_000
                        ? "%.1f kB".formatted(bytes / 1e3)
                        : bytes < 10_000_000_000L ? "%.1f MB".formatted(bytes / 1e6) : "%.1f GB".formatted(bytes / 1e9);
    }

    /** One stage, all its attempts together. */
    private static final class StageTime {
        private final String name;
        private final long firstMs;
        private long lastMs;
        private int taskCount;
        private TaskMetrics metrics = TaskMetrics.NONE;

        StageTime(String name, long firstMs) {
            this.name = name;
            this.firstMs = firstMs;
            this.lastMs = firstMs;
        }

        String describe() {
            StringBuilder text = new StringBuilder(taskCount + (taskCount == 1 ? " task" : " tasks"));
            if (metrics.recordsRead() > 0) {
                text.append(", read ").append(metrics.recordsRead()).append(" rows");
            }
            long shuffleRead = metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote();
            if (shuffleRead > 0) {
                text.append(", shuffle in ").append(bytes(shuffleRead));
            }
            if (metrics.shuffleBytesWritten() > 0) {
                text.append(", shuffle out ").append(bytes(metrics.shuffleBytesWritten()));
            }
            if (metrics.spilledBytes() > 0) {
                text.append(", spilled ").append(bytes(metrics.spilledBytes()));
            }
            return text.toString();
        }
    }
}
