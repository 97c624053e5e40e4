package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.event.JobProperties;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.Frame;
import java.util.SortedMap;

/**
 * An attempt that holds a slot of an executor as far as the driver knows.
 *
 * <p>It is <em>current</em> while its outcome is wanted: one attempt a task at most. One that is no longer wanted (its
 * job ended, or it was given up) keeps its slot until its executor reports its end.
 */
final class RunningAttempt {
    final AttemptId id;
    final StageState stage;
    final ExecutorState executor;
    final int jobId;
    /** Number of the attempt in the application. */
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

    /** When it was last sent, or named in a heartbeat. */
    long lastSentMs;
    /** When a heartbeat last named it; its launch before the first one. */
    long lastNamedMs;

    boolean isCurrent = true;
    /** When its executor was first told again that its outcome is not wanted; -1 before that. */
    private long unwantedSinceMs = -1;

    private boolean isOverdue;

    RunningAttempt(
            AttemptId id,
            StageState stage,
            ExecutorState executor,
            long taskId,
            SortedMap<String, String> properties,
            long nowMs,
            TaskSet.Choice task) {
        this.id = id;
        this.stage = stage;
        this.executor = executor;
        this.jobId = stage.jobIds.first();
        this.taskId = taskId;
        this.properties = properties;
        this.stageAttempt = stage.attemptNumber;
        this.locality = task.locality();
        this.pool = stage.pool;
        this.launchedMs = nowMs;
        this.lastSentMs = nowMs;
        this.lastNamedMs = nowMs;
        this.isAlone = task.isAlone();
    }

    int slots() {
        return isAlone ? executor.cores : 1;
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
        return id + " on " + executor.id;
    }
}
