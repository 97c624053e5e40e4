package dev.kindling.driver.page;

import dev.kindling.api.KindlingListener;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.page.Run.StagePlan;
import dev.kindling.driver.page.Run.Trouble;
import dev.kindling.event.StatusFold;
import dev.kindling.event.StoryLines;
import dev.kindling.protocol.TaskMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Sums up events into a {@link Run}, while they come or from a log. An event costs constant time or a logarithm; what is
 * kept is bounded by the numbers below, about 30 MB at most. Safe for many threads.
 */
public final class RunFold implements KindlingListener {
    static final int KEPT_ATTEMPTS = 100_000;
    static final int KEPT_TROUBLES = 500;
    static final int KEPT_STAGES = 4_000;
    static final int KEPT_SHUFFLES = 200;
    static final int KEPT_SKEWS = 200;
    /** Of usage and of cached bytes of one executor; then every other one is forgotten. */
    private static final int KEPT_POINTS = 512;

    private final StatusFold status = new StatusFold();
    private final TreeMap<String, String> settings = new TreeMap<>();
    private final TreeMap<Integer, StagePlan> plans = new TreeMap<>();
    private final Map<Long, TaskAttempt> running = new LinkedHashMap<>();
    private final Deque<TaskAttempt> ended = new ArrayDeque<>();
    private final Map<String, TreeSet<Integer>> takenLanes = new HashMap<>();
    private final TreeMap<Integer, Event.ShuffleWritten> shuffles = new TreeMap<>();
    private final List<Event.SkewFound> skews = new ArrayList<>();
    private final Map<String, History> histories = new LinkedHashMap<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private long forgottenAttempts;
    private long forgottenTroubles;
    private long droppedEvents;
    private Event.ResultShown result;

    private static final class History {
        private final List<Run.Usage> usage = new ArrayList<>();
        private final List<Run.Cached> cached = new ArrayList<>();
        /** By block; only blocks that take something. */
        private final Map<String, Event.BlockUpdated> blocks = new HashMap<>();

        private long memoryBytes;
        private long diskBytes;

        void update(Event.BlockUpdated e) {
            boolean isHeld = !e.level().equals(StorageLevel.NONE) && e.memory() + e.disk() > 0;
            Event.BlockUpdated before = isHeld ? blocks.put(e.block(), e) : blocks.remove(e.block());
            memoryBytes += (isHeld ? e.memory() : 0) - (before == null ? 0 : before.memory());
            diskBytes += (isHeld ? e.disk() : 0) - (before == null ? 0 : before.disk());
            tellCached(e.time().toEpochMilli());
        }

        void lose(Event.ExecutorRemoved e) {
            long timeMs = e.time().toEpochMilli();
            // Its last sign of life may have said more than was told of those before.
            if (e.reason().lastHeapBytes() > 0) {
                add(
                        usage,
                        new Run.Usage(
                                timeMs, e.reason().lastHeapBytes(), e.reason().lastRssBytes()));
            }
            boolean hadSome = !blocks.isEmpty();
            blocks.clear();
            memoryBytes = 0;
            diskBytes = 0;
            if (hadSome) {
                tellCached(timeMs);
            }
        }

        private void tellCached(long timeMs) {
            Run.Cached now = new Run.Cached(timeMs, memoryBytes, diskBytes);
            if (!cached.isEmpty() && cached.get(cached.size() - 1).timeMs() == timeMs) {
                cached.set(cached.size() - 1, now);
            } else {
                add(cached, now);
            }
        }

        static <T> void add(List<T> points, T point) {
            points.add(point);
            if (points.size() > KEPT_POINTS) {
                for (int i = 0; i < KEPT_POINTS / 2; i++) {
                    points.remove(i);
                }
            }
        }
    }

    /** The picture after all of these. */
    public static Run of(List<? extends Event> events) {
        RunFold fold = new RunFold();
        events.forEach(fold::onEvent);
        return fold.run();
    }

    /** The picture now. */
    public synchronized Run run() {
        List<TaskAttempt> attempts = Stream.concat(ended.stream(), running.values().stream())
                .sorted(Comparator.comparingLong(TaskAttempt::startMs).thenComparingLong(TaskAttempt::taskId))
                .toList();
        List<Run.ExecutorHistory> told = new ArrayList<>();
        histories.forEach((id, history) -> told.add(new Run.ExecutorHistory(id, history.usage, history.cached)));
        return new Run(
                status.status(),
                settings,
                List.copyOf(plans.values()),
                attempts,
                forgottenAttempts,
                List.copyOf(shuffles.values()),
                skews,
                told,
                troubles,
                forgottenTroubles,
                sets(),
                Optional.ofNullable(result),
                droppedEvents);
    }

