package dev.kindling.executor.task;

import dev.kindling.api.TaskContext;
import dev.kindling.event.JobProperties;
import dev.kindling.executor.attempt.CancelledException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.operator.UserFunctionFailed;
import dev.kindling.protocol.TaskLaunch;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What user code sees of its attempt, on the task's thread while it runs. */
final class AttemptContext extends TaskContext {
    private final TaskEnvironment environment;
    private final TaskLaunch launch;
    private final int numPartitions;
    private final TaskMetrics metrics;
    private final Deque<TaskCompletionListener> completionListeners = new ArrayDeque<>();
    private final Deque<TaskFailureListener> failureListeners = new ArrayDeque<>();
    private boolean isCompleted;
    private Throwable failure;

    AttemptContext(TaskEnvironment environment, TaskLaunch launch, int numPartitions, TaskMetrics metrics) {
        this.environment = environment;
        this.launch = launch;
        this.numPartitions = numPartitions;
        this.metrics = metrics;
    }

    /** From here on {@code TaskContext.get()} answers this on the calling thread. */
    void enter() {
        setCurrent(this);
    }

    void leave() {
        setCurrent(null);
    }

    /**
     * The attempt has ended: tells the listeners.
     *
     * @param cause why it failed; null when it is good
     * @return why it failed in the end, which a listener may have decided; null when it is good
     */
    Throwable end(Throwable cause) {
        if (cause != null) {
            fail(cause);
        }
        isCompleted = true;
        while (!completionListeners.isEmpty()) {
            TaskCompletionListener listener = completionListeners.pop();
            call(() -> listener.onTaskCompletion(this));
        }
        return failure;
    }

    private void fail(Throwable cause) {
        failure = cause;
        while (!failureListeners.isEmpty()) {
            TaskFailureListener listener = failureListeners.pop();
            call(() -> listener.onTaskFailure(this, asUserSees(failure)));
        }
    }

    private static Throwable asUserSees(Throwable failure) {
        return failure instanceof UserFunctionFailed ? failure.getCause() : failure;
    }

    /** What listeners throw is the failure of an attempt that had none. */
    private void call(Runnable listener) {
        try {
            listener.run();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            if (failure == null) {
                fail(UserFunctionFailed.of(e, Optional.empty()));
            } else if (asUserSees(failure) != e) {
                asUserSees(failure).addSuppressed(e);
            }
        }
    }

    @Override
    public int stageId() {
        return launch.attempt().stageId();
    }

    @Override
    public int stageAttemptNumber() {
        return launch.stageAttempt();
    }

    @Override
    public int partitionId() {
        return launch.attempt().partition();
    }

    @Override
    public int numPartitions() {
        return numPartitions;
    }

    @Override
    public int attemptNumber() {
        return launch.attempt().attempt();
    }

    @Override
    public long taskAttemptId() {
        return launch.taskId();
    }

    /** One slot is one core. */
    @Override
    public int cpus() {
        return 1;
    }

    @Override
    public boolean isCompleted() {
        return isCompleted;
    }

    @Override
    public boolean isFailed() {
        return failure != null;
    }

    @Override
    public TaskMetrics taskMetrics() {
        return metrics;
    }

    @Override
    public void killTaskIfInterrupted() {
        environment.checkCancelled();
    }

    @Override
    public boolean isInterrupted() {
        try {
            environment.checkCancelled();
            return false;
        } catch (CancelledException e) {
            return true;
        }
    }

    @Override
    public String getLocalProperty(String key) {
        return launch.properties().get(JobProperties.ownName(key));
    }

    @Override
    protected Path localFile(String name) {
        return environment.files().file(name);
    }

    @Override
    protected Path localFilesDirectory() {
        return environment.files().directory();
    }

    @Override
    public TaskContext addTaskCompletionListener(TaskCompletionListener listener) {
        if (isCompleted) {
            listener.onTaskCompletion(this);
        } else {
            completionListeners.push(listener);
        }
        return this;
    }

    @Override
    public TaskContext addTaskFailureListener(TaskFailureListener listener) {
        if (failure != null) {
            listener.onTaskFailure(this, asUserSees(failure));
        } else {
            failureListeners.push(listener);
        }
        return this;
    }
}
