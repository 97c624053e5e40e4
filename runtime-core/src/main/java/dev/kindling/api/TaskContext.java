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

    /** Called once when the attempt ends, however it ends; the last added is called first. */
    public abstract TaskContext addTaskCompletionListener(TaskCompletionListener listener);

    /** For {@link KindlingFiles}. */
    protected abstract Path localFile(String name);

    /** For {@link KindlingFiles}. */
    protected abstract Path localFilesDirectory();

    /** See {@link #addTaskCompletionListener}. */
    @FunctionalInterface
    public interface TaskCompletionListener extends EventListener {
        void onTaskCompletion(TaskContext context);
    }
}
