package dev.kindling.event;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells what happened in an application in plain sentences: what was decided, why, and what it cost. Attempts that
 * simply ran are not told one by one, only summed up with their stage.
 */
public final class AppStory {
    private final StoryLines lines;
    private final Map<Integer, Long> jobStarts = new TreeMap<>();
    private final Map<Integer, StageRun> stageRuns = new TreeMap<>();
    /** By task id. */
    private final Map<Long, Running> running = new TreeMap<>();

    private final Set<Long> succeededTasks = new HashSet<>();
    private final Map<String, List<AttemptId>> stopped = new LinkedHashMap<>();
    /** Memory of cached blocks, by executor and name. */
    private final Map<String, Long> cachedBytes = new HashMap<>();
    /** Cached blocks that left memory, by executor and reason, since the last line. */
    private final Map<String, GivenUp> givenUp = new LinkedHashMap<>();

    private int repeatedTasks;
    private long repeatedNanos;
    private long wastedMs;
    private int failures;
    private int lostExecutors;

    private static final class GivenUp {
        private final String executorId;
        private final String reason;
        private final List<String> toDisk = new ArrayList<>();
        private final List<String> gone = new ArrayList<>();
        private long bytes;

        private GivenUp(Event.BlockUpdated first) {
            executorId = first.executor();
            reason = first.reason();
        }
    }

    private record Running(AttemptId attempt, String executorId, long startedMs) {}

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

    private AppStory(StoryLines lines) {
        this.lines = lines;
    }

    /** One line an event worth telling, with the seconds since the first event in front; at the end what it cost. */
    public static List<String> tell(List<? extends Event> events) {
        AppStory story = new AppStory(new StoryLines(events));
        for (Event event : events) {
            story.lines.at(event);
            story.tell(event);
        }
        story.tellCost();
        return story.lines.lines();
    }

    /** A story told while it happens, on a clock that begins at zero, with what is not an event in between. */
    public static AppStory begin() {
        return new AppStory(new StoryLines(0));
    }

    /** The event happened {@code nowMs} after the beginning, whatever time its teller put on it. */
    public void hear(long nowMs, Event event) {
        lines.at(nowMs);
        tell(event);
    }

    /** Something that is not an event happened. */
    public void hear(long nowMs, String sentence) {
        lines.at(nowMs);
        lines.say(sentence);
    }

    /** All lines; the last says what it cost. */
    public List<String> end() {
        tellCost();
        return List.copyOf(lines.lines());
    }

    /**
     * The same of one task, executor or block, attempt by attempt.
     *
     * @throws dev.kindling.api.KindlingException {@code BAD_ARGUMENT} when the events say nothing of it; names what they
     *     tell of
     */
    public static List<String> tell(List<? extends Event> events, StorySubject subject) {
        return SubjectStory.tell(events, subject);
    }

    private void tell(Event event) {
        if (event instanceof Event.BlockUpdated e) {
            blockUpdated(e);
            return;
        }
        tellStopped(event);
        if (!(event instanceof Event.TaskStart || event instanceof Event.TaskEnd)) {
            tellGivenUp();
        }
        if (event instanceof Event.ApplicationStart e) {
            lines.say("application " + e.name() + " (" + e.id() + ") started");
        } else if (event instanceof Event.EnvironmentUpdate e) {
            lines.say("its master is " + e.master());
        } else if (event instanceof Event.ApplicationEnd) {
            lines.say("the application ended");
        } else if (event instanceof Event.ExecutorAdded e) {
            lines.say("executor " + e.id() + " came: " + StoryLines.count(e.cores(), "core") + ", "
                    + ByteSizes.format(e.memory()) + " on " + e.host());
        } else if (event instanceof Event.ExecutorSilent e) {
            lines.say("executor " + e.id() + " has not been heard of for " + Durations.format(e.silentMs())
                    + ": no new task goes there");
        } else if (event instanceof Event.TaskStuck e) {
            lines.say("attempt " + new AttemptId(e.stageId(), e.partition(), e.attempt()) + " on " + e.executor()
                    + " was cancelled " + Durations.format(e.sinceMs()) + " ago and goes on"
                    + (e.isReplaced() ? "" : "; it keeps its core") + ". It is here:\n" + e.stack());
        } else if (event instanceof Event.NothingMoved e) {
            lines.say("nothing has moved for " + Durations.format(e.sinceMs())
                    + (e.isGivenUp() ? ": its jobs are given up" : "") + ":\n" + String.join("\n", e.standing()));
        } else if (event instanceof Event.TaskStack e) {
            lines.say("attempt " + new AttemptId(e.stageId(), e.partition(), e.attempt()) + " on " + e.executor()
                    + " is here:\n" + e.stack());
        } else if (event instanceof Event.ExecutorRemoved e) {
            tellLost(e);
        } else if (event instanceof Event.ExecutorsRequested e) {
            lines.say(
                    e.change() > 0
                            ? "asking for " + StoryLines.count(e.change(), "more executor") + ": " + e.reason()
                            : "no longer asking for " + StoryLines.count(-e.change(), "executor")
                                    + " that had not come: " + e.reason());
        } else if (event instanceof Event.ExecutorDraining e) {
            lines.say("executor " + e.id() + " is to leave within " + Durations.format(e.withinMs()) + ": " + e.reason()
                    + "; it gets no new task, and what it holds moves to others");
        } else if (event instanceof Event.ExecutorExcluded e) {
            lines.say("executor " + e.id() + " gets no task for " + Durations.format(e.forMs()) + ": " + e.reason());
        } else if (event instanceof Event.ExecutorLossExplained e) {
            lines.say("now it is known why executor " + e.id() + " was lost: " + e.reason());
        } else if (event instanceof Event.Dropped e) {
            lines.say(e.events() + " events about tasks and blocks are missing here");
        } else if (event instanceof Event.SkewFound e) {
            lines.say("partition " + e.partition() + " of what stage " + e.stageId() + " wrote holds "
                    + ByteSizes.format(e.bytes()) + ", the median partition " + ByteSizes.format(e.medianBytes())
                    + (e.hotKeys().isEmpty() ? "" : "; see the event for the keys that most of its rows have"));
        } else if (event instanceof Event.MapOutputsLost e) {
            lines.say(StoryLines.count(e.mapPartitions().size(), "map output") + " of shuffle " + e.shuffleId() + " "
                    + (e.mapPartitions().size() == 1 ? "is" : "are") + " gone (" + e.reason()
                    + "): only " + StoryLines.listed(e.mapPartitions(), "partition") + " will be computed again");
        } else if (event instanceof Event.JobStart || event instanceof Event.JobEnd) {
            tellJob(event);
        } else if (event instanceof Event.StageSubmitted
                || event instanceof Event.StageSkipped
                || event instanceof Event.StageCompleted) {
            tellStage(event);
        } else if (event instanceof Event.ResultShown e) {
            lines.say("the program showed a result of "
                    + StoryLines.count(e.bars().size(), "bar") + ": " + e.title());
        } else if (event instanceof Event.PartitionsGrouped e) {
            lines.say(StoryLines.words(e));
        } else {
            tellAttempt(event);
        }
    }

