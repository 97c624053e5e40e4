package dev.kindling.executor.operator;

/** What one attempt counts while it runs, in rows, bytes and nanoseconds. Plain fields of the task's thread. */
public final class TaskCounters {
    public long deserializeNanos;
    public long recordsRead;
    public long bytesRead;
    public long recordsWritten;
    public long bytesWritten;
    public long shuffleRecordsRead;
    public long shuffleBytesReadLocal;
    public long shuffleBytesReadRemote;
    public long fetchWaitNanos;
    public long shuffleRecordsWritten;
    public long shuffleBytesWritten;
    public long shuffleWriteNanos;
    public long memorySpilled;
    public long diskSpilled;
    public long spillNanos;
    public long resultBytes;
}
