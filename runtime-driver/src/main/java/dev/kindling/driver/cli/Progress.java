package dev.kindling.driver.cli;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.StatusTracker;
import dev.kindling.event.ProgressLine;
import dev.kindling.event.StatusFold;
import dev.kindling.util.Durations;

/**
 * Shows the stages as they run: one rewritten line on a terminal, a line for each completed stage elsewhere; in both,
 * what went wrong. Hears events on threads of the event bus; while a job runs, a thread of its own rewrites the line.
 */
final class Progress implements KindlingListener, AutoCloseable {
    /** Five times a second is as often as somebody can read, and soon enough after other lines. */
    private static final long REWRITE_EVERY_MS = 200;

    private final Terminal terminal;
    private StatusFold fold = new StatusFold();
    private Thread rewriter;

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void onEvent(Event event) {
        if (event instanceof Event.ApplicationStart) {
            fold = new StatusFold();
        }
        fold.onEvent(event);
        if (event instanceof Event.ExecutorRemoved lost) {
            terminal.say("executor " + lost.id() + " lost: "
                    + firstLine(lost.reason().toString()));
        } else if (event instanceof Event.MapOutputsLost lost) {
            terminal.say("to be computed again: " + lost.mapPartitions().size() + " map outputs of shuffle "
                    + lost.shuffleId());
        } else if (event instanceof Event.StageCompleted completed && !terminal.isRewritable()) {
            sayCompleted(completed);
        } else if (event instanceof Event.JobEnd && !hasActiveJobs()) {
            terminal.clear();
        } else if (terminal.isRewritable() && rewriter == null && hasActiveJobs()) {
            rewriter = new Thread(this::rewriteWhileJobsRun, "progress");
            rewriter.setDaemon(true);
            rewriter.start();
        }
    }

    private boolean hasActiveJobs() {
        return fold.getActiveJobIds().length > 0;
    }

    private synchronized void rewriteWhileJobsRun() {
        while (hasActiveJobs()) {
            terminal.rewrite(ProgressLine.of(fold.status(), System.currentTimeMillis(), terminal.columns() - 1, false));
            try {
                wait(REWRITE_EVERY_MS);
            } catch (InterruptedException e) {
                break;
            }
        }
        terminal.clear();
        rewriter = null;
    }

    @Override
    public synchronized void close() {
        fold = new StatusFold();
        notifyAll();
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
}
