package dev.kindling.executor.task;

import dev.kindling.api.TaskContext;
import dev.kindling.executor.operator.TaskCounters;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.JvmBeans;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/**
 * What an attempt has done so far: its counters, the time and processor time since it began, and the process's time in
 * garbage collection. After {@link #end} it stands still. Made and ended by the task's thread; others may look, and see
 * numbers that are a little old.
 */
final class LiveMetrics implements TaskContext.TaskMetrics {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final TaskScope scope;
    private final long threadId = Thread.currentThread().getId();
    private final long startNanos = System.nanoTime();
    private final long startCpuNanos = THREADS.getCurrentThreadCpuTime();
    private final long startGcMs = gcMs();
    private volatile TaskMetrics ended;

    private LiveMetrics(TaskScope scope) {
        this.scope = scope;
    }

    /** Begins to measure the calling thread. */
    static LiveMetrics start(TaskScope scope) {
        return new LiveMetrics(scope);
    }

    /** The program has been read: what came before was for that. */
    void programIsRead() {
        scope.counters().deserializeNanos += System.nanoTime() - startNanos;
    }

    private static long gcMs() {
        long sum = 0;
        for (GarbageCollectorMXBean collector : JvmBeans.collectors()) {
            sum += Math.max(0, collector.getCollectionTime());
        }
        return sum;
    }

    /** What it did in all; the first call decides. */
    TaskMetrics end() {
        if (ended == null) {
            ended = now();
        }
        return ended;
    }

    private TaskMetrics now() {
        TaskMetrics last = ended;
        if (last != null) {
            return last;
        }
        TaskCounters counters = scope.counters();
        return new TaskMetrics(
                System.nanoTime() - startNanos,
                THREADS.getThreadCpuTime(threadId) - startCpuNanos,
                TimeUnit.MILLISECONDS.toNanos(gcMs() - startGcMs),
                counters.deserializeNanos,
                counters.resultBytes,
                counters.recordsRead,
                counters.bytesRead,
                counters.recordsWritten,
                counters.bytesWritten,
                counters.shuffleRecordsRead,
                counters.shuffleBytesReadLocal,
                counters.shuffleBytesReadRemote,
                counters.fetchWaitNanos,
                counters.shuffleRecordsWritten,
                counters.shuffleBytesWritten,
                counters.shuffleWriteNanos,
                counters.memorySpilled,
                counters.diskSpilled,
                counters.spillNanos,
                scope.memory().peak());
    }

    // ---- what user code asks ----------------------------------------------------------------------------------------

    @Override
    public long runNanos() {
        return now().runNanos();
    }

    @Override
    public long cpuNanos() {
        return now().cpuNanos();
    }

    @Override
    public long gcNanos() {
        return now().gcNanos();
    }

    @Override
    public long deserializeNanos() {
        return now().deserializeNanos();
    }

    @Override
    public long resultBytes() {
        return now().resultBytes();
    }

    @Override
    public long recordsRead() {
        return now().recordsRead();
    }

    @Override
    public long bytesRead() {
        return now().bytesRead();
    }

    @Override
    public long recordsWritten() {
        return now().recordsWritten();
    }

    @Override
    public long bytesWritten() {
        return now().bytesWritten();
    }

    @Override
    public long shuffleRecordsRead() {
        return now().shuffleRecordsRead();
    }

    @Override
    public long shuffleBytesReadLocal() {
        return now().shuffleBytesReadLocal();
    }

    @Override
    public long shuffleBytesReadRemote() {
        return now().shuffleBytesReadRemote();
    }

    @Override
    public long fetchWaitNanos() {
        return now().fetchWaitNanos();
    }

    @Override
    public long shuffleRecordsWritten() {
        return now().shuffleRecordsWritten();
    }

    @Override
    public long shuffleBytesWritten() {
        return now().shuffleBytesWritten();
    }

    @Override
    public long shuffleWriteNanos() {
        return now().shuffleWriteNanos();
    }

    @Override
    public long memorySpilled() {
        return now().memorySpilled();
    }

    @Override
    public long diskSpilled() {
        return now().diskSpilled();
    }

    @Override
    public long spillNanos() {
        return now().spillNanos();
    }

    @Override
    public long peakMemory() {
        return now().peakMemory();
    }
}
