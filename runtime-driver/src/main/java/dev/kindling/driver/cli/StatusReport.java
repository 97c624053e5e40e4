package dev.kindling.driver.cli;

import dev.kindling.config.MemoryMap;
import dev.kindling.event.AppStatus;
import dev.kindling.event.AppStatus.ExecutorStatus;
import dev.kindling.event.AppStatus.JobStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How an application stood at the end of its event log, for a terminal. */
final class StatusReport {
    private StatusReport() {}

    static List<String> lines(AppStatus status) {
        List<String> lines = new ArrayList<>();
        boolean isEnded = status.endedMs() >= 0;
        long lastMs = isEnded ? status.endedMs() : status.updatedMs();
        lines.add(status.name() + " (" + status.applicationId() + ") on " + status.master() + ": "
                + (isEnded ? "ended after " : "has not ended, last heard of after ")
                + Durations.format(Math.max(0, lastMs - status.startedMs())));
        for (JobStatus job : status.jobs()) {
            lines.add("job " + job.jobId() + "  " + word(job.state()) + "  " + job.description()
                    + time(job.startedMs(), job.endedMs())
                    + (job.message().isEmpty() ? "" : ": " + firstLine(job.message())));
        }
        for (StageStatus stage : status.stages()) {
            lines.add("stage " + stage.stageId() + "  " + word(stage.state()) + "  " + stage.name() + "  "
                    + stage.donePartitions() + "/" + stage.partitionCount() + " tasks"
                    + (stage.failedAttempts() > 0 ? ", " + stage.failedAttempts() + " failed" : "")
                    + time(stage.startedMs(), stage.endedMs()));
        }
        for (ExecutorStatus executor : status.executors()) {
            lines.add("executor " + executor.executorId() + "  " + executor.cores() + " cores, "
                    + ByteSizes.format(executor.memoryBytes()) + " on " + executor.host() + "  "
                    + executor.succeededAttempts() + " attempts succeeded, " + executor.failedAttempts() + " failed"
                    + (executor.isAlive() ? "" : "; lost: " + firstLine(executor.lostReason())));
        }
        status.executors().stream()
                .filter(executor ->
                        executor.memoryBytes() > 0 && !status.master().startsWith("local["))
                .map(executor -> MemoryMap.ofProcess(executor.memoryBytes(), executor.cores()))
                .distinct()
                .forEach(map -> lines.add("memory of an executor  " + map));
        return lines;
    }

    private static String word(AppStatus.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String time(long startedMs, long endedMs) {
        return startedMs < 0 || endedMs < 0 ? "" : "  " + Durations.format(Math.max(0, endedMs - startedMs));
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
