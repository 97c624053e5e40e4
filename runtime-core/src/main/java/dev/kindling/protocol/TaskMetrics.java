package dev.kindling.protocol;

import dev.kindling.api.TaskContext;

/** What one attempt did, in rows, bytes and nanoseconds; or the sum over several. */
public record TaskMetrics(
        long runNanos,
        long cpuNanos,
        long gcNanos,
        long deserializeNanos,
        long resultBytes,
        long recordsRead,
        long bytesRead,
        long recordsWritten,
        long bytesWritten,
        long shuffleRecordsRead,
        long shuffleBytesReadLocal,
        long shuffleBytesReadRemote,
        long fetchWaitNanos,
        long shuffleRecordsWritten,
        long shuffleBytesWritten,
        long shuffleWriteNanos,
        long memorySpilled,
        long diskSpilled,
        long spillNanos,
        long peakMemory)
        implements TaskContext.TaskMetrics {
    public static final TaskMetrics NONE = new TaskMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** What they say now. */
    public static TaskMetrics of(TaskContext.TaskMetrics m) {
        return m instanceof TaskMetrics known
                ? known
                : new TaskMetrics(
                        m.runNanos(),
                        m.cpuNanos(),
                        m.gcNanos(),
                        m.deserializeNanos(),
                        m.resultBytes(),
                        m.recordsRead(),
                        m.bytesRead(),
                        m.recordsWritten(),
                        m.bytesWritten(),
                        m.shuffleRecordsRead(),
                        m.shuffleBytesReadLocal(),
                        m.shuffleBytesReadRemote(),
                        m.fetchWaitNanos(),
                        m.shuffleRecordsWritten(),
                        m.shuffleBytesWritten(),
                        m.shuffleWriteNanos(),
                        m.memorySpilled(),
                        m.diskSpilled(),
                        m.spillNanos(),
                        m.peakMemory());
    }

    /** Sums; the larger of the two for the peak. */
    public TaskMetrics plus(TaskMetrics o) {
        if (this == NONE || o == NONE) {
            return this == NONE ? o : this;
        }
        return new TaskMetrics(
                runNanos + o.runNanos,
                cpuNanos + o.cpuNanos,
                gcNanos + o.gcNanos,
                deserializeNanos + o.deserializeNanos,
                resultBytes + o.resultBytes,
                recordsRead + o.recordsRead,
                bytesRead + o.bytesRead,
                recordsWritten + o.recordsWritten,
                bytesWritten + o.bytesWritten,
                shuffleRecordsRead + o.shuffleRecordsRead,
                shuffleBytesReadLocal + o.shuffleBytesReadLocal,
                shuffleBytesReadRemote + o.shuffleBytesReadRemote,
                fetchWaitNanos + o.fetchWaitNanos,
                shuffleRecordsWritten + o.shuffleRecordsWritten,
                shuffleBytesWritten + o.shuffleBytesWritten,
                shuffleWriteNanos + o.shuffleWriteNanos,
                memorySpilled + o.memorySpilled,
                diskSpilled + o.diskSpilled,
                spillNanos + o.spillNanos,
                Math.max(peakMemory, o.peakMemory));
    }
}
