package dev.kindling.event;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.api.StorageLevel;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.ByteSizes;
import dev.kindling.util.Durations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The story of one task, executor or block: what was done with it, attempt by attempt, and what happened to it through
 * others. A map output is told as the task that writes it, with those that could not read it.
 */
final class SubjectStory {
    /** Subjects of each kind that are named when the one asked for is unknown. */
    private static final int NAMED = 12;

    private final StorySubject subject;
    private final StoryLines lines;
    private final Map<Integer, Integer> stageOfShuffle = new TreeMap<>();
    private final Map<Integer, Integer> shuffleOfStage = new TreeMap<>();
    private final Map<Integer, Event.JobStart> jobs = new TreeMap<>();
    /** Attempts of the task, or on the executor, that run, by their ids: what runs where, since when. */
    private final Map<Long, Running> running = new LinkedHashMap<>();

    private final TreeSet<String> holders = new TreeSet<>();
    private int attempts;
    private int succeeded;
    private int charged;
    private TaskMetrics metrics = TaskMetrics.NONE;
    private boolean isFound;

    private record Running(String attempt, String executor, long sinceMs) {}

    private SubjectStory(StorySubject subject, StoryLines lines) {
        this.subject = subject;
        this.lines = lines;
    }

    static List<String> tell(List<? extends Event> events, StorySubject subject) {
        SubjectStory story = new SubjectStory(subject, new StoryLines(events));
        for (Event event : events) {
            if (event instanceof Event.ShuffleDeclared e) {
                story.stageOfShuffle.put(e.shuffleId(), e.stageId());
                story.shuffleOfStage.put(e.stageId(), e.shuffleId());
            }
        }
        for (Event event : events) {
            story.lines.at(event);
            story.tell(event);
        }
        if (!story.isFound) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "the log says nothing of " + subject + "; " + subjectsOf(events));
        }
        story.tellSum();
        return story.lines.lines();
    }

    private void tell(Event event) {
        if (event instanceof Event.TaskStart e) {
            if (e.partitions().stream().anyMatch(partition -> concerns(e.stageId(), partition, e.executor()))) {
                started(e);
            }
        } else if (event instanceof Event.TaskEnd e) {
            if (running.containsKey(e.taskId()) || concerns(e.stageId(), e.partition(), e.executor())) {
                ended(e);
            } else if (e.outcome() instanceof Outcome.FetchFailed failed) {
                otherCouldNotRead(e, failed);
            }
        } else if (event instanceof Event.TaskStuck e) {
            if (concerns(e.stageId(), e.partition(), e.executor())) {
                say(attempt(e.stageId(), e.partition(), e.attempt()) + " on " + e.executor() + " was cancelled "
                        + Durations.format(e.sinceMs()) + " ago and goes on"
                        + (e.isReplaced() ? ", so its executor is replaced" : "; it keeps its core")
                        + ". It is here:\n" + e.stack());
            }
        } else if (event instanceof Event.TaskStack e) {
            if (concerns(e.stageId(), e.partition(), e.executor())) {
                say(attempt(e.stageId(), e.partition(), e.attempt()) + " on " + e.executor() + " is here:\n"
                        + e.stack());
            }
        } else if (event instanceof Event.MapOutputsLost e) {
            outputsLost(e);
        } else if (event instanceof Event.BlockUpdated e) {
            blockUpdated(e);
        } else if (event instanceof Event.StageSubmitted
                || event instanceof Event.StageSkipped
                || event instanceof Event.PartitionsGrouped
                || event instanceof Event.JobStart
                || event instanceof Event.JobEnd) {
            tellContext(event);
        } else {
            tellExecutor(event);
        }
    }

    /** Whether an attempt of that task on that executor belongs to the story. */
    private boolean concerns(int stageId, int partition, String executor) {
        return subject instanceof StorySubject.Executor e ? e.id().equals(executor) : isTask(stageId, partition);
    }

    private boolean isTask(int stageId, int partition) {
        if (subject instanceof StorySubject.MapOutput output) {
            Integer writer = stageOfShuffle.get(output.shuffleId());
            return writer != null && writer == stageId && output.mapPartition() == partition;
        }
        return subject instanceof StorySubject.Task task && task.stageId() == stageId && task.partition() == partition;
    }

    private boolean isOfStage(int stageId) {
        if (subject instanceof StorySubject.MapOutput output) {
            Integer writer = stageOfShuffle.get(output.shuffleId());
            return writer != null && writer == stageId;
        }
        return subject instanceof StorySubject.Task task && task.stageId() == stageId;
    }

    // ---- its attempts ---------------------------------------------------------------------------------------------

    private String attempt(int stageId, int partition, int number) {
        return subject instanceof StorySubject.Executor
                ? "attempt " + number + " of task " + stageId + "." + partition
                : "attempt " + number;
    }

    private void started(Event.TaskStart e) {
        attempts++;
        String attempt = e.partitions().size() == 1
                ? attempt(e.stageId(), e.partition(), e.attempt())
                : "attempt " + e.attempt() + " of tasks " + e.stageId() + "." + e.partition() + " to " + e.stageId()
                        + "." + e.partitions().get(e.partitions().size() - 1);
        running.put(e.taskId(), new Running(attempt, e.executor(), lines.nowMs()));
        String nearness = switch (e.locality()) {
            case PROCESS_LOCAL -> ", which keeps its input";
            case NODE_LOCAL -> ", on a machine that has its input";
            case NO_PREF -> "";
            case RACK_LOCAL, ANY -> ", though its input lies elsewhere";
        };
        say(attempt + " started" + (isExecutor() ? "" : " on executor " + e.executor() + nearness)
                + (e.speculative() ? ", since another attempt is late; the first of both counts" : ""));
    }

    private boolean isExecutor() {
        return subject instanceof StorySubject.Executor;
    }

    private void ended(Event.TaskEnd e) {
        Running before = running.remove(e.taskId());
        String attempt = before == null ? attempt(e.stageId(), e.partition(), e.attempt()) : before.attempt();
        String after = " after " + lines.since(before == null ? null : before.sinceMs());
        boolean isDone = isExecutor()
                ? e.outcome() instanceof Outcome.Success
                : e.partitions().stream().anyMatch(partition -> isTask(e.stageId(), partition));
        if (isDone) {
            TaskMetrics did = TaskMetrics.of(e.metrics());
            metrics = metrics.plus(did);
            succeeded++;
            holders.clear();
            holders.add(e.executor());
            say(attempt + " succeeded" + after + ": " + StoryLines.work(did)
                    + (isExecutor() || !shuffleOfStage.containsKey(e.stageId())
                            ? ""
                            : "; its map output lies on " + e.executor()));
        } else if (e.outcome() instanceof Outcome.Success) {
            say(attempt + " ended" + after + ", before it came to this one");
        } else if (e.outcome() instanceof Outcome.Killed killed) {
            say(attempt + " was stopped" + after + ": " + killed.reason());
        } else if (!isExecutor()
                && !isTask(e.stageId(), e.partition())
                && !(e.outcome() instanceof Outcome.ExecutorLost)) {
            say(attempt + " ended" + after + " because task " + e.stageId() + "." + e.partition() + " failed: "
                    + StoryLines.words(e.outcome()));
        } else {
            charged += StoryLines.isCharged(e.outcome()) ? 1 : 0;
            say(attempt + " failed" + after + ": " + StoryLines.words(e.outcome())
                    + (StoryLines.isCharged(e.outcome()) ? "" : " (not counted against the task)"));
        }
    }

    // ---- what it left ---------------------------------------------------------------------------------------------

    private void otherCouldNotRead(Event.TaskEnd e, Outcome.FetchFailed failed) {
        Integer writer = stageOfShuffle.get(failed.shuffleId());
        boolean isFromHere = subject instanceof StorySubject.Executor from
                ? from.id().equals(failed.fromExecutor())
                : writer != null && isTask(writer, failed.mapPartition());
        if (isFromHere) {
            say("task " + e.stageId() + "." + e.partition() + " on executor " + e.executor() + " could not read "
                    + (isExecutor()
                            ? "map output " + failed.mapPartition() + " of shuffle " + failed.shuffleId() + " from here"
                            : "its output")
                    + ": " + StoryLines.words(failed));
        }
    }

    private void outputsLost(Event.MapOutputsLost e) {
        Integer writer = stageOfShuffle.get(e.shuffleId());
        for (int map : e.mapPartitions()) {
            if (writer != null && isTask(writer, map)) {
                holders.clear();
                say("its map output " + map + " of shuffle " + e.shuffleId() + " is gone (" + e.reason()
                        + "): it is computed again when it is needed");
            }
        }
    }

    private void blockUpdated(Event.BlockUpdated e) {
        boolean isThis = subject instanceof StorySubject.CachedBlock block
                && block.name().equals(e.block());
        if (!isThis
                && !(subject instanceof StorySubject.Executor executor
                        && executor.id().equals(e.executor()))) {
            return;
        }
        String what = isThis ? "it" : "block " + e.block();
        if (e.level().equals(StorageLevel.NONE)) {
            holders.remove(e.executor());
            say(what + " is gone from executor " + e.executor() + because(e));
            return;
        }
        if (isThis) {
            holders.add(e.executor());
        }
        say(what + " is kept by executor " + e.executor() + ": " + ByteSizes.format(e.memory()) + " in memory, "
                + ByteSizes.format(e.disk()) + " on disk" + because(e));
    }

    private static String because(Event.BlockUpdated e) {
        return e.reason().isEmpty() ? "" : ": " + e.reason();
    }

    // ---- what happened around it ----------------------------------------------------------------------------------

    private void tellContext(Event event) {
        if (event instanceof Event.StageSubmitted e && isOfStage(e.stage().stageId())) {
            StageInfo stage = e.stage();
            int missing = stage.numTasks() - stage.numCompletedTasks();
            note("stage " + stage.stageId() + " (" + stage.name() + ") runs " + StoryLines.count(missing, "task")
                    + " of " + stage.numTasks());
        } else if (event instanceof Event.PartitionsGrouped e && isOfStage(e.stageId())) {
            note(StoryLines.words(e));
        } else if (event instanceof Event.StageSkipped e && isOfStage(e.stageId())) {
            note("job " + e.jobId() + " needs no task of stage " + e.stageId() + ": " + StoryLines.words(e));
        } else if (event instanceof Event.JobStart e) {
            jobs.put(e.jobId(), e);
        } else if (event instanceof Event.JobEnd e && e.failure().isPresent()) {
            Event.JobStart job = jobs.get(e.jobId());
            if (job != null && job.stageIds().stream().anyMatch(this::isOfStage)) {
                note("job " + e.jobId() + " (" + job.callSite() + "), to which it belongs, failed: "
                        + AppStatus.messageOf(e.failure().get()));
            }
        }
    }

    private void tellExecutor(Event event) {
        if (event instanceof Event.ExecutorAdded e && isThe(e.id())) {
            say("executor " + e.id() + " came: " + StoryLines.count(e.cores(), "core") + ", "
                    + ByteSizes.format(e.memory()) + " on " + e.host());
        } else if (event instanceof Event.ExecutorSilent e && touches(e.id())) {
            say("executor " + e.id() + where(e.id()) + " has not been heard of for " + Durations.format(e.silentMs()));
        } else if (event instanceof Event.ExecutorDraining e && touches(e.id())) {
            say("executor " + e.id() + where(e.id()) + " is to leave within " + Durations.format(e.withinMs()) + ": "
                    + e.reason());
        } else if (event instanceof Event.ExecutorExcluded e && isThe(e.id())) {
            say("executor " + e.id() + " gets no task for " + Durations.format(e.forMs()) + ": " + e.reason());
        } else if (event instanceof Event.ExecutorRemoved e && touches(e.id())) {
            say("executor " + e.id() + where(e.id()) + " was lost: " + e.reason());
            holders.remove(e.id());
        } else if (event instanceof Event.ExecutorLossExplained e && isThe(e.id())) {
            say("now it is known why executor " + e.id() + " was lost: " + e.reason());
        }
    }

    private boolean isThe(String executorId) {
        return subject instanceof StorySubject.Executor executor
                && executor.id().equals(executorId);
    }

    private boolean touches(String executorId) {
        return isThe(executorId) || holders.contains(executorId) || runsOn(executorId);
    }

    private boolean runsOn(String executorId) {
        return !isExecutor()
                && running.values().stream()
                        .anyMatch(attempt -> attempt.executor().equals(executorId));
    }

    private String where(String executorId) {
        if (isExecutor()) {
            return running.isEmpty() ? "" : ", where " + StoryLines.count(running.size(), "attempt") + " ran,";
        }
        return runsOn(executorId) ? ", where it ran," : ", which held it,";
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    private void tellSum() {
        if (attempts > 0) {
            lines.say("altogether " + StoryLines.count(attempts, "attempt") + ": " + succeeded + " succeeded in "
                    + StoryLines.runTime(metrics) + " of task time"
                    + (charged == 0 ? "" : ", " + charged + " failed by the fault of the task")
                    + (running.isEmpty() ? "" : ", " + running.size() + " without an end in the log"));
        }
    }

    private void say(String sentence) {
        isFound = true;
        lines.say(sentence);
    }

    /** What alone would not make a story. */
    private void note(String sentence) {
        lines.say(sentence);
    }

    /** What the events tell of, to choose from. */
    private static String subjectsOf(List<? extends Event> events) {
        TreeMap<Integer, TreeSet<Integer>> tasks = new TreeMap<>();
        TreeSet<String> executors = new TreeSet<>();
        TreeSet<String> blocks = new TreeSet<>();
        List<String> shuffles = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof Event.TaskStart e) {
                tasks.computeIfAbsent(e.stageId(), id -> new TreeSet<>()).add(e.partition());
            } else if (event instanceof Event.ExecutorAdded e) {
                executors.add(e.id());
            } else if (event instanceof Event.BlockUpdated e) {
                blocks.add(e.block());
            } else if (event instanceof Event.ShuffleDeclared e) {
                shuffles.add("shuffle-" + e.shuffleId() + "-map-0 to " + (e.mapPartitions() - 1));
            }
        }
        List<String> words = new ArrayList<>();
        tasks.forEach((stage, partitions) -> words.add(stage + "." + partitions.first()
                + (partitions.size() == 1 ? "" : " to " + stage + "." + partitions.last())));
        return "it tells of tasks " + some(words) + "; executors " + some(List.copyOf(executors)) + "; blocks "
                + some(shuffles) + (blocks.isEmpty() ? "" : ", " + some(List.copyOf(blocks)));
    }

    private static String some(List<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }
}
