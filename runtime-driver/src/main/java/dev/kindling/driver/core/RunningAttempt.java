package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.event.JobProperties;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskDone;
import java.util.List;
import java.util.SortedMap;

/**
 * An attempt that holds a slot of an executor as far as the driver knows: of one task, or of a group of tasks that are
 * computed one after the other.
 *
 * <p>It is <em>current</em> while its outcome is wanted: one attempt a task at most, or that one and a copy of it
 * elsewhere, its twin, of which the first to succeed counts. One that is no longer wanted (its
 * job ended, or it was given up) keeps its slot until its executor reports its end.
 */
final class RunningAttempt {
    /** Its name: that of its first task's attempt. */
    final AttemptId id;
    /** One for each task, in the order in which they are computed. */
    final List<AttemptId> tasks;
    // Said once more here: by the time the attempt ends, what it refers to lies far away.
    final int taskCount;
    /** Of its first task. */
    final int partition;

    final StageState stage;
    final ExecutorState executor;
    /** For which it was launched; others may wait for it too. */
    final int jobId;
    /** Number of its first task's attempt in the application; those of the others follow. */
    final long taskId;
    /** As its stage was begun when it was launched. */
    final int stageAttempt;

    final Locality locality;
    /** In whose name it holds its slots. */
    final String pool;

    final long launchedMs;
    /** Of the job for which it was launched. */
    final SortedMap<String, String> properties;
    /** Runs alone on its executor, because executors died under earlier attempts of its task. */
    final boolean isAlone;
    /** All of its executor when it runs alone. */
    final int slots;
    /** Begun while another attempt of the same tasks was late. */
    final boolean isCopy;
    /** The other attempt of the same tasks, both current; null when there is none. */
    RunningAttempt twin;

    /** When it was last sent, or named in a heartbeat. */
    long lastSentMs;
    /** When a heartbeat last named it; its launch before the first one. */
    long lastNamedMs;

    boolean isCurrent = true;
    /** When its executor was first told again that its outcome is not wanted; -1 before that. */
    private long unwantedSinceMs = -1;

    private boolean isOverdue;

    RunningAttempt(
            List<AttemptId> tasks,
            StageState stage,
            ExecutorState executor,
            long taskId,
            long nowMs,
            TaskSet.Choice choice,
            int slots,
            boolean isCopy) {
        this.id = tasks.get(0);
        this.tasks = List.copyOf(tasks);
        this.taskCount = tasks.size();
        this.partition = id.partition();
        this.stage = stage;
        this.executor = executor;
        this.jobId = stage.job.id();
        this.taskId = taskId;
        this.properties = stage.job.graph.properties();
        this.stageAttempt = stage.attemptNumber;
        this.locality = choice.locality();
        this.pool = stage.pool;
        this.launchedMs = nowMs;
        this.lastSentMs = nowMs;
        this.lastNamedMs = nowMs;
        this.isAlone = choice.isAlone();
        this.slots = slots;
        this.isCopy = isCopy;
    }

    /** The job that gets what it counts: its own, or when that has ended another that waits for the same tasks. */
    int countingJobId() {
        return stage.job == null || stage.jobIds.contains(jobId) ? jobId : stage.job.id();
    }

    /**
     * Whether an executor's answer can be that of this attempt: its first tasks, in their order.
     *
     * @param named as the answer names the attempt
     */
    boolean begins(AttemptId named, List<TaskDone> done) {
        boolean isBeginning = done.size() <= taskCount;
        for (int index = 0; isBeginning && index < done.size(); index++) {
            isBeginning = done.get(index).attempt().equals(index == 0 ? named : tasks.get(index));
        }
        return isBeginning;
    }

    /** It goes on though its outcome is not wanted. After {@code limitMs} it is interrupted even if its job forbids it. */
    void isStillThere(long nowMs, long limitMs) {
        unwantedSinceMs = unwantedSinceMs < 0 ? nowMs : unwantedSinceMs;
        isOverdue = limitMs > 0 && nowMs - unwantedSinceMs >= limitMs;
    }

    /** What makes its executor stop it. */
    Frame.CancelAttempt cancellation(String reason) {
        return new Frame.CancelAttempt(id, reason, isOverdue || JobProperties.interrupts(properties));
    }

    @Override
    public String toString() {
        return id + (taskCount == 1 ? "" : " and " + (taskCount - 1) + " more") + " on " + executor.id;
    }
}
