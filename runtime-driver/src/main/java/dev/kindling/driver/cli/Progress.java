package dev.kindling.driver.cli;

import dev.kindling.event.AppEvent;
import dev.kindling.event.AppEventListener;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shows the stages as they run: one rewritten line on a terminal, a line for each completed stage elsewhere. Owned by
 * its thread of the event bus.
 */
final class Progress implements AppEventListener {
    private static final int BAR_WIDTH = 24;

    /** Ten times a second is as often as somebody can read. */
    private static final long REWRITE_EVERY_MS = 100;

    private final Terminal terminal;
    private final Map<Integer, RunningStage> running = new LinkedHashMap<>();
    private long lastRewriteMs;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onEvent(long timeMs, AppEvent event) {
        if (event instanceof AppEvent.StageStarted started) {
            running.put(started.stageId(), new RunningStage(started, timeMs));
            show(timeMs, true);
        } else if (event instanceof AppEvent.AttemptSucceeded succeeded) {
            RunningStage stage = running.get(succeeded.attempt().stageId());
            if (stage != null) {
                stage.doneCount++;
                show(timeMs, stage.isDone());
            }
        } else if (event instanceof AppEvent.StageCompleted completed) {
            complete(running.remove(completed.stageId()), timeMs);
        } else if (event instanceof AppEvent.ExecutorLost lost) {
            terminal.say("executor " + lost.executorId() + " lost: " + lost.reason());
        } else if (event instanceof AppEvent.MapOutputsLost lost) {
            terminal.say(lost.mapPartitions().size() + " map outputs of shuffle " + lost.shuffleId()
                    + " are to be computed again: " + lost.reason());
        } else if (event instanceof AppEvent.JobCompleted || event instanceof AppEvent.JobFailed) {
            running.clear();
            terminal.clear();
        }
    }

    @Override
    public void close() {
        terminal.clear();
    }

    private void complete(RunningStage stage, long timeMs) {
        if (stage != null && !terminal.isRewritable()) {
            terminal.say("stage %d %s: %d tasks in %d ms"
                    .formatted(stage.event.stageId(), stage.event.name(), stage.doneCount, timeMs - stage.startedMs));
        }
    }

    private void show(long timeMs, boolean isUrgent) {
        if (!isUrgent && timeMs - lastRewriteMs < REWRITE_EVERY_MS) {
            return;
        }
        lastRewriteMs = timeMs;
        StringBuilder line = new StringBuilder();
        for (RunningStage stage : running.values()) {
            line.append(line.length() == 0 ? "" : "   ").append(stage);
        }
        terminal.rewrite(line.toString());
    }

    /** One stage between its start and its end. */
    private static final class RunningStage {
        private final AppEvent.StageStarted event;
        private final long startedMs;
        private int doneCount;

        RunningStage(AppEvent.StageStarted event, long startedMs) {
            this.event = event;
            this.startedMs = startedMs;
        }

        boolean isDone() {
            return doneCount >= event.taskCount();
        }

        @Override
        public String toString() {
            int total = Math.max(1, event.taskCount());
            int filled = Math.min(BAR_WIDTH, BAR_WIDTH * doneCount / total);
            return "stage %d [%s%s] %d/%d %s"
                    .formatted(
                            event.stageId(),
                            "#".repeat(filled),
                            ".".repeat(BAR_WIDTH - filled),
                            doneCount,
                            event.taskCount(),
                            event.name());
        }
    }
}
