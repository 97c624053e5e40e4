package dev.kindling.executor.task;

import dev.kindling.api.TaskContext;
import dev.kindling.event.JobProperties;
import dev.kindling.executor.attempt.CancelledException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.protocol.AttemptId;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** What user code sees of its attempt, on the task's thread while it runs. */
final class AttemptContext extends TaskContext {
    private final TaskEnvironment environment;
    private final AttemptId attempt;
    private final Map<String, String> properties;
    private final Deque<TaskCompletionListener> listeners = new ArrayDeque<>();

    AttemptContext(TaskEnvironment environment, Map<String, String> properties) {
        this.properties = properties;
        this.environment = environment;
        this.attempt = environment.attempt();
    }

    /** From here on {@code TaskContext.get()} answers this on the calling thread. */
    void enter() {
        setCurrent(this);
    }

    void leave() {
        setCurrent(null);
    }

    /** Calls the listeners, the last added first, each though another one failed; throws what the first failure was. */
    void complete() {
        RuntimeException first = null;
        while (!listeners.isEmpty()) {
            try {
                listeners.pop().onTaskCompletion(this);
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    @Override
    public int stageId() {
        return attempt.stageId();
    }

    @Override
    public int partitionId() {
        return attempt.partition();
    }

    @Override
    public int attemptNumber() {
        return attempt.attempt();
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
        return properties.get(JobProperties.ownName(key));
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
        listeners.push(listener);
        return this;
    }
}