    private void tellJob(Event event) {
        if (event instanceof Event.JobStart e) {
            jobStarts.put(e.jobId(), lines.nowMs());
            lines.say("job " + e.jobId() + " (" + e.callSite() + ") started: "
                    + StoryLines.count(e.stageIds().size(), "stage"));
        } else if (event instanceof Event.JobEnd e) {
            String after = " after " + lines.since(jobStarts.get(e.jobId()));
            lines.say("job " + e.jobId()
                    + e.failure()
                            .map(failure -> " failed" + after + ": " + AppStatus.messageOf(failure))
                            .orElse(" completed" + after));
        }
    }

    private void tellStage(Event event) {
        if (event instanceof Event.StageSubmitted e) {
            StageInfo stage = e.stage();
            int missing = stage.numTasks() - stage.numCompletedTasks();
            StageRun before = stageRuns.put(stage.stageId(), new StageRun(stage.name(), lines.nowMs(), missing));
            lines.say("stage " + stage.stageId() + " (" + stage.name() + ") "
                    + (before == null ? "started: " : "runs again: ")
                    + (stage.numCompletedTasks() == 0
                            ? StoryLines.count(missing, "task")
                            : StoryLines.count(missing, "task") + " of " + stage.numTasks()
                                    + ", the results of the others are there"));
        } else if (event instanceof Event.StageSkipped e) {
            StageRun before = stageRuns.get(e.stageId());
            lines.say("stage " + e.stageId() + " (" + e.name() + ") was skipped: " + StoryLines.words(e)
                    + (before == null ? "" : ", which saves " + StoryLines.runTime(before.metrics) + " of task time"));
        } else if (event instanceof Event.StageCompleted e
                && stageRuns.containsKey(e.stage().stageId())) {
            StageRun run = stageRuns.get(e.stage().stageId());
            e.failure()
                    .ifPresentOrElse(
                            why -> lines.say(
                                    "stage " + e.stage().stageId() + " (" + run.name + ") ended unfinished: " + why),
                            () -> tellCompleted(e.stage().stageId(), run));
        }
    }

    private void tellCompleted(int stageId, StageRun run) {
        lines.say("stage " + stageId + " (" + run.name + ") completed after " + lines.since(run.startedMs) + ": "
                + StoryLines.count(run.attempts, "attempt") + " for " + StoryLines.count(run.taskCount, "task") + ", "
                + StoryLines.work(run.metrics));
    }

    private void tellAttempt(Event event) {
        if (event instanceof Event.TaskStart e) {
            AttemptId attempt = new AttemptId(e.stageId(), e.partition(), e.attempt());
            if (e.speculative()) {
                tellCopy(e, attempt);
            }
            running.put(e.taskId(), new Running(attempt, e.executor(), lines.nowMs()));
            StageRun run = stageRuns.get(e.stageId());
            if (run != null) {
                run.attempts++;
            }
        } else if (event instanceof Event.TaskEnd e) {
            ended(e, new AttemptId(e.stageId(), e.partition(), e.attempt()));
        }
    }

