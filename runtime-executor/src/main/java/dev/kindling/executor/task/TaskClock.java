package dev.kindling.executor.task;

import dev.kindling.executor.operator.TaskCounters;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.protocol.TaskMetrics;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What an attempt took: wall time, processor time of its thread, and the process's time in garbage collection. */
final class TaskClock {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();

    private final long startNanos = System.nanoTime();
    private final long startCpuNanos = THREADS.getCurrentThreadCpuTime();
    private final long startGcMs = gcMs();

    private TaskClock() {}

    static TaskClock start() {
        return new TaskClock();
    }

    private static long gcMs() {
        long sum = 0;
        for (GarbageCollectorMXBean collector : COLLECTORS) {
            sum += Math.max(0, collector.getCollectionTime());
        }
        return sum;
    }

    TaskMetrics metrics(TaskScope scope) {
        TaskCounters counters = scope.counters();
        return new TaskMetrics(
                System.nanoTime() - startNanos,
                THREADS.getCurrentThreadCpuTime() - startCpuNanos,
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
                scope.memory().peak());
    }
}
