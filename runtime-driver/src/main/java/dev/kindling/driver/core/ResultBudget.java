package dev.kindling.driver.core;

import dev.kindling.util.ByteSizes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the results of one job take in the driver's memory, by the sizes that tasks announce before anything is fetched:
 * a job that will take more than is allowed ends at its first tasks, not when all the work is done.
 *
 * <p>What has not been computed yet is estimated from what has, eighth by eighth of the partitions: the first task of
 * each eighth is launched before the others, and before each has a result nothing is estimated. The two eighths with
 * the largest results count with what they have only, since a few large partitions do not speak for those beside them.
 * So the estimate is rather too low: a job is ended late, or by what it took, before one is ended that would have fit.
 */
final class ResultBudget {
    private static final int PARTS = 8;
    private static final int PARTS_NOT_BELIEVED = 2;

    /** A job of fewer tasks is over soon: it is ended by what it takes. */
    private static final int LEAST_ESTIMATED_TASKS = 4 * PARTS;

    private final String job;
    private final long maxBytes;
    private final int taskCount;

    /** An executor may announce anything: so much of each task, and no sum of all is more than a long holds. */
    private final long maxCountedBytes;

    private final boolean isEstimated;
    private final Part[] parts = new Part[PARTS];

    private static final class Part {
        long bytes;
        int finished;
        int left;

        long expectedBytes() {
            return bytes / finished * left;
        }
    }

    /** @param maxBytes 0 for as much as comes */
    ResultBudget(JobGraph graph, long maxBytes) {
        this.job = "job " + graph.jobId() + " (" + graph.description() + ")";
        this.maxBytes = maxBytes;
        taskCount = graph.resultPartitions().size();
        maxCountedBytes = Long.MAX_VALUE / Math.max(1, taskCount);
        isEstimated = maxBytes > 0
                && graph.outputTarget().isEmpty()
                && taskCount >= LEAST_ESTIMATED_TASKS
                && taskCount == graph.resultStage().partitionCount();
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new Part();
        }
        graph.resultPartitions().forEach(partition -> partOf(partition).left++);
    }

    private Part partOf(int partition) {
        return parts[isEstimated ? (int) ((long) partition * PARTS / taskCount) : 0];
    }

    /** Partitions to compute before the others: the middle one of each part. */
    List<Integer> probes() {
        List<Integer> probes = new ArrayList<>();
        for (int i = 0; isEstimated && i < PARTS; i++) {
            probes.add((int) ((2L * i + 1) * taskCount / (2 * PARTS)));
        }
        return probes;
    }

    /** A result is there; says why the job must end, if it must. */
    Optional<String> announced(int partition, long byteCount) {
        Part part = partOf(partition);
        part.bytes += Math.min(byteCount, maxCountedBytes);
        part.finished++;
        part.left--;
        long taken = taken();
        if (maxBytes == 0 || taken <= maxBytes && (expected() <= maxBytes || estimate() <= maxBytes)) {
            return Optional.empty();
        }
        String size = taken > maxBytes
                ? " take " + ByteSizes.format(taken) + " and more"
                : " will take " + ByteSizes.format(estimate()) + " or more";
        return Optional.of("the results of " + job + size + ", by " + finished() + " of " + taskCount
                + " tasks; the driver holds at most " + ByteSizes.format(maxBytes)
                + ". Read the set partition by partition with toLocalIterator, write it with saveAsTextFile, or raise"
                + " kindling.result.maxBytes (0 for no limit)");
    }

    /** The result could not be fetched and will be computed again. */
    void lost(int partition, long byteCount) {
        Part part = partOf(partition);
        part.bytes -= Math.min(byteCount, maxCountedBytes);
        part.finished--;
        part.left++;
    }

    private long taken() {
        long bytes = 0;
        for (Part part : parts) {
            bytes += part.bytes;
        }
        return bytes;
    }

    private int finished() {
        int finished = 0;
        for (Part part : parts) {
            finished += part.finished;
        }
        return finished;
    }

    /** Never less than the estimate, and found without sorting: most results are far from being too large. */
    private long expected() {
        long bytes = taken();
        for (Part part : parts) {
            bytes += part.finished == 0 || part.bytes == 0 ? 0 : part.expectedBytes();
        }
        return bytes;
    }

    /** Of all results together; what is there when nothing more can be said. */
    private long estimate() {
        List<Part> byMean = new ArrayList<>(List.of(parts));
        if (!isEstimated || byMean.stream().anyMatch(part -> part.finished == 0)) {
            return taken();
        }
        byMean.sort(Comparator.comparingLong(part -> part.bytes / part.finished));
        long estimate = taken();
        for (Part part : byMean.subList(0, PARTS - PARTS_NOT_BELIEVED)) {
            estimate += part.expectedBytes();
        }
        return estimate;
    }
}
