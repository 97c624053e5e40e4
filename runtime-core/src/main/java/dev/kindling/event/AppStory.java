package dev.kindling.event;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    private final Map<String, List<AttemptId>> stopped = new LinkedHashMap<>();
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
    public static List<String> tell(List<? extends Event> events) {
        AppStory story = new AppStory();
        story.startMs = events.isEmpty() ? 0 : events.get(0).time().toEpochMilli();
        for (Event event : events) {
            story.nowMs = event.time().toEpochMilli();
            story.tell(event);
        }
        story.tellCost();
        return story.lines;
    }

    private void tell(Event event) {
        tellStopped(event);
        if (event instanceof Event.ApplicationStart e) {
            say("application " + e.name() + " (" + e.id() + ") started");
        } else if (event instanceof Event.EnvironmentUpdate e) {
            say("its master is " + e.master());
        } else if (event instanceof Event.ApplicationEnd) {
            say("the application ended");
        } else if (event instanceof Event.ExecutorAdded e) {
            say("executor " + e.id() + " came: " + count(e.cores(), "core") + ", " + ByteSizes.format(e.memory())
                    + " on " + e.host());
        } else if (event instanceof Event.ExecutorSilent e) {
            say("executor " + e.id() + " has not been heard of for " + Durations.format(e.silentMs())
                    + ": no new task goes there");
        } else if (event instanceof Event.TaskStuck e) {
            say("attempt " + new AttemptId(e.stageId(), e.partition(), e.attempt()) + " on " + e.executor()
                    + " was cancelled " + Durations.format(e.sinceMs()) + " ago and goes on"
                    + (e.isReplaced() ? "" : "; it keeps its core") + ". It is here:\n" + e.stack());
        } else if (event instanceof Event.ExecutorRemoved e) {
            tellLost(e);
        } else if (event instanceof Event.ExecutorExcluded e) {
            say("executor " + e.id() + " gets no task for " + Durations.format(e.forMs()) + ": " + e.reason());
        } else if (event instanceof Event.ExecutorLossExplained e) {
            say("now it is known why executor " + e.id() + " was lost: " + e.reason());
        } else if (event instanceof Event.Dropped e) {
            say(e.events() + " events about tasks and blocks are missing here");
        } else if (event instanceof Event.MapOutputsLost e) {
            say(count(e.mapPartitions().size(), "map output") + " of shuffle " + e.shuffleId() + " "
                    + (e.mapPartitions().size() == 1 ? "is" : "are") + " gone (" + e.reason()
                    + "): only " + listed(e.mapPartitions(), "partition") + " will be computed again");
        } else if (event instanceof Event.JobStart || event instanceof Event.JobEnd) {
            tellJob(event);
        } else if (event instanceof Event.StageSubmitted
                || event instanceof Event.StageSkipped
                || event instanceof Event.StageCompleted) {
            tellStage(event);
        } else {
            tellAttempt(event);
        }
    }

    private void tellJob(Event event) {
        if (event instanceof Event.JobStart e) {
            jobStarts.put(e.jobId(), nowMs);
            say("job " + e.jobId() + " (" + e.callSite() + ") started: "
                    + count(e.stageIds().size(), "stage"));
        } else if (event instanceof Event.JobEnd e) {
            String after = " after " + since(jobStarts.get(e.jobId()));
            say("job " + e.jobId()
                    + e.failure()
                            .map(failure -> " failed" + after + ": " + AppStatus.messageOf(failure))
                            .orElse(" completed" + after));
        }
    }

    private void tellStage(Event event) {
        if (event instanceof Event.StageSubmitted e) {
            StageInfo stage = e.stage();
            int missing = stage.numTasks() - stage.numCompletedTasks();
            StageRun before = stageRuns.put(stage.stageId(), new StageRun(stage.name(), nowMs, missing));
            say("stage " + stage.stageId() + " (" + stage.name() + ") "
                    + (before == null ? "started: " : "runs again: ")
                    + (stage.numCompletedTasks() == 0
                            ? count(missing, "task")
                            : count(missing, "task") + " of " + stage.numTasks()
                                    + ", the results of the others are there"));
        } else if (event instanceof Event.StageSkipped e) {
            StageRun before = stageRuns.get(e.stageId());
            say("stage " + e.stageId() + " (" + e.name() + ") was skipped: all its map outputs are there"
                    + (before == null ? "" : ", which saves " + runTime(before.metrics) + " of task time"));
        } else if (event instanceof Event.StageCompleted e
                && stageRuns.containsKey(e.stage().stageId())) {
            StageRun run = stageRuns.get(e.stage().stageId());
            e.failure()
                    .ifPresentOrElse(
                            why -> say("stage " + e.stage().stageId() + " (" + run.name + ") ended unfinished: " + why),
                            () -> tellCompleted(e.stage().stageId(), run));
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
        append(text, "spilled", metrics.diskSpilled());
        append(text, "of output written", metrics.bytesWritten());
        say(text.toString());
    }

    private static void append(StringBuilder text, String what, long bytes) {
        if (bytes > 0) {
            text.append(", ").append(ByteSizes.format(bytes)).append(' ').append(what);
        }
    }

    private void tellAttempt(Event event) {
        if (event instanceof Event.TaskStart e) {
            running.put(idOf(e), new Running(e.executor(), nowMs));
            StageRun run = stageRuns.get(e.stageId());
            if (run != null) {
                run.attempts++;
            }
        } else if (event instanceof Event.TaskEnd e) {
            ended(e, new AttemptId(e.stageId(), e.partition(), e.attempt()));
        }
    }

    private static AttemptId idOf(Event.TaskStart e) {
        return new AttemptId(e.stageId(), e.partition(), e.attempt());
    }

    private void ended(Event.TaskEnd e, AttemptId attempt) {
        Running ended = running.remove(attempt);
        if (e.outcome() instanceof Outcome.Success) {
            succeeded(e);
        } else if (e.outcome() instanceof Outcome.Killed killed) {
            stopped.computeIfAbsent(killed.reason(), why -> new ArrayList<>()).add(attempt);
        } else {
            boolean isCharged = e.outcome() instanceof Outcome.Failed failed && failed.countsTowardsLimit();
            failures += isCharged ? 1 : 0;
            say("attempt " + attempt + " failed on " + e.executor()
                    + (ended == null ? "" : " after " + since(ended.startedMs())) + ": " + words(e.outcome())
                    + (isCharged ? "" : " (not counted against the task)"));
        }
    }

    private static String words(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.message();
        } else if (outcome instanceof Outcome.FetchFailed failed) {
            return failed.message()
                    + failed.whyExecutorWent()
                            .map(why -> "; executor " + failed.fromExecutor() + " was lost: "
                                    + why.detail().lines().findFirst().orElse(""))
                            .orElse("");
        } else if (outcome instanceof Outcome.ExecutorLost) {
            return "its executor was lost";
        }
        return "another attempt had written its output";
    }

    /** The attempts that were stopped together, before what happened next. */
    private void tellStopped(Event next) {
        if (!stopped.isEmpty() && !(next instanceof Event.TaskEnd end && end.outcome() instanceof Outcome.Killed)) {
            stopped.forEach((why, attempts) ->
                    say(listed(attempts, "attempt") + (attempts.size() == 1 ? " was" : " were") + " stopped: " + why));
            stopped.clear();
        }
    }

    private void succeeded(Event.TaskEnd e) {
        TaskMetrics metrics = TaskMetrics.of(e.metrics());
        StageRun run = stageRuns.get(e.stageId());
        if (run != null) {
            run.metrics = run.metrics.plus(metrics);
        }
        if (!succeededTasks.add((long) e.stageId() << 32 | e.partition())) {
            repeatedTasks++;
            repeatedNanos += metrics.runNanos();
        }
    }

    private void tellLost(Event.ExecutorRemoved e) {
        lostExecutors++;
        List<AttemptId> attempts = running.entrySet().stream()
                .filter(entry -> entry.getValue().executorId().equals(e.id()))
                .map(Map.Entry::getKey)
                .toList();
        long wastedMs = attempts.stream()
                .mapToLong(id -> nowMs - running.get(id).startedMs())
                .sum();
        say("executor " + e.id() + " was lost"
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
