package dev.kindling.driver.sim;

import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.executor.core.GroupProgress;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import java.util.Optional;

/** What holds a slot of a simulated executor: the tasks of a group, one after the other. */
final class SimAttempt {
    private final SimExecutor executor;
    private final TaskGroup group;
    private final byte[] program;
    private final GroupProgress progress;
    private SimTask current;
    private boolean isStuck;
    private Optional<String> cancelledFor = Optional.empty();

    SimAttempt(SimExecutor executor, TaskGroup group, byte[] program) {
        this.executor = executor;
        this.group = group;
        this.program = program;
        progress = new GroupProgress(group, executor.nowMs());
    }

    AttemptId id() {
        return group.attempt();
    }

    void start() {
        Optional<TaskLaunch> next = progress.next(executor.nowMs());
        if (next.isEmpty()) {
            executor.ended(this);
            executor.on(new ExecutorEvent.AttemptSucceeded(id(), progress.done()));
            return;
        }
        current = new SimTask(this, executor, next.get(), program);
        current.start();
    }

    /** The task that was begun last is over, and everything of it is kept. */
    void succeeded(TaskDone task) {
        progress.succeeded(task);
        start();
    }

    void failed(AttemptId task, TaskFailure failure) {
        executor.ended(this);
        executor.on(new ExecutorEvent.AttemptFailed(id(), progress.done(), task, failure, TaskMetrics.NONE));
    }

    /** Whether this very task is being computed, and can still come to an end. */
    boolean isRunning(SimTask task) {
        return current == task && executor.isRunning(this) && !isStuck;
    }

    boolean isHanging() {
        return current.isHanging();
    }

    boolean usesProcessor() {
        return current.usesProcessor();
    }

    /** It will not notice before the body of its task is done. */
    void cancelAtEnd(String reason) {
        cancelledFor = Optional.of(reason);
        executor.cluster.network.disturbedUntil(current.computedMs());
        if (isHanging()) {
            executor.cluster.hangs(current.attempt());
        }
    }

    Optional<String> cancelledFor() {
        return cancelledFor;
    }

    /** It was interrupted. */
    void interrupt(String reason) {
        current.endWith(new TaskFailure.Cancelled(reason));
    }

    /** It ignores every interrupt and never ends. */
    void stick() {
        isStuck = true;
    }

    /** Its process has ended. */
    void close() {
        executor.ended(this);
        current.close();
    }
}
