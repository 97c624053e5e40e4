package dev.kindling.api;

import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** See {@link TaskContext#empty}: nothing runs, nothing ends. */
final class NoTask extends TaskContext {
    private static final TaskMetrics NOTHING_DONE = (TaskMetrics) Proxy.newProxyInstance(
            TaskMetrics.class.getClassLoader(), new Class<?>[] {TaskMetrics.class}, (proxy, method, arguments) -> {
                if (method.getReturnType() == long.class) {
                    return 0L;
                }
                return switch (method.getName()) {
                    case "hashCode" -> 0;
                    case "equals" -> proxy == arguments[0];
                    default -> "nothing done";
                };
            });

    @Override
    public int stageId() {
        return 0;
    }

    @Override
    public int stageAttemptNumber() {
        return 0;
    }

    @Override
    public int partitionId() {
        return 0;
    }

    @Override
    public int numPartitions() {
        return 1;
    }

    @Override
    public int attemptNumber() {
        return 0;
    }

    @Override
    public long taskAttemptId() {
        return 0;
    }

    @Override
    public int cpus() {
        return 1;
    }

    @Override
    public boolean isCompleted() {
        return false;
    }

    @Override
    public boolean isFailed() {
        return false;
    }

    @Override
    public boolean isInterrupted() {
        return false;
    }

    @Override
    public void killTaskIfInterrupted() {
        // Nobody interrupts it.
    }

    @Override
    public String getLocalProperty(String key) {
        return null;
    }

    @Override
    public TaskContext addTaskCompletionListener(TaskCompletionListener listener) {
        return this;
    }

    @Override
    public TaskContext addTaskFailureListener(TaskFailureListener listener) {
        return this;
    }

    @Override
    public TaskMetrics taskMetrics() {
        return NOTHING_DONE;
    }

    @Override
    protected Path localFile(String name) {
        throw noFiles();
    }

    @Override
    protected Path localFilesDirectory() {
        throw noFiles();
    }

    private static KindlingException noFiles() {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT, "there are no files of an application outside of its tasks");
    }
}
