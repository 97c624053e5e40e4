package dev.kindling.protocol;

/** What one attempt did, in rows, bytes and nanoseconds. */
public record TaskMetrics(
        long runNanos,
        long cpuNanos,
        long gcNanos,
        long recordsRead,
        long bytesRead,
        long shuffleRecordsRead,
        long shuffleBytesReadLocal,
        long shuffleBytesReadRemote,
        long fetchWaitNanos,
        long shuffleRecordsWritten,
        long shuffleBytesWritten,
        long recordsWritten,
        long bytesWritten,
        long spilledBytes,
        long peakMemoryBytes,
        long resultBytes) {
    public static final TaskMetrics NONE = new TaskMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public TaskMetrics plus(TaskMetrics o) {
        return new TaskMetrics(
                runNanos + o.runNanos,
                cpuNanos + o.cpuNanos,
                gcNanos + o.gcNanos,
                recordsRead + o.recordsRead,
                bytesRead + o.bytesRead,
                shuffleRecordsRead + o.shuffleRecordsRead,
                shuffleBytesReadLocal + o.shuffleBytesReadLocal,
                shuffleBytesReadRemote + o.shuffleBytesReadRemote,
                fetchWaitNanos + o.fetchWaitNanos,
                shuffleRecordsWritten + o.shuffleRecordsWritten,
                shuffleBytesWritten + o.shuffleBytesWritten,
                recordsWritten + o.recordsWritten,
                bytesWritten + o.bytesWritten,
                spilledBytes + o.spilledBytes,
                Math.max(peakMemoryBytes, o.peakMemoryBytes),
                resultBytes + o.resultBytes);
    }
}
