package dev.kindling.driver.cli;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.StatusTracker;
import dev.kindling.event.AppStatus;
import dev.kindling.event.ProgressLine;
import dev.kindling.event.StatusFold;
import dev.kindling.util.Durations;

/**
 * Shows the stages as they run: one rewritten line on a terminal, a line for each completed stage elsewhere; in both,
 * what went wrong. Owned by its thread of the event bus.
 */
final class Progress implements KindlingListener, AutoCloseable {
    /** Ten times a second is as often as somebody can read. */
    private static final long REWRITE_EVERY_MS = 100;

    private final Terminal terminal;
    private final StatusFold fold = new StatusFold();
    private long rewrittenMs;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onEvent(Event event) {
        fold.onEvent(event);
        if (event instanceof Event.ExecutorRemoved lost) {
            terminal.say("executor " + lost.id() + " lost: "
                    + firstLine(lost.reason().toString()));
        } else if (event instanceof Event.MapOutputsLost lost) {
            terminal.say("to be computed again: " + lost.mapPartitions().size() + " map outputs of shuffle "
                    + lost.shuffleId());
        } else if (event instanceof Event.StageCompleted completed && !terminal.isRewritable()) {
            sayCompleted(completed);
        } else if (event instanceof Event.JobEnd) {
            terminal.clear();
        } else if (terminal.isRewritable()) {
            show(event.time().toEpochMilli(), event instanceof Event.StageSubmitted);
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

    private void sayCompleted(Event.StageCompleted completed) {
        StatusTracker.StageInfo stage = completed.stage();
        terminal.say("stage " + stage.stageId() + " " + stage.name() + ": " + stage.numCompletedTasks() + " of "
                + stage.numTasks() + " tasks, "
                + Durations.format(completed.time().toEpochMilli() - stage.submissionTime()));
    }

    private void show(long timeMs, boolean isUrgent) {
        if (isUrgent || timeMs - rewrittenMs >= REWRITE_EVERY_MS) {
            rewrittenMs = timeMs;
            AppStatus status = fold.status();
            terminal.rewrite(ProgressLine.of(status, terminal.columns() - 1, false));
        }
    }
}
