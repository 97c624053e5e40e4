package dev.kindling.event;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells what happened in an application in plain sentences: what was decided, why, and what it cost. Attempts that
 * simply ran are not told one by one, only summed up with their stage.
 */
public final class AppStory {
    private static final int LISTED = 8;

    private final List<String> lines = new ArrayList<>();
    private final Map<Integer, Long> jobStarts = new TreeMap<>();
    private final Map<Integer, StageRun> stageRuns = new TreeMap<>();
    private final Map<AttemptId, Running> running = new TreeMap<>();
    private final Set<Long> succeededTasks = new HashSet<>();
    private long startMs;
    private long nowMs;
    private int repeatedTasks;
    private long repeatedNanos;
    private int failures;
    private int lostExecutors;

    private record Running(String executorId, long startedMs) {}

    private static final class StageRun {
        private final String name;
        private final long startedMs;
        private final int taskCount;
        private int attempts;
        private TaskMetrics metrics = TaskMetrics.NONE;

        StageRun(String name, long startedMs, int taskCount) {
            this.name = name;
            this.startedMs = startedMs;
            this.taskCount = taskCount;
        }
    }

    private AppStory() {}

    /** One line an event worth telling, with the seconds since the first event in front; at the end what it cost. */
    public static List<String> tell(List<TimedEvent> events) {
        AppStory story = new AppStory();
        story.startMs = events.isEmpty() ? 0 : events.get(0).timeMs();
        for (TimedEvent timed : events) {
            story.nowMs = timed.timeMs();
            story.tell(timed.event());
        }
        story.tellCost();
        return story.lines;
    }

    private void tell(AppEvent event) {
        if (event instanceof AppEvent.ApplicationStarted e) {
            say("application " + e.name() + " (" + e.applicationId() + ") started on " + e.master());
        } else if (event instanceof AppEvent.ApplicationEnded) {
            say("the application ended");
        } else if (event instanceof AppEvent.ExecutorAdded e) {
            say("executor " + e.executorId() + " came: " + count(e.cores(), "core") + ", "
                    + ByteSizes.format(e.memoryBytes()) + " on " + e.host());
        } else if (event instanceof AppEvent.ExecutorSilent e) {
            say("executor " + e.executorId() + " has not been heard of for " + Durations.format(e.silentMs())
                    + ": no new task goes there");
        } else if (event instanceof AppEvent.AttemptStuck e) {
            say("attempt " + e.attempt() + " on " + e.executorId() + " was cancelled " + Durations.format(e.sinceMs())
                    + " ago and goes on" + (e.isReplaced() ? "" : "; it keeps its core") + ". It is here:\n"
                    + e.stack());
        } else if (event instanceof AppEvent.ExecutorLost e) {
            tellLost(e);
        } else if (event instanceof AppEvent.ExecutorExcluded e) {
            say("executor " + e.executorId() + " gets no task for " + Durations.format(e.forMs()) + ": " + e.reason());
        } else if (event instanceof AppEvent.ExecutorLossExplained e) {
            say("now it is known why executor " + e.executorId() + " was lost: " + e.reason());
        } else if (event instanceof AppEvent.MapOutputsLost e) {
            say(count(e.mapPartitions().size(), "map output") + " of shuffle " + e.shuffleId() + " "
                    + (e.mapPartitions().size() == 1 ? "is" : "are") + " gone (" + e.reason()
                    + "): only " + listed(e.mapPartitions(), "partition") + " will be computed again");
        } else if (event instanceof AppEvent.JobStarted
                || event instanceof AppEvent.JobCompleted
                || event instanceof AppEvent.JobFailed) {
            tellJob(event);
        } else if (event instanceof AppEvent.StageStarted
                || event instanceof AppEvent.StageSkipped
                || event instanceof AppEvent.StageCompleted) {
            tellStage(event);
        } else {
            tellAttempt(event);
        }
    }

    private void tellJob(AppEvent event) {
        if (event instanceof AppEvent.JobStarted e) {
            jobStarts.put(e.jobId(), nowMs);
            say("job " + e.jobId() + " (" + e.description() + ") started: "
                    + count(e.stageIds().size(), "stage"));
        } else if (event instanceof AppEvent.JobCompleted e) {
            say("job " + e.jobId() + " completed after " + since(jobStarts.get(e.jobId())));
        } else if (event instanceof AppEvent.JobFailed e) {
            say("job " + e.jobId() + " failed after " + since(jobStarts.get(e.jobId())) + ": " + e.message());
        }
    }

