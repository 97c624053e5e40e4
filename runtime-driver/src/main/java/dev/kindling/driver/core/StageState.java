package dev.kindling.driver.core;

import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.event.JobProperties;
import dev.kindling.protocol.AttemptId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One stage as the driver knows it.
 *
 * <p>The map stage of a shuffle lives as long as the shuffle and serves all jobs; a result stage lives as long as its
 * job. It is <em>idle</em> while nobody needs it to run, else <em>waiting</em> for the shuffles it reads, or
 * <em>running</em>. A map stage whose outputs are all there is idle; it is needed again when some are lost while a
 * reader is unfinished.
 */
final class StageState {
    final JobGraph.StageSpec spec;
    /** Partitions whose results are not there: of the shuffle it writes, or of its job. */
    final PartitionSet missing;

    final TaskSet tasks;
    final CountedUpdates counted;
    /** Of the tasks done since it was begun; nothing while late tasks get no copies. */
    Pace pace = new Pace();
    /** Numbers of the unfinished jobs whose graph contains it. */
    final TreeSet<Integer> jobIds = new TreeSet<>();
    /** The first of them, for which its tasks are launched; null when there is none. */
    Jobs.Job job;

    /** Executors to which its program was sent, by index. */
    final BitSet programs = new BitSet();

    boolean isNeeded;
    /** Whether all shuffles it reads are complete; only meaningful while it is needed. */
    boolean isReady;
    /** Order among stages that can run: the place of its first job, then its own. */
    long rank;
    /** In whose turn it gets slots: that of its first job. */
    String pool = JobProperties.DEFAULT_POOL;
    /** Of all attempts of it that have not ended, wanted or not. */
    int slotsHeld;
    /** Whether it waits for slots; kept by {@link Pools}. */
    boolean isOffered;

    int maxTaskFailures;
    boolean isStartReported;
    /** Whether it was said which shuffle it writes. */
    boolean isShuffleTold;

    /** How often it was begun again; -1 before the first time. */
    int attemptNumber = -1;
    /** When it was last begun, on the driver's clock. */
    long submittedMs;
    /** Attempts that ended without a result. */
    int failedAttempts;
    /** How often an output of each map task, written anew each time, could not be read since a task last finished. */
    private final TreeMap<AttemptId, Integer> unreadable = new TreeMap<>();
    /** Whose outputs could not be read by its tasks since then. */
    final TreeSet<String> unreadableFrom = new TreeSet<>();
    /** What it reads below each persisted set, and past all; empty when there is none. */
    final TreeMap<Integer, JobGraph.Below> below = new TreeMap<>();
    /** Cached blocks were so often gone when a task of it wanted them that it does without. */
    boolean isCacheDistrusted;

    /** Stored results of it that could not be fetched. */
    int lostResults;
    /** Its shuffle is to be forgotten as soon as no job needs it. */
    boolean isForgotten;

    private final int[] durations = new int[48];
    private int durationCount;

    StageState(JobGraph.StageSpec spec, PartitionSet missing, StageReads reads) {
        this.spec = spec;
        this.missing = missing;
        this.counted = new CountedUpdates(spec.partitionCount());
        spec.persisted().forEach(part -> below.put(part.setId(), part));
        this.tasks = new TaskSet(
                spec.partitionCount(), spec.inputs(), partition -> reads.preferredExecutors(this, partition));
    }

    int id() {
        return spec.stageId();
    }

    boolean usesShuffles() {
        return spec.isMapStage() || !spec.readsShuffles().isEmpty();
    }

    void recordDuration(long ms) {
        durations[bucketOf(ms)]++;
        durationCount++;
    }

    /** Not more than the median run time of its finished tasks, and at least half of it; {@code otherwise} when none has finished. */
    long medianTaskMs(long otherwise) {
        if (durationCount == 0) {
            return otherwise;
        }
        int below = 0;
        int bucket = -1;
        while (2 * below < durationCount) {
            below += durations[++bucket];
        }
        return bucket == 0 ? 0 : 1L << bucket - 1;
    }

    /** That output was dropped because a task of it could not read it; returns how often that was so of its map task. */
    int inputWasUnreadable(AttemptId mapAttempt, String executorId) {
        unreadableFrom.add(executorId);
        return unreadable.merge(new AttemptId(mapAttempt.stageId(), mapAttempt.partition(), 0), 1, Integer::sum);
    }

    /** A task of it finished, so its input could be read. */
    void inputWasRead() {
        unreadable.clear();
        unreadableFrom.clear();
    }

    /** Starts a new life after having been idle: earlier failures and times do not count. */
    void reset() {
        isStartReported = false;
        attemptNumber++;
        inputWasRead();
        isCacheDistrusted = false;
        pace = new Pace();
        tasks.forgetCopies();
        Arrays.fill(durations, 0);
        durationCount = 0;
    }

    /**
     * For listeners.
     *
     * @param taskCount of all its tasks that its job wants
     */
    StageInfo info(int taskCount, int missingCount) {
        return new StageInfo(
                id(),
                attemptNumber,
                submittedMs,
                spec.name(),
                taskCount,
                tasks.running().size(),
                taskCount - missingCount,
                failedAttempts);
    }

    private int bucketOf(long ms) {
        return Math.min(durations.length - 1, 64 - Long.numberOfLeadingZeros(Math.max(0, ms)));
    }

    @Override
    public String toString() {
        return "stage " + spec.stageId() + " (" + spec.name() + ")";
    }
}