    @Override
    public synchronized void onEvent(Event event) {
        status.onEvent(event);
        if (event instanceof Event.TaskStart e) {
            startAttempt(e);
        } else if (event instanceof Event.TaskEnd e) {
            endAttempt(e);
        } else if (event instanceof Event.EnvironmentUpdate e) {
            settings.putAll(e.settings());
        } else if (event instanceof Event.StagePlanned e) {
            change(e.stageId(), e.name(), plan -> plan.planned(e.name(), e.partitionCount(), e.parents(), e.calls()));
        } else if (event instanceof Event.PartitionsGrouped e) {
            change(e.stageId(), "", plan -> plan.grouped(StoryLines.words(e)));
        } else if (event instanceof Event.StageSubmitted e) {
            planOfOldLog(e);
        } else if (event instanceof Event.StageSkipped e) {
            change(e.stageId(), e.name(), plan -> plan.skipped(e.jobId(), StoryLines.words(e)));
        } else if (event instanceof Event.ShuffleWritten e) {
            shuffles.put(e.shuffleId(), e);
            dropOldest(shuffles, KEPT_SHUFFLES);
        } else if (event instanceof Event.SkewFound e && skews.size() < KEPT_SKEWS) {
            skews.add(e);
        } else if (event instanceof Event.ResultShown e) {
            result = e;
        } else if (event instanceof Event.Dropped e) {
            droppedEvents += e.events();
        } else if (event instanceof Event.JobEnd e) {
            e.failure()
                    .ifPresent(failure -> trouble(
                            e,
                            Trouble.Kind.JOB,
                            "job " + e.jobId(),
                            failure.getMessage() == null ? failure.toString() : failure.getMessage(),
                            Optional.empty()));
        } else if (event instanceof Event.MapOutputsLost e) {
            trouble(
                    e,
                    Trouble.Kind.OUTPUT,
                    "shuffle " + e.shuffleId(),
                    e.mapPartitions().size() + (e.mapPartitions().size() == 1 ? " map output is" : " map outputs are")
                            + " gone and will be computed again: " + e.reason(),
                    Optional.empty());
        } else {
            changeExecutor(event);
        }
    }

    // ---- stages ---------------------------------------------------------------------------------------------------

    private void change(int stageId, String name, UnaryOperator<StagePlan> change) {
        StagePlan known = plans.getOrDefault(stageId, StagePlan.unknown(stageId, name));
        plans.put(stageId, change.apply(known));
        dropOldest(plans, KEPT_STAGES);
    }

    /** Logs of earlier versions do not tell what a stage reads. */
    private void planOfOldLog(Event.StageSubmitted e) {
        if (!plans.containsKey(e.stage().stageId())) {
            change(
                    e.stage().stageId(),
                    e.stage().name(),
                    plan -> plan.planned(e.stage().name(), e.stage().numTasks(), List.of(), List.of()));
        }
    }

    private static <V> void dropOldest(TreeMap<Integer, V> entries, int kept) {
        while (entries.size() > kept) {
            entries.pollFirstEntry();
        }
    }

    // ---- attempts -------------------------------------------------------------------------------------------------

    private void startAttempt(Event.TaskStart e) {
        if (running.containsKey(e.taskId())) {
            return;
        }
        running.put(
                e.taskId(),
                new TaskAttempt(
                        e.taskId(),
                        e.stageId(),
                        e.stageAttempt(),
                        e.partition(),
                        e.attempt(),
                        e.speculative(),
                        e.partitions().size(),
                        e.executor(),
                        e.locality(),
                        takeLane(e.executor()),
                        e.time().toEpochMilli(),
                        -1,
                        TaskAttempt.Result.RUNNING,
                        "",
                        TaskMetrics.NONE));
    }

    private int takeLane(String executorId) {
        TreeSet<Integer> taken = takenLanes.computeIfAbsent(executorId, id -> new TreeSet<>());
        int lane = 0;
        while (taken.contains(lane)) {
            lane++;
        }
        taken.add(lane);
        return lane;
    }