    private void tellCopy(Event.TaskStart e, AttemptId attempt) {
        for (Running late : running.values()) {
            if (late.attempt().stageId() == e.stageId() && late.attempt().partition() == e.partition()) {
                lines.say("attempt " + late.attempt() + " has run on " + late.executorId() + " for "
                        + lines.since(late.startedMs()) + ", which is long beside the others of its stage: "
                        + attempt + " does the same on " + e.executor() + ", and the first counts");
            }
        }
    }

    private void ended(Event.TaskEnd e, AttemptId attempt) {
        Running ended = running.remove(e.taskId());
        if (e.outcome() instanceof Outcome.Success) {
            succeeded(e);
        } else if (e.outcome() instanceof Outcome.Killed killed) {
            stopped.computeIfAbsent(killed.reason(), why -> new ArrayList<>()).add(attempt);
        } else {
            boolean isCharged = StoryLines.isCharged(e.outcome());
            failures += isCharged ? 1 : 0;
            wastedMs += ended == null ? 0 : lines.nowMs() - ended.startedMs();
            lines.say("attempt " + attempt + " failed on " + e.executor()
                    + (ended == null ? "" : " after " + lines.since(ended.startedMs())) + ": "
                    + StoryLines.words(e.outcome())
                    + (isCharged ? "" : " (not counted against the task)"));
        }
    }

    /** The attempts that were stopped together, before what happened next. */
    private void tellStopped(Event next) {
        if (!stopped.isEmpty() && !(next instanceof Event.TaskEnd end && end.outcome() instanceof Outcome.Killed)) {
            stopped.forEach((why, attempts) -> lines.say(StoryLines.listed(attempts, "attempt")
                    + (attempts.size() == 1 ? " was" : " were") + " stopped: " + why));
            stopped.clear();
        }
    }

    private void blockUpdated(Event.BlockUpdated e) {
        String copy = e.executor() + " " + e.block();
        Long before = e.memory() > 0 ? cachedBytes.put(copy, e.memory()) : cachedBytes.remove(copy);
        if (!e.reason().isEmpty()) {
            GivenUp some = givenUp.computeIfAbsent(e.executor() + " " + e.reason(), key -> new GivenUp(e));
            some.bytes += before == null ? 0 : before;
            (e.disk() > 0 ? some.toDisk : some.gone).add(e.block());
        }
    }

    /** Blocks that left memory together, before what happened next. */
    private void tellGivenUp() {
        for (GivenUp some : givenUp.values()) {
            String why =
                    (some.bytes == 0 ? "" : " (" + ByteSizes.format(some.bytes) + " of memory)") + ": " + some.reason;
            if (!some.toDisk.isEmpty()) {
                lines.say(StoryLines.listed(some.toDisk, "cached block") + " moved to the disk of executor "
                        + some.executorId + why);
            }
            if (!some.gone.isEmpty()) {
                lines.say(StoryLines.listed(some.gone, "cached block") + (some.gone.size() == 1 ? " is" : " are")
                        + " gone from executor " + some.executorId + why);
            }
        }
        givenUp.clear();
    }

    private void succeeded(Event.TaskEnd e) {
        TaskMetrics metrics = TaskMetrics.of(e.metrics());
        StageRun run = stageRuns.get(e.stageId());
        if (run != null) {
            run.metrics = run.metrics.plus(metrics);
        }
        for (int partition : e.partitions()) {
            if (!succeededTasks.add((long) e.stageId() << 32 | partition)) {
                repeatedTasks++;
                repeatedNanos += metrics.runNanos() / e.partitions().size();
            }
        }
    }

    private void tellLost(Event.ExecutorRemoved e) {
        lostExecutors++;
        List<Running> there = running.values().stream()
                .filter(attempt -> attempt.executorId().equals(e.id()))
                .toList();
        List<AttemptId> attempts = there.stream().map(Running::attempt).sorted().toList();
        long wastedMs = there.stream()
                .mapToLong(attempt -> lines.nowMs() - attempt.startedMs())
                .sum();
        lines.say("executor " + e.id() + " was lost"
                + (attempts.isEmpty()
                        ? ", nothing ran there"
                        : " with " + StoryLines.listed(attempts, "attempt") + ", " + Durations.format(wastedMs)
                                + " of work is thrown away")
                + ": " + e.reason());
    }

    private void tellCost() {
        tellGivenUp();
        if (lostExecutors + failures + repeatedTasks + wastedMs > 0) {
            lines.say("what it cost: " + StoryLines.count(lostExecutors, "executor") + " lost, "
                    + StoryLines.count(failures, "failure")
                    + " counted, attempts of " + Durations.format(wastedMs) + " without a result, "
                    + StoryLines.count(repeatedTasks, "task") + " computed again in "
                    + Durations.format(repeatedNanos / 1_000_000) + " of task time");
        }
    }
}
