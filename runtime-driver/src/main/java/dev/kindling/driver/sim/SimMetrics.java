package dev.kindling.driver.sim;

import dev.kindling.protocol.TaskMetrics;
import java.util.concurrent.TimeUnit;

/** What a simulated task did: the rows and bytes that its operators counted, and the time that passed in its world. */
final class SimMetrics {
    private SimMetrics() {}

    /** Of a task whose rows nobody counts. */
    static TaskMetrics ofSpills(long memoryBytes, long diskBytes) {
        return new TaskMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, memoryBytes, diskBytes, 0, 0);
    }

    /**
     * Real times would make equal seeds different runs; a world without processor, garbage and slow disks has no others.
     *
     * @param runMs virtual, from the beginning to the end of the task
     * @param fetchWaitMs how much of that it waited for blocks
     */
    static TaskMetrics of(TaskMetrics counted, long runMs, long fetchWaitMs) {
        return new TaskMetrics(
                TimeUnit.MILLISECONDS.toNanos(runMs),
                0,
                0,
                0,
                counted.resultBytes(),
                counted.recordsRead(),
                counted.bytesRead(),
                counted.recordsWritten(),
                counted.bytesWritten(),
                counted.shuffleRecordsRead(),
                counted.shuffleBytesReadLocal(),
                counted.shuffleBytesReadRemote(),
                TimeUnit.MILLISECONDS.toNanos(fetchWaitMs),
                counted.shuffleRecordsWritten(),
                counted.shuffleBytesWritten(),
                0,
                counted.memorySpilled(),
                counted.diskSpilled(),
                0,
                counted.peakMemory());
    }
}
