package dev.kindling.driver.core;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which attempts get a copy on another executor because they are late: most tasks of their stage are done, took
 * much less time, and did not read much less. What comes first counts, and the other is ended.
 *
 * <p>A task whose input explains its time gets no copy, which would take as long: of twice the bytes twice the time is
 * expected. Copies take only slots that nobody else wants now, and a task gets two at most. Dean and Ghemawat, "MapReduce"
 * (OSDI 2004), 3.6, calls them backup tasks.
 */
final class Speculation {
    /** The first may be lost with its executor. One more, and the task is at fault. */
    private static final int MAX_COPIES = 2;

    /** Tasks whose input tells what a task of the stage reads. */
    private static final int SAMPLED = 64;

    private final SpeculationSettings settings;
    private final Outbox out;
    private final Stages stages;
    private final Placement placement;
    private final Set<PlantedBug> bugs;

    Speculation(SpeculationSettings settings, Outbox out, Stages stages, Placement placement, Set<PlantedBug> bugs) {
        this.settings = settings;
        this.out = out;
        this.stages = stages;
        this.placement = placement;
        this.bugs = bugs;
    }

    /** After everything that waits had its chance; a pass over all that runs. */
    void tick(Attempts attempts) {
        if (!settings.isOn()) {
            return;
        }
        for (StageState stage : stages.all()) {
            if (placement.hasFreeSlot() && stage.isReady && !stage.tasks.isWaiting() && isMostlyDone(stage)) {
                copyLate(stage, attempts);
            }
        }
    }

    private boolean isMostlyDone(StageState stage) {
        int done = stage.pace.taskCount();
        return done > 0 && done >= settings.quantile() * (done + stage.tasks.runningCount());
    }

    private void copyLate(StageState stage, Attempts attempts) {
        long medianMs = stage.pace.medianMs();
        long medianBytes = -1;
        for (RunningAttempt attempt : stage.tasks.running()) {
            long tookMs = out.nowMs() - attempt.launchedMs;
            if (!mayBeCopied(attempt) || !isLate(tookMs, medianMs * attempt.tasks.size())) {
                continue;
            }
            medianBytes = medianBytes < 0 ? medianBytes(stage) : medianBytes;
            boolean isExplained = !isLate(tookMs, expectedMs(attempt, medianMs, medianBytes));
            if (!isExplained || bugs.contains(PlantedBug.LARGE_INPUT_COPIED)) {
                Optional<ExecutorState> place = placement.placeForCopyOf(attempt);
                place.ifPresent(executor -> attempts.copy(attempt, executor));
            }
        }
    }

    private boolean mayBeCopied(RunningAttempt attempt) {
        return attempt.twin == null
                && !attempt.isAlone
                && attempt.stage.tasks.copyCount(attempt) < MAX_COPIES
                && !attempt.stage.tasks.isAnySuspect(attempt);
    }

    private boolean isLate(long tookMs, double expectedMs) {
        return tookMs >= settings.minTaskMs() && tookMs > settings.multiplier() * expectedMs;
    }

    /** Of an attempt that reads more than others, so much more. */
    private double expectedMs(RunningAttempt attempt, long medianMs, long medianBytes) {
        long bytes = attempt.tasks.stream()
                .mapToLong(task -> stages.reads().inputBytes(attempt.stage, task.partition()))
                .sum();
        double asMany = bytes / (double) Math.max(1, medianBytes);
        return medianMs * Math.max(attempt.tasks.size(), asMany);
    }

    /** Whether what it reads tells why the attempt takes so long: it is to have no copy. */
    boolean isExplainedByInput(RunningAttempt attempt) {
        StageState stage = attempt.stage;
        double expectedMs = expectedMs(attempt, stage.pace.medianMs(), medianBytes(stage));
        return !isLate(out.nowMs() - attempt.launchedMs, expectedMs);
    }

    private long medianBytes(StageState stage) {
        int count = Math.min(SAMPLED, stage.spec.partitionCount());
        long[] sampled = new long[count];
        for (int index = 0; index < count; index++) {
            int partition = (int) ((long) index * stage.spec.partitionCount() / count);
            sampled[index] = stages.reads().inputBytes(stage, partition);
        }
        Arrays.sort(sampled);
        return sampled[count / 2];
    }
}