    private void endAttempt(Event.TaskEnd e) {
        TaskAttempt begun = running.remove(e.taskId());
        if (begun == null) {
            return;
        }
        takenLanes.get(begun.executorId()).remove(begun.lane());
        String why = e.outcome() instanceof Outcome.Success ? "" : StoryLines.words(e.outcome());
        TaskAttempt.Result result = resultOf(e.outcome());
        ended.add(new TaskAttempt(
                begun.taskId(),
                begun.stageId(),
                begun.stageAttempt(),
                begun.partition(),
                begun.attempt(),
                begun.isCopy(),
                begun.partitionCount(),
                begun.executorId(),
                begun.locality(),
                begun.lane(),
                begun.startMs(),
                Math.max(begun.startMs(), e.time().toEpochMilli()),
                result,
                why,
                TaskMetrics.of(e.metrics())));
        if (ended.size() > KEPT_ATTEMPTS) {
            ended.removeFirst();
            forgottenAttempts++;
        }
        if (result == TaskAttempt.Result.FAILED) {
            // The name of the partition that failed, which need not be the first of its group.
            String name = "task " + e.stageId() + "." + e.partition() + " attempt " + e.attempt() + " on executor "
                    + e.executor();
            Optional<ExitReason> reason =
                    e.outcome() instanceof Outcome.FetchFailed fetch ? fetch.whyExecutorWent() : Optional.empty();
            trouble(e, Trouble.Kind.TASK, name, why, reason);
        }
    }

    private static TaskAttempt.Result resultOf(Outcome outcome) {
        if (outcome instanceof Outcome.Success) {
            return TaskAttempt.Result.SUCCEEDED;
        } else if (outcome instanceof Outcome.Killed || outcome instanceof Outcome.CommitDenied) {
            return TaskAttempt.Result.STOPPED;
        }
        return outcome instanceof Outcome.ExecutorLost ? TaskAttempt.Result.LOST : TaskAttempt.Result.FAILED;
    }

    // ---- executors ------------------------------------------------------------------------------------------------

    private void changeExecutor(Event event) {
        if (event instanceof Event.ExecutorAdded e) {
            histories.put(e.id(), new History());
        } else if (event instanceof Event.ExecutorUsage e && histories.containsKey(e.executor())) {
            History.add(
                    histories.get(e.executor()).usage,
                    new Run.Usage(e.time().toEpochMilli(), e.heapBytes(), e.residentBytes()));
        } else if (event instanceof Event.BlockUpdated e && histories.containsKey(e.executor())) {
            histories.get(e.executor()).update(e);
        } else if (event instanceof Event.ExecutorRemoved e) {
            if (histories.containsKey(e.id())) {
                histories.get(e.id()).lose(e);
            }
            if (e.reason().kind() != ExitReason.Kind.FINISHED) {
                trouble(
                        e,
                        Trouble.Kind.EXECUTOR,
                        "executor " + e.id(),
                        e.reason().toString(),
                        Optional.of(e.reason()));
            }
        } else if (event instanceof Event.ExecutorLossExplained e) {
            trouble(
                    e,
                    Trouble.Kind.EXECUTOR,
                    "executor " + e.id(),
                    "now it is known why it was lost: " + e.reason(),
                    Optional.of(e.reason()));
        }
    }

    private void trouble(Event e, Trouble.Kind kind, String what, String text, Optional<ExitReason> reason) {
        if (troubles.size() < KEPT_TROUBLES) {
            troubles.add(new Trouble(e.time().toEpochMilli(), kind, what, text, reason));
        } else {
            forgottenTroubles++;
        }
    }

    /** Blocks named {@code rdd_3_17} by their set. */
    private List<Run.CachedSet> sets() {
        TreeMap<Integer, List<Event.BlockUpdated>> bySet = new TreeMap<>();
        for (History history : histories.values()) {
            for (Event.BlockUpdated block : history.blocks.values()) {
                String[] parts = block.block().split("_");
                if (parts.length == 3 && parts[0].equals("rdd")) {
                    bySet.computeIfAbsent(Integer.valueOf(parts[1]), id -> new ArrayList<>())
                            .add(block);
                }
            }
        }
        List<Run.CachedSet> sets = new ArrayList<>();
        bySet.forEach((setId, blocks) -> sets.add(new Run.CachedSet(
                setId,
                (int) blocks.stream().map(Event.BlockUpdated::block).distinct().count(),
                blocks.size(),
                blocks.stream().mapToLong(Event.BlockUpdated::memory).sum(),
                blocks.stream().mapToLong(Event.BlockUpdated::disk).sum())));
        return sets;
    }
}
