package dev.kindling.driver.page;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.event.AppStatus;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of an application, more than {@link AppStatus} says and for people who look at it: an unchangeable
 * picture made by {@link RunFold}. Times are milliseconds of the driver's clock.
 *
 * @param settings that were set, by key; secrets are masked
 * @param plans of all stages that are known, by id
 * @param attempts in the order of their starts, the latest {@value RunFold#KEPT_ATTEMPTS}
 * @param forgottenAttempts how many there were before those
 * @param shuffles the last measure of each that is whole, by id
 * @param skews largest partitions that stood out, in the order in which they were found
 * @param histories of all executors, in the order in which they came
 * @param troubles in their order, the first {@value RunFold#KEPT_TROUBLES}
 * @param forgottenTroubles how many came after those
 * @param sets what is persisted now, by id
 * @param result what the program had shown last
 * @param droppedEvents events about tasks and blocks that are missing
 */
public record Run(
        AppStatus status,
        SortedMap<String, String> settings,
        List<StagePlan> plans,
        List<TaskAttempt> attempts,
        long forgottenAttempts,
        List<Event.ShuffleWritten> shuffles,
        List<Event.SkewFound> skews,
        List<ExecutorHistory> histories,
        List<Trouble> troubles,
        long forgottenTroubles,
        List<CachedSet> sets,
        Optional<Event.ResultShown> result,
        long droppedEvents) {
    public Run {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        plans = List.copyOf(plans);
        attempts = List.copyOf(attempts);
        shuffles = List.copyOf(shuffles);
        skews = List.copyOf(skews);
        histories = List.copyOf(histories);
        troubles = List.copyOf(troubles);
        sets = List.copyOf(sets);
    }

    /** When it ended, or the time of its last event. */
    public long nowMs() {
        return status.endedMs() >= 0 ? status.endedMs() : Math.max(status.updatedMs(), status.startedMs());
    }

    /** From its start until it ended, or until now. */
    public long wallMs() {
        return Math.max(0, nowMs() - status.startedMs());
    }

    /**
     * A stage as it was planned.
     *
     * @param parents stages whose shuffles it reads
     * @param calls of the program that it computes; empty when they are not known
     * @param skippedByJobs jobs that did not run it
     * @param skippedWhy the last of them; empty when there is none
     * @param grouped what was said of small partitions that run together, in a sentence's words; else empty
     */
    public record StagePlan(
            int stageId,
            String name,
            int partitionCount,
            List<Integer> parents,
            List<String> calls,
            List<Integer> skippedByJobs,
            String skippedWhy,
            String grouped) {
        public StagePlan {
            parents = List.copyOf(parents);
            calls = List.copyOf(calls);
            skippedByJobs = List.copyOf(skippedByJobs);
        }

        static StagePlan unknown(int stageId, String name) {
            return new StagePlan(stageId, name, 0, List.of(), List.of(), List.of(), "", "");
        }

        StagePlan planned(String asName, int partitions, List<Integer> reads, List<String> computes) {
            return new StagePlan(stageId, asName, partitions, reads, computes, skippedByJobs, skippedWhy, grouped);
        }

        StagePlan skipped(int jobId, String why) {
            TreeSet<Integer> jobs = new TreeSet<>(skippedByJobs);
            jobs.add(jobId);
            return new StagePlan(stageId, name, partitionCount, parents, calls, List.copyOf(jobs), why, grouped);
        }

        StagePlan grouped(String words) {
            return new StagePlan(stageId, name, partitionCount, parents, calls, skippedByJobs, skippedWhy, words);
        }
    }

    /** What an executor held over time: points at which something changed. */
    public record ExecutorHistory(String executorId, List<Usage> usage, List<Cached> cached) {
        public ExecutorHistory {
            usage = List.copyOf(usage);
            cached = List.copyOf(cached);
        }
    }

    /** At its sign of life. */
    public record Usage(long timeMs, long heapBytes, long residentBytes) {}

    /** From then on: blocks of persisted sets and broadcast values. */
    public record Cached(long timeMs, long memoryBytes, long diskBytes) {}

    /** @param copies blocks, those of one partition on several executors counted apart */
    public record CachedSet(int setId, int partitions, int copies, long memoryBytes, long diskBytes) {}

    /**
     * Something that went wrong.
     *
     * @param what it happened to, such as {@code executor e2} or {@code task 1.3}
     * @param text one sentence, and below it more lines where there are some
     * @param reason why the executor went, where one did
     */
    public record Trouble(long timeMs, Kind kind, String what, String text, Optional<ExitReason> reason) {
        /** What kind of thing went wrong. */
        public enum Kind {
            JOB,
            EXECUTOR,
            TASK,
            OUTPUT
        }
    }
}
