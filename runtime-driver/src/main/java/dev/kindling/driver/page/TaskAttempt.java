package dev.kindling.driver.page;

import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.protocol.TaskMetrics;

/**
 * One attempt, at one partition or at several small ones.
 *
 * @param lane which of its executor's cores it had, from 0: the lowest that was free
 * @param startMs when the driver sent it, in the driver's time
 * @param endMs when the driver knew of its end; -1 while it runs
 * @param why it did not succeed; else empty
 */
public record TaskAttempt(
        long taskId,
        int stageId,
        int stageAttempt,
        int partition,
        int attempt,
        boolean isCopy,
        int partitionCount,
        String executorId,
        Locality locality,
        int lane,
        long startMs,
        long endMs,
        Result result,
        String why,
        TaskMetrics metrics) {
    /** How it stands. */
    public enum Result {
        RUNNING,
        SUCCEEDED,
        FAILED,
        /** Stopped because nobody needed it any more. */
        STOPPED,
        /** Ended with its executor. */
        LOST
    }

    public boolean isOver() {
        return endMs >= 0;
    }

    /** Up to now, when it runs. */
    public long durationMs(long nowMs) {
        return Math.max(0, (isOver() ? endMs : nowMs) - startMs);
    }

    /** As logs and stories name it: {@code s1p3#0}. */
    public String name() {
        return "s" + stageId + "p" + partition + "#" + attempt;
    }
}
