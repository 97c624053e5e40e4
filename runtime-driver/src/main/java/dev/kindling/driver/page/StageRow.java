package dev.kindling.driver.page;

import dev.kindling.event.AppStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.protocol.TaskMetrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One stage in numbers. Times are milliseconds, those with a beginning since the application's start; -1 for what has
 * not happened.
 *
 * @param state in small letters; one that waited to the end did not run
 * @param waitedMs from its start until a core had its first task: nothing of the stage's own work
 * @param taskMs sum over successful attempts of the time from launch to end
 * @param medianMs of one successful attempt, and the longest of them by its name
 * @param gcMs of the processes while its tasks ran: tasks that ran at one time count the same collection
 * @param grouped which small partitions ran together and why, in a sentence's words; empty when none did
 * @param skippedByJobs jobs that did not run it
 * @param skippedWhy the last of them
 */
public record StageRow(
        int id,
        int jobId,
        String name,
        String state,
        int partitions,
        int attempts,
        int failedAttempts,
        long startMs,
        long waitedMs,
        long endMs,
        long taskMs,
        long medianMs,
        long longestMs,
        String longest,
        String longestOn,
        long fetchWaitMs,
        long gcMs,
        long spillMs,
        long rowsIn,
        long bytesIn,
        long shuffleIn,
        long shuffleOut,
        long spilledBytes,
        String grouped,
        List<Integer> skippedByJobs,
        String skippedWhy) {
    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static long ms(long nanos) {
        return nanos / 1_000_000;
    }

    /** From its first task to its end, or until now. */
    public long durationMs(long wallMs) {
        return startMs < 0 ? 0 : Math.max(0, (endMs < 0 ? wallMs : endMs) - workFromMs());
    }

    /** When its first task began; its start, when none has. */
    long workFromMs() {
        return startMs + waitedMs;
    }

    static List<StageRow> of(Run run) {
        Map<Integer, List<TaskAttempt>> attempts = new HashMap<>();
        Map<Integer, Long> firstTasks = new HashMap<>();
        for (TaskAttempt attempt : run.attempts()) {
            firstTasks.merge(attempt.stageId(), attempt.startMs(), Math::min);
            if (attempt.result() == TaskAttempt.Result.SUCCEEDED) {
                attempts.computeIfAbsent(attempt.stageId(), id -> new ArrayList<>())
                        .add(attempt);
            }
        }
        Map<Integer, Run.StagePlan> plans = new HashMap<>();
        run.plans().forEach(plan -> plans.put(plan.stageId(), plan));
        List<StageRow> rows = new ArrayList<>();
        for (StageStatus stage : run.status().stages()) {
            rows.add(rowOf(
                    run,
                    stage,
                    plans.get(stage.stageId()),
                    attempts.getOrDefault(stage.stageId(), List.of()),
                    // Where the first attempts are forgotten nobody knows.
                    run.forgottenAttempts() > 0
                            ? stage.startedMs()
                            : firstTasks.getOrDefault(stage.stageId(), stage.startedMs())));
        }
        return rows;
    }

    private static StageRow rowOf(
            Run run, StageStatus stage, Run.StagePlan plan, List<TaskAttempt> succeeded, long firstTaskMs) {
        AppStatus status = run.status();
        List<TaskAttempt> byDuration = new ArrayList<>(succeeded);
        byDuration.sort((a, b) -> Long.compare(a.durationMs(0), b.durationMs(0)));
        TaskAttempt longest = byDuration.isEmpty() ? null : byDuration.get(byDuration.size() - 1);
        TaskMetrics metrics = stage.metrics();
        return new StageRow(
                stage.stageId(),
                stage.jobId(),
                PageModel.name(stage.name().isEmpty() && plan != null ? plan.name() : stage.name()),
                status.endedMs() >= 0 && stage.state() == AppStatus.State.WAITING
                        ? "did not run"
                        : lower(stage.state()),
                plan == null || plan.partitionCount() == 0 ? stage.partitionCount() : plan.partitionCount(),
                stage.succeededAttempts() + stage.failedAttempts() + stage.runningAttempts(),
                stage.failedAttempts(),
                since(status, stage.startedMs()),
                stage.startedMs() < 0 ? 0 : Math.max(0, firstTaskMs - stage.startedMs()),
                since(status, stage.endedMs()),
                byDuration.stream().mapToLong(attempt -> attempt.durationMs(0)).sum(),
                byDuration.isEmpty()
                        ? 0
                        : byDuration.get((byDuration.size() - 1) / 2).durationMs(0),
                longest == null ? 0 : longest.durationMs(0),
                longest == null ? "" : longest.name(),
                longest == null ? "" : longest.executorId(),
                ms(metrics.fetchWaitNanos()),
                ms(metrics.gcNanos()),
                ms(metrics.spillNanos()),
                metrics.recordsRead(),
                metrics.bytesRead(),
                metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote(),
                written(run, stage),
                metrics.diskSpilled(),
                plan == null ? "" : plan.grouped(),
                plan == null ? List.of() : plan.skippedByJobs(),
                plan == null ? "" : plan.skippedWhy());
    }

    /** As its task told it, or as the driver has measured the shuffle. */
    private static long written(Run run, StageStatus stage) {
        return stage.metrics().shuffleBytesWritten() > 0
                ? stage.metrics().shuffleBytesWritten()
                : run.shuffles().stream()
                        .filter(shuffle -> shuffle.stageId() == stage.stageId())
                        .mapToLong(ShufflePanel::bytesOf)
                        .sum();
    }

    private static long since(AppStatus status, long timeMs) {
        return timeMs < 0 ? -1 : timeMs - status.startedMs();
    }
}
