package dev.kindling.api;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Hears what happens in an application. Called in the order of the events, on one thread for each listener: how long it
 * takes and what it throws touches neither a job nor another listener.
 *
 * <p>Every event goes to {@link #onEvent} and then, where there is one, to the method of its kind. Events about the
 * application, jobs, stages, executors and lost data always arrive. Those about single tasks and blocks are left out
 * while a listener is far behind; an {@link Event.Dropped} in their place says how many.
 *
 * <p>A listener that is also {@code AutoCloseable} is closed after its last event: when it was removed, or when the
 * context has ended. Ending the context waits about a second for slow listeners.
 */
public interface KindlingListener {
    /** Every event. */
    default void onEvent(Event e) {}

    default void onApplicationStart(Event.ApplicationStart e) {}

    default void onApplicationEnd(Event.ApplicationEnd e) {}

    default void onJobStart(Event.JobStart e) {}

    default void onJobEnd(Event.JobEnd e) {}

    default void onStageSubmitted(Event.StageSubmitted e) {}

    default void onStageCompleted(Event.StageCompleted e) {}

    default void onTaskStart(Event.TaskStart e) {}

    default void onTaskEnd(Event.TaskEnd e) {}

    default void onExecutorAdded(Event.ExecutorAdded e) {}

    default void onExecutorRemoved(Event.ExecutorRemoved e) {}

    /** Something that happened. Times are the driver's, and never run backwards. Sizes are in bytes. */
    sealed interface Event {
        Instant time();

        record ApplicationStart(Instant time, String id, String name) implements Event {}

        /** @param exitCode 0 when the context was closed, 1 when the JVM ended before that */
        record ApplicationEnd(Instant time, int exitCode) implements Event {}

        /**
         * How the application was started.
         *
         * @param settings all that were set, by key; secrets are masked
         */
        record EnvironmentUpdate(Instant time, String master, Map<String, String> settings) implements Event {
            public EnvironmentUpdate {
                settings = sorted(settings);
            }
        }

        /**
         * @param stageIds of all stages, those included that will not have to run
         * @param callSite such as {@code collect at ZipCount.java:14}
         * @param properties local properties of the thread that started it: group, description, tags, pool
         */
        record JobStart(
                Instant time, int jobId, List<Integer> stageIds, String callSite, Map<String, String> properties)
                implements Event {
            public JobStart {
                stageIds = List.copyOf(stageIds);
                properties = sorted(properties);
            }
        }

        /** @param failure what the action throws; empty when the job has succeeded */
        record JobEnd(Instant time, int jobId, Optional<Throwable> failure) implements Event {}

        /** A named accumulator as it is after a job that added to it; {@code value} is a short text without rows. */
        record AccumulatorChanged(Instant time, int jobId, long accumulatorId, String name, String value)
                implements Event {}

        /**
         * A stage of a job that begins, told for each of them whether it will run or not, parents first.
         *
         * @param parents stages whose shuffles it reads
         * @param calls of the program that it computes, in the order in which a row passes them, such as
         *     {@code map at Zips.java:8}
         */
        record StagePlanned(
                Instant time,
                int jobId,
                int stageId,
                String name,
                int partitionCount,
                List<Integer> parents,
                List<String> calls)
                implements Event {
            public StagePlanned {
                parents = List.copyOf(parents);
                calls = List.copyOf(calls);
            }
        }

        /** The stage's missing tasks are about to run. */
        record StageSubmitted(Instant time, StatusTracker.StageInfo stage) implements Event {}

        /** @param failure why it ended unfinished; empty when all its results are there */
        record StageCompleted(Instant time, StatusTracker.StageInfo stage, Optional<String> failure) implements Event {}

        /**
         * The job does not run the stage.
         *
         * @param isUnread whether nothing that has to run reads its results; else they are there already
         */
        record StageSkipped(Instant time, int jobId, int stageId, String name, boolean isUnread) implements Event {}

        /**
         * Small neighbouring partitions of the stage will be computed together, as its program named no number of them
         * and the map outputs say how much each reads. Told when the stage begins to run.
         *
         * @param partitionCount that are to be computed
         * @param groupCount of them, one launch each as long as they turn out to be quick
         * @param readBytes by all of them together, as measured
         * @param targetBytes the most that the partitions of a group read together
         * @param coreCount for which there shall be a group each
         */
        record PartitionsGrouped(
                Instant time,
                int stageId,
                int partitionCount,
                int groupCount,
                long readBytes,
                long targetBytes,
                int coreCount)
                implements Event {}

        /** The stage writes this shuffle: map output {@code n} is what its task {@code n} leaves. Told once. */
        record ShuffleDeclared(Instant time, int shuffleId, int stageId, int mapPartitions, int reducePartitions)
                implements Event {}

        /**
         * All map outputs of a shuffle are there. Told again when some were lost and have been rebuilt. Sizes are as the
         * driver keeps them, off by 5 % at most.
         *
         * @param mapsPerRow neighbouring map outputs that are summed up in one row of the matrix
         * @param partitionsPerColumn neighbouring reduce partitions that are summed up in one column
         * @param matrix bytes, row by row
         * @param partitionBytes of each reduce partition; empty when there are more than can be told
         */
        record ShuffleWritten(
                Instant time,
                int shuffleId,
                int stageId,
                int mapsPerRow,
                int partitionsPerColumn,
                List<Long> matrix,
                List<Long> partitionBytes)
                implements Event {
            public ShuffleWritten {
                matrix = List.copyOf(matrix);
                partitionBytes = List.copyOf(partitionBytes);
            }
        }

        /**
         * An attempt at one partition, or at several small ones that one slot computes one after the other.
         *
         * @param stageAttempt as {@code currentAttemptId} of its stage
         * @param taskId unique in the application
         * @param partition the first of its partitions
         * @param attempt 0 for the first try of that partition
         * @param partitions what it is to compute, in this order
         */
        record TaskStart(
                Instant time,
                int stageId,
                int stageAttempt,
                long taskId,
                int partition,
                int attempt,
                String executor,
                Locality locality,
                boolean speculative,
                List<Integer> partitions)
                implements Event {
            public TaskStart {
                partitions = partitions.isEmpty() ? List.of(partition) : List.copyOf(partitions);
            }

            /** At one partition. */
            public TaskStart(
                    Instant time,
                    int stageId,
                    int stageAttempt,
                    long taskId,
                    int partition,
                    int attempt,
                    String executor,
                    Locality locality,
                    boolean speculative) {
                this(
                        time,
                        stageId,
                        stageAttempt,
                        taskId,
                        partition,
                        attempt,
                        executor,
                        locality,
                        speculative,
                        List.of());
            }
        }

        /**
         * The end of the attempt that {@link TaskStart} of the same {@code taskId} has begun.
         *
         * @param partition the one that failed, else the first
         * @param attempt which try of that partition it was
         * @param metrics what it did, in all partitions together; all zero when its executor was lost with it
         * @param partitions those whose results it brought: some may be done when one fails, and the last ones be left
         *     to others when it took long
         */
        record TaskEnd(
                Instant time,
                int stageId,
                int stageAttempt,
                long taskId,
                int partition,
                int attempt,
                String executor,
                Outcome outcome,
                TaskContext.TaskMetrics metrics,
                List<Integer> partitions)
                implements Event {
            public TaskEnd {
                partitions = partitions.isEmpty() && outcome instanceof Outcome.Success
                        ? List.of(partition)
                        : List.copyOf(partitions);
            }

            /** Of an attempt at one partition. */
            public TaskEnd(
                    Instant time,
                    int stageId,
                    int stageAttempt,
                    long taskId,
                    int partition,
                    int attempt,
                    String executor,
                    Outcome outcome,
                    TaskContext.TaskMetrics metrics) {
                this(time, stageId, stageAttempt, taskId, partition, attempt, executor, outcome, metrics, List.of());
            }
        }

        /**
         * A cancelled attempt does not stop: its function ignores interrupts.
         *
         * @param stack where it is, one frame a line
         * @param isReplaced whether its executor is replaced for it; else it keeps its core until it ends by itself
         */
        record TaskStuck(
                Instant time,
                int stageId,
                int partition,
                int attempt,
                String executor,
                long sinceMs,
                String stack,
                boolean isReplaced)
                implements Event {}

        /**
         * Nothing has moved: no task started or ended, and no executor with a task used its processor.
         *
         * @param sinceMs for how long
         * @param isGivenUp whether the jobs fail for it; else they have some more time
         * @param standing where jobs, stages, tasks and executors stand, a sentence each
         */
        record NothingMoved(Instant time, long sinceMs, boolean isGivenUp, List<String> standing) implements Event {
            public NothingMoved {
                standing = List.copyOf(standing);
            }
        }

        /** Where the thread of a running attempt is, one frame a line; asked for when nothing moves. */
        record TaskStack(Instant time, int stageId, int partition, int attempt, String executor, String stack)
                implements Event {}

        /** @param memory its heap, part of which its tasks and cached blocks share */
        record ExecutorAdded(Instant time, String id, String host, int cores, long memory) implements Event {}

        /** Where an added executor serves its blocks; port 0 inside the driver's JVM. */
        record BlocksServed(Instant time, String executor, String host, int port) implements Event {}

        /**
         * What the process of an executor takes, by its last sign of life; told when it has changed, and now and then.
         *
         * @param heapBytes in use, garbage included
         * @param residentBytes physical memory of the process, 0 where it is not known
         */
        record ExecutorUsage(Instant time, String executor, long heapBytes, long residentBytes) implements Event {}

        /** Not heard of for so long that it may be lost; it is, if it stays silent. No new task goes there. */
        record ExecutorSilent(Instant time, String id, long silentMs) implements Event {}

        /** It gets no task for so long, unless all others are in the same way. */
        record ExecutorExcluded(Instant time, String id, long forMs, String reason) implements Event {}

        /** The work has changed: so many more executors are asked for, or so many fewer of those that have not come. */
        record ExecutorsRequested(Instant time, int change, String reason) implements Event {}

        /** It is to leave without loss, at the latest after so long: it gets no new task, and what it holds moves. */
        record ExecutorDraining(Instant time, String id, String reason, long withinMs) implements Event {}

        record ExecutorRemoved(Instant time, String id, ExitReason reason) implements Event {}

        /** More became known about the end of an executor that was removed before. */
        record ExecutorLossExplained(Instant time, String id, ExitReason reason) implements Event {}

        /** Map outputs that must be computed again. */
        record MapOutputsLost(Instant time, int shuffleId, List<Integer> mapPartitions, String reason)
                implements Event {
            public MapOutputsLost {
                mapPartitions = List.copyOf(mapPartitions);
            }
        }

        /**
         * A cached or broadcast block came to an executor, moved between memory and disk, or went.
         *
         * @param level where it is now; {@link StorageLevel#NONE} when it is gone
         * @param reason why it left the memory it was in, or why it is gone; empty when it came
         */
        record BlockUpdated(
                Instant time, String block, String executor, StorageLevel level, long memory, long disk, String reason)
                implements Event {}

        /**
         * A task wrote rows to disk for want of memory; told with its end.
         *
         * @param where the stage's name, such as {@code groupByKey at ZipCount.java:12}
         * @param memoryBytes that became free
         * @param diskBytes that were written
         */
        record Spilled(Instant time, int stageId, int partition, String where, long memoryBytes, long diskBytes)
                implements Event {}

        /**
         * One partition of a shuffle is much larger than the others.
         *
         * @param hotKeys the keys with the most rows in it, as text: user data, which goes nowhere else
         */
        record SkewFound(Instant time, int stageId, int partition, long bytes, long medianBytes, List<String> hotKeys)
                implements Event {
            public SkewFound {
                hotKeys = List.copyOf(hotKeys);
            }
        }

        /** The program has numbers of its own shown with the run; see {@code KindlingContext.showResult}. */
        record ResultShown(Instant time, String title, List<Bar> bars) implements Event {
            public ResultShown {
                bars = List.copyOf(bars);
            }

            public record Bar(String name, long value) {}
        }

        /** So many events about tasks and blocks were left out here. */
        record Dropped(Instant time, long events) implements Event {}

        private static Map<String, String> sorted(Map<String, String> map) {
            return Collections.unmodifiableSortedMap(new TreeMap<>(map));
        }
    }

    /** How near a task runs to its input. */
    enum Locality {
        /** In the executor that has it cached. */
        PROCESS_LOCAL,
        /** On a machine that has it on disk. */
        NODE_LOCAL,
        /** No place is better than another. */
        NO_PREF,
        RACK_LOCAL,
        /** Elsewhere. */
        ANY
    }

    /** How an attempt of a task ended. */
    sealed interface Outcome {
        record Success() implements Outcome {}

        /**
         * Something threw.
         *
         * @param className of the exception
         * @param stack of user code, as far as it is known
         * @param countsTowardsLimit of failures of one task, at which its job fails
         */
        record Failed(String className, String message, String stack, boolean countsTowardsLimit) implements Outcome {}

        /**
         * A map output could not be read.
         *
         * @param reducePartition that wanted to read it
         */
        record FetchFailed(
                String fromExecutor,
                int shuffleId,
                int mapPartition,
                int reducePartition,
                String message,
                Optional<ExitReason> whyExecutorWent)
                implements Outcome {}

        /** Stopped on the driver's request: its job had ended, or its input changed. */
        record Killed(String reason) implements Outcome {}

        /** Ended with its executor, not by its own fault as far as is known. */
        record ExecutorLost(ExitReason reason) implements Outcome {}

        /** Another attempt had written the partition's output before. */
        record CommitDenied() implements Outcome {}
    }

    /**
     * Why a process went: what the cluster manager, the kernel and the heartbeats say, put together.
     *
     * @param exitCode when the process's end was seen
     * @param detail one sentence, and below it what the process wrote last
     * @param lastRssBytes resident memory in its last sign of life, 0 when unknown
     * @param lastHeapBytes used heap in its last sign of life, 0 when unknown
     * @param advice what to try; empty when there is nothing to say
     */
    record ExitReason(
            Kind kind, OptionalInt exitCode, String detail, long lastRssBytes, long lastHeapBytes, String advice) {
        /** What it comes down to. */
        public enum Kind {
            /** It was told to end. */
            FINISHED,
            HEAP_EXHAUSTED,
            KILLED_OVER_MEMORY_LIMIT,
            KILLED,
            HEARTBEAT_LOST,
            DECOMMISSIONED,
            PREEMPTED,
            CRASHED,
            UNKNOWN
        }

        /** One line with what happened and what to try, and below it what the process wrote last. */
        @Override
        public String toString() {
            int end = detail.indexOf('\n');
            int lineEnd = end < 0 ? detail.length() : end;
            return advice.isEmpty() ? detail : detail.substring(0, lineEnd) + "; " + advice + detail.substring(lineEnd);
        }
    }
}
