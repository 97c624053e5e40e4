package dev.kindling.api;

import java.nio.file.Path;
import java.util.EventListener;

/** The running attempt, for functions that ask: {@code TaskContext.get()} inside a task, on the task's thread. */
public abstract class TaskContext {
    private static final ThreadLocal<TaskContext> CURRENT = new ThreadLocal<>();

    /** The attempt that runs on this thread, or null outside of tasks. */
    public static TaskContext get() {
        return CURRENT.get();
    }

    /** Index of the partition that this thread computes, 0 outside of tasks. */
    public static int getPartitionId() {
        TaskContext current = CURRENT.get();
        return current == null ? 0 : current.partitionId();
    }

    /** For executors: from here on, {@code get()} answers {@code context} on this thread; null ends that. */
    protected static void setCurrent(TaskContext context) {
        if (context == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(context);
        }
    }

    public abstract int stageId();

    public abstract int partitionId();

    /** 0 for the first try of the task. */
    public abstract int attemptNumber();

    /** Whether the attempt shall stop: a function that loops for long may look. */
    public abstract boolean isInterrupted();

    /** A property of the thread that started the job, such as {@code KindlingContext.setLocalProperty} sets; or null. */
    public abstract String getLocalProperty(String key);

    /** Called once when the attempt ends, however it ends; the last added is called first. */
    public abstract TaskContext addTaskCompletionListener(TaskCompletionListener listener);

    /** For {@link KindlingFiles}. */
    protected abstract Path localFile(String name);

    /** For {@link KindlingFiles}. */
    protected abstract Path localFilesDirectory();

    /** What an attempt has done so far, in rows, bytes and nanoseconds; of a finished one, what it did in all. */
    public interface TaskMetrics {
        /** From its start to its end, the reading of its program included. */
        long runNanos();

        /** Processor time of the task's own thread. */
        long cpuNanos();

        /** Time the executor's collectors took while it ran, whichever of its tasks was the cause. */
        long gcNanos();

        /** Reading the stage's program: functions and what they capture. */
        long deserializeNanos();

        /** Of its result, as it is sent to the driver. */
        long resultBytes();

        /** Rows of files and of the program's own data. */
        long recordsRead();

        /** See {@link #recordsRead}. */
        long bytesRead();

        /** Rows written to output files. */
        long recordsWritten();

        /** See {@link #recordsWritten}. */
        long bytesWritten();

        long shuffleRecordsRead();

        /** From files and memory of the same machine. */
        long shuffleBytesReadLocal();

        /** Through the network. */
        long shuffleBytesReadRemote();

        /** Waiting for shuffle blocks to come. */
        long fetchWaitNanos();

        long shuffleRecordsWritten();

        long shuffleBytesWritten();

        /** Writing shuffle files and spills of the map side. */
        long shuffleWriteNanos();

        /** Memory that became free when rows were written to disk for want of it. */
        long memorySpilled();

        /** What those rows took on disk. */
        long diskSpilled();

        /** The most counted memory held at one time. */
        long peakMemory();
    }

    /** See {@link #addTaskCompletionListener}. */
    @FunctionalInterface
    public interface TaskCompletionListener extends EventListener {
        void onTaskCompletion(TaskContext context);
    }
}
