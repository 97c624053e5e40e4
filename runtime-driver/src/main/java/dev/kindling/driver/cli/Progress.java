package dev.kindling.driver.cli;

import dev.kindling.event.AppEvent;
import dev.kindling.event.AppEventListener;
import dev.kindling.event.AppStatus;
import dev.kindling.event.AppStatus.StageStatus;
import dev.kindling.event.ProgressLine;
import dev.kindling.event.StatusFold;
import dev.kindling.util.Durations;

/**
 * Shows the stages as they run: one rewritten line on a terminal, a line for each completed stage elsewhere; in both,
 * what went wrong. Owned by its thread of the event bus.
 */
final class Progress implements AppEventListener {
    /** Ten times a second is as often as somebody can read. */
    private static final long REWRITE_EVERY_MS = 100;

    private final Terminal terminal;
    private final StatusFold fold = new StatusFold();
    private long rewrittenMs;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onEvent(long timeMs, AppEvent event) {
        fold.onEvent(timeMs, event);
        if (event instanceof AppEvent.ExecutorLost lost) {
            terminal.say("executor " + lost.executorId() + " lost: "
                    + firstLine(lost.reason().toString()));
        } else if (event instanceof AppEvent.MapOutputsLost lost) {
            terminal.say("to be computed again: " + lost.mapPartitions().size() + " map outputs of shuffle "
                    + lost.shuffleId());
        } else if (event instanceof AppEvent.StageCompleted completed && !terminal.isRewritable()) {
            sayCompleted(completed.stageId());
        } else if (event instanceof AppEvent.JobCompleted || event instanceof AppEvent.JobFailed) {
            terminal.clear();
        } else if (terminal.isRewritable()) {
            show(timeMs, event instanceof AppEvent.StageStarted);
        }
    }

    @Override
    public void close() {
        terminal.clear();
    }

    /** What a process wrote last follows its exit code in further lines; the log and the story have them. */
    private static String firstLine(String reason) {
        int end = reason.indexOf('\n');
        return end < 0 ? reason : reason.substring(0, end);
    }

    private void sayCompleted(int stageId) {
        for (StageStatus stage : fold.status().stages()) {
            if (stage.stageId() == stageId) {
                terminal.say("stage " + stageId + " " + stage.name() + ": " + stage.partitionCount() + " of "
                        + stage.partitionCount() + " tasks, " + Durations.format(stage.endedMs() - stage.startedMs()));
            }
        }
    }

    private void show(long timeMs, boolean isUrgent) {
        if (isUrgent || timeMs - rewrittenMs >= REWRITE_EVERY_MS) {
            rewrittenMs = timeMs;
            AppStatus status = fold.status();
            terminal.rewrite(ProgressLine.of(status, terminal.columns() - 1, false));
        }
    }
}