    private void tellStage(AppEvent event) {
        if (event instanceof AppEvent.StageStarted e) {
            StageRun before = stageRuns.put(e.stageId(), new StageRun(e.name(), nowMs, e.taskCount()));
            boolean isAll = e.taskCount() == e.partitionCount();
            say("stage " + e.stageId() + " (" + e.name() + ") "
                    + (before == null ? "started: " : "runs again: ")
                    + (isAll
                            ? count(e.taskCount(), "task")
                            : count(e.taskCount(), "task") + " of " + e.partitionCount()
                                    + ", the results of the others are there"));
        } else if (event instanceof AppEvent.StageSkipped e) {
            StageRun before = stageRuns.get(e.stageId());
            say("stage " + e.stageId() + " (" + e.name() + ") was skipped: all its map outputs are there"
                    + (before == null ? "" : ", which saves " + runTime(before.metrics) + " of task time"));
        } else if (event instanceof AppEvent.StageCompleted e && stageRuns.containsKey(e.stageId())) {
            tellCompleted(e.stageId(), stageRuns.get(e.stageId()));
        }
    }

    private void tellCompleted(int stageId, StageRun run) {
        TaskMetrics metrics = run.metrics;
        StringBuilder text = new StringBuilder("stage " + stageId + " (" + run.name + ") completed after "
                + since(run.startedMs) + ": " + count(run.attempts, "attempt") + " for " + count(run.taskCount, "task")
                + ", " + runTime(metrics) + " of task time");
        append(text, "read", metrics.bytesRead());
        append(text, "fetched", metrics.shuffleBytesReadLocal() + metrics.shuffleBytesReadRemote());
        append(text, "of shuffle written", metrics.shuffleBytesWritten());
        append(text, "spilled", metrics.spilledBytes());
        append(text, "of output written", metrics.bytesWritten());
        say(text.toString());
    }

    private static void append(StringBuilder text, String what, long bytes) {
        if (bytes > 0) {
            text.append(", ").append(ByteSizes.format(bytes)).append(' ').append(what);
        }
    }

    private void tellAttempt(AppEvent event) {
        if (event instanceof AppEvent.AttemptStarted e) {
            running.put(e.attempt(), new Running(e.executorId(), nowMs));
            StageRun run = stageRuns.get(e.attempt().stageId());
            if (run != null) {
                run.attempts++;
            }
        } else if (event instanceof AppEvent.AttemptSucceeded e) {
            succeeded(e);
        } else if (event instanceof AppEvent.AttemptFailed e) {
            Running ended = running.remove(e.attempt());
            failures += e.isCharged() ? 1 : 0;
            say("attempt " + e.attempt() + " failed on " + e.executorId()
                    + (ended == null ? "" : " after " + since(ended.startedMs())) + ": " + e.message()
                    + (e.isCharged() ? "" : " (not counted against the task)"));
        }
    }

    private void succeeded(AppEvent.AttemptSucceeded e) {
        running.remove(e.attempt());
        StageRun run = stageRuns.get(e.attempt().stageId());
        if (run != null) {
            run.metrics = run.metrics.plus(e.metrics());
        }
        if (!succeededTasks.add((long) e.attempt().stageId() << 32 | e.attempt().partition())) {
            repeatedTasks++;
            repeatedNanos += e.metrics().runNanos();
        }
    }

    private void tellLost(AppEvent.ExecutorLost e) {
        lostExecutors++;
        List<AttemptId> attempts = running.entrySet().stream()
                .filter(entry -> entry.getValue().executorId().equals(e.executorId()))
                .map(Map.Entry::getKey)
                .toList();
        long wastedMs = attempts.stream()
                .mapToLong(id -> nowMs - running.get(id).startedMs())
                .sum();
        say("executor " + e.executorId() + " was lost"
                + (attempts.isEmpty()
                        ? ", nothing ran there"
                        : " with " + listed(attempts, "attempt") + ", " + Durations.format(wastedMs)
                                + " of work is thrown away")
                + ": " + e.reason());
    }

    private void tellCost() {
        if (lostExecutors + failures + repeatedTasks > 0) {
            say("what it cost: " + count(lostExecutors, "executor") + " lost, " + count(failures, "failure")
                    + " counted, " + count(repeatedTasks, "task") + " computed again in "
                    + Durations.format(repeatedNanos / 1_000_000) + " of task time");
        }
    }

    // ---- words ----------------------------------------------------------------------------------------------------

    private void say(String sentence) {
        String indented = sentence.strip().replace("\n", "\n            ");
        lines.add(String.format(Locale.ROOT, "%8.3f s  %s", (nowMs - startMs) / 1000.0, indented));
    }

    private String since(Long thenMs) {
        return thenMs == null ? "some time" : Durations.format(nowMs - thenMs);
    }

    private static String runTime(TaskMetrics metrics) {
        return Durations.format(metrics.runNanos() / 1_000_000);
    }

    private static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String listed(List<?> items, String noun) {
        String names = String.join(
                ", ", items.stream().limit(LISTED).map(String::valueOf).toList());
        return noun
                + (items.size() == 1 ? " " : "s ")
                + names
                + (items.size() > LISTED ? " and " + (items.size() - LISTED) + " more" : "");
    }
}
