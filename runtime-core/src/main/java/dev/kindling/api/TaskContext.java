package dev.kindling.api;

import java.nio.file.Path;
import java.util.EventListener;

/**
 * The running attempt, for functions that ask: {@code TaskContext.get()} inside a task, on the task's thread. Its
 * listeners belong to that thread too; the rest may be asked from any.
 */
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

    /**
     * For code that wants a context where there is none, such as a test outside of tasks: partition 0 of 1 of stage 0,
     * never interrupted, never at its end.
     */
    public static TaskContext empty() {
        return new NoTask();
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

    /** How often the stage was begun again before; 0 for its first run. */
    public abstract int stageAttemptNumber();

    public abstract int partitionId();

    /** Tasks of the stage. */
    public abstract int numPartitions();

    /** 0 for the first try of the task. */
    public abstract int attemptNumber();

    /** Number of this attempt, unique in the application. */
    public abstract long taskAttemptId();

    /** Cores that the task has. */
    public abstract int cpus();

    /** Whether it has ended, well or not: true for its listeners. */
    public abstract boolean isCompleted();

    /** Whether it has ended badly. */
    public abstract boolean isFailed();

    /** Whether the attempt shall stop: a function that loops for long may look. */
    public abstract boolean isInterrupted();

    /** Throws what ends the attempt when it shall stop: a function that loops for long may call it and not catch that. */
    public abstract void killTaskIfInterrupted();

    /** A property of the thread that started the job, such as {@code KindlingContext.setLocalProperty} sets; or null. */
    public abstract String getLocalProperty(String key);

    /**
     * Called once when the attempt ends, however it ends; the last added is called first, and all are called though one
     * throws. What the first one throws fails an attempt that was good until then. One that is added when the attempt
     * has ended is called at once.
     */
    public abstract TaskContext addTaskCompletionListener(TaskCompletionListener listener);

    /**
     * Called once when the attempt fails, before the completion listeners; the last added is called first, and all are
     * called though one throws. One that is added when it has failed is called at once.
     */
    public abstract TaskContext addTaskFailureListener(TaskFailureListener listener);

    /** What it has done so far; each question is answered by the latest numbers. */
    public abstract TaskMetrics taskMetrics();

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

        /** What was read for them from storage; a split of a file reads a little beyond its end. */
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

        /** Writing them there; part of it is in {@link #shuffleWriteNanos} too. */
        long spillNanos();

        /** The most counted memory held at one time. */
        long peakMemory();
    }

    /** See {@link #addTaskCompletionListener}. */
    @FunctionalInterface
    public interface TaskCompletionListener extends EventListener {
        void onTaskCompletion(TaskContext context);
    }

    /** See {@link #addTaskFailureListener}. */
    @FunctionalInterface
    public interface TaskFailureListener extends EventListener {
        /** @param error what the user's function threw, or why else it failed */
        void onTaskFailure(TaskContext context, Throwable error);
    }
}
